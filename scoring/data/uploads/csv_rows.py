"""A CSV of a batch read block by block, every cell as text; its header is checked before anything else is looked at."""

import csv
import mmap
from collections.abc import Collection, Sequence
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from scoring.data.uploads.cells import CellsWriter, match_names
from scoring.data.uploads.limits import KILOBYTE, LARGEST_HEADER, MOST_COLUMNS, Refused

_BLOCK: Final = 256 * KILOBYTE
"""Arrow reserves as much for each column, whatever is in it."""
_MARK = b"\xef\xbb\xbf"
SEPARATORS: Final = ",;\t|"
_COMMA: Final = r"^\s*[+-]?\d*,\d+([eE][+-]?\d+)?\s*$"


def read_csv(
    body: mmap.mmap, out: BinaryIO, known: Sequence[str], ids: Sequence[str], numbers: Collection[str]
) -> dict[str, Any]:
    """Read a batch in CSV; the result is as `cells.CellsWriter` writes it.

    Parameters
    ----------
    known : names of the columns of an application
    ids : names of the one column of a list of clients
    numbers : names of the columns that hold numbers

    Raises
    ------
    Refused
        When the body is not as documented, or breaks a bound.
    """
    written, separator, begin = _header(body)
    names = match_names(written, known, ids)
    body.seek(begin)
    places = [f"c{at}" for at in range(len(names))]
    chosen = [place for place, name in zip(places, names, strict=True) if name is not None]
    decimals = Decimals([at for at, name in enumerate(filter(None, names)) if name in numbers], separator)
    try:
        reader = pa_csv.open_csv(
            pa.PythonFile(body, "r"),
            read_options=pa_csv.ReadOptions(block_size=_BLOCK, column_names=places, use_threads=False),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                include_columns=chosen,
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        writer = CellsWriter(out, [name for name in names if name is not None], ids)
        for batch in reader:
            writer.write(decimals.with_points(batch))
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError):
        raise Refused("problem.said.batch-file", kind="CSV") from None
    return writer.end()


class Decimals:
    """Writes decimal commas as points: only where commas do not separate columns, nor points decimals.

    Parameters
    ----------
    numbers : places of the columns of numbers
    """

    def __init__(self, numbers: Sequence[int], separator: str) -> None:
        self._numbers = [] if separator == "," else numbers
        self._points = self._commas = False

    def with_points(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The same rows, every decimal with a point.

        Raises
        ------
        Refused
            When a file writes decimals in both ways: a comma may then mark thousands.
        """
        columns = batch.columns
        for at in self._numbers:
            commas = pc.match_substring_regex(columns[at], _COMMA)
            self._points |= bool(pc.any(pc.match_substring(columns[at], ".")).as_py())
            if pc.any(commas).as_py():
                self._commas = True
                columns[at] = pc.if_else(commas, pc.replace_substring(columns[at], ",", "."), columns[at])
        if self._points and self._commas:
            raise Refused("problem.said.batch-decimals")
        return pa.RecordBatch.from_arrays(columns, schema=batch.schema) if self._commas else batch


def _header(body: mmap.mmap) -> tuple[list[str], str, int]:
    """The names of the columns, what separates them, and where the rows begin."""
    begin = len(_MARK) if body[: len(_MARK)] == _MARK else 0
    end = body.find(b"\n", begin, begin + LARGEST_HEADER)
    if end < 0:
        end = begin + len(body[begin : begin + LARGEST_HEADER])
        if end < len(body):
            raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    line = body[begin:end]
    separator = max(SEPARATORS, key=lambda mark: line.count(mark.encode()))
    if line.count(separator.encode()) >= MOST_COLUMNS:
        raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    try:
        names = next(csv.reader([line.decode().rstrip("\r")], delimiter=separator, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise Refused("problem.said.batch-file", kind="CSV") from None
    if not names or end + 1 >= len(body):
        raise Refused("problem.said.batch-file", kind="CSV")
    return names, separator, end + 1
