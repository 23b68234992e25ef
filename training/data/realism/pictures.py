"""One picture a table, as PNG: missing shares, correlations with TARGET, and the columns furthest apart."""

from __future__ import annotations

import io

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.data.realism.figures import TableFigures

_COLOUR, _LINE = "#1f5fa8", "#b0b0b0"
_FURTHEST = 12


def draw(table: TableFigures) -> bytes:
    """Return the picture of a table: 1,080 by 342 pixels; points on the line are columns alike on both sides."""
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(12, 3.8), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3)
    pairs = [(c.real.missing, c.synthetic.missing) for c in table.columns]
    _scatter(left, pairs, "missing share", floor=0.0)
    correlations = [
        (c.real.correlation, c.synthetic.correlation)
        for c in table.columns
        if c.real.correlation is not None and c.synthetic.correlation is not None
    ]
    _scatter(middle, correlations, "correlation with TARGET")
    furthest = sorted(((c.distance, c.name) for c in table.columns if c.distance is not None), reverse=True)[
        :_FURTHEST
    ][::-1]
    right.barh([name for _, name in furthest], [value for value, _ in furthest], color=_COLOUR)
    right.set(xlim=(0, 1), title="furthest apart (distance)")
    right.tick_params(axis="y", labelsize=6)
    figure.suptitle(f"{table.name}: real against synthetic", fontsize=11)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _scatter(axes: Axes, pairs: list[tuple[float, float]], title: str, floor: float | None = None) -> None:
    values = [value for pair in pairs for value in pair] or [0.0, 1.0]
    low, high = min(values) if floor is None else floor, max(*values, 0.05)
    axes.plot([low, high], [low, high], color=_LINE, linewidth=1)
    axes.scatter([x for x, _ in pairs], [y for _, y in pairs], s=14, color=_COLOUR)
    axes.set(title=title, xlabel="real", ylabel="synthetic")
