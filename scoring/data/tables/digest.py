"""A digest of tables that names their data, not their files."""

from __future__ import annotations

import hashlib
import json

import duckdb
import narwhals as nw

from scoring.data.tables import checks
from scoring.data.tables.reading import RawTables


def fingerprint(tables: RawTables) -> str:
    """Return a digest of the data: the same for CSV, zip and Parquet, and whatever the order of rows and
    parts.

    Each row is hashed where the data is; the rows' hashes are added, so that order does not matter. TARGET
    counts where labels were read.

    Parameters
    ----------
    tables
        From `read_tables` or `read_rows`.

    Returns
    -------
    str
        ``sha256:`` and 64 hexadecimal digits.
    """
    frames = dict(tables.frames)
    if tables.labels is not None:
        frames["labels"] = tables.labels
    parts = {name: _digest(frame) for name, frame in sorted(frames.items())}
    text = json.dumps(parts, sort_keys=True)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _digest(frame: nw.LazyFrame) -> list[str]:
    native = frame.to_native()
    if not isinstance(native, duckdb.DuckDBPyRelation):
        native = duckdb.from_arrow(frame.collect("pyarrow").to_native())
    names = ", ".join(checks.quote(name) for name in frame.collect_schema().names())
    rows, total = native.aggregate(f"count(*), sum(CAST(hash({names}) AS HUGEINT))").fetchall()[0]
    return [str(rows), str(total)]
