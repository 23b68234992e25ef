"""Pictures along one quantity: bars, a distribution with a client in it, lines."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.web.charts.figure import Figure, Table
from scoring.web.charts.palette import CLIENT, GROUP, INK, MUTED

ROW, TALL_ROW = 34, 46
"""Height of a horizontal bar with its gap; of one whose label has a second line."""
LINE, AROUND = 15, 60
"""Height of a name at a line's end; what a picture with lines takes above and below its axis, at most."""


@dataclass(frozen=True)
class Bar:
    """A horizontal bar.

    Attributes
    ----------
    label : stands before it
    value : its length, from zero; None where there is too little to draw, and the words alone stand there
    words : the value in words, at its end
    id : what a click on it tells; None where it can't be clicked
    marked : in the client's colour
    size : the size of the group that it says something of, in words, under the label
    hover : said when pointed at; the label and the value where empty
    """

    label: str
    value: float | None
    words: str
    id: int | str | None = None
    marked: bool = False
    size: str = ""
    hover: str = ""


@dataclass(frozen=True)
class Mark:
    """A place on the axis that is labelled in the picture, the client's above all."""

    at: float
    label: str


@dataclass(frozen=True)
class Series:
    """A line through points, named at its end."""

    name: str
    x: Sequence[float]
    y: Sequence[float | None]
    colour: str = GROUP
    dashed: bool = False


def bars(key: str, title: str, rows: Sequence[Bar], table: Table, *, says: str, note: str = "") -> Figure:
    """Horizontal bars, the first on top."""
    trace: dict[str, Any] = {
        "type": "bar",
        "orientation": "h",
        "x": [bar.value or 0.0 for bar in rows],
        "y": list(range(len(rows))),
        "text": [bar.words for bar in rows],
        "textposition": "outside",
        "cliponaxis": False,
        "customdata": [bar.id for bar in rows],
        "hoverinfo": "text",
        "hovertext": [bar.hover or "<br>".join(filter(None, (bar.label, bar.words, bar.size))) for bar in rows],
        "marker": {"color": [CLIENT if bar.marked else GROUP for bar in rows]},
    }
    longest = max((len(bar.words) for bar in rows), default=0)
    row = TALL_ROW if any(bar.size for bar in rows) else ROW
    layout = {
        "xaxis": {"showticklabels": False, "rangemode": "tozero"},
        "yaxis": {
            "autorange": "reversed",
            "showgrid": False,
            "tickvals": list(range(len(rows))),
            "ticktext": [
                f"{bar.label}<br><span style='font-size:12px'>{bar.size}</span>" if bar.size else bar.label
                for bar in rows
            ],
            "tickfont": {"color": INK},
        },
        "margin": {"l": 8, "r": 16 + 8 * longest, "t": 4, "b": 4},
        "bargap": 0.35,
    }
    return Figure(key, title, says, [trace], layout, table, note, height=max(row * len(rows) + 8, 60))


def histogram(
    key: str,
    title: str,
    edges: Sequence[float],
    counts: Sequence[int],
    table: Table,
    *,
    says: str,
    hovers: Sequence[str],
    ticks: Sequence[tuple[float, str]],
    mark: Mark | None = None,
    note: str = "",
    height: int = 200,
) -> Figure:
    """A distribution over adjoining intervals, and where the client stands in it.

    `edges` has one more entry than `counts`; `hovers` says each interval with its size.
    """
    trace = {
        "type": "bar",
        "x": [(low + high) / 2 for low, high in itertools.pairwise(edges)],
        "width": [0.94 * (high - low) for low, high in itertools.pairwise(edges)],
        "y": list(counts),
        "customdata": list(range(len(counts))),
        "hoverinfo": "text",
        "hovertext": list(hovers),
        "marker": {"color": GROUP},
    }
    layout: dict[str, Any] = {
        "xaxis": {
            "range": [edges[0], edges[-1]],
            "tickvals": [at for at, _ in ticks],
            "ticktext": [label for _, label in ticks],
        },
        "yaxis": {"rangemode": "tozero", "nticks": 4, "tickformat": ",d"},
        "bargap": 0,
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
    }
    if mark is not None:
        layout |= _marked(mark, edges[0], edges[-1])
    return Figure(key, title, says, [trace], layout, table, note, height)


