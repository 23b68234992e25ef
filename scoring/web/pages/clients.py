"""The clients page: a list whose rows are links, three examples, and what was found."""

from collections.abc import Mapping
from html import escape
from typing import Any

from scoring.decision import Outcome
from scoring.features import DICTIONARY, say
from scoring.language import number, text
from scoring.portfolio import Listing, Role
from scoring.service import Service
from scoring.web.pages.decision import ICONS

PAGE = 25
COLUMNS = ("age_years", "income_total", "credit_amount", "annuity", "credit_per_annuity")


def examples_html(service: Service, lang: str) -> str:
    """One client of each decision, as links."""
    links = "".join(
        f'<a class="cs-example cs-{outcome}" href="?client={client}" data-client="{client}">'
        f'<span class="cs-verdict-icon" aria-hidden="true">{ICONS[outcome]}</span>'
        f"<span><strong>{client}</strong> {escape(text(lang, f'decision.officer.{outcome}'))}</span></a>"
        for outcome, client in service.portfolio.examples().items()
    )
    return f'<nav id="examples" aria-label="{escape(text(lang, "page.clients.examples"))}">{links}</nav>'


def list_html(
    service: Service, digits: str, only_new: bool, decision: Outcome | None, page: int, lang: str
) -> tuple[str, int]:
    """One page of the clients whose number starts with the digits typed, and which page that is.

    Parameters
    ----------
    digits : what was typed, already cleaned of spaces
    only_new : whether clients with a known outcome are left out
    page : counted from 0; the nearest that exists is shown
    """
    role: Role | None = "new" if only_new else None
    columns = tuple(name for name in COLUMNS if name in service.portfolio.features)

    def look_up(at: int) -> Listing:
        return service.portfolio.listing(
            starts_with=digits, role=role, decision=decision, offset=at * PAGE, limit=PAGE, columns=columns
        )

    found = look_up(max(page, 0))
    last = max(0, (found.total - 1) // PAGE)
    here = min(max(page, 0), last)
    if here != max(page, 0):
        found = look_up(here)
    rows = "".join(_row(row, columns, lang) for row in found.rows)
    if not rows:
        none = escape(text(lang, "page.clients.none"))
        return f'<div id="clients"><p class="cs-none" role="status">{none}</p></div>', 0
    heads = "".join(
        f'<th scope="col" class="cs-num">{escape(DICTIONARY[name].label.say(lang))}</th>' for name in columns
    )
    count = text(lang, "page.clients.found", count=number(found.total, lang), page=here + 1, pages=last + 1)
    return (
        f'<div id="clients"><p role="status" class="cs-lead">{escape(count)}</p><div class="cs-scroll" tabindex="0" '
        f'role="region" aria-label="{escape(text(lang, "page.clients.title"))}"><table class="cs-table cs-list"><thead><tr>'
        f'<th scope="col">{escape(text(lang, "page.clients.number"))}</th>'
        f'<th scope="col">{escape(text(lang, "page.clients.decision"))}</th>'
        f'<th scope="col" class="cs-num">{escape(text(lang, "chart.points"))}</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div>",
        here,
    )


def _row(row: Mapping[str, Any], columns: tuple[str, ...], lang: str) -> str:
    client, outcome = row["client_id"], row["decision"]
    values = "".join(f'<td class="cs-num">{escape(say(DICTIONARY[name], row[name], lang))}</td>' for name in columns)
    return (
        f'<tr><th scope="row"><a href="?client={client}" data-client="{client}">{client}</a></th>'
        f'<td><span class="cs-badge cs-{outcome}"><span aria-hidden="true">{ICONS[outcome]}</span> '
        f"{escape(text(lang, f'decision.officer.{outcome}'))}</span></td>"
        f'<td class="cs-num">{number(float(row["points"]), lang)}</td>{values}</tr>'
    )
