"""What would change a decision, as HTML: two or three choices in words, each a link to its simulation."""

from html import escape

from scoring.errors import InputError
from scoring.explain.counterfactuals import Changes, Offers, Request, changes_as_dict
from scoring.explain.counterfactuals.request import DOCUMENTS
from scoring.explain.counterfactuals.wording import Told, title, told
from scoring.i18n import text
from scoring.service import Assessment, Service
from scoring.web.links import going
from scoring.web.page import Place

SIMULATE = "simulate"
"""The page's name in addresses."""


def what_would_change_html(service: Service, assessment: Assessment, lang: str) -> str:
    """The section of the decision page."""
    try:
        offers = service.offers(assessment)
    except InputError:
        heading, body = text(lang, "offers.title.change"), f"<p>{escape(text(lang, 'offers.impossible'))}</p>"
    else:
        heading, body = title(offers, lang), choices_html(offers, assessment, lang)
        more = going(Place(SIMULATE, assessment.client_id))
        body += f"<p><a {more}>{escape(text(lang, 'page.simulate.change.open'))}</a></p>"
    return f'<section id="change" class="cs-panel cs-change"><h2>{escape(heading)}</h2>{body}</section>'


def choices_html(offers: Offers, assessment: Assessment, lang: str) -> str:
    """The sentences: choices as a numbered list whose numbers are those of the map, the rest as text."""
    lines = told(offers, assessment.decision.threshold_points, lang)
    listed = "".join(_choice(line, offers.now, assessment, lang) for line in lines if line.choice)
    items = f'<ol class="cs-choices">{listed}</ol>' if listed else ""
    return items + "".join(f"<p>{escape(line.text)}</p>" for line in lines if not line.choice)


def _choice(line: Told, now: Request, assessment: Assessment, lang: str) -> str:
    if line.choice is None:
        return ""
    said = query_of(changes_between(now, line.choice.request))
    link = going(Place(SIMULATE, assessment.client_id, said))
    values = " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in said.items())
    kind = line.choice.kind
    return (
        f'<li data-kind="{kind}"><span>{escape(line.text)}</span> <a class="cs-try" data-whatif {values} {link}>'
        f'{escape(text(lang, "page.simulate.try"))}<span class="cs-visually-hidden"> · {escape(line.text)}</span></a></li>'
    )


def changes_between(now: Request, then: Request) -> Changes:
    """What differs between a client's request and another one."""
    return Changes(
        amount=None if then.amount == now.amount else then.amount,
        payments=None if then.payments == now.payments else then.payments,
        down_payment=None if then.down_payment == now.down_payment else then.down_payment,
        document_3=_differs("document_3", now, then),
        document_6=_differs("document_6", now, then),
        document_8=_differs("document_8", now, then),
        other_documents=None if then.other_documents == now.other_documents else then.other_documents,
    )


def _differs(document: str, now: Request, then: Request) -> bool | None:
    given = document in then.documents
    return None if given == (document in now.documents) else given


def query_of(changes: Changes) -> dict[str, str]:
    """What is changed, as an address says it."""
    return {name: f"{value:.12g}" for name, value in changes_as_dict(changes).items() if value is not None}


def changes_of(said: dict[str, str]) -> Changes:
    """Read what an address, or a form, says is to be changed; what is empty or unknown is left as it is.

    Raises
    ------
    InputError
        When a value is no number.

    >>> changes_of({"amount": "300000", "document_3": "1", "payments": ""})
    Changes(amount=300000.0, payments=None, down_payment=None, document_3=True, document_6=None, document_8=None, \
other_documents=None)
    """
    others = _number(said, "other_documents")
    flags = {name: None if (value := _number(said, name)) is None else value > 0.0 for name in DOCUMENTS}
    return Changes(
        amount=_number(said, "amount"),
        payments=_number(said, "payments"),
        down_payment=_number(said, "down_payment"),
        other_documents=None if others is None else round(others),
        **flags,
    )


def _number(said: dict[str, str], name: str) -> float | None:
    given = said.get(name, "").strip()
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  # NaN
        raise InputError(f"{name} must be a finite number; got {given[:40]!r}. Correct it.")
    return value