def lines(
    key: str,
    title: str,
    series: Sequence[Series],
    table: Table,
    *,
    says: str,
    x_title: str = "",
    y_title: str = "",
    mark: Mark | None = None,
    note: str = "",
    height: int = 280,
    **axes: dict[str, Any],
) -> Figure:
    """Lines named at their ends; `axes` may complete ``xaxis`` and ``yaxis`` (formats, ranges, ticks)."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": one.name,
            "x": list(one.x),
            "y": list(one.y),
            "line": {"color": one.colour, "width": 2, "dash": "dash" if one.dashed else "solid"},
            "hovertemplate": f"{one.name}<br>%{{x}}, %{{y}}<extra></extra>",
        }
        for one in series
    ]
    last = [(one, max((at for at, y in enumerate(one.y) if y is not None), default=None)) for one in series]
    ends = [(one, one.x[at], float(one.y[at] or 0.0)) for one, at in last if at is not None]
    shifts = _apart([y for _, _, y in ends], *_span(series, axes.get("yaxis", {})), height)
    layout: dict[str, Any] = {
        "xaxis": {"title": {"text": x_title}, "showgrid": False, **axes.get("xaxis", {})},
        "yaxis": {"title": {"text": y_title}, "nticks": 5, **axes.get("yaxis", {})},
        "annotations": [
            {
                "x": x,
                "y": y,
                "text": one.name,
                "showarrow": False,
                "xanchor": "left",
                "xshift": 6,
                "yshift": shift,
                "font": {"color": one.colour if one.colour != GROUP else MUTED},
            }
            for (one, x, y), shift in zip(ends, shifts, strict=True)
        ],
        "margin": {"l": 8, "r": 16 + 8 * max((len(one.name) for one in series), default=0), "t": 8, "b": 8},
    }
    if mark is not None:
        marked = _marked(mark, *_reach(series))
        layout["annotations"] += marked["annotations"]
        layout["shapes"] = marked["shapes"]
        layout["margin"]["t"] = marked["margin"]["t"]
    return Figure(key, title, says, traces, layout, table, note, height)


def _span(series: Sequence[Series], yaxis: Mapping[str, Any]) -> tuple[float, float]:
    """From where to where the upright axis goes, as far as is known before it is drawn."""
    if "range" in yaxis:
        low, high = yaxis["range"]
        return float(low), float(high)
    values = [float(y) for one in series for y in one.y if y is not None]
    values += [0.0] if yaxis.get("rangemode") == "tozero" else []
    return (min(values), max(values)) if values else (0.0, 1.0)


def _apart(ends: Sequence[float], low: float, high: float, height: int) -> list[float]:
    """Pixels by which names at the ends of lines are moved up so that none covers another.

    >>> _apart([0.0, 1.0], 0.0, 1.0, 280), _apart([1.0, 1.0], 0.0, 1.0, 280)
    ([0.0, 0.0], [-7.5, 7.5])
    """
    scale = (height - AROUND) / (high - low) if high > low else 0.0
    places = [(end - low) * scale for end in ends]
    order = sorted(range(len(ends)), key=lambda at: (places[at], at))
    groups: list[list[int]] = []
    for at in order:
        group = [at]
        while groups and _middle(group, places) - _middle(groups[-1], places) < _needed(group, groups[-1]):
            group = groups.pop() + group
        groups.append(group)
    shifts = [0.0] * len(ends)
    for group in groups:
        for rank, at in enumerate(group):
            shifts[at] = round(_middle(group, places) + LINE * (rank - (len(group) - 1) / 2.0) - places[at], 1)
    return shifts


def _needed(group: Sequence[int], below: Sequence[int]) -> float:
    return LINE * (len(group) + len(below)) / 2.0


def _middle(group: Sequence[int], places: Sequence[float]) -> float:
    return sum(places[at] for at in group) / len(group)


def _reach(series: Sequence[Series]) -> tuple[float, float]:
    values = [value for one in series for value in one.x]
    return (min(values), max(values)) if values else (0.0, 1.0)


def _marked(mark: Mark, low: float, high: float) -> dict[str, Any]:
    """A line down through the picture and its label above, kept inside at either end."""
    at = min(max(mark.at, low), high)
    place = (at - low) / (high - low) if high > low else 0.5
    anchor = "left" if place < 0.25 else ("right" if place > 0.75 else "center")
    line = {"color": CLIENT, "width": 3}
    return {
        "shapes": [{"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, "line": line}],
        "annotations": [
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "text": f"<b>{mark.label}</b>",
                "showarrow": False,
                "xanchor": anchor,
                "font": {"color": CLIENT},
            }
        ],
        "margin": {"l": 8, "r": 12, "t": 28, "b": 8},
    }
