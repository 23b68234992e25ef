"""The list of clients: what it is to show, the address that says so, and its table, whose rows open their client."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from scoring.data.features import DICTIONARY, say
from scoring.errors import InputError
from scoring.i18n import number, text
from scoring.model.decision import Outcome
from scoring.model.scale import log_odds_of
from scoring.portfolio.clients import Listing
from scoring.portfolio.filter_text import read_filters, write_filters
from scoring.portfolio.filters import CLIENT_ID, POINTS, Filters, Sort
from scoring.service import Service
from scoring.web.filtering import NEW_ONLY
from scoring.web.gauge import HIGH, LOW
from scoring.web.icons import outcome_icon
from scoring.web.links import going
from scoring.web.page import DECISION, MOST_DIGITS, Place

PAGE = 25
COLUMNS = ("age_years", "income_total", "credit_amount", "credit_per_annuity")
SHORTER = {"credit_per_annuity": "page.identity.payments"}
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


def examples_html(service: Service, lang: str) -> str:
    """One client of each decision, as links."""
    links = "".join(
        f'<li><a class="cs-example cs-{outcome}" {going(Place(DECISION, client))} data-client="{client}">'
        f"{outcome_icon(outcome)}<span><strong>{client}</strong> "
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</span></a></li>"
        for outcome, client in service.portfolio.examples().items()
    )
    title = escape(text(lang, "page.clients.examples"))
    return f'<nav id="examples" aria-labelledby="examples-title"><h2 id="examples-title">{title}</h2><ul>{links}</ul></nav>'


def list_html(service: Service, wanted: Wanted, lang: str) -> Listed:
    """One page of the clients wanted; the nearest that exists where the one asked for does not.

    A number that none of the new applicants has is looked for among all clients, and that is said.
    """
    found, beyond = _look_up(service, wanted), ""
    if found.total == 0 and wanted.filters.starts_with and wanted.filters.roles == NEW_ONLY:
        wanted = replace(wanted, filters=replace(wanted.filters, roles=()))
        found = _look_up(service, wanted)
        beyond = f'<p class="cs-lead">{escape(text(lang, "page.clients.beyond"))}</p>'
    if found.total == 0:
        none = escape(text(lang, "page.clients.none"))
        return Listed(f'<div id="clients"><p class="cs-none" role="status">{none}</p></div>', 0, 0)
    here, last = wanted.page, (found.total - 1) // PAGE
    if here > last:
        here = last
        found = _look_up(service, replace(wanted, page=here))
    count = text(lang, "page.clients.found", count=number(found.total, lang), page=here + 1, pages=last + 1)
    return Listed(
        f'<div id="clients"><p role="status" class="cs-count">{escape(count)}</p>{_counts(found, lang)}{beyond}'
        f"{_table(service, found, wanted.sort, lang)}</div>",
        here,
        last,
        found.clients,
    )


def _counts(found: Listing, lang: str) -> str:
    """How many clients of each decision there are."""
    items = "".join(
        f'<li class="cs-badge cs-{outcome}">{outcome_icon(outcome)}{number(count, lang)} '
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</li>"
        for outcome, count in found.counts.items()
    )
    return f'<ul class="cs-counts">{items}</ul>'


def columns_of(service: Service) -> tuple[str, ...]:
    """The features that the list shows, as far as the portfolio holds them."""
    return tuple(name for name in COLUMNS if name in service.portfolio.features)


def _look_up(service: Service, wanted: Wanted) -> Listing:
    return service.portfolio.listing(
        wanted.filters, sort=wanted.sort, offset=wanted.page * PAGE, limit=PAGE, columns=columns_of(service)
    )


def _table(service: Service, found: Listing, sort: Sort, lang: str) -> str:
    columns = columns_of(service)
    threshold = service.model.scale.points(log_odds_of(service.model.rule.threshold))
    heads = "".join(_head(name, _label(name, lang), sort, "cs-num", lang) for name in columns)
    rows = "".join(_row(row, columns, threshold, lang) for row in found.rows)
    return (
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(text(lang, "page.clients.title"))}">'
        '<table class="cs-table cs-list"><thead><tr>'
        f"{_head(CLIENT_ID, text(lang, 'page.clients.number'), sort, '', lang)}"
        f'<th scope="col">{escape(text(lang, "page.clients.decision"))}</th>'
        f"{_head(POINTS, text(lang, 'chart.points'), sort, 'cs-points', lang)}{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _head(by: str, label: str, sort: Sort, kind: str, lang: str) -> str:
    """A column's heading: a button that sorts by it, and a sign of the order."""
    order, sign = "none", ""
    if sort.by == by:
        order, sign = ("descending", "▼") if sort.descending else ("ascending", "▲")
    title = escape(text(lang, "page.clients.sort", label=label))
    return (
        f'<th scope="col" class="{kind}" aria-sort="{order}"><button type="button" class="cs-sort" data-sort="{by}" '
        f'title="{title}">{escape(label)}<span aria-hidden="true">{sign}</span></button></th>'
    )


def _label(name: str, lang: str) -> str:
    return text(lang, SHORTER[name]) if name in SHORTER else DICTIONARY[name].label.say(lang)


def _row(row: Mapping[str, Any], columns: tuple[str, ...], threshold: float, lang: str) -> str:
    client, outcome, points = row["client_id"], row["decision"], float(row["points"])
    values = "".join(f'<td class="cs-num">{escape(say(DICTIONARY[name], row[name], lang))}</td>' for name in columns)
    return (
        f'<tr data-client="{client}" data-go="client={client}"><th scope="row">'
        f'<a {going(Place(DECISION, client))} data-client="{client}">{client}</a></th>'
        f'<td><span class="cs-badge cs-{outcome}">{outcome_icon(outcome)}'
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</span></td>"
        f'<td class="cs-points"><span>{number(points, lang)}</span>{_place(points, threshold, outcome)}</td>{values}</tr>'
    )


def _place(points: float, threshold: float, outcome: Outcome) -> str:
    """The score's place on the gauge's scale, with a tick at the level asked; decoration of the number beside it."""
    at, tick = (100.0 * (min(max(one, LOW), HIGH) - LOW) / (HIGH - LOW) for one in (points, threshold))
    return (
        f'<span class="cs-place" aria-hidden="true"><i style="left:{tick:.1f}%"></i>'
        f'<b class="cs-{outcome}" style="left:{at:.1f}%"></b></span>'
    )
