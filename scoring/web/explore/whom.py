"""Whom the Explore page shows: how many, by what they are chosen, and where they can be taken."""

from dataclasses import replace
from html import escape
from urllib.parse import urlencode

from scoring.i18n import number, text
from scoring.portfolio.filter_text import write_filters
from scoring.portfolio.filters import ROLES
from scoring.web.explore.view import View
from scoring.web.filter_selection import SELECTION, Selection, narrowed, selection_words
from scoring.web.links import going
from scoring.web.page import CLIENTS, Place


def group_of(view: View) -> Selection:
    """Those who are shown, as filters that other pages read."""
    return Selection(narrowed(view.chosen.filters, view.picked.filters))


def group_query(view: View) -> str:
    """What the compare page's address says of those who are shown; all of them where nobody is left out."""
    words = group_of(view).words
    return urlencode({"group": SELECTION, **words} if words else {"group": "all"})


def whom_html(view: View, client: int | None, sizes: tuple[int, int], message: str, lang: str) -> str:
    """How many are shown, and the ways to their list and to a file."""
    chosen, picked = sizes
    if not picked:
        count = text(lang, "explore.nobody")
    elif view.origin is None:
        count = text(lang, "explore.count", count=number(chosen, lang))
    else:
        count = text(lang, "explore.count.picked", count=number(picked, lang), all=number(chosen, lang))
    alert = f'<p class="cs-alert" role="alert">{escape(message)}</p>' if message else ""
    return (
        f'{alert}<div class="cs-whom"><p role="status" class="cs-compare-group" data-count="{picked}">{escape(count)}</p>'
        f"{_ways(view, client, lang) if picked else ''}</div>"
        f"{_by('', view.chosen, lang)}{_by('explore.picked', view.picked, lang)}"
    )


def _ways(view: View, client: int | None, lang: str) -> str:
    group = group_of(view)
    words = group.words
    # The list leaves out known outcomes where nothing is said of them.
    everyone = replace(group.filters, roles=group.filters.roles or ROLES)
    listed = Place(CLIENTS, client, write_filters(everyone))
    facts = ",".join(dict.fromkeys([view.top, view.x, view.y, view.kind, view.across, view.up]))
    export = escape(urlencode({**words, "facts": facts}))
    return (
        f'<p class="cs-do"><a {going(listed)}>{escape(text(lang, "explore.list"))}</a>'
        f'<a id="explore-export" href="../{lang}/clients.csv?{export}" download>{escape(text(lang, "explore.export"))}</a></p>'
    )


def _by(title: str, selection: Selection, lang: str) -> str:
    """By what they are chosen, one thing after the other."""
    words = selection_words(selection, lang)
    if not words:
        return ""
    head = f"<li><strong>{escape(text(lang, title))}</strong></li>" if title else ""
    return f'<ul class="cs-chosen">{head}{"".join(f"<li>{escape(one)}</li>" for one in words)}</ul>'
