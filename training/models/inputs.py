"""How a polars frame is handed to a library: pandas columns of floats with NaN, or of objects with None.

The rule: never pandas strings, which interpret reads otherwise than Python's.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import pandas as pd
import polars as pl
from numpy.typing import NDArray
from pandas.errors import Pandas4Warning

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


# Known warnings of the libraries that mean nothing here, silenced by message, around their calls alone.


KNOWN = (
    # interpret: its plots leave the missing bin out; ours do not, and the artefact holds the bin
    ("Missing values detected\\. Our visualizations do not currently display missing values", UserWarning, "interpret"),
    # optbinning 1.0 builds its tables with a row "Totals" that pandas 4 will want cast beforehand
    ("Setting an item of incompatible dtype is deprecated", Pandas4Warning, "optbinning"),
    ("The inplace keyword in DataFrame\\.", Pandas4Warning, "optbinning"),
)


@contextmanager
def quiet() -> Iterator[None]:
    """Run a library's call without its known, harmless warnings."""
    with warnings.catch_warnings():
        for message, category, module in KNOWN:
            warnings.filterwarnings("ignore", message=message, category=category, module=module)
        yield
