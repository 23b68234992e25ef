"""The real engines that exports are run in, each as a function from a frame of features to a frame of answers."""

import json
import math
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import psycopg
from psycopg import sql
from pypmml import Model

ROWS_AT_ONCE = 10_000
"""Rows handed to pypmml in one text."""
POSTGRES_TYPES = {pl.Float64: "double precision", pl.Int64: "bigint", pl.String: "text"}


def in_duckdb(query: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Run a query over a table `features`."""
    with duckdb.connect() as connection:
        connection.register("features", frame)
        return pl.DataFrame(connection.sql(query).to_arrow_table())


def postgres_binaries() -> Path | None:
    """The folder of the newest PostgreSQL server of the machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def postgres(binaries: Path) -> Iterator[Any]:
    """A connection to a server of our own, over a socket in a folder of its own; both are gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="cs-pg-"))  # short: a socket's path has 107 bytes
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        user = next(name for name in ("postgres", "nobody") if any(name == one.pw_name for one in pwd.getpwall()))
        shutil.chown(folder, user)

    def run(*command: str) -> None:
        subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=120)

    data = folder / "data"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c max_stack_depth=6MB"
    control = str(binaries / "pg_ctl")
    try:
        run(str(binaries / "initdb"), "-D", str(data), "-A", "trust", "-U", "clairscore", "-E", "UTF8", "--no-sync")
        run(control, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            with psycopg.connect(host=str(folder), user="clairscore", dbname="postgres", autocommit=True) as connection:
                yield connection
        finally:
            run(control, "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_postgres(connection: Any, query: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Run a query over a table `features`, made for it."""
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(POSTGRES_TYPES[type(kind)]))
        for name, kind in frame.schema.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS features")
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE features ({})").format(sql.SQL(", ").join(columns)))
        with cursor.copy("COPY features FROM STDIN") as copy:
            for row in frame.iter_rows():
                copy.write_row(row)
        cursor.execute(query.encode())
        names = [column.name for column in cursor.description]
        return pl.DataFrame(cursor.fetchall(), schema=names, orient="row", infer_schema_length=None)


def in_spark(session: Any, query: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Run a query over a view `features`."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.parquet", Path(folder) / "out"
        frame.write_parquet(source)
        session.read.parquet(str(source)).createOrReplaceTempView("features")
        session.sql(query).write.parquet(str(target))
        return pl.read_parquet(target / "*.parquet")


def in_pmml(document: str, frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Outputs of pypmml for a frame without infinities, in JSON of our own: its own keeps ten decimals of a number."""
    model: Any = Model.fromString(document)
    parts = []
    for some in frame.iter_slices(ROWS_AT_ONCE):
        rows = [[None if isinstance(v, float) and math.isnan(v) else v for v in row] for row in some.iter_rows()]
        text = json.dumps({"columns": some.columns, "data": rows}, allow_nan=False)
        answer = json.loads(model.call("predict", text))
        parts.append(pl.DataFrame(answer["data"], schema=answer["columns"], orient="row", infer_schema_length=None))
    return pl.concat(parts).select(names)
