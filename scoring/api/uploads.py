"""What is sent as a batch, read: JSON, CSV or Parquet of clients' numbers or of raw applications.

The rule: a body is read in a child process (`scoring.data.uploads`); here are only its rows, a few at a time. Cells of
a CSV become numbers where their column holds numbers; whatever can't is left as it came, and refused with its row.
"""

import math
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import polars as pl
import pyarrow as pa

from scoring.audit.batches import KnownClients, RawApplications, RawClient, Source
from scoring.data.tables import HISTORY, TABLES
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.uploads.limits import KILOBYTE, LARGEST_ROW
from scoring.data.uploads.reader import UploadReader
from scoring.data.uploads.spool import Spool
from scoring.errors import InputError
from scoring.i18n import Said
from scoring.service import Service

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
TYPES: Final[Mapping[str, str]] = {JSON: "json", CSV: "csv", PARQUET: "parquet"}
_EXACT = 2**53
_NAMES_OF_ID: Final = ("client_id", ID_COLUMN)
_COLUMNS = TABLES["application_test"].by_name


async def read_batch(service: Service, reader: UploadReader, kind: str, body: Spool) -> tuple[Source, Spool]:
    """Whom a batch is about, and the file from which the source reads on; it must be closed after the last part.

    Parameters
    ----------
    kind : one of `TYPES`

    Raises
    ------
    InputError
        When the body is not as documented.
    OverloadedError, UploadError
        When it can't be read now.
    """
    numbers = [name for name, column in _COLUMNS.items() if column.dtype != "string"]
    order = {
        "kind": TYPES[kind],
        "columns": list(_COLUMNS),
        "numbers": numbers,
        "ids": _NAMES_OF_ID,
        "tables": HISTORY,
    }
    summary, result = await reader.read(body, order)
    try:
        if summary["form"] == "ids":
            given = orjson.loads(result.read(0, result.size))
            whole = [_number(one, whole=True) for one in given] if kind != JSON else given
            return KnownClients(service, whole), result
        rows = _Documents(result, summary) if summary["form"] == "documents" else _Cells(result, summary)
        return RawApplications(service, rows, summary.get("tables", ())), result
    except BaseException:
        result.close()
        raise


class _Documents(Sequence[RawClient]):
    """Applications written as JSON documents, each with the rows of its history tables."""

    def __init__(self, result: Spool, summary: Mapping[str, Any]) -> None:
        self._result = result
        self._ends = array("q")
        self._ends.frombytes(result.read(summary["index"], result.size))
        self._tables: Sequence[str] = summary["tables"]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: Any) -> Any:
        return [self._row(one) for one in range(*at.indices(len(self)))] if isinstance(at, slice) else self._row(at)

    def _row(self, at: int) -> RawClient:
        document = orjson.loads(self._result.read(self._ends[at], self._ends[at + 1]))
        if "application" not in document:
            return RawClient({}, {}, InputError(Said("problem.said.upload-row", kilobytes=LARGEST_ROW // KILOBYTE)))
        return RawClient(document["application"], document.get("history", {}))


class _Cells(Sequence[RawClient]):
    """Applications in an Arrow file, made when they are asked for: a whole frame of them would be large."""

    def __init__(self, result: Spool, summary: Mapping[str, Any]) -> None:
        self._file = pa.ipc.open_file(pa.PythonFile(result.file, "r"))
        self._ends: Sequence[int] = summary["ends"]
        self._held: tuple[int, pl.DataFrame] | None = None
        names = self._file.schema.names
        self._convert = {
            name: _COLUMNS[name].dtype == "int"
            for name in names
            if _COLUMNS[name].dtype != "string" and self._file.schema.field(name).type == pa.string()
        }

    def __len__(self) -> int:
        return self._ends[-1]

    def __getitem__(self, at: Any) -> Any:
        return [self._row(one) for one in range(*at.indices(len(self)))] if isinstance(at, slice) else self._row(at)

    def _row(self, at: int) -> RawClient:
        number = bisect_right(self._ends, at)
        if self._held is None or self._held[0] != number:
            self._held = number, pl.DataFrame(self._file.get_batch(number))
        begin = self._ends[number - 1] if number else 0
        row = self._held[1].row(at - begin, named=True)
        for name, whole in self._convert.items():
            row[name] = _number(row[name], whole=whole)
        cells = {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124  # NaN
        return RawClient(cells, {})


def _number(written: Any, *, whole: bool) -> Any:
    """A cell of text as the number that it writes; as it is where it writes none."""
    if not isinstance(written, str) or "_" in written or not written.isascii():  # which Python takes for digits
        return written
    try:
        found = float(written)
    except ValueError:
        return written
    if not math.isfinite(found):
        return None if math.isnan(found) else written
    return int(found) if whole and found.is_integer() and abs(found) < _EXACT else found
