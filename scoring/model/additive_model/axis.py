"""The cell of a value on one axis: of one value in plain Python, or of a whole column, to the same cell."""

import math
from bisect import bisect_right

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.model.additive_model.document import CategoryAxis, NumberAxis
from scoring.model.arrays import Floats

Value = float | int | str | None
Cells = NDArray[np.int16] | NDArray[np.int32]

FEW_EDGES = 60
"""Up to as many edges, comparing a column with every edge is faster than a binary search of each value (measured)."""
CHUNK = 8192
"""Values compared at a time: the comparisons with all edges stay in the second-level cache."""


def is_missing(value: Value) -> bool:
    """Whether a value is absent: None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


class AxisLookup:
    """The cell of a value on one axis."""

    def __init__(self, axis: NumberAxis | CategoryAxis) -> None:
        self.cells = axis.cells
        self.edges = axis.edges if isinstance(axis, NumberAxis) else None
        self.codes = (
            {code: cell for cell, level in enumerate(axis.levels, start=1) for code in level}
            if isinstance(axis, CategoryAxis)
            else {}
        )
        self._edge_column = np.asarray(self.edges or (), dtype=np.float64).reshape(-1, 1)
        self._levels = pl.Enum(list(self.codes))
        self._cell_of_level = np.asarray([*self.codes.values(), self.cells - 1, 0], dtype=np.int32)

    def cell(self, value: Value) -> int:
        """The cell of one value."""
        if is_missing(value):
            return 0
        if self.edges is not None:
            return 1 + bisect_right(self.edges, value)  # type: ignore[type-var]  # the edge of the service checked it
        return self.codes.get(value, self.cells - 1)  # type: ignore[arg-type]

    def cells_of(self, column: "Column") -> NDArray[np.integer]:
        """The cell of each value, shape (clients,)."""
        if self.edges is None:
            return self._cells_of_texts(column.texts)
        if len(self.edges) <= FEW_EDGES:
            return self._cells_by_comparing(column.numbers)
        cells = 1 + np.searchsorted(self._edge_column[:, 0], column.numbers, side="right")
        return np.asarray(np.where(np.isnan(column.numbers), 0, cells))

    def _cells_by_comparing(self, numbers: Floats) -> NDArray[np.integer]:
        """How many edges are at or below each value, and one more where it is a number at all (NaN equals nothing)."""
        edges = len(self._edge_column)
        cells = np.empty(len(numbers), dtype=np.int8)
        holds = np.empty((edges + 1, min(CHUNK, len(numbers))), dtype=np.bool_)
        for start in range(0, len(numbers), CHUNK):
            some = numbers[start : start + CHUNK]
            now = holds[:, : len(some)]
            np.greater_equal(some, self._edge_column, out=now[:edges])
            np.equal(some, some, out=now[edges])
            np.add.reduce(now.view(np.int8), axis=0, out=cells[start : start + CHUNK])
        return cells

    def _cells_of_texts(self, texts: pl.Series) -> NDArray[np.integer]:
        # A text that is no level becomes null like a missing one: the nulls of the column tell them apart.
        level = texts.cast(self._levels, strict=False).to_physical().cast(pl.Int32).fill_null(len(self.codes))
        cells = self._cell_of_level.take(level.to_numpy())
        if texts.null_count():
            cells[texts.is_null().to_numpy()] = 0
        return cells


class Column:
    """One feature of many clients, converted once however many terms use it."""

    def __init__(self, values: pl.Series) -> None:
        self._values = values
        self._numbers: Floats | None = None
        self._texts: pl.Series | None = None

    @property
    def numbers(self) -> Floats:
        """The values as floats, missing as NaN."""
        if self._numbers is None:
            self._numbers = np.ascontiguousarray(self._values.cast(pl.Float64).to_numpy())
        return self._numbers

    @property
    def texts(self) -> pl.Series:
        """The values as texts, missing as null."""
        if self._texts is None:
            self._texts = self._values.cast(pl.String)
        return self._texts
