"""The result of a file of columns: an Arrow file of a few rows a batch, or the list of numbers of its one column."""

from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from scoring.uploads.limits import MOST_CHARACTERS, MOST_CLIENTS, MOST_COLUMNS, Refused, check_clients

_ROWS: Final = 1_000
"""In one batch of the result, which is what the service holds of it."""


def check_names(names: Sequence[str], known: Sequence[str], ids: Sequence[str]) -> None:
    """Refuse columns that are not those of an application, nor the one of a list of clients."""
    if len(names) > MOST_COLUMNS:
        raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    if len(names) == 1 and names[0] in ids:
        return
    unknown = [name for name in names if name not in known]
    if unknown or len(set(names)) < len(names):
        raise Refused("problem.said.batch-columns", found=", ".join(unknown or names)[:80])


def check_texts(column: pa.Array, name: str) -> None:
    """Refuse texts that are longer than a name or a code may be."""
    if (pc.max(pc.binary_length(column)).as_py() or 0) > 4 * MOST_CHARACTERS:
        raise Refused("problem.said.batch-cell", most=MOST_CHARACTERS, column=name)


class CellsWriter:
    """Writes rows as they are read.

    Parameters
    ----------
    names : of the columns
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
        for name, column in zip(self._names, batch.columns, strict=True):
            if (
                pa.types.is_string(column.type)
                and (pc.max(pc.binary_length(column)).as_py() or 0) > 4 * MOST_CHARACTERS
            ):
                raise Refused("problem.said.batch-cell", most=MOST_CHARACTERS, column=name)
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
