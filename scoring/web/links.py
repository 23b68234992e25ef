"""Links of the pages, and what a page's own scripts send: where somebody goes, what a form says.

Going from page to page: anything that says ``data-go`` leads where it says, at once where scripts run. An
``<a href="?client=1" data-go="client=1">`` is a plain link elsewhere. A row of a table that says ``data-go`` is as good
as its link. A chart's script calls ``clairscore.go('client=1')``.

The rule: a script sends what it has to say as a part's value, not with the event. An event that waits for the answer to
the one before is sent afterwards with the data of that one, so that whoever is quick, or loses the connection for a
moment, would be answered for less than they chose.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import gradio as gr
from markupsafe import Markup

from scoring.i18n import LANGUAGES, text
from scoring.reports.brief import SLUGS
from scoring.web.navigation_bar import NAMES
from scoring.web.page import Place
from scoring.web.templates import render, script


def letter_html(client_id: int | None, lang: str, changes: Mapping[str, str] | None = None) -> Markup:
    """A fold with links to a client's letters, the page's language first; following one makes a decision.

    Parameters
    ----------
    changes : what is changed in the request, as an address says it
    """
    links = [
        (
            f"../api/clients/{client_id}/letter?{urlencode({'format': ending, 'lang': one, **(changes or {})})}",
            one,
            text(lang, f"letter.open.{ending}", language=NAMES[one]),
        )
        for one in sorted(LANGUAGES, key=lambda one: one != lang)
        for ending in ("pdf", "txt")
    ]
    return render("parts", "letters", lang=lang, links=links)


def link(lang: str, page: str, client: int | None = None, **query: str) -> str:
    """An address of the model app, relative to the officers' pages of the same language.

    >>> link("en", "points", 100002, term="annuity*goods_price")
    'model/?view=points&client=100002&term=annuity%2Agoods_price'
    """
    return f"{SLUGS[lang]}/?{Place(page, client, query).address}"


def carrier(source: str, *, name: str = "", **options: Any) -> gr.HTML:
    """A hidden part whose script sets its value and raises events.

    A function, not a subclass: Gradio writes a stub file beside the source of each subclass of its components.
    """
    hidden = str(render("parts", "hidden", id=name))
    return gr.HTML("", html_template=hidden, js_on_load=source, apply_default_css=False, **options)


def router() -> gr.HTML:
    """The one part that raises `input`, with where to as its value, whenever somebody goes somewhere."""
    return carrier(script("router"), name="router", elem_id="router-frame")


def carried(within: str) -> gr.HTML:
    """Raises `input` with what a form within that selector says (its event ``cs-told``), as JSON, as its value."""
    source = script("carry_form", WITHIN=within)
    return carrier(source, elem_classes="cs-carried", elem_id=f"carried-{within.removeprefix('#')}")
