"""The same features on Spark, for portfolios that outgrow one machine.

The rule: nothing of a feature is written again here. Spark opens the tables under the declared types, and evaluates
the declarations that DuckDB and Polars evaluate.

Checks run on DuckDB before (`scoring.data.tables.read_tables`): they are one scan of each table. Parquet of the
declared types is then read by Spark where it lies; a CSV, a zip or Parquet of other types is copied once as typed
Parquet.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.data.cleaning import clean
from scoring.data.features import build
from scoring.data.tables import HISTORY, TABLES, RawTables, Table
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import SettingsError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_APPLICATIONS = ("application_train", "application_test")
_SPARK_TYPE = {"int": "bigint", "float": "double", "string": "string"}
_ROW_GROUP = 20_000


@contextmanager
def spark_session(**options: str) -> Iterator[SparkSession]:
    """Give a session, on this machine unless Spark's own settings name a cluster.

    It ends with the block, unless it was there before.

    Parameters
    ----------
    options : Spark settings, with ``__`` for a point: ``spark__driver__memory="3g"``

    Raises
    ------
    SettingsError
        When PySpark or Java is not there.
    """
    try:
        from pyspark.errors import PySparkRuntimeError  # noqa: PLC0415  # optional
        from pyspark.sql import SparkSession as Session  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            "the engine spark must have PySpark; got none. Install it with `pip install -r requirements-spark.txt`, "
            "or take duckdb: it writes the same values."
        ) from error
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SettingsError(
            "the engine spark must have Java 17; got none. Install it, or take duckdb: it writes the same values."
        )
    running = Session.getActiveSession()
    builder = Session.builder.appName("clairscore").config("spark.ui.enabled", "false")
    for name, value in options.items():
        builder = builder.config(name.replace("__", "."), value)
    try:
        session = builder.getOrCreate()
    except PySparkRuntimeError as error:
        raise SettingsError(f"the engine spark must start; got {error}. Check Java and SPARK_HOME.") from error
    session.sparkContext.setLogLevel("ERROR")
    try:
        yield session
    finally:
        if running is None:
            session.stop()


def on_spark(raw: RawTables, session: SparkSession, staging: Path) -> RawTables:
    """Return the same tables, read by Spark.

    Parameters
    ----------
    raw : checked tables, on DuckDB
    session : the session that will read
    staging : folder for copies of what is not Parquet of the declared types; Spark must see it too
    """
    frames: dict[str, nw.LazyFrame] = {}
    names = [name for name in _APPLICATIONS if name in raw.sources]
    parts = [part for name in names if (part := _opened(name, raw, session)) is not None]
    if len(parts) == len(names):
        frames["application"] = nw.from_native(functools.reduce(lambda united, part: united.unionByName(part), parts))
    else:
        frames["application"] = _copied("application", raw, session, staging)
    for name in HISTORY:
        if name in raw.frames:
            opened = _opened(name, raw, session)
            frames[name] = nw.from_native(opened) if opened is not None else _copied(name, raw, session, staging)
    return dataclasses.replace(raw, frames=MappingProxyType(frames))


def write_by_spark(raw: RawTables, path: Path) -> None:
    """Write the matrix as one Parquet file, sorted by client: what every engine writes."""
    staging = path.with_name(f".{path.name}-spark")
    try:
        staging.mkdir()
        # Days are numbers here, never dates; the zone is set so that no machine's own one can matter.
        with spark_session(spark__driver__memory="3g", spark__sql__session__timeZone="UTC") as session:
            matrix = build(clean(on_spark(raw, session, staging)))
            matrix.to_native().write.parquet(str(staging / "matrix"))
        _put_together(sorted((staging / "matrix").glob("part-*.parquet")), path)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _opened(name: str, raw: RawTables, session: SparkSession) -> DataFrame | None:
    """Open a table where it lies; None where it is not Parquet of the declared types."""
    from pyspark.sql import functions  # noqa: PLC0415  # optional

    table, source = TABLES[name], raw.sources[name]
    if source.suffix.lower() != ".parquet" or any(repair.table == name for repair in raw.repairs):
        return None
    # A comma, bracket or star in a path is read by Spark as a pattern.
    if any(mark in str(source) for mark in "[]{}*?,"):
        return None
    frame = session.read.option("recursiveFileLookup", "true").parquet(source.resolve().as_uri())
    if not _as_declared(frame, table):
        return None
    chosen: list[Any] = []
    for column in table.columns:
        value = functions.col(f"`{column.name}`")
        if column.name == "TARGET":
            continue
        # NaN is missing, as on every engine.
        chosen.append(
            functions.when(~functions.isnan(value), value).alias(column.name) if column.dtype == "float" else value
        )
    if name in _APPLICATIONS:
        chosen.append(functions.lit(name.removeprefix("application_")).alias("APPLICATION_SET"))
    return frame.select(*chosen)


def _as_declared(frame: DataFrame, table: Table) -> bool:
    found = dict(frame.dtypes)
    return all(
        found.get(column.name) == _SPARK_TYPE[column.dtype] for column in table.columns if column.name != "TARGET"
    )


def _copied(name: str, raw: RawTables, session: SparkSession, staging: Path) -> nw.LazyFrame:
    copy = staging / f"{name}.parquet"
    raw.frames[name].to_native().write_parquet(str(copy))
    frame: nw.LazyFrame = nw.from_native(session.read.parquet(copy.resolve().as_uri()))
    return frame


def _put_together(parts: list[Path], path: Path) -> None:
    """Join Spark's parts, which are in the clients' order, into one file; whole numbers become Float64."""
    schema = pa.schema([(field.name, _written_type(field)) for field in pq.read_schema(parts[0])])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in parts:
            for batch in pq.ParquetFile(part).iter_batches(_ROW_GROUP):
                writer.write_table(pa.Table.from_batches([batch]).cast(schema))


def _written_type(field: pa.Field) -> pa.DataType:
    # Spark's floor gives whole numbers, which hold the same values.
    return pa.float64() if pa.types.is_integer(field.type) and field.name != ID_COLUMN else field.type
