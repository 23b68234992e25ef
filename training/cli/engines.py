"""``python -m training engines``: each feature's largest difference between the engines, on a folder of tables.

The rule: values are compared one by one, client by client; missing on one side alone is counted apart, since it has no
size. DuckDB's values are what the others are held against.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from rich.table import Table

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ClairscoreError
from scoring.files import file_aside
from training.cli.features import Engine, write_features
from training.parallel import Notice


@dataclass(frozen=True)
class Difference:
    """How one feature differs on two engines.

    Attributes
    ----------
    largest : largest absolute difference of two known values; of codes, 1 where any differs
    unlike : clients for whom one value is missing and the other is not
    """

    largest: float
    unlike: int


@dataclass(frozen=True)
class Compared:
    """One engine held against DuckDB: the difference of each feature, by name."""

    engine: str
    clients: int
    features: Mapping[str, Difference]

    @property
    def largest(self) -> float:
        """Over all features."""
        return max(difference.largest for difference in self.features.values())

    @property
    def differing(self) -> dict[str, Difference]:
        """The features that differ at all."""
        return {name: found for name, found in self.features.items() if found.largest > 0 or found.unlike}

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        features = {name: asdict(found) for name, found in self.features.items()}
        return {"engine": self.engine, "clients": self.clients, "largest": self.largest, "features": features}


def compare_engines(
    tables: Path, engines: Sequence[Engine], out: Path | None, notice: Notice = lambda _: None
) -> list[Compared]:
    """Build all features on DuckDB and on each engine, and compare.

    Parameters
    ----------
    out : JSON file of every feature's difference
    notice : told of each engine as it ends, DuckDB included

    Raises
    ------
    SettingsError
        When an engine is not there.
    TableError
        When a table is not as declared.
    """
    with TemporaryDirectory(prefix="clairscore-") as scratch:
        first = _built(tables, Engine.DUCKDB, Path(scratch), notice)
        compared = [
            difference(engine.value, first, _built(tables, engine, Path(scratch), notice)) for engine in engines
        ]
    if out is not None:
        text = json.dumps([one.as_dict() for one in compared], indent=1, allow_nan=False)
        with file_aside(out) as aside:
            aside.write_text(text + "\n", encoding="utf-8", newline="\n")
    return compared


def difference(engine: str, first: pl.DataFrame, second: pl.DataFrame) -> Compared:
    """Each feature's difference between two matrices.

    Raises
    ------
    ClairscoreError
        When the matrices have other clients or other columns.
    """
    if first.columns != second.columns or not first[ID_COLUMN].equals(second[ID_COLUMN]):
        raise ClairscoreError(
            f"two engines must give the same clients and features in one order; got others on {engine}. Report this."
        )
    names = [name for name in first.columns if name != ID_COLUMN]
    return Compared(engine, first.height, {name: _of_feature(first[name], second[name]) for name in names})


def _of_feature(one: pl.Series, other: pl.Series) -> Difference:
    unlike = int((one.is_null() != other.is_null()).sum())
    if one.dtype == pl.String:
        return Difference(float((one != other).fill_null(value=False).any()), unlike)
    gap = (one.cast(pl.Float64) - other.cast(pl.Float64)).abs().max()
    return Difference(float(str(gap)) if gap is not None else 0.0, unlike)


def _built(tables: Path, engine: Engine, folder: Path, notice: Notice) -> pl.DataFrame:
    path = folder / f"{engine.value}.parquet"
    write_features(tables, path, engine)
    notice(engine.value)
    return pl.read_parquet(path)


def printed(compared: Sequence[Compared]) -> Table:
    """One line an engine, and one for each feature that differs."""
    table = Table(title="Features against those of DuckDB")
    for heading in ("engine", "clients", "features", "that differ", "largest difference"):
        table.add_column(heading)
    for one in compared:
        differing = one.differing
        table.add_row(one.engine, f"{one.clients:,}", str(len(one.features)), str(len(differing)), f"{one.largest:.3g}")
        for name, found in differing.items():
            table.add_row("", "", name, f"{found.unlike} missing on one", f"{found.largest:.3g}")
    return table
