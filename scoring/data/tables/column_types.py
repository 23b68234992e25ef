"""What a column is: its meaning, its type, what it may hold.

Columns are declared once (`application_columns`, `history_columns`); reading, checking, single rows, the
synthetic portfolio and the request model derive from the declaration, and never repeat it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final, Literal

ID_COLUMN: Final = "SK_ID_CURR"
"""The column that names a client, in each table that has one."""

Dtype = Literal["int", "float", "string"]


class Kind(Enum):
    """Meaning of a column. Days and months count from the application day: negative lies before it."""

    ID = "id"
    CATEGORY = "category"
    FLAG = "flag"
    COUNT = "count"
    AMOUNT = "amount"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"
    SHARE = "share"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """One column as Home Credit publishes it.

    Parameters
    ----------
    name
        The published name, in its published case.
    kind
        What the values mean.
    nullable
        Whether the published tables leave it empty anywhere.
    codes
        Known codes of a category, pseudo-codes such as ``XNA`` included. An unlisted code is counted, not
        refused.
    low, high
        Hard range, both ends allowed; None is unbounded. A single row outside it is refused; in a table on
        disk it is counted, for the published tables are what they are.
    whole
        Published as integers (``Int64``) rather than as decimals.
    specials
        Published values outside the range that stand for something else, such as 365243 for "none".
    """

    name: str
    kind: Kind
    nullable: bool
    codes: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    whole: bool = False
    specials: tuple[float, ...] = ()

    @property
    def dtype(self) -> Dtype:
        """Type of the values: ``int``, ``float`` or ``string``."""
        if self.kind is Kind.CATEGORY:
            return "string"
        return "int" if self.whole else "float"


@dataclass(frozen=True)
class Table:
    """One table: its columns in the published order, its key, and the table that it hangs on.

    Parameters
    ----------
    name
        The published name, which is also the file's stem.
    columns
        In the published order.
    key
        Columns that identify a row (in the published tables a few keys repeat; they are counted).
    parent
        (parent table, column shared with it), None for the applications.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    parent: tuple[str, str] | None

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by name, in order."""
        return {column.name: column for column in self.columns}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def identifier(name: str) -> Column:
    """Return an id: a whole number above 0, never missing."""
    return Column(name, Kind.ID, nullable=False, low=1, whole=True)


def category(name: str, *codes: str, nullable: bool = False) -> Column:
    """Return a category with its known codes."""
    return Column(name, Kind.CATEGORY, nullable, codes=codes)


def flag(name: str, *, nullable: bool = False, whole: bool = True) -> Column:
    """Return a 0/1 column."""
    return Column(name, Kind.FLAG, nullable, low=0, high=1, whole=whole)


def amount(name: str, *, nullable: bool = False, whole: bool = False, low: float | None = 0) -> Column:
    """Return an amount of money; the tables carry no currency."""
    return Column(name, Kind.AMOUNT, nullable, low=low, whole=whole)


def days(
    name: str,
    *,
    nullable: bool = False,
    whole: bool = False,
    high: float | None = 0,
    specials: tuple[float, ...] = (),
) -> Column:
    """Return days from the application day; the published tables reach 42,060 days back."""
    return Column(name, Kind.DAYS, nullable, low=-50_000, high=high, whole=whole, specials=specials)


def count(name: str, *, nullable: bool = False, whole: bool = False, high: float | None = None) -> Column:
    """Return a count, 0 or more."""
    return Column(name, Kind.COUNT, nullable, low=0, high=high, whole=whole)


def months(name: str) -> Column:
    """Return the month of a balance; 0 is the month of the application, published back to -96."""
    return Column(name, Kind.MONTHS, nullable=False, low=-96, high=0, whole=True)


def share(name: str, *, nullable: bool = True) -> Column:
    """Return a number of [0, 1]: a share, or a score published on that range."""
    return Column(name, Kind.SHARE, nullable, low=0, high=1)
