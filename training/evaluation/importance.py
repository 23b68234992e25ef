"""What the black box leans on, to be read beside the glass boxes' terms.

The rule: shares of gain are those of the trees on their own training clients, contributions those of TreeSHAP on
clients that they never saw; neither says what a change of a feature would do.

Source: Lundberg and others, *From local explanations to global understanding with explainable AI for trees* (2020).
"""

from typing import Any

import numpy as np
import polars as pl

from training.models.reference import FittedReference

TOP = 20
MOST_ROWS = 2_000
"""Clients that are enough for a mean; TreeSHAP of ten thousand takes ten seconds."""


def reference_importance(fitted: FittedReference, frame: pl.DataFrame, *, slope: float = 1.0) -> dict[str, Any]:
    """Share of the total gain and mean absolute contribution (log-odds) of the largest features, by contribution.

    Parameters
    ----------
    frame : clients that the trees were not fitted on
    slope : of the calibration
    """
    some = frame[:: max(1, frame.height // MOST_ROWS)][:MOST_ROWS]
    sizes = slope * np.abs(fitted.contributions(some)).mean(axis=0)
    gain = np.asarray(fitted.library.feature_importance("gain"), dtype=np.float64)
    order = np.argsort(-sizes, kind="stable")[:TOP]
    return {
        "clients": some.height,
        "features": [fitted.candidates[i].name for i in order],
        "gain": (gain[order] / max(float(gain.sum()), 1e-300)).tolist(),
        "contribution": sizes[order].tolist(),
    }
