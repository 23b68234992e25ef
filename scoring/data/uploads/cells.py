"""The result of a file of columns: an Arrow file of a few rows a batch, or the list of numbers of its one column."""

import re
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa

from scoring.data.uploads.limits import MOST_CLIENTS, MOST_COLUMNS, Refused, check_clients

_ROWS: Final = 1_000
"""In one batch of the result, which is what the service holds of it."""


_UNNAMED: Final = re.compile(r"(Unnamed: \d+(\.\d+)?|__index_level_\d+__)?")
"""What tools write in place of a name, above the row numbers that they leave behind; as `tables.header` has it."""
_LABEL: Final = "TARGET"


def match_names(names: Sequence[str], known: Sequence[str], ids: Sequence[str]) -> list[str | None]:
    """Tell the declared name of each column; None where it is not read, as in a folder's tables.

    Another case and spaces around a name leave no doubt; a column without a name holds row numbers; a label is not
    looked at.

    Raises
    ------
    Refused
        When the columns are not those of an application, nor the one of a list of clients.
    """
    if len(names) > MOST_COLUMNS:
        raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    declared = {name.upper(): name for name in (*known, *ids)}
    found = [declared.get(name.strip().upper()) for name in names]
    read = [name for name in found if name is not None]
    surplus = [
        name
        for name, meant in zip(names, found, strict=True)
        if meant is None and name.strip().upper() != _LABEL and not _UNNAMED.fullmatch(name.strip())
    ]
    is_list = len(read) == 1 and read[0] in ids
    if not is_list:
        surplus += [name for name in read if name not in known]
    if surplus or not read or len(set(read)) < len(read):
        raise Refused("problem.said.batch-columns", found=", ".join(surplus or names)[:80])
    return found


class CellsWriter:
    """Writes rows as they are read.

    Parameters
    ----------
    names : of the columns that are read
    ids : names of the one column of a list of clients
    """

    def __init__(self, out: BinaryIO, names: Sequence[str], ids: Sequence[str]) -> None:
        self._out, self._names = out, list(names)
        self._ids: list[Any] | None = [] if len(names) == 1 and names[0] in ids else None
        self._writer: pa.ipc.RecordBatchFileWriter | None = None
        self._rows = 0
        self._ends: list[int] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Write some rows; columns are by place."""
        self._rows += batch.num_rows
        if self._rows > MOST_CLIENTS:
            raise Refused("problem.said.batch-size", most=MOST_CLIENTS, found=f"> {MOST_CLIENTS}")
        if self._ids is not None:
            self._ids += batch.column(0).to_pylist()
            return
        named = batch.rename_columns(self._names)
        if self._writer is None:
            options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
            self._writer = pa.ipc.new_file(self._out, named.schema, options=options)
        for at in range(0, named.num_rows, _ROWS):
            self._writer.write_batch(named.slice(at, _ROWS))
            self._ends.append(self._rows - named.num_rows + min(at + _ROWS, named.num_rows))

    def end(self) -> dict[str, Any]:
        """Finish the result, and tell its form: ``ids``, or ``cells`` with the row at which each batch ends."""
        check_clients(self._rows)
        if self._ids is not None:
            self._out.write(orjson.dumps(self._ids))
            return {"form": "ids"}
        if self._writer is not None:
            self._writer.close()
        return {"form": "cells", "ends": self._ends}
