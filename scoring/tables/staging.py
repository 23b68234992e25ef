"""CSV, plain or zipped, rewritten once as Parquet in a scratch folder, so that every later scan is quick and
typed.

A stream goes through in blocks of 16 MB: memory stays bounded, and a zip is never unpacked on disk. The
scratch folder goes when `Scratch.close` is called, or at the latest when the process ends.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import weakref
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from scoring.errors import TableError
from scoring.tables.checks import HARMLESS, brief, check_header
from scoring.tables.kinds import Dtype, Table

_BLOCK = 16 * 2**20
_ARROW: dict[Dtype, pa.DataType] = {"int": pa.int64(), "float": pa.float64(), "string": pa.string()}


class Scratch:
    """A temporary folder, made when first needed, removed on `close` or when the process ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._finalizer: weakref.finalize | None = None

    @property
    def folder(self) -> Path:
        """The folder, which exists from now on."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="clairscore-"))
            # Frames may outlive every object of ours: only the process's end is surely late enough.
            self._finalizer = weakref.finalize(_PROCESS, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    def close(self) -> None:
        """Remove the folder; frames that read from it must not be used any more."""
        if self._finalizer is not None:
            self._finalizer()
        self._folder, self._finalizer = None, None


class _Process:
    """Lives as long as the module."""


_PROCESS = _Process()


def stage(path: Path, member: str | None, table: Table, scratch: Scratch, optional: Collection[str] = ()) -> Path:
    """Rewrite a CSV as Parquet with the declared types.

    Parameters
    ----------
    path
        The CSV, or the zip that holds it.
    member
        Name inside the zip; None for a plain CSV.
    table
        The declaration.
    scratch
        Where the Parquet goes.
    optional
        Declared columns that nobody asked for; they may be missing, and are left out.

    Returns
    -------
    Path
        The Parquet file.

    Raises
    ------
    TableError
        When the file is unreadable, its header or a value is not as declared.
    """
    with open_csv(path, member, table) as stream:
        head = _header(stream, path, table)
        check_header(head, table, path, optional=optional)
        # An optional column is one that nobody asked for (TARGET): it is not even parsed.
        keep = [name for name in head if name not in HARMLESS and name not in optional]
        types = {name: _ARROW[table.by_name[name].dtype] for name in keep}
        # A row number may have no name; positions keep the names unique.
        names = [name if name in types else f"__dropped_{i}" for i, name in enumerate(head)]
        return _write(stream, names, types, (path, table), scratch)


def _write(
    stream: BinaryIO,
    names: list[str],
    types: dict[str, pa.DataType],
    what: tuple[Path, Table],
    scratch: Scratch,
) -> Path:
    path, table = what
    target = scratch.folder / f"{table.name}.parquet"
    schema = pa.schema([(name, types[name]) for name in table.names if name in types])
    try:
        reader = pa_csv.open_csv(
            stream,
            read_options=pa_csv.ReadOptions(block_size=_BLOCK, column_names=names),
            convert_options=pa_csv.ConvertOptions(
                column_types=types,
                include_columns=schema.names,
                null_values=["", "NA", "NaN", "nan"],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        with pq.ParquetWriter(target, schema, compression="lz4") as writer:
            for batch in reader:
                writer.write_batch(batch.cast(schema) if batch.schema != schema else batch)
    except (pa.ArrowException, zipfile.BadZipFile, zlib.error, EOFError, OSError) as err:
        if "Empty CSV" in str(err):
            pq.write_table(schema.empty_table(), target)
            return target
        raise TableError(
            f"{table.name} must be a comma-separated file with the published types; got "
            f"{_located(err, names)} in {path}. Repair the file or fetch it again"
        ) from err
    return target


def _located(err: Exception, names: list[str]) -> str:
    """Return the reader's message with the column's name in place of its number."""
    text = brief(err)
    for i in range(len(names) - 1, -1, -1):
        text = text.replace(f"CSV column #{i}:", f"column {names[i]}:")
    return text


@contextmanager
def open_csv(path: Path, member: str | None, table: Table) -> Iterator[BinaryIO]:
    """Open a CSV, plain or inside a zip, as a stream of bytes.

    Raises
    ------
    TableError
        When the file or zip cannot be opened.
    """
    try:
        if member is None:
            with path.open("rb") as plain:
                yield cast(BinaryIO, io.BufferedReader(plain.raw, buffer_size=2**20))
        else:
            with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
                yield cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, packed), buffer_size=2**20))
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as err:
        kind = "zip" if member is not None else "file"
        raise TableError(
            f"{table.name} must be in a readable {kind}; got {brief(err)} in {path}. Fetch the file again"
        ) from err


def _header(stream: BinaryIO, path: Path, table: Table) -> list[str]:
    line = stream.readline(2**20)
    if not line.strip():
        raise TableError(f"{table.name} must have at least one row; got an empty file in {path}. Fetch it again")
    try:
        text = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as err:
        raise TableError(
            f"{table.name} must be UTF-8 text; got bytes that are not in the header of {path}. Save it as CSV, UTF-8"
        ) from err
    head = next(csv.reader([text]))
    if len(head) == 1:
        for mark, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
            if text.count(mark) >= 2:
                raise TableError(
                    f"{table.name} must be separated by commas; got {word} in {path}. Save it with commas "
                    "between columns and points in decimals"
                )
    return [name.strip() for name in head]
