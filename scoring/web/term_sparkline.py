"""A term's shape as a 96 × 32 picture: points over the bins, the client's place as a dot, the usual one as a tick."""

from scoring.model.additive_model import AdditiveModel, NumberAxis, Term
from scoring.model.additive_model.lookup import AxisLookup, Value

WIDTH, HEIGHT, MARGIN = 96.0, 32.0, 4.0


def shape_svg(model: AdditiveModel, feature: str, value: Value, usual: Value) -> str:
    """Draw the shape of a feature's own term, up is more points; nothing where it has none or is missing."""
    term = next((term for term in model.terms if term.features == (feature,)), None)
    if term is None:
        return ""
    axis = term.axes[0]
    bins = axis.cells - 2
    client, typical = (AxisLookup(axis).cell(one) for one in (value, usual))
    if bins < 2 or not 1 <= client <= bins:
        return ""
    heights = _heights(term)
    step = (WIDTH - 2 * MARGIN) / bins

    def x(cell: int) -> float:
        return MARGIN + (cell - 0.5) * step

    if isinstance(axis, NumberAxis):
        path = "".join(
            f"{'M' if cell == 1 else 'L'}{MARGIN + (cell - 1) * step:.1f} {heights[cell]:.1f}"
            f"H{MARGIN + cell * step:.1f}"
            for cell in range(1, bins + 1)
        )
    else:
        path = "".join(
            f"M{x(cell) - step * 0.35:.1f} {heights[cell]:.1f}h{step * 0.7:.1f}" for cell in range(1, bins + 1)
        )
    tick = ""
    if 1 <= typical <= bins:
        tick = f'<path class="cs-shape-usual" d="M{x(typical):.1f} {HEIGHT - 6:.0f}v6"/>'
    return (
        f'<svg class="cs-shape" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" width="96" height="32" aria-hidden="true">'
        f'<path class="cs-shape-line" d="{path}"/>{tick}'
        f'<circle class="cs-shape-client" cx="{x(client):.1f}" cy="{heights[client]:.1f}" r="3.5"/></svg>'
    )


def _heights(term: Term) -> dict[int, float]:
    """The height of each cell in the picture; lower log-odds, so more points, are higher up."""
    cells = range(1, term.axes[0].cells - 1)
    scores = [term.scores[cell] for cell in cells]
    low, high = min(scores), max(scores)
    room = HEIGHT - 2 * MARGIN - 4
    return {
        cell: MARGIN + (room / 2 if high == low else (score - low) / (high - low) * room)
        for cell, score in zip(cells, scores, strict=True)
    }
