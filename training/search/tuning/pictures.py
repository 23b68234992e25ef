"""A search in pictures: one row a model; the cost of each trial with the best so far, then against each setting."""

import io
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.search.tuning.search import Trial
from training.search.tuning.spaces import Kind

_COLOUR, _BEST = "#1f5fa8", "#c2571a"


def draw(searches: Mapping[Kind, Sequence[Trial]]) -> bytes:
    """Return a PNG; dots are trials, the line is the lowest cost so far.

    Raises
    ------
    ValueError
        When there is no search, or one without a trial.
    """
    if not searches or not all(searches.values()):
        raise ValueError(f"each search must have a trial; got { ({kind: len(t) for kind, t in searches.items()}) }")
    wide = 1 + max(len(trials[0].point) for trials in searches.values())
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(2.6 * wide, 2.6 * len(searches)), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(searches), wide, squeeze=False, sharey="row")
    for (kind, trials), axes in zip(searches.items(), rows, strict=True):
        costs = np.array([trial.cost for trial in trials])
        axes[0].plot(costs, "o", color=_COLOUR, markersize=3)
        axes[0].plot(np.minimum.accumulate(costs), color=_BEST)
        axes[0].set(title=kind, xlabel="trial", ylabel="cost per client")
        names = list(trials[0].point)
        for axis, name in zip(axes[1:], names, strict=False):
            axis.plot([trial.point[name] for trial in trials], costs, "o", color=_COLOUR, markersize=3)
            axis.set_xlabel(name)
        for axis in axes[1 + len(names) :]:
            axis.set_axis_off()
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
