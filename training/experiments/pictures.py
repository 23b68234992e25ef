"""The price of simplicity in one PNG: cost on the left, AUC on the right, against the number of terms."""

import io

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.experiments.simplicity import Simplicity
from training.search.final_fit import GLASS_BOXES

_COLOURS = {"ebm": "#1f5fa8", "scorecard": "#c2571a"}


def draw(study: Simplicity) -> bytes:
    """Return the picture, 1,080 by 396 pixels."""
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(12, 4.4), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for model in GLASS_BOXES:
        points = [point for point in study.points if point.model == model]
        terms = [point.terms for point in points]
        left.plot(terms, [point.cost for point in points], "o-", color=_COLOURS[model], label=model)
        right.errorbar(
            terms,
            [point.auc for point in points],
            yerr=[point.auc_error for point in points],
            fmt="o-",
            color=_COLOURS[model],
            label=model,
        )
    left.set(title="cost per client, out of fold", xlabel="terms")
    right.set(title="AUC, out of fold, ± one standard error", xlabel="terms")
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
