"""What a page is to its frame: a place in the address, and parts that are drawn when somebody goes there.

The rule: the address says all: which page, which client, which filters. A page computes nothing before it is gone to.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import parse_qsl, urlencode

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.i18n import text
from scoring.server.identity import ANONYMOUS, Identity, may_read_journal, of_scope
from scoring.service import Service
from scoring.web.templates import render


def identity_of(request: gr.Request | None) -> Identity:
    """The identity that authorization found for an event's request, or `ANONYMOUS`."""
    inner = getattr(request, "request", None)
    return ANONYMOUS if inner is None else of_scope(inner.scope)


def sees_model(request: gr.Request | None, *, synthetic: bool) -> bool:
    """Whether whoever looks at a page may open the model's pages: everyone where the clients are made up."""
    return synthetic or sees_journal(request)


def sees_journal(request: gr.Request | None) -> bool:
    """Whether whoever looks at a page may leaf through the journal."""
    inner = getattr(request, "request", None)
    return inner is None or may_read_journal(inner.scope)


QUICK: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Options of every event that answers at once."""
RECORDS: dict[str, Any] = {**QUICK, "api_name": "record"}
"""Options of every event that records something: by its name a page's script knows not to send it twice."""
CLIENTS, DECISION, CLIENT_VIEW = "clients", "decision", "client"
MOST_DIGITS = 18
MOST_QUERY = 4_000
"""Characters of an address that are read; more is nobody's filter."""


SHORTER = {"credit_per_annuity": "page.identity.payments"}


def short_label(feature: str, lang: str) -> str:
    """A feature's label where it stands beside the others, briefer than the dictionary's for some."""
    return text(lang, SHORTER[feature]) if feature in SHORTER else DICTIONARY[feature].label.say(lang)


@dataclass(frozen=True)
class Place:
    """Where somebody is, or goes.

    Attributes
    ----------
    page : the page's name, the same in every language
    client : the chosen client's number; None where there is none
    query : what else the address says, such as filters
    """

    page: str
    client: int | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The query string that leads here; the page is left out where the client, or its absence, says it.

        The page goes by the name ``view``: Gradio keeps ``page`` for itself, and fails on one it does not know.

        >>> Place("decision", 100002).address, Place("clients").address, Place("explore", 5, {"x": "a b"}).address
        ('client=100002', '', 'view=explore&client=5&x=a+b')
        """
        query: dict[str, str] = {}
        if self.page != (CLIENTS if self.client is None else DECISION):
            query["view"] = self.page
        if self.client is not None:
            query["client"] = str(self.client)
        return urlencode({**query, **self.query})


class NotANumber(ValueError):  # noqa: N818  # what was typed, rather than what failed
    """What was typed as a client's number is none."""


def read_place(query: str) -> Place:
    """Read a query string; the page is the decision where only a client is named, the list where nothing is.

    Raises
    ------
    NotANumber
        When the client named is no number.

    >>> read_place("client=100+002"), read_place("view=explore&x=1").query
    (Place(page='decision', client=100002, query={}), {'x': '1'})
    """
    words = dict(parse_qsl(query[:MOST_QUERY].removeprefix("?")))
    client = words.pop("client", "").strip()
    number = digits(client)
    if client and number is None:
        raise NotANumber(client)
    page = words.pop("view", DECISION if number else CLIENTS)
    return Place(page, None if number is None else int(number), words)


def form_of(sent: str) -> dict[str, Any]:
    """What a page's script gathered from a form: plain values and lists of texts, by the field's name.

    Raises
    ------
    InputError
        When it is anything else: a page never sends such.

    >>> form_of('{"age_years": ["30", ""], "new": true}')
    {'age_years': ['30', ''], 'new': True}
    """
    try:
        fields = json.loads(sent)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict) or not all(
        all(isinstance(one, str) for one in value) if isinstance(value, list) else not isinstance(value, dict)
        for value in fields.values()
    ):
        raise InputError("A form must be a mapping of its fields in JSON; got another text. Reload the page.")
    return fields


def digits(typed: str | None) -> str | None:
    """The digits of a typed or pasted number, without the spaces that people put into it; None where it is no number.

    >>> digits(" 100 002 "), digits("12,5"), digits("")
    ('100002', None, None)
    """
    joined = "".join((typed or "").split())
    if not joined:
        return None
    return joined if joined.isascii() and joined.isdigit() and len(joined) <= MOST_DIGITS else None


def here() -> gr.Textbox:
    """Keeps, as an address, what a page shows: in the page and not on the server, which may be started again under it.

    First among the outputs of a page: boxes that are filled after it raise their events, which read it. Empty until the
    page is drawn: Gradio's fields raise a change as soon as they are there, and such a one is passed over.
    """
    return gr.Textbox("", visible="hidden", label="here")


def notice(
    message: str, tone: Literal["alert", "done"] = "alert", role: Literal["alert", "status"] = "alert"
) -> Markup:
    """A sentence that says what happened; nothing where there is none."""
    return render("parts", "notice", message=message, tone=tone, role=role) if message else Markup()


def heading(title: str, lead: str) -> gr.HTML:
    """The first heading of a page, with a sentence that says what it is for."""
    return gr.HTML(render("parts", "heading", title=title, lead=lead), apply_default_css=False)


@dataclass(frozen=True)
class Context:
    """What a page is built with.

    Attributes
    ----------
    address : a hidden box; a query string that is written into it becomes the address, without going anywhere
    """

    service: Service
    recorder: Recorder
    lang: str
    address: gr.Textbox

    def say(self, key: str, **values: object) -> str:
        """A text in the page's language."""
        return text(self.lang, key, **values)

    def consult(self, clients: int | Sequence[int], request: gr.Request, page: str, **given: Any) -> None:
        """Record that whoever looks at a page is shown facts of clients, before they are (see `Recorder.consult`)."""
        self.recorder.consult(clients, identity_of(request), page=page, **given)


@dataclass(frozen=True)
class Built:
    """A page within its frame.

    Attributes
    ----------
    outputs : components that `draw` gives a value or an update for, in this order
    draw : called whenever somebody goes to the page
    """

    outputs: Sequence[Any]
    draw: Callable[[Place, gr.Request], Sequence[Any]]


class Page(Protocol):
    """A module of `scoring.web.pages`.

    Attributes
    ----------
    NAME : the page's name in addresses
    WANTS_CLIENT : whether it is about one client
    IN_BAR : whether the bar leads to it
    """

    NAME: str
    WANTS_CLIENT: bool
    IN_BAR: bool

    def build(self, context: Context) -> Built:
        """Make the page's components and events, inside a column that the frame shows and hides."""
        ...
