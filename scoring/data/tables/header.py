"""Which declared column each column of a file is.

The rule: another case, or spaces around a name, leave no doubt and are put right; a column without a name is a row
number that a tool left behind, and goes; any other unknown name stops the reading, for it may be a known column
renamed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from scoring.errors import TableError
from scoring.data.tables.column_types import Table
from scoring.data.tables.repairs import Damage, RepairLog
from scoring.data.tables.schema import TABLES
from __future__ import annotations
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


# Least and greatest value of each column, and how many are missing: from Parquet's own statistics, or met in a CSV.

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



_UNNAMED = re.compile(r"(Unnamed: \d+(\.\d+)?|__index_level_\d+__)?")
_LOOKS_LIKE = 0.6
"""Share of common names from which columns are said to be a table's."""
_MARGIN = 0.1
"""By how much more; the two application tables differ by one column."""
_MOST = 5
"""Names that a message lists."""


@dataclass(frozen=True)
class Header:
    """The columns of a file.

    Parameters
    ----------
    written
        Names as the file has them.
    names
        The declared name of each; None where a column is not read.
    """

    written: tuple[str, ...]
    names: tuple[str | None, ...]

    def note(self, log: RepairLog) -> None:
        """Count what was put right in the names."""
        pairs = list(zip(self.written, self.names, strict=True))
        other = [written for written, name in pairs if name is not None and written != name]
        unnamed = [written for written, name in pairs if name is None and is_unnamed(written)]
        log.note(Damage.COLUMN_NAME, len(other), [repr(name) for name in other])
        log.note(Damage.UNNAMED_COLUMN, len(unnamed), [repr(name) for name in unnamed])


def is_unnamed(written: str) -> bool:
    """Whether a name is none: empty, or what tools put in place of one."""
    return _UNNAMED.fullmatch(written.strip()) is not None


def match_header(found: Sequence[str], table: Table, path: Path, *, optional: Iterable[str] = ()) -> Header:
    """Tell which declared column each column of a file is.

    Parameters
    ----------
    found
        Names in the file, in its order.
    table
        The declaration.
    path
        Named in the message.
    optional
        Declared columns that nobody asked for (TARGET, where labels are not wanted): they may be missing, and are
        not read.

    Raises
    ------
    TableError
        When a column is missing, unknown or there twice.
    """
    declared = {name.upper(): name for name in table.names}
    matched = [declared.get(name.strip().upper()) for name in found]
    surplus = [
        written for written, name in zip(found, matched, strict=True) if name is None and not is_unnamed(written)
    ]
    missing = [name for name in table.names if name not in set(matched) | set(optional)]
    # An application_train without labels has the columns of application_test.
    if (missing or surplus) and (missing, surplus) != (["TARGET"], []):
        other = _other_table(found, table)
        if other is not None:
            raise TableError(
                f"{table.name} must have the columns published by Home Credit under that name; got what looks like "
                f"{other} in {path}. Give the file the name of what it holds"
            )
    if missing:
        named = [name for name in missing if any(part.upper().startswith(f"{name}=") for part in path.parts)]
        remedy = (
            f"Write {_listed(named)} into the files: names of folders are not read"
            if named
            else "Rename or add them; see docs or the official columns_description.csv"
        )
        raise TableError(
            f"{table.name} must have the columns published by Home Credit; got {path} without "
            f"{_listed([_with_nearest(name, surplus) for name in missing])}. {remedy}"
        )
    if surplus:
        raise TableError(
            f"{table.name} must have no other columns than the published ones; got {_listed(surplus)} in {path}. "
            "Remove them"
        )
    twice = sorted(name for name, times in Counter(name for name in matched if name).items() if times > 1)
    if twice:
        raise TableError(f"{table.name} must have each column once; got {', '.join(twice)} twice in {path}. Keep one")
    unread = set(optional)
    return Header(tuple(found), tuple(None if name in unread else name for name in matched))


def _other_table(found: Sequence[str], table: Table) -> str | None:
    """Return the table that most of these columns are of, where the declared one has fewer of them; else None."""
    names = {name.strip().upper() for name in found if not is_unnamed(name)}
    alike = {other.name: _likeness(names, other) for other in TABLES.values()}
    best = max(alike, key=lambda name: alike[name])
    is_it = alike[best] == 1.0 or alike[best] > alike[table.name] + _MARGIN
    return best if best != table.name and alike[best] >= _LOOKS_LIKE and is_it else None


def _likeness(names: Set[str], table: Table) -> float:
    """Return the share of all names, of both, that both have."""
    declared = {name.upper() for name in table.names}
    return len(names & declared) / len(names | declared)


def _with_nearest(name: str, surplus: Sequence[str]) -> str:
    by_upper = {other.strip().upper(): other for other in surplus}
    near = get_close_matches(name.upper(), by_upper, n=1, cutoff=0.6)
    return f"{name} (is it {by_upper[near[0]]}?)" if near else name


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
