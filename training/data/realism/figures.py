"""Figures of each column, real and synthetic, and how far apart the two are.

Distance of two columns, in [0, 1]: for numbers the Kolmogorov-Smirnov distance (largest gap between the distribution
functions), for categories the total variation (half the sum of the differences of the shares); known values only,
since missing shares are compared on their own. Correlation with TARGET: Pearson's, on the client's value, in a history
table on the mean of the client's rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl

from scoring.data.tables import APPLICATION_SET, HISTORY, TABLES, Column, Kind, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TableError
from training.provenance import is_synthetic

# The labelled clients of a folder and their histories, in memory: at most a stated number of clients.

CLIENTS = 20_000
"""Labelled clients at most; of more, those whose id is a multiple of two, three…"""
CREDIT = "SK_ID_BUREAU"


@dataclass(frozen=True)
class Labelled:
    """What is compared.

    Attributes
    ----------
    frames : ``application`` and each history table, rows of the labelled clients alone, each with SK_ID_CURR
    target : SK_ID_CURR and TARGET
    synthetic : whether the tables are proved synthetic
    """

    frames: Mapping[str, pl.DataFrame]
    target: pl.DataFrame
    synthetic: bool


def read_labelled(folder: Path, *, clients: int = CLIENTS) -> Labelled:
    """Read the labelled clients of a folder of raw tables.

    Parameters
    ----------
    folder : raw tables, application_train among them
    clients : at most so many

    Raises
    ------
    TableError
        When a table is not as declared, or the clients' outcomes are all alike.
    """
    with read_tables(folder, labels=True) as raw:
        if raw.labels is None:
            raise TableError(f"labels need application_train; got none in {folder}. Add it.")
        labels = _native(raw.labels).sort(ID_COLUMN)
        every = -(-len(labels) // clients)
        # By the id, in the engine: rows of other clients are never held.
        chosen = raw.labels.filter(nw.col(ID_COLUMN) % every == 0).select(ID_COLUMN)
        labels = labels.filter(pl.col(ID_COLUMN) % every == 0)
        if labels["TARGET"].n_unique() < 2:
            raise TableError(
                f"the labelled clients must have both outcomes; got {labels['TARGET'].unique().to_list()} in {folder}. "
                "Give tables of more clients"
            )
        frames = {}
        for name, frame in raw.frames.items():
            rows = frame
            if name == "bureau_balance":
                if "bureau" not in raw.frames:
                    continue
                rows = frame.join(raw.frames["bureau"].select(CREDIT, ID_COLUMN), on=CREDIT, how="inner")
            frames[name] = _native(rows.join(chosen, on=ID_COLUMN, how="semi")).drop(APPLICATION_SET, strict=False)
        return Labelled(frames, labels, is_synthetic(folder, raw.sources))


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    native: pl.DataFrame = frame.collect("polars").to_native()
    return native


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
FEWEST = 100
"""Known values below which a column's figures are not given: they would be those of a few clients."""
FEWEST_OF_LEVEL = 20
"""Rows below which a level is counted among the others."""
OTHERS = "(others)"


@dataclass(frozen=True)
class Side:
    """One column of one data set; quantiles to three significant digits, levels in order of their name."""

    missing: float
    quantiles: tuple[float, ...] | None
    levels: Mapping[str, float] | None
    correlation: float | None


@dataclass(frozen=True)
class ColumnFigures:
    """A column on both sides; the distance is None where too few values are known."""

    name: str
    real: Side
    synthetic: Side
    distance: float | None


@dataclass(frozen=True)
class TableFigures:
    """A table on both sides; rows are those of labelled clients."""

    name: str
    real_rows: int
    synthetic_rows: int
    real_per_client: float
    synthetic_per_client: float
    real_clients: float
    """Share of clients with a row."""
    synthetic_clients: float
    columns: tuple[ColumnFigures, ...]


def compare_tables(real: Labelled, synthetic: Labelled) -> tuple[TableFigures, ...]:
    """Compare every table that both have, in the declared order, ids left out."""
    return tuple(
        _table(name, real, synthetic)
        for name in ("application", *HISTORY)
        if name in real.frames and name in synthetic.frames
    )


def _table(name: str, real: Labelled, synthetic: Labelled) -> TableFigures:
    columns = TABLES["application_test" if name == "application" else name].columns
    return TableFigures(
        name=name,
        real_rows=len(real.frames[name]),
        synthetic_rows=len(synthetic.frames[name]),
        real_per_client=len(real.frames[name]) / len(real.target),
        synthetic_per_client=len(synthetic.frames[name]) / len(synthetic.target),
        real_clients=real.frames[name][ID_COLUMN].n_unique() / len(real.target),
        synthetic_clients=synthetic.frames[name][ID_COLUMN].n_unique() / len(synthetic.target),
        columns=tuple(
            ColumnFigures(
                column.name,
                _side(real.frames[name], column, real.target),
                _side(synthetic.frames[name], column, synthetic.target),
                distance(real.frames[name][column.name], synthetic.frames[name][column.name]),
            )
            for column in columns
            if column.kind is not Kind.ID
        ),
    )


def distance(first: pl.Series, second: pl.Series) -> float | None:
    """Return the distance of two columns of one kind (see above); None where either has under 100 known values."""
    first, second = first.drop_nulls(), second.drop_nulls()
    if min(len(first), len(second)) < FEWEST:
        return None
    if first.dtype == pl.String:
        a, b = _shares(first), _shares(second)
        return 0.5 * sum(abs(a.get(level, 0.0) - b.get(level, 0.0)) for level in {*a, *b})
    x, y = np.sort(first.to_numpy().astype(float)), np.sort(second.to_numpy().astype(float))
    at = np.concatenate([x, y])
    gap = np.searchsorted(x, at, side="right") / len(x) - np.searchsorted(y, at, side="right") / len(y)
    return float(np.abs(gap).max())


def _side(frame: pl.DataFrame, column: Column, target: pl.DataFrame) -> Side:
    values = frame[column.name]
    missing = values.null_count() / len(values) if len(values) else 0.0
    known = values.drop_nulls()
    if len(known) < FEWEST:
        return Side(missing, None, None, None)
    if column.dtype == "string":
        counts = known.value_counts().sort(column.name)
        levels = {str(level): count / len(known) for level, count in counts.iter_rows() if count >= FEWEST_OF_LEVEL}
        rest = 1 - sum(levels.values())
        return Side(missing, None, {**levels, OTHERS: rest} if rest > 1e-12 else levels, None)
    quantiles = tuple(float(f"{q:.3g}") for q in np.quantile(known.to_numpy().astype(float), QUANTILES))
    return Side(missing, quantiles, None, _correlation(frame, column.name, target))


def _correlation(frame: pl.DataFrame, name: str, target: pl.DataFrame) -> float | None:
    by_client = frame.group_by(ID_COLUMN).agg(pl.col(name).cast(pl.Float64).mean()).drop_nulls()
    joined = by_client.join(target, on=ID_COLUMN).sort(ID_COLUMN)
    if len(joined) < FEWEST or joined[name].n_unique() < 2 or joined["TARGET"].n_unique() < 2:
        return None
    return float(np.corrcoef(joined[name].to_numpy(), joined["TARGET"].to_numpy())[0, 1])


def _shares(values: pl.Series) -> dict[str, float]:
    counts = values.value_counts()
    return {str(level): count / len(values) for level, count in counts.iter_rows()}
