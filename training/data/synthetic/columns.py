"""How a block of rows is held while it is made: numpy arrays, NaN for missing, categories as codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.model.arrays import Flags, Integers, Reals


@dataclass(frozen=True)
class Codes:
    """A category: an index into the levels for each row, -1 where missing."""

    index: Integers
    levels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.index)

    def take(self, rows: Integers | Flags) -> Codes:
        """Return the chosen rows."""
        return Codes(self.index[rows], self.levels)

    def equals(self, level: str) -> Flags:
        """Return which rows hold a level."""
        if level not in self.levels:
            return np.zeros(len(self.index), dtype=bool)
        return self.index == self.levels.index(level)

    @classmethod
    def from_choice(cls, choice: Mapping[str, Flags], default: str | None = None) -> Codes:
        """Return the level of the last mask that holds, in order; `default` (or missing) where none does."""
        levels = tuple(dict.fromkeys([*choice, *([default] if default is not None else [])]))
        size = len(next(iter(choice.values())))
        index = np.full(size, -1 if default is None else levels.index(default), dtype=np.int64)
        for level, mask in choice.items():
            index[mask] = levels.index(level)
        return cls(index, levels)


ColumnData = Reals | Integers | Codes
Rows = dict[str, ColumnData]
"""The columns of a table's block, by published name."""


def take(rows: Rows, chosen: Integers | Flags) -> Rows:
    """Return the chosen rows of a block."""
    return {name: column.take(chosen) if isinstance(column, Codes) else column[chosen] for name, column in rows.items()}


def floats(rows: Rows, name: str) -> Reals:
    """Return a numeric column as floats."""
    column = rows[name]
    if isinstance(column, Codes):
        raise TypeError(f"{name} must be a number; got a category. Use codes()")
    return column.astype(np.float64, copy=False)


def codes(rows: Rows, name: str) -> Codes:
    """Return a category."""
    column = rows[name]
    if not isinstance(column, Codes):
        raise TypeError(f"{name} must be a category; got numbers. Use floats()")
    return column


def expand(counts: Integers) -> tuple[Integers, Integers]:
    """Return, for each of `counts` repeated rows, its owner and its position among the owner's rows from
    0.
    """
    owner = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    start = np.cumsum(counts) - counts
    return owner, np.arange(len(owner), dtype=np.int64) - start[owner]


def on_grid(values: Reals, step: float | Reals) -> Reals:
    """Round to multiples of a step, as published amounts are; two decimals suffice for every step used."""
    return np.round(np.round(values / step) * step, 3)


def with_missing(values: Reals, missing: Flags) -> Reals:
    """Return the values, NaN where missing."""
    return np.where(missing, np.nan, values)
