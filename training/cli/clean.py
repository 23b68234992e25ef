"""``python -m training clean``: the tables after cleaning, as Parquet, and what each rule met.

The rule: a folder of clean tables is written whole or not at all, never over raw tables, and rows in are rows out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow.parquet as pq

from scoring.data.cleaning import RuleCount, clean, count_touched
from scoring.data.tables import RawTables, read_tables
from scoring.data.tables.file_discovery import find_tables
from scoring.errors import TableError
from scoring.files import files_aside
from training.cli.bounded import DEFAULT_MEMORY, bounded_connection
from training.data.findings import look_at
from training.provenance import is_synthetic

REPORT = "cleaning.json"
FORMAT, VERSION = "clairscore/cleaning", 1
LABELS = "labels"
"""SK_ID_CURR and TARGET, in a file of their own, so that no feature can read the outcome."""


@dataclass(frozen=True)
class Cleaned:
    """What was written.

    Attributes
    ----------
    rows : rows of each clean table, by name
    counts : what each rule met, in order
    absent : history tables that are not there
    """

    folder: Path
    rows: Mapping[str, int]
    counts: tuple[RuleCount, ...]
    absent: tuple[str, ...]


def clean_tables(tables: Path, out: Path, *, memory: float = DEFAULT_MEMORY) -> Cleaned:
    """Clean a folder of raw tables into another folder.

    Written are ``application.parquet`` (train and test united, with APPLICATION_SET), each history table that is
    there, ``labels.parquet`` where there is application_train, and ``cleaning.json``.

    Parameters
    ----------
    tables : folder of the raw tables
    out : folder to write: new, empty, or written by an earlier run, whose tables are replaced together
    memory : limit in GB

    Raises
    ------
    TableError
        When a table is not as declared, or `out` holds something else.
    """
    _check_out(out)
    labelled = "application_train" in find_tables(tables)
    with (
        files_aside(out) as aside,
        bounded_connection(aside, memory) as connection,
        read_tables(tables, labels=labelled, connection=connection) as raw,
    ):
        synthetic = is_synthetic(tables, raw.sources)
        look_at(raw, tables)
        counts = count_touched(raw)
        before = {count.table: count.rows for count in counts}
        rows = {name: write_parquet(frame, aside / f"{name}.parquet") for name, frame in _frames(raw).items()}
        for name, number in before.items():
            if rows[name] != number:
                raise TableError(
                    f"{name} must keep its rows in cleaning; got {rows[name]} of {number}. Report this as a bug."
                )
        document = _document(rows, counts, raw.absent, synthetic=synthetic)
        (aside / REPORT).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        _remove_others(out, rows)
    return Cleaned(out, rows, counts, raw.absent)


def write_parquet(frame: nw.LazyFrame, path: Path) -> int:
    """Stream a lazy frame of DuckDB into a Parquet file, and return its number of rows."""
    frame.to_native().write_parquet(str(path), compression="zstd", row_group_size=20_000)
    return int(pq.read_metadata(path).num_rows)


def _frames(raw: RawTables) -> dict[str, nw.LazyFrame]:
    tables = clean(raw)
    frames = dict(tables.frames)
    if tables.labels is not None:
        frames[LABELS] = tables.labels
    return frames


def _document(
    rows: Mapping[str, int], counts: tuple[RuleCount, ...], absent: tuple[str, ...], *, synthetic: bool
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": synthetic,
        "tables": dict(rows),
        "absent": list(absent),
        "rules": [
            {
                "name": count.rule.name,
                "table": count.table,
                "columns": list(count.rule.columns),
                "problem": count.rule.problem,
                "strategy": count.rule.strategy,
                "touched": count.touched,
                "rows": count.rows,
            }
            for count in counts
        ],
    }


def _check_out(out: Path) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise TableError(f"the folder of clean tables must be a folder; got the file {out}. Give another one.")
    if any(not path.name.startswith(".") for path in out.iterdir()) and _earlier(out) is None:
        raise TableError(
            f"the folder of clean tables must be new, empty or written by an earlier clean; got {out}, which holds "
            f"other files. Give another folder, so that no raw table is overwritten."
        )


def _earlier(out: Path) -> list[str] | None:
    """Return the tables that an earlier run wrote there; None where none did."""
    try:
        document = json.loads((out / REPORT).read_text(encoding="utf-8"))
        return [str(name) for name in document["tables"]] if document["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _remove_others(out: Path, rows: Mapping[str, int]) -> None:
    """Remove the tables of an earlier run that this one does not have: they are of other data."""
    for name in _earlier(out) or ():
        if name not in rows and Path(name).name == name:
            (out / f"{name}.parquet").unlink(missing_ok=True)
