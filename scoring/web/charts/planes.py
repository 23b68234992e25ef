"""Pictures over two quantities: points, their density where they are many, and a share over two bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scoring.web.charts.figure import Figure, Table
from scoring.web.charts.palette import CARD, CLIENT, GROUP, INK, MUTED, SCALE

Range = tuple[float, float]
POINT = 7
GAP = 2
STEPS = len(SCALE)


@dataclass(frozen=True)
class Tile:
    """A share over two bands: in words, what is said when pointed at; no value where too few to colour."""

    value: float | None
    words: str
    hover: str
    marked: bool = False


def points(
    key: str,
    title: str,
    x: Sequence[float],
    y: Sequence[float],
    ids: Sequence[int | str],
    table: Table,
    *,
    says: str,
    hovers: Sequence[str],
    axes: tuple[dict[str, Any], dict[str, Any]],
    client: tuple[float, float, str] | None = None,
    area: tuple[Range, Range] | None = None,
    note: str = "",
    height: int = 380,
) -> Figure:
    """One point a client; a click tells its number, and an area can be drawn."""
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": list(x),
        "y": list(y),
        "customdata": list(ids),
        "hoverinfo": "text",
        "hovertext": list(hovers),
        "marker": {"color": GROUP, "size": POINT, "opacity": 0.6},
        "unselected": {"marker": {"opacity": 0.25}},
    }
    return Figure(key, title, says, [trace, *_client(client)], _plane(axes, client, area), table, note, height)


def density(
    key: str,
    title: str,
    x_edges: Sequence[float],
    y_edges: Sequence[float],
    counts: Sequence[Sequence[int]],
    table: Table,
    *,
    says: str,
    hovers: Sequence[Sequence[str]],
    axes: tuple[dict[str, Any], dict[str, Any]],
    client: tuple[float, float, str] | None = None,
    area: tuple[Range, Range] | None = None,
    note: str = "",
    height: int = 380,
) -> Figure:
    """How many clients lie in each small rectangle, darker for more; an area can be drawn.

    `counts` has a row for each interval of `y_edges`, lowest first.
    """
    trace = {
        "type": "heatmap",
        "x": list(x_edges),
        "y": list(y_edges),
        # The eye compares shades better where few do not vanish beside many.
        "z": [[count**0.5 if count else None for count in row] for row in counts],
        "colorscale": SCALE,
        "showscale": False,
        "hoverinfo": "text",
        "hovertext": [list(row) for row in hovers],
        "hoverongaps": False,
    }
    # plotly.js draws areas only where there is something that can be chosen.
    anchor = {
        "type": "scatter",
        "mode": "markers",
        "x": [x_edges[0]],
        "y": [y_edges[0]],
        "marker": {"opacity": 0},
        "hoverinfo": "skip",
    }
    return Figure(key, title, says, [trace, anchor, *_client(client)], _plane(axes, client, area), table, note, height)


def grid(
    key: str,
    title: str,
    x_bands: Sequence[str],
    y_bands: Sequence[str],
    tiles: Sequence[Sequence[Tile]],
    table: Table,
    *,
    says: str,
    x_title: str,
    y_title: str,
    note: str = "",
    row: int = 52,
) -> Figure:
    """A share over two bands; its words stand in each tile, and tiles of too few are left without a colour.

    `tiles` has a row for each of `y_bands`, the first at the bottom. A click tells ``x`` and ``y``, places from 0.
    """
    values = [tile.value for line in tiles for tile in line if tile.value is not None]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    trace = {
        "type": "heatmap",
        "x": list(range(len(x_bands))),
        "y": list(range(len(y_bands))),
        "z": [[_step(tile.value, low, high) for tile in line] for line in tiles],
        "zmin": -0.5,
        "zmax": STEPS - 0.5,
        "colorscale": [[(step + side) / STEPS, f"var(--cs-scale-{step})"] for step in range(STEPS) for side in (0, 1)],
        "showscale": False,
        "xgap": GAP,
        "ygap": GAP,
        "hoverinfo": "text",
        "hovertext": [[tile.hover for tile in line] for line in tiles],
    }
    annotations = [
        {
            "x": at,
            "y": up,
            "text": f"<b>{tile.words}</b>" if tile.marked else tile.words,
            "showarrow": False,
            "font": {"color": _on(_step(tile.value, low, high)), "size": 13},
        }
        for up, line in enumerate(tiles)
        for at, tile in enumerate(line)
    ]
    shapes = [
        {
            "type": "rect",
            "x0": at - 0.5,
            "x1": at + 0.5,
            "y0": up - 0.5,
            "y1": up + 0.5,
            "line": {"color": CLIENT, "width": 3},
        }
        for up, line in enumerate(tiles)
        for at, tile in enumerate(line)
        if tile.marked
    ]
    layout = {
        "xaxis": {
            "title": x_title,
            "tickvals": list(range(len(x_bands))),
            "ticktext": list(x_bands),
            "tickangle": 0,
        },
        "yaxis": {
            "title": y_title,
            "tickvals": list(range(len(y_bands))),
            "ticktext": list(y_bands),
            "showgrid": False,
        },
        "annotations": annotations,
        "shapes": shapes,
        "margin": {"l": 8, "r": 8, "t": 4, "b": 8},
    }
    return Figure(key, title, says, [trace], layout, table, note, height=row * len(y_bands) + 80)


def _step(value: float | None, low: float, high: float) -> int | None:
    """Which of the scale's colours a tile takes: few, so that words stay readable on each."""
    if value is None:
        return None
    return min(int(STEPS * (value - low) / (high - low)), STEPS - 1) if high > low else STEPS // 2


def _on(step: int | None) -> str:
    """The colour of words that stay readable on a tile."""
    if step is None:
        return MUTED
    return CARD if step > 2 else INK


def _client(client: tuple[float, float, str] | None) -> list[dict[str, Any]]:
    if client is None:
        return []
    x, y, label = client
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x],
            "y": [y],
            "hoverinfo": "text",
            "hovertext": [label],
            "marker": {"color": CLIENT, "size": 14, "line": {"color": CARD, "width": 2}},
        }
    ]


def _plane(
    axes: tuple[dict[str, Any], dict[str, Any]],
    client: tuple[float, float, str] | None,
    area: tuple[Range, Range] | None,
) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "xaxis": axes[0],
        "yaxis": axes[1],
        "dragmode": "select",
        "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
    }
    if client is not None:
        x, y, label = client
        layout["annotations"] = [
            {
                "x": x,
                "y": y,
                "text": f"<b>{label}</b>",
                "showarrow": False,
                "yanchor": "bottom",
                "yshift": 9,
                "font": {"color": CLIENT},
                "bgcolor": CARD,
                "borderpad": 2,
            }
        ]
    if area is not None:
        (left, right), (low, high) = area
        layout["shapes"] = [
            {
                "type": "rect",
                "x0": left,
                "x1": right,
                "y0": low,
                "y1": high,
                "line": {"color": CLIENT, "width": 2, "dash": "dash"},
            }
        ]
    return layout
