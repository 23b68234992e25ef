"""Whom the Explore page shows: how many, by what they are chosen, and where they can be taken."""

from dataclasses import replace
from urllib.parse import urlencode

from markupsafe import Markup

from scoring.i18n import number, text
from scoring.portfolio.filter_text import write_filters
from scoring.portfolio.filters import ROLES
from scoring.web.explore.view import View
from scoring.web.filter_selection import SELECTION, Selection, narrowed, selection_words
from scoring.web.page import CLIENTS, Place
from scoring.web.templates import render


def group_of(view: View) -> Selection:
    """Those who are shown, as filters that other pages read."""
    return Selection(narrowed(view.chosen.filters, view.picked.filters))


def group_query(view: View) -> str:
    """What the compare page's address says of those who are shown; all of them where nobody is left out."""
    words = group_of(view).words
    return urlencode({"group": SELECTION, **words} if words else {"group": "all"})


def whom_html(view: View, client: int | None, sizes: tuple[int, int], message: str, lang: str) -> Markup:
    """How many are shown, and the ways to their list and to a file."""
    chosen, picked = sizes
    if not picked:
        count = text(lang, "explore.nobody")
    elif view.origin is None:
        count = text(lang, "explore.count", count=number(chosen, lang))
    else:
        count = text(lang, "explore.count.picked", count=number(picked, lang), all=number(chosen, lang))
    group = group_of(view)
    # The list leaves out known outcomes where nothing is said of them.
    everyone = replace(group.filters, roles=group.filters.roles or ROLES)
    facts = ",".join(dict.fromkeys([view.top, view.x, view.y, view.kind, view.across, view.up]))
    return render(
        "explore",
        "shown",
        lang=lang,
        message=message,
        picked=picked,
        count=count,
        list=Place(CLIENTS, client, write_filters(everyone)),
        export=f"../{lang}/clients.csv?{urlencode({**group.words, 'facts': facts})}",
        chosen=[
            ("", selection_words(view.chosen, lang)),
            (text(lang, "explore.picked"), selection_words(view.picked, lang)),
        ],
    )
