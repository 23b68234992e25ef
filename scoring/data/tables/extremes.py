"""Least and greatest value of each column, and how many are missing: from Parquet's own statistics, or met in a CSV.

The rule: they say at once that a column holds nothing odd, without reading it again; what they leave open is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


@dataclass(frozen=True)
class Extremes:
    """What is known of a column's values.

    Parameters
    ----------
    low, high
        The least and greatest number; None for texts, and where there is none.
    missing
        How many values are missing.
    """

    low: float | None
    high: float | None
    missing: int

    def merged(self, other: Extremes) -> Extremes:
        """Return the extremes of both."""
        lows = [one for one in (self.low, other.low) if one is not None]
        highs = [one for one in (self.high, other.high) if one is not None]
        return Extremes(min(lows, default=None), max(highs, default=None), self.missing + other.missing)


OfColumns = Mapping[str, Extremes]


def merge_extremes(parts: Iterable[OfColumns]) -> dict[str, Extremes]:
    """Return the extremes of columns over several parts; a column that is not known of all is left out."""
    found: dict[str, Extremes] | None = None
    for part in parts:
        if found is None:
            found = dict(part)
        else:
            found = {name: one.merged(part[name]) for name, one in found.items() if name in part}
    return found or {}


def of_batch(batch: pa.RecordBatch) -> dict[str, Extremes]:
    """Return the extremes of a batch of declared types."""
    found = {}
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        low = high = None
        if not pa.types.is_string(values.type):
            ends = pc.min_max(values)
            low, high = ends["min"].as_py(), ends["max"].as_py()
        found[name] = Extremes(low, high, values.null_count)
    return found


def of_parquet(files: Sequence[Path]) -> dict[str, Extremes]:
    """Return the extremes of Parquet files' columns, as far as their statistics tell; the files are not read."""
    found = [pq.read_metadata(file) for file in files]
    return merge_extremes(_of_row_group(one.row_group(i)) for one in found for i in range(one.num_row_groups))


def _of_row_group(group: pq.RowGroupMetaData) -> dict[str, Extremes]:
    found = {}
    for i in range(group.num_columns):
        column = group.column(i)
        statistics = column.statistics
        if statistics is None or not statistics.has_null_count:
            continue
        missing = statistics.null_count
        if statistics.physical_type == "BYTE_ARRAY" or missing == group.num_rows:
            found[column.path_in_schema] = Extremes(None, None, missing)
        elif statistics.has_min_max and isinstance(statistics.min, int | float):
            found[column.path_in_schema] = Extremes(statistics.min, statistics.max, missing)
    return found
