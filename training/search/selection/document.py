"""The report of a selection as one document of plain values: what is written as JSON, and what the page is made of."""

import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.config import SelectionSettings
from training.search.selection.path import Selection
from training.search.selection.price import FOLDS, Priced

FORMAT, VERSION = "clairscore-selection", 1
TIME = (
    "Stability is looked at over tenths of the clients in the order of their numbers. It cannot be over time: the "
    "tables carry no date of application, and their days and months are counted back from it."
)


def describe_selection(selection: Selection, settings: SelectionSettings) -> dict[str, Any]:
    """The path alone: its bounds, each step with what it removed and why, and the clusters."""
    return {
        "clients": selection.clients,
        "positives": selection.positives,
        "bounds": asdict(settings),
        "time": TIME,
        "steps": [
            {
                "name": step.name,
                "kept": len(step.retained),
                "removed": dict(step.removed),
                "flagged": dict(step.flagged),
            }
            for step in selection.steps
        ],
        "kept": list(selection.retained),
        # Rounded: to the last digit, a value would tell of a handful of clients in one of its bins.
        "information_values": {name: round(value, 4) for name, value in selection.values.items()},
        "clusters": [asdict(cluster) for cluster in selection.clusters],
    }


def document(
    selection: Selection, prices: Sequence[Priced], settings: SelectionSettings, *, data: dict[str, Any]
) -> dict[str, Any]:
    """The whole report: `describe_selection`, what each step costs, and what the data are.

    Parameters
    ----------
    data : ``synthetic``, ``fingerprint``, ``labelled``, ``seed``, ``absent_tables``
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": data,
        **describe_selection(selection, settings),
        "folds": FOLDS,
        "prices": [asdict(one) for one in prices],
    }


# A path in two pictures, side by side in one PNG: AUC after each step with its standard error, number of features.


_COLOUR, _OTHER = "#1f5fa8", "#c2571a"


def draw(prices: Sequence[Priced]) -> bytes:
    """Return the picture, 1,080 by 396 pixels: steps from the top down."""
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(12, 4.4), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True)
    place = np.arange(len(prices))
    left.errorbar([p.auc for p in prices], place, xerr=[p.error for p in prices], fmt="o", color=_COLOUR, label="trees")
    own = [
        (p.own_auc, p.own_error, i) for i, p in enumerate(prices) if p.own_auc is not None and p.own_error is not None
    ]
    if own:
        values, errors, rows = zip(*own, strict=True)
        left.errorbar(values, np.array(rows) + 0.2, xerr=errors, fmt="s", color=_OTHER, label="the glass box itself")
    left.legend(loc="lower left", fontsize=8)
    left.set(title="AUC on held-out clients, ± one standard error", yticks=place, yticklabels=[p.step for p in prices])
    left.grid(axis="x", alpha=0.3)
    left.invert_yaxis()
    counts = [float(np.mean(p.features)) for p in prices]
    bars = right.barh(place, counts, color=_COLOUR)
    right.bar_label(bars, labels=[f"{count:.0f}" for count in counts], padding=3)
    right.set(title="features (mean over the folds)", xlim=(0, 1.12 * max(counts)))
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
