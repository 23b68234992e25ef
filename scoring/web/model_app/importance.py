"""The page of importance: as each model means it, side by side, and how each is to be read (B21)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import number, percent
from scoring.model.additive_model import features_of_term
from scoring.reports.exports.grid import Grid
from scoring.web.charts import Bar, Table, bars, charts, figure_html
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import Cell, Column, label_of, linked, part
from scoring.web.model_app.points import grid_of_kind
from scoring.web.page import Built, Place

NAME = "importance"
SECTION = "model"
SHOWN = 12


@dataclass(frozen=True)
class Ranked:
    """What a model makes of a term: its weight in the model's own unit, and its place from 1."""

    weight: float
    rank: int


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = charts(elem_id="importance")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [importance_html(context)]

    return Built([part], draw)


def importance_html(context: ModelContext) -> Markup:
    """The whole page."""
    grids = {kind: grid_of_kind(context, kind) for kind in context.reports.models}
    ranked: dict[str, dict[str, Ranked]] = {kind: _ranked(_weights(grid)) for kind, grid in grids.items()}
    reference = context.reports.evaluation.importance.reference
    if reference is not None:
        ranked["reference"] = _ranked(dict(zip(reference.features, reference.contribution, strict=True)))
    columns, rows = _side_by_side(context, ranked, grids)
    return context.render(
        "importance",
        figures=[_picture(context, kind, terms) for kind, terms in ranked.items()],
        columns=columns,
        rows=rows,
        has_reference=reference is not None,
    )


def _weights(grid: Grid) -> dict[str, float]:
    return {variable.name: variable.weight for variable in grid.variables}


def _ranked(weights: Mapping[str, float]) -> dict[str, Ranked]:
    ordered = sorted(weights.items(), key=lambda item: -item[1])
    return {name: Ranked(weight, place) for place, (name, weight) in enumerate(ordered, start=1)}


def _picture(context: ModelContext, kind: str, terms: Mapping[str, Ranked]) -> Markup:
    say, lang = context.say, context.lang
    first = list(terms.items())[:SHOWN]
    decimals = 3 if kind == "reference" else 1
    rows = [
        Bar(
            _short(label_of(features_of_term(name), lang)),
            one.weight,
            number(one.weight, lang, decimals),
            marked=kind == context.reports.serves,
            hover=f"{label_of(features_of_term(name), lang)}<br>{number(one.weight, lang, decimals)}",
        )
        for name, one in first
    ]
    heads = [say("importance.variable"), say(f"importance.unit.{kind}")]
    weights = [
        [label_of(features_of_term(name), lang), number(one.weight, lang, decimals)] for name, one in terms.items()
    ]
    leading = label_of(features_of_term(first[0][0]), lang) if first else ""
    total = sum(one.weight for one in terms.values()) or 1.0
    share = sum(one.weight for _, one in first[:3]) / total
    figure = bars(
        f"importance-{kind}",
        say("importance.finding", kind=say(f"kind.{kind}"), first=leading, share=percent(share, lang)),
        rows,
        Table(heads, weights),
        says=say("importance.says", kind=say(f"kind.{kind}")),
        note=say(f"importance.unit.{kind}.note"),
    )
    return figure_html(figure, lang)


def _short(label: str, most: int = 30) -> str:
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _side_by_side(
    context: ModelContext, ranked: Mapping[str, Mapping[str, Ranked]], grids: Mapping[Any, Grid]
) -> tuple[list[Column], list[list[Cell]]]:
    """Every term by its ranks: where the models agree on what counts, and where they do not."""
    say, lang = context.say, context.lang
    card = {variable.name: variable for variable in grids["scorecard"].variables} if "scorecard" in grids else {}
    names = sorted(
        {name for terms in ranked.values() for name in terms},
        key=lambda name: (min(terms[name].rank for terms in ranked.values() if name in terms), name),
    )
    columns = [
        Column(say("importance.variable"), number=False),
        *(Column(say("importance.rank", kind=say(f"short.{kind}"))) for kind in ranked),
        Column(say("importance.points", kind=say("short.scorecard")), extra=True),
        Column(say("points.column.iv"), say("points.hint.iv"), extra=True),
        Column(say("importance.coefficient"), say("importance.coefficient.means"), extra=True),
    ]
    rows: list[list[Cell]] = []
    for name in names:
        label = label_of(features_of_term(name), lang)
        has_shape = any(name in ranked[kind] for kind in grids)
        variable = card.get(name)
        spread, iv, coefficient = (
            (None, None, None) if variable is None else (variable.spread, variable.iv, variable.coefficient)
        )
        rows.append(
            [
                linked("shapes", label, term=name) if has_shape else label,
                *(_rank(terms.get(name), lang, 3 if kind == "reference" else 1) for kind, terms in ranked.items()),
                None if spread is None else number(spread, lang, 1),
                None if iv is None else number(iv, lang, 3),
                None if coefficient is None else number(coefficient, lang, 3),
            ]
        )
    return columns, rows


def _rank(one: Ranked | None, lang: str, decimals: int) -> Cell:
    if one is None:
        return None
    return part("interval", value=one.rank, between=number(one.weight, lang, decimals))
