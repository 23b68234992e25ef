"""The offer map as a picture: amounts upwards, monthly payments to the right, each cell in the colour of its decision.

The rule: what colour says, a pattern and words say too; the same values stand beside it as a table. Cells next to each
other with one decision are drawn as one strip, so that 3,600 of them are a few kilobytes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from markupsafe import Markup

from scoring.explain.counterfactuals import Choice, OfferMap, Request
from scoring.explain.counterfactuals.wording import payments_said
from scoring.i18n import number, text
from scoring.model.decision import OUTCOMES, Outcome
from scoring.web.templates import render

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


def map_html(key: str, offered: OfferMap, now: Request, here: Request, choices: Sequence[Choice], lang: str) -> Markup:
    """The map with its finding, the marks, how it is used, and the table; `key` says what it depends on."""
    if not offered.outcomes.size:
        return render("simulate", "no_map", lang=lang, key=key)
    plane = _Plane(offered)
    strips = [(outcome, "".join(_strips(plane, offered, outcome))) for outcome in OUTCOMES]
    areas = [(outcome, drawn) for outcome, drawn in strips if drawn]
    return render(
        "simulate",
        "map",
        lang=lang,
        key=key,
        finding=_finding(offered, lang),
        outcomes=[outcome for outcome, _ in areas],
        data=_data(offered),
        frame={"width": WIDTH, "height": HEIGHT, "left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        areas=areas,
        ticks=list(_ticks(plane, lang)),
        own=_own_mark(plane, now),
        marks=[
            (position, plane.x(choice.request.payments or 0.0), plane.y(choice.request.amount))
            for position, choice in enumerate(choices, start=1)
            if choice.kind != "down_payment" and plane.shows(choice.request)
        ],
        here=_here(plane, here),
        table=_table(offered, lang),
    )


def _finding(offered: OfferMap, lang: str) -> str:
    cells = offered.outcomes.size
    accepted = int((offered.outcomes == OUTCOMES.index("accept")).sum())
    which = "all" if accepted == cells else ("some" if accepted else "none")
    values = {"cells": number(cells, lang), "accepted": number(accepted, lang)}
    return text(lang, f"page.simulate.map.finding.{which}", **values)


def _data(offered: OfferMap) -> dict[str, str]:
    """What the script needs to turn a place in the picture into a request, and back."""
    data = {}
    for name, values in (("amount", offered.amounts), ("payments", offered.payments)):
        data[f"data-{name}-first"] = f"{values[0]:g}"
        data[f"data-{name}-step"] = f"{values[1] - values[0] if len(values) > 1 else 1.0:g}"
        data[f"data-{name}-count"] = f"{len(values)}"
    return {**data, "data-frame": f"{LEFT:g} {TOP:g} {WIDTH - LEFT - RIGHT:g} {HEIGHT - TOP - BOTTOM:g}"}


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


def _ticks(plane: _Plane, lang: str) -> Iterator[tuple[str, str, str, str]]:
    """Numbers along both axes: where each is, how it is anchored, and what it says."""
    for value in _round_values(plane.payments, (1.0, 2.0, 3.0, 6.0, 12.0)):
        yield f"{plane.x(value):.1f}", f"{HEIGHT - BOTTOM + 20:.0f}", "middle", number(value, lang)
    for value in _round_values(plane.amounts, [one * 10.0**power for power in range(9) for one in (1, 2, 5)]):
        yield f"{LEFT - 8:.0f}", f"{plane.y(value) + 5:.1f}", "end", number(value, lang)


def _round_values(values: Sequence[float], steps: Sequence[float]) -> list[float]:
    """A few round values within the span, by the first of the steps that gives few enough."""
    low, high = values[0], values[-1]
    step = next((step for step in steps if (high - low) / step <= TICKS), steps[-1])
    first = -(-low // step)
    return [step * (first + i) for i in range(int((high - step * first) // step) + 1)] or [low]


def _own_mark(plane: _Plane, now: Request) -> dict[str, Any] | None:
    """The client's own request, and on which side its name stands; nothing where it lies outside."""
    if not plane.shows(now):
        return None
    x, y = plane.x(now.payments or 0.0), plane.y(now.amount)
    anchor, label_x = ("end", x - 14) if x > WIDTH - 120 else ("start", x + 14)
    return {"x": x, "y": y, "anchor": anchor, "label_x": label_x}


def _here(plane: _Plane, here: Request) -> dict[str, Any]:
    """The simulated request, with the cross through it."""
    shown = plane.shows(here)
    x, y = (plane.x(here.payments or 0.0), plane.y(here.amount)) if shown else (0.0, 0.0)
    cross = f"M{LEFT - x:.1f} 0H{WIDTH - RIGHT - x:.1f}M0 {TOP - y:.1f}V{HEIGHT - BOTTOM - y:.1f}"
    return {"x": x, "y": y, "shown": shown, "cross": cross}


def _table(offered: OfferMap, lang: str) -> dict[str, Any]:
    """A few rows and columns of the map, in words."""
    rows, columns = _spread(len(offered.amounts), TABLE_ROWS)[::-1], _spread(len(offered.payments), TABLE_COLUMNS)
    return {
        "heads": [payments_said(float(offered.payments[j]), lang) for j in columns],
        "rows": [
            (
                number(float(offered.amounts[i]), lang),
                [(offered.outcome(i, j), number(float(offered.points[i, j]), lang)) for j in columns],
            )
            for i in rows
        ],
    }


def _spread(count: int, most: int) -> list[int]:
    return list(range(count)) if count <= most else [round((count - 1) * i / (most - 1)) for i in range(most)]
