"""What is sent as a batch, read: JSON, CSV or Parquet of clients' numbers or of raw applications.

The rule: a file is looked at before it is unpacked: its columns must be known, its rows counted, its texts short. Cells
of a CSV become numbers where their column holds numbers; whatever can't is left as it came, and refused with its row.
"""

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Final

import orjson
import polars as pl
import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from scoring.batches import MOST_CHARACTERS, KnownClients, RawApplications, Source
from scoring.errors import InputError
from scoring.language import Said, shown
from scoring.service import Service
from scoring.tables import TABLES

JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"
TYPES: Final = (JSON, CSV, PARQUET)
MOST_CLIENTS: Final = 100_000
MOST_UNPACKED: Final = 512 * 2**20
"""Bytes of a Parquet file's columns, unpacked."""
_EXACT = 2**53
_NAMES_OF_ID: Final = ("client_id", "SK_ID_CURR")
_COLUMNS = TABLES["application_test"].by_name
Cells = Mapping[str, Any]


def read_batch(service: Service, kind: str, body: bytes) -> Source:
    """Whom a batch is about.

    Parameters
    ----------
    kind : one of `TYPES`

    Raises
    ------
    InputError
        When the body is not as documented.
    """
    if kind == JSON:
        return _from_json(service, body)
    return _from_frame(service, _frame_of_csv(body) if kind == CSV else _frame_of_parquet(body))


def _from_json(service: Service, body: bytes) -> Source:
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise InputError(Said("problem.said.unreadable")) from None
    history: Any = {}
    if isinstance(given, dict):
        unknown = set(given) - {"client_ids", "applications", "history"}
        if unknown or ("client_ids" in given) == ("applications" in given):
            raise InputError(Said("problem.said.batch-json"))
        history = given.get("history", {})
        given = given.get("client_ids", given.get("applications"))
    if not isinstance(given, list) or not isinstance(history, dict):
        raise InputError(Said("problem.said.batch-json"))
    _check_size(len(given))
    if all(isinstance(one, dict) for one in given):
        for rows in history.values():
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise InputError(Said("problem.said.batch-json"))
        return RawApplications(service, given, history)
    if history:
        raise InputError(Said("problem.said.batch-json"))
    return KnownClients(service, _numbers(given))


def _from_frame(service: Service, frame: pl.DataFrame) -> Source:
    _check_size(frame.height)
    if len(frame.columns) == 1 and frame.columns[0] in _NAMES_OF_ID:
        return KnownClients(service, _numbers([_number(one, whole=True) for one in frame.to_series().to_list()]))
    unknown = [name for name in frame.columns if name not in _COLUMNS]
    if unknown:
        raise InputError(Said("problem.said.batch-columns", found=shown(", ".join(unknown))))
    for column in frame.iter_columns():
        if column.dtype == pl.String and (column.str.len_bytes() > MOST_CHARACTERS).any():
            raise InputError(Said("problem.said.batch-cell", most=MOST_CHARACTERS, column=column.name))
    return RawApplications(service, _Rows(frame))


class _Rows(Sequence[Cells]):
    """The rows of a frame as applications, made when they are asked for: a whole frame of them would be large."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self._convert = {
            name: _COLUMNS[name].dtype == "int"
            for name in frame.columns
            if _COLUMNS[name].dtype != "string" and frame[name].dtype == pl.String
        }

    def __len__(self) -> int:
        return self._frame.height

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return [self._row(row) for row in self._frame[at].iter_rows(named=True)]
        return self._row(self._frame.row(at, named=True))

    def _row(self, row: dict[str, Any]) -> Cells:
        for name, whole in self._convert.items():
            row[name] = _number(row[name], whole=whole)
        return {name: value for name, value in row.items() if value is not None and value == value}  # noqa: PLR0124  # NaN


def _frame_of_csv(body: bytes) -> pl.DataFrame:
    try:
        body.decode("utf-8")
        return pl.read_csv(BytesIO(body), infer_schema=False, raise_if_empty=True, n_rows=MOST_CLIENTS + 1)
    except (UnicodeDecodeError, pl.exceptions.PolarsError):
        raise InputError(Said("problem.said.batch-file", kind="CSV")) from None


def _frame_of_parquet(body: bytes) -> pl.DataFrame:
    try:
        about = pq.read_metadata(BytesIO(body))
        _check_size(about.num_rows)
        if sum(about.row_group(at).total_byte_size for at in range(about.num_row_groups)) > MOST_UNPACKED:
            raise InputError(Said("problem.said.batch-file", kind="Parquet"))
        names = about.schema.to_arrow_schema().names
        unknown = [name for name in names if name not in _COLUMNS and name not in _NAMES_OF_ID]
        if unknown or len(set(names)) < len(names):
            raise InputError(Said("problem.said.batch-columns", found=shown(", ".join(unknown or names))))
        frame = pl.read_parquet(BytesIO(body))
    except (ArrowException, OSError, pl.exceptions.PolarsError):
        raise InputError(Said("problem.said.batch-file", kind="Parquet")) from None
    nested = [name for name, kind in frame.schema.items() if not (kind.is_numeric() or kind in _PLAIN)]
    if nested:
        raise InputError(Said("problem.said.batch-columns", found=shown(", ".join(nested))))
    return frame


_PLAIN = (pl.String, pl.Boolean, pl.Null, pl.Categorical)


def _check_size(rows: int) -> None:
    if not 1 <= rows <= MOST_CLIENTS:
        raise InputError(Said("problem.said.batch-size", most=MOST_CLIENTS, found=rows))


def _numbers(given: Sequence[Any]) -> Sequence[int]:
    for row, one in enumerate(given):
        if not isinstance(one, int) or isinstance(one, bool):
            raise InputError(Said("problem.said.batch-number", row=row, found=shown(one)))
    return given


def _number(written: Any, *, whole: bool) -> Any:
    """A cell of text as the number that it writes; as it is where it writes none."""
    if not isinstance(written, str):
        return written
    try:
        found = float(written)
    except ValueError:
        return written
    if not math.isfinite(found):
        return None if math.isnan(found) else written
    return int(found) if whole and found.is_integer() and abs(found) < _EXACT else found
