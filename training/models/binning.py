"""Coarse bins of one candidate, for what ranks candidates: a number at its quantiles, a category at its frequent codes.

The rule: bin 0 is missing and nothing else, so that a missing value has evidence of its own.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

BINS = 10
RARE = 50
"""Clients below which a code shares bin 1 with the other rare codes."""


def coarse_bins(column: pl.Series) -> NDArray[np.int64]:
    """Bin of each client, shape (clients,); 0 is missing.

    >>> coarse_bins(pl.Series([0.0] * 20 + [1.0, None]))[-3:].tolist()
    [2, 3, 0]
    """
    if column.dtype == pl.String:
        counts = column.drop_nulls().value_counts().sort(column.name)
        frequent: Sequence[str] = [str(code) for code, count in counts.iter_rows() if count >= RARE]
        numbers = {code: i + 2 for i, code in enumerate(frequent)}
        return column.replace_strict(numbers, default=1, return_dtype=pl.Int64).set(column.is_null(), 0).to_numpy()
    values = column.fill_null(float("nan")).to_numpy()
    edges = _edges(values[~np.isnan(values)])
    return np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values, side="right"))


def _edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each bin but the first begins: at the quantiles, and behind a value that fills two of them or more.

    Without the latter, a flag that few have and a count that is mostly 0 would fall into one bin.
    """
    if not len(known):
        return np.empty(0)
    quantiles = np.quantile(known, np.arange(1, BINS) / BINS, method="lower")
    heavy = np.unique(quantiles[1:][quantiles[1:] == quantiles[:-1]])
    distinct = np.unique(known)
    behind = np.searchsorted(distinct, heavy, side="right")
    return np.unique([*quantiles, *distinct[behind[behind < len(distinct)]]])
