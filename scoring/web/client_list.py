"""The list of clients: what it is to show, the address that says so, and its table, whose rows open their client."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup

from scoring.data.features import DICTIONARY, say
from scoring.errors import InputError
from scoring.i18n import number, text
from scoring.model.scale import log_odds_of
from scoring.portfolio.clients import Listing
from scoring.portfolio.filter_text import read_filters, write_filters
from scoring.portfolio.filters import CLIENT_ID, POINTS, Filters, Sort
from scoring.service import Service
from scoring.web.filtering import NEW_ONLY
from scoring.web.gauge import HIGH, LOW
from scoring.web.page import DECISION, MOST_DIGITS, Place, short_label
from scoring.web.templates import render

PAGE = 25
COLUMNS = ("age_years", "income_total", "credit_amount", "credit_per_annuity")
SORT, AT = "sort", "at"
"""Words of the address beside the filters: ``sort=points`` or ``sort=-points``; the page of the list, from 1."""
DEFAULT = Filters(roles=NEW_ONLY)
BY_NUMBER = Sort()


@dataclass(frozen=True)
class Wanted:
    """What the list is to show, and which page of it, counted from 0; the client chosen stays chosen."""

    filters: Filters = DEFAULT
    sort: Sort = BY_NUMBER
    page: int = 0
    client: int | None = None


@dataclass(frozen=True)
class Listed:
    """One page of the list as HTML, which page it is and which is the last, counted from 0, and whom it shows."""

    html: str
    page: int
    last: int
    clients: tuple[int, ...] = ()


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """What an address asks for; new applicants where it does not say.

    Raises
    ------
    InputError
        When a word of it is no filter.
    """
    words = dict(query)
    by, at = words.pop(SORT, ""), words.pop(AT, "1")
    filters = read_filters(words)
    if not filters.roles:
        filters = replace(filters, roles=NEW_ONLY)
    column = by.removeprefix("-") or CLIENT_ID
    if column not in (CLIENT_ID, POINTS, *COLUMNS):
        raise InputError(f"A list must be sorted by one of its columns; got {column!r}. Correct {SORT}.")
    page = int(at) - 1 if at.isascii() and at.isdigit() and len(at) < MOST_DIGITS else 0
    return Wanted(filters, Sort(column, by.startswith("-")), max(page, 0))


def words_of(wanted: Wanted) -> dict[str, str]:
    """The words of an address that ask for this; none for what is shown without being asked for."""
    filters = replace(wanted.filters, roles=()) if wanted.filters.roles == NEW_ONLY else wanted.filters
    words = write_filters(filters)
    if wanted.sort != BY_NUMBER:
        words[SORT] = ("-" if wanted.sort.descending else "") + wanted.sort.by
    if wanted.page:
        words[AT] = str(wanted.page + 1)
    return words


def examples_html(service: Service, lang: str) -> Markup:
    """One client of each decision, as links."""
    clients = [(outcome, client, Place(DECISION, client)) for outcome, client in service.portfolio.examples().items()]
    return render("clients", "examples", lang=lang, clients=clients)


def list_html(service: Service, wanted: Wanted, lang: str) -> Listed:
    """One page of the clients wanted; the nearest that exists where the one asked for does not.

    A number that none of the new applicants has is looked for among all clients, and that is said.
    """
    found, beyond = _look_up(service, wanted), False
    if found.total == 0 and wanted.filters.starts_with and wanted.filters.roles == NEW_ONLY:
        wanted, beyond = replace(wanted, filters=replace(wanted.filters, roles=())), True
        found = _look_up(service, wanted)
    if found.total == 0:
        return Listed(render("clients", "nothing", lang=lang), 0, 0)
    here, last = wanted.page, (found.total - 1) // PAGE
    if here > last:
        here = last
        found = _look_up(service, replace(wanted, page=here))
    columns = columns_of(service)
    html = render(
        "clients",
        "list",
        lang=lang,
        count=text(lang, "page.clients.found", count=number(found.total, lang), page=here + 1, pages=last + 1),
        counts=[(outcome, number(count, lang)) for outcome, count in found.counts.items()],
        beyond=beyond,
        heads=[
            _head(CLIENT_ID, text(lang, "page.clients.number"), wanted.sort),
            {"by": "", "label": text(lang, "page.clients.decision")},
            _head(POINTS, text(lang, "chart.points"), wanted.sort, "cs-points"),
            *(_head(name, short_label(name, lang), wanted.sort, "cs-num") for name in columns),
        ],
        rows=[_row(row, columns, lang) for row in found.rows],
        threshold=_place_on_scale(service.model.scale.points(log_odds_of(service.model.rule.threshold))),
    )
    return Listed(html, here, last, found.clients)


def columns_of(service: Service) -> tuple[str, ...]:
    """The features that the list shows, as far as the portfolio holds them."""
    return tuple(name for name in COLUMNS if name in service.portfolio.features)


def _look_up(service: Service, wanted: Wanted) -> Listing:
    return service.portfolio.listing(
        wanted.filters, sort=wanted.sort, offset=wanted.page * PAGE, limit=PAGE, columns=columns_of(service)
    )


def _head(by: str, label: str, sort: Sort, kind: str = "") -> dict[str, str]:
    order = "none" if sort.by != by else "descending" if sort.descending else "ascending"
    return {"by": by, "label": label, "kind": kind, "order": order}


def _row(row: Mapping[str, Any], columns: tuple[str, ...], lang: str) -> dict[str, Any]:
    points = float(row["points"])
    return {
        "client": row["client_id"],
        "outcome": row["decision"],
        "points": number(points, lang),
        "place": _place_on_scale(points),
        "facts": [say(DICTIONARY[name], row[name], lang) for name in columns],
    }


def _place_on_scale(points: float) -> str:
    """Where points lie on the gauge's scale, in percent of its width."""
    return f"{100.0 * (min(max(points, LOW), HIGH) - LOW) / (HIGH - LOW):.1f}"
