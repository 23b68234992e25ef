"""``python -m training features``: all features of every client, as one Parquet file, on the engine asked for.

The rule: engines differ in speed and memory only; the values are the same, since each evaluates the one declaration.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import duckdb
import narwhals as nw
import polars as pl
import pyarrow.parquet as pq

from scoring.data.cleaning import clean
from scoring.data.features import Parts, available, build, build_in_parts, left_out
from scoring.data.tables import RawTables, read_tables
from scoring.errors import SettingsError
from scoring.files import file_aside
from training.cli.bounded import DEFAULT_MEMORY, bounded_connection
from training.cli.clean import write_parquet
from training.cli.on_spark import write_by_spark
from training.data.findings import look_at

_ROW_GROUP = 20_000


class Engine(StrEnum):
    """What computes the features."""

    DUCKDB = "duckdb"
    POLARS = "polars"
    SPARK = "spark"


@dataclass(frozen=True)
class Matrix:
    """What was written.

    Attributes
    ----------
    clients : rows
    features : columns beside SK_ID_CURR
    left_out : names of the features that want an absent table
    absent : history tables that are not there
    """

    path: Path
    clients: int
    features: int
    left_out: tuple[str, ...]
    absent: tuple[str, ...]


def write_features(
    tables: Path, out: Path, engine: Engine = Engine.DUCKDB, *, memory: float = DEFAULT_MEMORY
) -> Matrix:
    """Write one row a client, sorted: SK_ID_CURR, then the features in the dictionary's order.

    Parameters
    ----------
    tables : folder of the raw tables
    out : the file, ending in ``.parquet``; it appears whole or not at all
    engine : DuckDB streams within `memory`; Polars holds the raw tables in memory; Spark is a cluster's, or local
    memory : limit of DuckDB in GB

    Raises
    ------
    SettingsError
        When the engine is not there, or the file's name does not end in ``.parquet``.
    TableError
        When a table is not as declared.
    """
    if out.suffix != ".parquet":
        raise SettingsError(f"the file of features must end in .parquet; got {out}. Give another name.")
    if out.is_dir():
        raise SettingsError(f"the file of features must be a file; got the folder {out}. Give another name.")
    with (
        file_aside(out) as aside,
        bounded_connection(out.parent, memory) as connection,
        read_tables(tables, connection=connection) as raw,
    ):
        look_at(raw, tables)
        _WRITERS[engine](raw, aside, connection)
        found = pq.read_metadata(aside)
        cleaned = clean(raw)
        return Matrix(
            out,
            clients=int(found.num_rows),
            features=len(available(cleaned)),
            left_out=tuple(feature.name for feature in left_out(cleaned)),
            absent=raw.absent,
        )


def _by_duckdb(raw: RawTables, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
    write_parquet(build_in_parts(clean(raw), Parts(connection)), path)


def _by_polars(raw: RawTables, path: Path, _: duckdb.DuckDBPyConnection) -> None:
    matrix = build(clean(on_polars(raw))).to_native()
    matrix.collect(engine="streaming").write_parquet(path, compression="zstd", row_group_size=_ROW_GROUP)


def _by_spark(raw: RawTables, path: Path, _: duckdb.DuckDBPyConnection) -> None:
    write_by_spark(raw, path)


def on_polars(raw: RawTables) -> RawTables:
    """Return the same tables, held in memory by Polars."""
    frames: dict[str, nw.LazyFrame] = {}
    for name, frame in raw.frames.items():
        native: pl.DataFrame = frame.collect("polars").to_native()
        frames[name] = nw.from_native(native.lazy())
    return dataclasses.replace(raw, frames=MappingProxyType(frames))


_WRITERS: Mapping[Engine, Callable[[RawTables, Path, duckdb.DuckDBPyConnection], None]] = MappingProxyType(
    {Engine.DUCKDB: _by_duckdb, Engine.POLARS: _by_polars, Engine.SPARK: _by_spark}
)
