"""A client's points added up line by line: the constant, one line of each variable, the total, and the decision.

The rule: shown to a tenth, added up whole; each line leads to the line of the grid that it comes from.
"""

from html import escape

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, percent, text
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Scored, Value
from scoring.model.decision import decide
from scoring.portfolio.clients import Portfolio
from scoring.reports.exports.grid import Grid, Line, Variable
from scoring.web.icons import outcome_icon
from scoring.web.model_app.parts import Cell, Column, Html, panel, table
from scoring.web.model_app.place import going
from scoring.web.waterfall import signed


def facts_of(portfolio: Portfolio, model: AdditiveModel, client: int) -> dict[str, Value]:
    """A client's values of a model's features."""
    return portfolio.values_of(client, tuple(model.features))


def score_of(model: AdditiveModel, facts: dict[str, Value]) -> Scored:
    """A client's score by a model, which need not be the one that serves."""
    return Lookup(model).score(facts)


def cells_by_name(grid: Grid, scored: Scored) -> dict[str, int]:
    """The cell of each variable that a client is in."""
    return {variable.name: scored.cells[variable.position] for variable in grid.variables}


def added_up_html(
    model: AdditiveModel, grid: Grid, facts: dict[str, Value], scored: Scored, client: int, lang: str, *, folded: bool
) -> str:
    """The sum of one client; `folded` where somebody looks for one line of the grid."""
    decision = decide(model, scored)
    running = grid.constant
    rows: list[list[Cell]] = [[text(lang, "model.points.constant"), None, None, None, signed(running, lang, 1), None]]
    for variable in grid.variables:
        line = _line_of(variable, scored)
        running += line.points
        rows.append(
            [
                Html(_term(variable, line, client, model.kind, lang)),
                " × ".join(say(DICTIONARY[name], facts[name], lang) for name in variable.features),
                line.told(variable.features, lang),
                number(line.clients, lang),
                signed(line.points, lang, 1),
                number(running, lang, 1),
            ]
        )
    badge = (
        f'<span class="cs-badge cs-{decision.outcome}">{outcome_icon(decision.outcome)}'
        f"{escape(text(lang, f'decision.officer.{decision.outcome}'))}</span>"
    )
    total = text(
        lang,
        "model.points.total",
        points=number(decision.points, lang, 1),
        pd=percent(decision.pd, lang, 1),
        asked=number(decision.threshold_points, lang, 1),
    )
    columns = [
        Column(text(lang, "model.points.sum.variable"), number=False),
        Column(text(lang, "model.points.sum.value"), number=False),
        Column(text(lang, "model.points.sum.bin"), number=False, extra=True),
        Column(text(lang, "model.points.column.clients"), extra=True),
        Column(text(lang, "model.points.column.points")),
        Column(text(lang, "model.points.sum.running"), extra=True),
    ]
    title = text(lang, "model.points.sum", client=client)
    body = (
        f'<p class="cs-sum-total" id="sum-total" data-points="{decision.points!r}">{badge} {escape(total)}</p>'
        f"<details{'' if folded else ' open'}><summary>{escape(text(lang, 'model.points.sum.open', terms=len(grid.variables)))}</summary>"
        f"{table(columns, rows, title, 'sum-table')}</details>"
        f"<p><a {going('points', None, model=model.kind)}>{escape(text(lang, 'model.points.without'))}</a></p>"
    )
    return panel(title, body, text(lang, "model.points.sum.lead"), "sum")


def _line_of(variable: Variable, scored: Scored) -> Line:
    cell = scored.cells[variable.position]
    return next(line for line in variable.lines if line.cell == cell)


def _term(variable: Variable, line: Line, client: int, kind: str, lang: str) -> str:
    to = f"cell-{variable.position}-{line.cell}"
    attributes = going("points", client, model=kind, term=variable.name).split(" data-go=")[0]
    return f'<a {attributes} data-to="{to}">{escape(variable.label(lang))}</a>'
