"""The offer map as a picture: amounts upwards, monthly payments to the right, each cell in the colour of its decision.

The rule: what colour says, a pattern and words say too; the same values stand beside it as a table. Cells next to each
other with one decision are drawn as one strip, so that 3,600 of them are a few kilobytes.
"""

from collections.abc import Iterator, Sequence
from html import escape

from scoring.explain.counterfactuals import Choice, OfferMap, Request
from scoring.explain.counterfactuals.wording import payments_said
from scoring.i18n import number, text
from scoring.model.decision import OUTCOMES, Outcome
from scoring.web.icons import outcome_icon

WIDTH, HEIGHT = 560.0, 380.0
LEFT, RIGHT, TOP, BOTTOM = 120.0, 12.0, 12.0, 48.0
TABLE_ROWS, TABLE_COLUMNS = 8, 6
TICKS = 5


class _Plane:
    """Where values lie in the picture; a cell's middle is at its value."""

    def __init__(self, offered: OfferMap) -> None:
        self.amounts, self.payments = offered.amounts.tolist(), offered.payments.tolist()
        self.cell_width = (WIDTH - LEFT - RIGHT) / len(self.payments)
        self.cell_height = (HEIGHT - TOP - BOTTOM) / len(self.amounts)

    def x(self, payments: float) -> float:
        return LEFT + (_place(payments, self.payments) + 0.5) * self.cell_width

    def y(self, amount: float) -> float:
        return HEIGHT - BOTTOM - (_place(amount, self.amounts) + 0.5) * self.cell_height

    def shows(self, request: Request) -> bool:
        """Whether a request lies in the picture."""
        if request.payments is None:
            return False
        return LEFT <= self.x(request.payments) <= WIDTH - RIGHT and TOP <= self.y(request.amount) <= HEIGHT - BOTTOM


def _place(value: float, values: Sequence[float]) -> float:
    """A value's place among equal steps, counted from the first, with decimals between two."""
    step = values[1] - values[0] if len(values) > 1 else 1.0
    return (value - values[0]) / step


def map_html(offered: OfferMap, now: Request, here: Request, choices: Sequence[Choice], lang: str) -> str:
    """The map with its finding, the marks, how it is used, and the table."""
    title = escape(text(lang, "page.simulate.map"))
    if not offered.outcomes.size:
        empty = escape(text(lang, "page.simulate.map.empty"))
        return f'<section class="cs-panel cs-map" id="map"><h2>{title}</h2><p class="cs-none">{empty}</p></section>'
    plane = _Plane(offered)
    key = "".join(
        f'<li><i class="cs-swatch cs-{outcome}"></i>{escape(text(lang, f"decision.officer.{outcome}"))}</li>'
        for outcome in OUTCOMES
        if (offered.outcomes == OUTCOMES.index(outcome)).any()
    )
    return (
        f'<section class="cs-panel cs-map" id="map"><p class="cs-eyebrow">{title}</p>'
        f"<h2>{escape(_finding(offered, lang))}</h2>"
        f'<ul class="cs-map-key">{key}</ul>'
        f'<div class="cs-map-field" tabindex="0" role="application" {_data(offered)} '
        f'aria-label="{escape(text(lang, "page.simulate.map.label"))}">{_svg(plane, offered, now, here, choices, lang)}'
        f'</div><p class="cs-lead cs-small">{escape(text(lang, "page.simulate.map.how"))}</p>'
        f"{_table(offered, lang)}</section>"
    )


def _finding(offered: OfferMap, lang: str) -> str:
    cells = offered.outcomes.size
    accepted = int((offered.outcomes == OUTCOMES.index("accept")).sum())
    which = "all" if accepted == cells else ("some" if accepted else "none")
    values = {"cells": number(cells, lang), "accepted": number(accepted, lang)}
    return text(lang, f"page.simulate.map.finding.{which}", **values)


