"""How a polars frame is handed to a library: pandas columns of floats with NaN, or of objects with None.

The rule: never pandas strings, which interpret reads otherwise than Python's.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray

from training.data.matrix import Candidate


def library_frame(frame: pl.DataFrame, candidates: Sequence[Candidate]) -> pd.DataFrame:
    """The candidates' columns as a pandas frame: float64 with NaN, or object with None."""
    columns = {
        candidate.name: pd.Series(frame[candidate.name].to_list(), dtype=object)
        if candidate.kind == "category"
        else pd.Series(frame[candidate.name].cast(pl.Float64).fill_null(float("nan")).to_numpy())
        for candidate in candidates
    }
    return pd.DataFrame(columns, copy=False)


def pooled(frame: pl.DataFrame, pools: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """The frame with each category code replaced by the name of its pool, where it has one."""
    return frame.with_columns(pl.col(name).replace(dict(pool)) for name, pool in pools.items() if pool)


def balanced_weights(target: NDArray[np.integer]) -> NDArray[np.float64]:
    """Weight of each client, shape (clients,), with which both outcomes weigh the same; their mean is 1.

    >>> balanced_weights(np.array([0, 0, 0, 1])).tolist()
    [0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 2.0]
    """
    counts = np.bincount(target, minlength=2)
    weights: NDArray[np.float64] = (len(target) / (2.0 * counts))[target]
    return weights
