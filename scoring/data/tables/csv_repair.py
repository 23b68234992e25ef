"""A damaged CSV read as text, block by block, each value put right only where its meaning leaves no doubt.

The rule: rows in are rows out and rows counted; a value that could be read in two ways stops the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from scoring.data.tables.column_types import Column, Kind, Table
from scoring.data.tables.csv_dialect import Writing
from scoring.data.tables.header import Header
from scoring.data.tables.lines import CountedLines, UnquotedLines
from scoring.data.tables.repairs import Damage, RepairLog
from scoring.data.tables.spellings import MISSING_MARKS, PUBLISHED_MARKS, fold, read_codes, spellings_of
from scoring.errors import TableError

_MARKS = pa.array(sorted({mark.lower() for mark in MISSING_MARKS}))
_PUBLISHED = pa.array(PUBLISHED_MARKS)
_COMMA = r"^[+-]?\d*,\d+([eE][+-]?\d+)?$"
_PLAIN = r"^-?\d+$"
_NUMBER = r"^[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[iI]nf(inity)?|INF)$"
_IS_NUMBER = re.compile(r"[+-]?[\d.,]+")
_EXACT = 2.0**53
"""Whole numbers below are exact as a float64."""


@dataclass
class Mender:
    """Reads one damaged CSV.

    Parameters
    ----------
    table
        The declaration.
    path
        Named in messages.
    writing, header
        How the file is written, and what its columns are.
    log
        Where repairs are counted.
    """

    table: Table
    path: Path
    writing: Writing
    header: Header
    log: RepairLog
    _rows: int = 0
    _commas: str | None = None
    _points: str | None = None

    def batches(self, stream: CountedLines, schema: pa.Schema, block: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a stream (made with ``blank=True``), typed as the schema says.

        Raises
        ------
        TableError
            When a value cannot be read for sure, or lines and rows do not agree.
        pa.ArrowException
            When a line has too many or too few columns, or a byte is not of the encoding.
        """
        # Names in the file may repeat among what is not read; positions are unique.
        positions = [f"c{i}" for i in range(len(self.header.names))]
        place = {name: positions[i] for i, name in enumerate(self.header.names) if name is not None}
        chosen = [place[name] for name in schema.names]
        unquoted = UnquotedLines(stream)
        reader = pa_csv.open_csv(
            unquoted,
            read_options=pa_csv.ReadOptions(
                block_size=block, column_names=positions, skip_rows=1 + self.writing.skip, use_threads=False
            ),
            parse_options=pa_csv.ParseOptions(delimiter=self.writing.separator),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(chosen, pa.string()), include_columns=chosen, strings_can_be_null=False
            ),
        )
        for batch in reader:
            if batch.num_rows:
                yield self._mended(batch, schema)
                self._rows += batch.num_rows
        self.log.note(Damage.QUOTED_LINE, unquoted.count)
        self._conserve(stream)

    def _mended(self, batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
        columns = []
        for array in batch.columns:
            trimmed = pc.utf8_trim_whitespace(array)
            self.log.note(Damage.SPACES, _count(pc.not_equal(array, trimmed)))
            empty = pc.is_in(pc.utf8_lower(trimmed), value_set=_MARKS)
            self.log.note(Damage.MISSING_MARK, _count(pc.and_not(empty, pc.is_in(trimmed, value_set=_PUBLISHED))))
            columns.append(pc.if_else(empty, pa.scalar(None, pa.string()), trimmed))
        empty = _all([column.is_null() for column in columns])
        self.log.note(Damage.EMPTY_ROW, _count(empty))
        repeated = pc.fill_null(
            _all([pc.equal(pc.utf8_upper(a), name.upper()) for a, name in zip(columns, schema.names, strict=True)]),
            fill_value=False,
        )
        self.log.note(Damage.REPEATED_HEADER, _count(repeated))
        rows = pc.invert(pc.or_(empty, repeated))
        # Each row's number, for messages; 1 is the first row after the header.
        numbers = pa.array(range(self._rows + 1, self._rows + 1 + batch.num_rows), pa.int64()).filter(rows)
        typed = [
            self._typed(column.filter(rows), self.table.by_name[name], numbers)
            for column, name in zip(columns, schema.names, strict=True)
        ]
        return pa.RecordBatch.from_arrays(typed, schema=schema)

    def _typed(self, values: pa.Array, column: Column, numbers: pa.Array) -> pa.Array:
        if column.dtype == "string":
            return read_codes(values, column, self.log)
        if column.kind is Kind.FLAG:
            values = self._as_numbers(values, column)
        values = self._with_points(values, column, numbers)
        self._refuse(values, pc.invert(pc.match_substring_regex(values, _NUMBER)), column, numbers, "a number")
        if column.dtype == "float":
            return pc.cast(values, pa.float64())
        plain = pc.match_substring_regex(values, _PLAIN)
        decimals = _count(pc.invert(plain))
        if decimals:
            floats = pc.cast(values, pa.float64())
            exact = pc.and_(pc.equal(floats, pc.trunc(floats)), pc.less(pc.abs(floats), _EXACT))
            self._refuse(values, pc.invert(exact), column, numbers, "a whole number")
            self.log.note(Damage.WHOLE_AS_DECIMAL, decimals, [column.name])
            return pc.cast(floats, pa.int64())
        long = pc.greater(pc.utf8_length(values), 18)
        self._refuse(values, long, column, numbers, "a whole number of at most 18 characters")
        return pc.cast(values, pa.int64())

    def _as_numbers(self, values: pa.Array, column: Column) -> pa.Array:
        """Write the spellings of yes and no of a flag as 1 and 0."""
        encoded = values.dictionary_encode()
        spelled = spellings_of(column)
        texts = encoded.dictionary.to_pylist()
        meant = [text if _IS_NUMBER.fullmatch(text) else spelled.get(fold(text), text) for text in texts]
        if meant == texts:
            return values
        found = pa.array(meant, pa.string()).take(encoded.indices)
        self.log.note(Damage.CODE_SPELLING, _count(pc.not_equal(found, values)), [column.name])
        return found

    def _with_points(self, values: pa.Array, column: Column, numbers: pa.Array) -> pa.Array:
        """Write decimal commas as points: only where commas do not separate columns, nor points decimals."""
        if self.writing.separator == ",":
            return values
        commas = pc.match_substring_regex(values, _COMMA)
        found = _count(commas)
        if _count(pc.match_substring(values, ".")):
            self._points = column.name
        if found:
            self._commas = column.name
            self.log.note(Damage.DECIMAL_COMMA, found, [column.name])
        if self._commas and self._points:
            raise TableError(
                f"{self.table.name} must write decimals in one way; got commas in {self._commas} and points in "
                f"{self._points} in {self.path}. Write all with points, and no mark between thousands"
            )
        return pc.if_else(commas, pc.replace_substring(values, ",", "."), values) if found else values

    def _refuse(self, values: pa.Array, wrong: pa.Array, column: Column, numbers: pa.Array, expected: str) -> None:
        if not _count(wrong):
            return
        first = pc.index(pc.fill_null(wrong, fill_value=False), pa.scalar(True)).as_py()
        raise TableError(
            f"{self.table.name}.{column.name} must be {expected}; got {values[first].as_py()[:40]!r} in row "
            f"{numbers[first].as_py():,} of {self.path}. Correct it, or leave it empty if unknown"
        )

    def _conserve(self, stream: CountedLines) -> None:
        self.log.note(Damage.BLANK_LINE, stream.blanks)
        lines = stream.lines - 1 - stream.blanks - self.writing.names_separator
        if lines != self._rows:
            raise TableError(
                f"{self.table.name} must hold one row a line; got {lines:,} lines and {self._rows:,} rows in "
                f"{self.path}. Look for a quotation mark that is not closed"
            )


def _count(condition: Any) -> int:
    return pc.sum(condition).as_py() or 0


def _all(conditions: Sequence[Any]) -> Any:
    every = conditions[0]
    for condition in conditions[1:]:
        every = pc.and_(every, condition)
    return every
