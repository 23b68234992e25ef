"""All features of the full-size synthetic portfolio: time, memory, growth, against pandas, and one client.

The rule: each run is a process of its own, whose peak of resident memory the system itself reports; both ways read the
same files just before, so that neither meets a colder cache. The full-size tables are those of the folder that
CLAIRSCORE_BENCH_TABLES names; they are made below ``data/work`` when there are none.
"""

import itertools
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl

from benchmarks.measure import Figure, median_seconds
from scoring.data.features import Plan
from scoring.data.tables import APPLICATIONS, HISTORY, read_rows

CLIENTS = 356_255
SEED = 20261124
NAMES = (*APPLICATIONS, *HISTORY)
GROWTH_SLACK = 1.1
"""Growth faster than rows by less than this is the noise of one run."""


def figures() -> Iterator[Figure]:
    """Time the default engine at three sizes, under a memory limit, against pandas, and one client."""
    full = Path(os.environ.get("CLAIRSCORE_BENCH_TABLES", "data/work/full"))
    with TemporaryDirectory(dir=_made(full).parent) as scratch:
        yield from _figures(full, Path(scratch))


def _figures(full: Path, scratch: Path) -> Iterator[Figure]:
    seconds, gigabytes = _ours(full, scratch)
    yield Figure(f"{CLIENTS:,} clients from Parquet", seconds, "s", 90)
    yield Figure(f"{CLIENTS:,} clients from Parquet, peak memory", gigabytes, "GB", 4)
    limited, within = _ours(full, scratch, "--memory", "1")
    yield Figure(f"{CLIENTS:,} clients from Parquet under a limit", limited, "s")
    yield Figure(f"{CLIENTS:,} clients from Parquet under a limit, peak memory", within, "GB", 2)

    pandas_seconds, pandas_gigabytes = _pandas(full, scratch)
    yield Figure("Parquet: pandas", pandas_seconds, "s")
    yield Figure("Parquet: pandas, peak memory", pandas_gigabytes, "GB")
    yield Figure("Parquet: pandas' time over ours", pandas_seconds / seconds, "", 1.5, at_least=True)

    third, tenth = (_share(full, scratch, part) for part in (3, 10))
    of_third, of_tenth = _ours(third, scratch)[0], _ours(tenth, scratch)[0]
    yield Figure("a tenth of the clients", of_tenth, "s")
    yield Figure("a third of the clients", of_third, "s")
    yield Figure("growth from a third, over that of rows", seconds / of_third / 3, "", GROWTH_SLACK)
    yield Figure("growth from a tenth, over that of rows", seconds / of_tenth / 10, "", GROWTH_SLACK)

    csv = _as_csv(full, scratch / "csv")
    csv_seconds, csv_gigabytes = _ours(csv, scratch)
    pandas_csv_seconds, pandas_csv_gigabytes = _pandas(csv, scratch)
    yield Figure("CSV: ours", csv_seconds, "s")
    yield Figure("CSV: ours, peak memory", csv_gigabytes, "GB")
    yield Figure("CSV: pandas", pandas_csv_seconds, "s")
    yield Figure("CSV: pandas, peak memory", pandas_csv_gigabytes, "GB")
    yield Figure("CSV: pandas' time over ours", pandas_csv_seconds / csv_seconds, "", 3, at_least=True)
    yield Figure("CSV: our peak memory over pandas'", csv_gigabytes / pandas_csv_gigabytes, "", 0.5)

    yield Figure("one client, all features, from the stored tables", _one_client(full), "ms", 100)


def _made(full: Path) -> Path:
    if not (full / "application_train.parquet").exists():
        _run("training", "portfolio", "--clients", str(CLIENTS), "--seed", str(SEED), "--out", str(full))
    return full


def _ours(tables: Path, scratch: Path, *options: str) -> tuple[float, float]:
    out = str(scratch / "ours.parquet")
    return _run("training", "features", "--tables", str(tables), "--out", out, *options)


def _pandas(tables: Path, scratch: Path) -> tuple[float, float]:
    return _run("benchmarks.pandas_way", str(tables), str(scratch / "pandas.parquet"))


def _run(*arguments: str) -> tuple[float, float]:
    """Run a module; return its seconds and its peak of resident memory in GB.

    Raises
    ------
    subprocess.CalledProcessError
        When it fails.
    """
    command = [sys.executable, "-m", *arguments]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return seconds, usage.ru_maxrss / 1e6


def _share(full: Path, scratch: Path, part: int) -> Path:
    """Write every n-th client with all of their history."""
    folder = scratch / f"part{part}"
    folder.mkdir()
    with duckdb.connect() as connection:
        for name in NAMES:
            source = f"SELECT * FROM '{full / name}.parquet'"  # noqa: S608  # our own names
            if name == "bureau_balance":
                owned = f"SELECT SK_ID_BUREAU FROM '{folder / 'bureau'}.parquet'"  # noqa: S608
                where = f"SK_ID_BUREAU IN ({owned})"
            else:
                where = f"SK_ID_CURR % {part} = 0"
            connection.execute(f"COPY ({source} WHERE {where}) TO '{folder / name}.parquet'")
    return folder


def _as_csv(full: Path, folder: Path) -> Path:
    folder.mkdir()
    with duckdb.connect() as connection:
        for name in NAMES:
            connection.execute(f"COPY (FROM '{full / name}.parquet') TO '{folder / name}.csv' (HEADER)")
    return folder


def _one_client(full: Path) -> float:
    """Milliseconds, median over clients all over the portfolio: rows found, checked, cleaned, features computed."""
    ids = pl.scan_parquet(full / "application_test.parquet").select("SK_ID_CURR").collect().to_series()
    clients = itertools.cycle(ids.sample(200, seed=SEED, shuffle=True).to_list())
    plan = Plan()
    with duckdb.connect() as connection:
        connection.execute("SET parquet_metadata_cache = true")

        def read(name: str, key: str, of: Sequence[int]) -> list[dict[str, object]]:
            if not of:
                return []
            found = connection.execute(
                f"SELECT * FROM '{full / name}.parquet' WHERE {key} IN ({', '.join(map(str, of))})"  # noqa: S608
            )
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        def features() -> pl.DataFrame:
            client = [next(clients)]
            tables = ("application_test", *(name for name in HISTORY if name != "bureau_balance"))
            rows = {name: read(name, "SK_ID_CURR", client) for name in tables}
            credits_elsewhere = [int(str(row["SK_ID_BUREAU"])) for row in rows["bureau"]]
            rows["bureau_balance"] = read("bureau_balance", "SK_ID_BUREAU", credits_elsewhere)
            return plan(read_rows({"application": rows.pop("application_test"), **rows}))

        return median_seconds(features, least=4.0) * 1e3