def _data(offered: OfferMap) -> str:
    """What the script needs to turn a place in the picture into a request, and back."""
    values = {
        "amount-first": offered.amounts[0],
        "amount-step": offered.amounts[1] - offered.amounts[0] if len(offered.amounts) > 1 else 1.0,
        "amount-count": len(offered.amounts),
        "payments-first": offered.payments[0],
        "payments-step": offered.payments[1] - offered.payments[0] if len(offered.payments) > 1 else 1.0,
        "payments-count": len(offered.payments),
    }
    frame = f'data-frame="{LEFT:g} {TOP:g} {WIDTH - LEFT - RIGHT:g} {HEIGHT - TOP - BOTTOM:g}"'
    return " ".join(f'data-{name}="{value:g}"' for name, value in values.items()) + f" {frame}"


def _svg(plane: _Plane, offered: OfferMap, now: Request, here: Request, choices: Sequence[Choice], lang: str) -> str:
    areas = "".join(
        f'<path class="cs-cell cs-cell-{outcome}" d="{strips}"/>'
        + (f'<path class="cs-hatch-{outcome}" d="{strips}"/>' if outcome != "accept" else "")
        for outcome in OUTCOMES
        if (strips := "".join(_strips(plane, offered, outcome)))
    )
    marks = "".join(
        _numbered(position, plane, choice.request)
        for position, choice in enumerate(choices, start=1)
        if choice.kind != "down_payment" and plane.shows(choice.request)
    )
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" aria-hidden="true" focusable="false">{_PATTERNS}'
        f'<g class="cs-cells">{areas}</g>{_axes(plane, lang)}{_asked(plane, now, lang)}{marks}{_here(plane, here)}</svg>'
    )


_PATTERNS = (
    '<defs><pattern id="cs-hatch-decline" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V7" class="cs-hatch-line"/></pattern>'
    '<pattern id="cs-hatch-review" width="7" height="7" patternUnits="userSpaceOnUse">'
    '<circle cx="3.5" cy="3.5" r="1.1" class="cs-hatch-dot"/></pattern></defs>'
)


def _strips(plane: _Plane, offered: OfferMap, outcome: Outcome) -> Iterator[str]:
    """A rectangle for each run of cells of one row."""
    wanted = offered.outcomes == OUTCOMES.index(outcome)
    for row, cells in enumerate(wanted.tolist()):
        top = HEIGHT - BOTTOM - (row + 1) * plane.cell_height
        start = None
        for column, is_there in enumerate([*cells, False]):
            if is_there and start is None:
                start = column
            elif not is_there and start is not None:
                left, width = LEFT + start * plane.cell_width, (column - start) * plane.cell_width
                yield f"M{left:.2f} {top:.2f}h{width:.2f}v{plane.cell_height:.2f}h{-width:.2f}z"
                start = None


def _axes(plane: _Plane, lang: str) -> str:
    bottom = HEIGHT - BOTTOM
    parts = [
        f'<text x="{plane.x(value):.1f}" y="{bottom + 20:.0f}" text-anchor="middle">{number(value, lang)}</text>'
        for value in _ticks(plane.payments, (1.0, 2.0, 3.0, 6.0, 12.0))
    ]
    parts += [
        f'<text x="{LEFT - 8:.0f}" y="{plane.y(value) + 5:.1f}" text-anchor="end">{number(value, lang)}</text>'
        for value in _ticks(plane.amounts, [one * 10.0**power for power in range(9) for one in (1, 2, 5)])
    ]
    across = f'<text class="cs-axis" x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 6:.0f}" text-anchor="middle">'
    parts.append(f"{across}{escape(text(lang, 'page.simulate.map.payments'))} →</text>")
    parts.append(
        f'<text class="cs-axis" transform="translate(14 {(TOP + bottom) / 2:.0f}) rotate(-90)" text-anchor="middle">'
        f"{escape(text(lang, 'page.simulate.map.amount'))} →</text>"
    )
    return f"<g>{''.join(parts)}</g>"


