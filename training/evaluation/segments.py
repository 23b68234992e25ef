"""The calibration of each group of clients, with its size; groups too small say less, or nothing.

The rule: what is not shown of a segment holds 10 clients or more, or the levels that are shown would tell of fewer by
their difference to the whole.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.disclosure import FEWEST_SHOWN
from training.evaluation.calibration import summary_of

AGES = (30, 40, 50, 60)
SEGMENTED = ("gender", "family_status", "education", "income_type", "contract_type", "housing")
"""Features whose codes are segments, those of them that the clients have; age in bands comes first."""
UNKNOWN = "unknown"


def age_band(years: pl.Series, edges: Sequence[int] = AGES) -> pl.Series:
    """The band of each age, as text.

    >>> age_band(pl.Series([25.0, 30.0, 64.9, None])).to_list()
    ['under 30', '30 to 39', '60 and over', None]
    """
    labels = [f"under {edges[0]}", *(f"{a} to {b - 1}" for a, b in pairwise(edges))]
    labels.append(f"{edges[-1]} and over")
    bands = np.searchsorted(edges, years.fill_null(float("nan")).to_numpy(), side="right")
    return pl.Series(years.name, [labels[min(band, len(edges))] for band in bands.tolist()]).set(years.is_null(), None)


def segments_of(clients: pl.DataFrame) -> pl.DataFrame:
    """The segments of clients: one row a client, one column of levels a segment; sensitive features too."""
    age = [age_band(clients["age_years"]).alias("age")] if "age_years" in clients.columns else []
    return pl.DataFrame([*age, *(clients[name] for name in SEGMENTED if name in clients.columns)])


def by_segment(target: NDArray[np.integer], log_odds: Floats, segments: pl.DataFrame) -> dict[str, Any]:
    """Sizes, rates and slope of each level of each segment; levels under 10 clients are counted, not shown.

    Parameters
    ----------
    segments : one row a client, one column of levels a segment; a missing level is a level of its own

    Raises
    ------
    TrainingError
        When the rows are not those of the clients.
    """
    if segments.height != len(target):
        raise TrainingError(
            f"Segments must have one row a client; got {segments.height} rows for {len(target)} clients. "
            "Give the rows of the clients that were scored."
        )
    return {column: _levels(target, log_odds, segments[column]) for column in segments.columns}


def _levels(target: NDArray[np.integer], log_odds: Floats, column: pl.Series) -> dict[str, Any]:
    named = column.cast(pl.String).fill_null(UNKNOWN)
    hidden = 0
    sizes = sorted(named.value_counts().iter_rows(), key=lambda one: (one[1], one[0]))
    shown = []
    for level, size in sizes:
        if size < FEWEST_SHOWN or 0 < hidden < FEWEST_SHOWN:
            hidden += size
        else:
            shown.append(level)
    rows = {level: (named == level).to_numpy() for level in sorted(shown)}
    levels = {level: summary_of(target[mask], log_odds[mask]) for level, mask in rows.items()}
    return {"levels": levels, "clients_not_shown": hidden}
