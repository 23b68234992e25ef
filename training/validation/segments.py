"""Groups of clients that calibration and fairness are looked at in: codes of a category, bands of a number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from training.reporting.wording import Cell

SEGMENTED = (
    "gender", "age_years", "family_status", "education", "children", "income_type", "contract_type", "housing",
    "region_rating", "income_total", "credit_amount", "ext_source_known", "previous_count", "bureau_count",
)  # fmt: skip
"""Features whose groups are looked at, those of them that the clients' file has."""
AGE_EDGES = (25.0, 35.0, 45.0, 55.0)
BANDS = 4
MISSING = "∅"


@dataclass(frozen=True)
class Segment:
    """A group of clients: where it comes from, its name, which rows it holds."""

    feature: str
    name: str
    members: NDArray[np.bool_]


def feature_label(feature: str) -> Cell:
    """A feature as people call it."""
    return DICTIONARY[feature].label


def group_label(feature: str, name: str) -> Cell:
    """A group as people call it: the words of a category's code; a band as it is."""
    return DICTIONARY[feature].levels.get(name, name)


def segments(frame: pl.DataFrame, features: Sequence[str] = SEGMENTED) -> Iterator[Segment]:
    """The groups of each feature that the frame has."""
    for feature in features:
        if feature in frame.columns:
            yield from groups(frame[feature])


def groups(column: pl.Series) -> Iterator[Segment]:
    """The groups of one feature: its codes; or bands between quantiles (ages: stated bands); and missing."""
    missing = column.is_null().to_numpy()
    if column.dtype == pl.String:
        for code in sorted(column.drop_nulls().unique().to_list()):
            yield Segment(column.name, str(code), (column == code).fill_null(False).to_numpy())
    else:
        values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        known = values[~np.isnan(values)]
        if len(known):
            edges = np.asarray(AGE_EDGES) if column.name == "age_years" else _edges(known)
            band = np.searchsorted(edges, values, side="right")
            for i, name in enumerate(_names(edges)):
                yield Segment(column.name, name, (band == i) & ~missing)
    if missing.any():
        yield Segment(column.name, MISSING, missing)


def _edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    distinct = np.unique(known)
    if len(distinct) <= BANDS:
        return distinct[1:]
    edges = np.unique(np.quantile(known, np.arange(1, BANDS) / BANDS, method="inverted_cdf"))
    return edges[edges > known.min()]


def _names(edges: NDArray[np.float64]) -> list[str]:
    shown = [f"{edge:,.6g}".replace(",", "\u202f") for edge in edges]
    if not shown:
        return ["*"]
    middle = [f"{low} – {high}" for low, high in pairwise(shown)]
    return [f"< {shown[0]}", *middle, f"≥ {shown[-1]}"]