def _ticks(values: Sequence[float], steps: Sequence[float]) -> list[float]:
    """A few round values within the span, by the first of the steps that gives few enough."""
    low, high = values[0], values[-1]
    step = next((step for step in steps if (high - low) / step <= TICKS), steps[-1])
    first = -(-low // step)
    return [step * (first + i) for i in range(int((high - step * first) // step) + 1)] or [low]


def _asked(plane: _Plane, now: Request, lang: str) -> str:
    """The client's own request: a ring, with its name."""
    if not plane.shows(now):
        return ""
    x, y = plane.x(now.payments or 0.0), plane.y(now.amount)
    end = x > WIDTH - 120
    anchor, at = ("end", x - 14) if end else ("start", x + 14)
    return (
        f'<g class="cs-mark-asked"><circle cx="{x:.1f}" cy="{y:.1f}" r="8"/><text x="{at:.1f}" y="{y + 5:.1f}" '
        f'text-anchor="{anchor}">{escape(text(lang, "page.simulate.map.asked"))}</text></g>'
    )


def _numbered(position: int, plane: _Plane, request: Request) -> str:
    """An acceptable offer, with its number in the list."""
    x, y = plane.x(request.payments or 0.0), plane.y(request.amount)
    return (
        f'<g class="cs-mark-offer"><circle cx="{x:.1f}" cy="{y:.1f}" r="11"/>'
        f'<text x="{x:.1f}" y="{y + 5:.1f}" text-anchor="middle">{position}</text></g>'
    )


def _here(plane: _Plane, here: Request) -> str:
    """The simulated request: a dot on a cross, which the script moves."""
    shown = plane.shows(here)
    x, y = (plane.x(here.payments or 0.0), plane.y(here.amount)) if shown else (0.0, 0.0)
    hidden = "" if shown else ' style="display:none"'
    across = f"M{LEFT - x:.1f} 0H{WIDTH - RIGHT - x:.1f}M0 {TOP - y:.1f}V{HEIGHT - BOTTOM - y:.1f}"
    return (
        f'<g class="cs-mark-here" transform="translate({x:.1f} {y:.1f})"{hidden}><path d="{across}"/>'
        '<circle r="6"/></g>'
    )


def _table(offered: OfferMap, lang: str) -> str:
    rows, columns = _spread(len(offered.amounts), TABLE_ROWS)[::-1], _spread(len(offered.payments), TABLE_COLUMNS)
    heads = "".join(
        f'<th scope="col" class="cs-num">{payments_said(float(offered.payments[j]), lang)}</th>' for j in columns
    )
    body = "".join(
        f'<tr><th scope="row" class="cs-num">{number(float(offered.amounts[i]), lang)}</th>'
        + "".join(_cell(offered, i, j, lang) for j in columns)
        + "</tr>"
        for i in rows
    )
    corner = f"{text(lang, 'page.simulate.map.amount')} · {text(lang, 'page.simulate.map.payments')}"
    caption = escape(text(lang, "page.simulate.map.caption"))
    return (
        f"<details><summary>{escape(text(lang, 'page.simulate.map.table'))}</summary>"
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{caption}"><table class="cs-table cs-map-table">'
        f'<caption class="cs-visually-hidden">{caption}</caption>'
        f'<thead><tr><th scope="col">{escape(corner)}</th>{heads}</tr></thead><tbody>{body}</tbody></table></div></details>'
    )


def _cell(offered: OfferMap, row: int, column: int, lang: str) -> str:
    outcome = offered.outcome(row, column)
    said = f"{text(lang, f'page.simulate.short.{outcome}')} {number(float(offered.points[row, column]), lang)}"
    return f'<td class="cs-{outcome}"><span class="cs-cell-said">{outcome_icon(outcome)}{escape(said)}</span></td>'


def _spread(count: int, most: int) -> list[int]:
    return list(range(count)) if count <= most else [round((count - 1) * i / (most - 1)) for i in range(most)]
