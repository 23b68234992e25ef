"""What was put right while tables were read: each kind named once, counted, and handed on with the tables.

The rule: a repair changes how a value is written, never what it says; what cannot be told for sure is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

EXAMPLES = 5
"""Names that a repair shows."""


class Damage(Enum):
    """What was found in a file."""

    BYTE_ORDER_MARK = "byte order mark"
    ENCODING = "other encoding"
    SEPARATOR = "other separator"
    MIXED_LINE_ENDS = "mixed line ends"
    UNFINISHED_LINE = "unfinished last line"
    QUOTED_LINE = "lines quoted as a whole"
    SEPARATOR_LINE = "line that names the separator"
    BLANK_LINE = "blank lines"
    EMPTY_ROW = "empty rows"
    REPEATED_HEADER = "repeated header"
    COLUMN_NAME = "column names"
    UNNAMED_COLUMN = "row numbers"
    WHOLE_AS_DECIMAL = "whole numbers as decimals"
    DECIMAL_COMMA = "decimal commas"
    SPACES = "spaces around values"
    MISSING_MARK = "marks of a missing value"
    CODE_SPELLING = "other spellings of codes"
    DUPLICATE_ROW = "exact duplicate rows"
    LEFT_ASIDE = "files left aside"

    @property
    def unit(self) -> str:
        """What is counted: files, lines, rows, columns or cells."""
        return _UNITS_AND_DEEDS[self][0]

    @property
    def deed(self) -> str:
        """What is done about it."""
        return _UNITS_AND_DEEDS[self][1]

    @property
    def drops_rows(self) -> bool:
        """Whether what is counted does not come out as rows."""
        return self in {
            Damage.SEPARATOR_LINE,
            Damage.BLANK_LINE,
            Damage.EMPTY_ROW,
            Damage.REPEATED_HEADER,
            Damage.DUPLICATE_ROW,
        }


_UNITS_AND_DEEDS: Mapping[Damage, tuple[str, str]] = MappingProxyType(
    {
        Damage.BYTE_ORDER_MARK: ("files", "left out"),
        Damage.ENCODING: ("files", "read as UTF-8 text"),
        Damage.SEPARATOR: ("files", "split where it stands"),
        Damage.MIXED_LINE_ENDS: ("lines", "ended all the same way"),
        Damage.UNFINISHED_LINE: ("rows", "kept; make sure that the file is whole"),
        Damage.QUOTED_LINE: ("lines", "read without the outer quotation marks"),
        Damage.SEPARATOR_LINE: ("lines", "left out; it holds no row"),
        Damage.BLANK_LINE: ("lines", "left out"),
        Damage.EMPTY_ROW: ("rows", "left out; no cell holds anything"),
        Damage.REPEATED_HEADER: ("rows", "left out; they repeat the names of the columns"),
        Damage.COLUMN_NAME: ("columns", "written as published"),
        Damage.UNNAMED_COLUMN: ("columns", "left out"),
        Damage.WHOLE_AS_DECIMAL: ("cells", "written as whole numbers"),
        Damage.DECIMAL_COMMA: ("cells", "written with a point"),
        Damage.SPACES: ("cells", "left out"),
        Damage.MISSING_MARK: ("cells", "read as missing"),
        Damage.CODE_SPELLING: ("cells", "written as published"),
        Damage.DUPLICATE_ROW: ("rows", "left out; another row of the same id says exactly the same"),
        Damage.LEFT_ASIDE: ("files", "not read, as the table is in another file"),
    }
)


CHANGES_VALUES = frozenset(
    {Damage.COLUMN_NAME, Damage.WHOLE_AS_DECIMAL, Damage.SPACES, Damage.MISSING_MARK, Damage.CODE_SPELLING}
)
"""After these, statistics that a Parquet file keeps of its columns are of other names or values."""


@dataclass(frozen=True)
class Repair:
    """How often one kind of damage was put right in one table.

    Parameters
    ----------
    damage
        What was found.
    table
        The published name.
    count
        How many, in `Damage.unit`.
    examples
        Names of columns, encodings, separators or files; a few of them.
    """

    damage: Damage
    table: str
    count: int
    examples: tuple[str, ...] = ()

    @property
    def dropped(self) -> int:
        """Rows or lines that were read and do not come out."""
        return self.count if self.damage.drops_rows else 0

    def __str__(self) -> str:
        named = f" ({', '.join(self.examples)})" if self.examples else ""
        return f"{self.table}: {self.damage.value}{named}: {self.count:,} {self.damage.unit} {self.damage.deed}"

    def document(self) -> dict[str, Any]:
        """Return the repair as JSON values."""
        return {
            "damage": self.damage.value,
            "table": self.table,
            "count": self.count,
            "unit": self.damage.unit,
            "deed": self.damage.deed,
            "examples": list(self.examples),
        }


@dataclass(frozen=True)
class UnknownCode:
    """Values of a category that are none of its declared codes; they are kept as they are.

    Parameters
    ----------
    table, column
        Published names.
    count
        Cells.
    examples
        A few of the codes.
    """

    table: str
    column: str
    count: int
    examples: tuple[str, ...]


@dataclass
class RepairLog:
    """Collects the repairs of one table, and its unknown codes, over all its files.

    Parameters
    ----------
    table
        The published name.
    """

    table: str
    _counts: dict[Damage, int] = field(default_factory=dict)
    _examples: dict[Damage, list[str]] = field(default_factory=dict)
    _unknown: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, damage: Damage, count: int = 1, examples: Iterable[str] = ()) -> None:
        """Count some damage; a count of 0 is none."""
        if count > 0:
            self._counts[damage] = self._counts.get(damage, 0) + count
            shown_names = self._examples.setdefault(damage, [])
            shown_names += [name for name in dict.fromkeys(examples) if name not in shown_names]

    def note_unknown(self, column: str, code: str, count: int) -> None:
        """Count a code that is not declared."""
        self._unknown.setdefault(column, Counter())[code] += count

    def add(self, other: RepairLog) -> None:
        """Take over what another log counted."""
        for name, counts in other._unknown.items():
            self._unknown.setdefault(name, Counter()).update(counts)
        for damage, count in other._counts.items():
            self.note(damage, count, other._examples[damage])

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What was counted, in the declared order of `Damage`."""
        return tuple(
            Repair(damage, self.table, self._counts[damage], tuple(self._examples[damage][:EXAMPLES]))
            for damage in Damage
            if damage in self._counts
        )

    @property
    def unknown_codes(self) -> tuple[UnknownCode, ...]:
        """The codes that are not declared, column by column."""
        return tuple(
            UnknownCode(self.table, name, counts.total(), tuple(code[:40] for code in sorted(counts)[:EXAMPLES]))
            for name, counts in self._unknown.items()
        )
