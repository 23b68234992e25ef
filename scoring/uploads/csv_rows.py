"""A CSV of a batch read block by block, every cell as text; its header is checked before anything else is looked at."""

import csv
import mmap
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.csv as pa_csv

from scoring.uploads.cells import CellsWriter, check_names
from scoring.uploads.limits import KILOBYTE, LARGEST_HEADER, MOST_COLUMNS, Refused

_BLOCK: Final = 256 * KILOBYTE
"""Arrow reserves as much for each column, whatever is in it."""
_MARK = b"\xef\xbb\xbf"


def read_csv(body: mmap.mmap, out: BinaryIO, known: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Read a batch in CSV; the result is as `cells.CellsWriter` writes it.

    Parameters
    ----------
    known : names of the columns of an application
    ids : names of the one column of a list of clients

    Raises
    ------
    Refused
        When the body is not as documented, or breaks a bound.
    """
    names, begin = _header(body)
    check_names(names, known, ids)
    body.seek(begin)
    places = [f"c{at}" for at in range(len(names))]
    try:
        reader = pa_csv.open_csv(
            pa.PythonFile(body, "r"),
            read_options=pa_csv.ReadOptions(block_size=_BLOCK, column_names=places, use_threads=False),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(places, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        writer = CellsWriter(out, names, ids)
        for batch in reader:
            writer.write(batch)
    except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError):
        raise Refused("problem.said.batch-file", kind="CSV") from None
    return writer.end()


def _header(body: mmap.mmap) -> tuple[list[str], int]:
    """The names of the columns, and where the rows begin."""
    begin = len(_MARK) if body[: len(_MARK)] == _MARK else 0
    end = body.find(b"\n", begin, begin + LARGEST_HEADER)
    if end < 0:
        end = begin + len(body[begin : begin + LARGEST_HEADER])
        if end < len(body):
            raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    line = body[begin:end]
    if line.count(b",") >= MOST_COLUMNS:
        raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    try:
        names = next(csv.reader([line.decode().rstrip("\r")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        raise Refused("problem.said.batch-file", kind="CSV") from None
    if not names or end + 1 >= len(body):
        raise Refused("problem.said.batch-file", kind="CSV")
    return names, end + 1
