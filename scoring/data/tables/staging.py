"""CSV, plain or zipped, rewritten once as Parquet in a scratch folder, so that every later scan is quick and
typed.

The rule: a well-formed file is read strictly, and once; only one that is not is read again, by `mending`. A stream goes
through in blocks of 4 MB: memory stays bounded, and a zip is never unpacked on disk. The scratch folder goes when
`Scratch.close` is called, or at the latest when the process ends.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from scoring.data.tables.checks import Contents, brief
from scoring.data.tables.column_types import Dtype, Kind, Table
from scoring.data.tables.csv_dialect import Writing, open_csv, sniff
from scoring.data.tables.csv_repair import Mender
from scoring.data.tables.extremes import Extremes, merge_extremes, of_batch
from scoring.data.tables.header import Header, match_header
from scoring.data.tables.lines import CountedLines
from scoring.data.tables.repairs import Damage, RepairLog
from scoring.data.tables.spellings import PUBLISHED_MARKS, read_codes
from scoring.errors import TableError
from scoring.files import private_folder, remove_private_folder

_BLOCK = 4 * 2**20
"""Larger blocks leave the processor's caches, and cost a quarter more time."""
_ARROW: dict[Dtype, pa.DataType] = {"int": pa.int64(), "float": pa.float64(), "string": pa.string()}


class Scratch:
    """A temporary folder, made when needed; removed on `close`, when the process ends, or after a kill by the next."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._finalizer: weakref.finalize | None = None

    @property
    def folder(self) -> Path:
        """The folder, which exists from now on."""
        if self._folder is None:
            self._folder = private_folder("clairscore-tables-")
            # Frames may outlive every object of ours: only the process's end is surely late enough.
            self._finalizer = weakref.finalize(_PROCESS, remove_private_folder, self._folder)
        return self._folder

    def close(self) -> None:
        """Remove the folder; frames that read from it must not be used any more."""
        if self._finalizer is not None:
            self._finalizer()
        self._folder, self._finalizer = None, None


class _Process:
    """Lives as long as the module."""


_PROCESS = _Process()


class _UncleanError(Exception):
    """A file is not as the strict reader wants it; it may be mended."""


def stage(
    path: Path, member: str | None, table: Table, target: Path, log: RepairLog, optional: Collection[str] = ()
) -> Contents:
    """Rewrite a CSV as Parquet with the declared types.

    Parameters
    ----------
    path
        The CSV, or the zip that holds it.
    member
        Name inside the zip; None for a plain CSV.
    table
        The declaration.
    target
        The Parquet file to write.
    log
        Where repairs are counted.
    optional
        Declared columns that nobody asked for; they may be missing, and are left out.

    Returns
    -------
    Contents
        What was met on the way, for `checks.check_values`.

    Raises
    ------
    TableError
        When the file is unreadable, or its header or a value is not as declared and leaves doubt.
    """
    writing = sniff(path, member, table)
    header = match_header(writing.header, table, path, optional=optional)
    schema = pa.schema([(name, _ARROW[table.by_name[name].dtype]) for name in table.names if name in header.names])
    what = (path, member, table)
    try:
        if writing.is_plain:
            try:
                found, contents = _write(what, writing, header, schema, target, strict=True)
            except _UncleanError:
                found, contents = _write(what, writing, header, schema, target, strict=False)
        else:
            found, contents = _write(what, writing, header, schema, target, strict=False)
    except _UncleanError as err:
        # What is not UTF-8 may be far from the head.
        if writing.encoding != "utf-8" or "utf8" not in str(err).lower():
            raise _refused(table, path, err) from err
        try:
            writing = dataclasses.replace(writing, encoding="cp1252")
            found, contents = _write(what, writing, header, schema, target, strict=False)
        except _UncleanError as other:
            raise _refused(table, path, other) from other
    log.add(found)
    return contents


def _write(
    what: tuple[Path, str | None, Table],
    writing: Writing,
    header: Header,
    schema: pa.Schema,
    target: Path,
    *,
    strict: bool,
) -> tuple[RepairLog, Contents]:
    """Read the file once, strictly or mending; return what was put right, and what was met."""
    path, member, table = what
    log, met = RepairLog(table.name), _Met(table)
    writing.note(log)
    header.note(log)
    with open_csv(path, member, table) as raw:
        raw.read(writing.mark)
        stream = CountedLines(raw, writing.encoding, blank=not strict)
        try:
            if strict:
                batches = _strict(stream, header, table, schema, log)
            else:
                batches = Mender(table, path, writing, header, log).batches(stream, schema, _BLOCK)
            with pq.ParquetWriter(target, schema, **_parquet(table, schema)) as writer:
                for batch in batches:
                    met.look(batch)
                    writer.write_batch(batch)
        except UnicodeDecodeError as err:
            raise _UncleanError(f"bytes that are not {writing.encoding}") from err
        except pa.ArrowException as err:
            if isinstance(err, OSError):  # of the file, not of what it says
                raise
            # The reader refuses a header without rows; whether a table may have none is for its checks.
            if "Empty CSV" not in str(err) and stream.lines > 1 + writing.skip:
                raise _UncleanError(_located(err, header.written)) from err
            log.note(Damage.BLANK_LINE, stream.blanks)
            pq.write_table(schema.empty_table(), target)
        log.note(Damage.MIXED_LINE_ENDS, stream.mixed)
        log.note(Damage.UNFINISHED_LINE, int(stream.unfinished))
    return log, met.contents


def _parquet(table: Table, schema: pa.Schema) -> dict[str, Any]:
    """Options of Parquet that is written quickly, and read once or twice.

    Whole numbers and codes repeat, decimals hardly do, so they are written as they are; only of ids does a query profit
    from knowing the least and the greatest.
    """
    ids = [name for name in schema.names if table.by_name[name].kind is Kind.ID]
    repeating = [name for name in schema.names if name not in ids and table.by_name[name].dtype != "float"]
    return {"compression": "lz4", "use_dictionary": repeating or False, "write_statistics": ids}


class _Met:
    """What goes by in the batches of a file."""

    def __init__(self, table: Table) -> None:
        self._ids = {column.name for column in table.columns if column.kind is Kind.ID}
        self._rows = 0
        self._missing: dict[str, int] = {}
        self._infinite: set[str] = set()
        self._nans: set[str] = set()
        self._extremes: dict[str, Extremes] | None = None

    def look(self, batch: pa.RecordBatch) -> None:
        """Take a batch into account."""
        self._rows += batch.num_rows
        extremes = of_batch(batch)
        self._extremes = extremes if self._extremes is None else merge_extremes((self._extremes, extremes))
        for name, values in zip(batch.schema.names, batch.columns, strict=True):
            if name in self._ids and values.null_count:
                self._missing[name] = self._missing.get(name, 0) + values.null_count
            if pa.types.is_floating(values.type) and pc.all(pc.is_finite(values)).as_py() is False:
                for met, test in ((self._infinite, pc.is_inf), (self._nans, pc.is_nan)):
                    if pc.any(test(values)).as_py():
                        met.add(name)

    @property
    def contents(self) -> Contents:
        """What was met so far."""
        return Contents(
            self._rows, self._missing, frozenset(self._infinite), frozenset(self._nans), self._extremes or {}
        )


def _strict(
    stream: CountedLines, header: Header, table: Table, schema: pa.Schema, log: RepairLog
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file that is as published; raise `_UncleanError` at the first sign that it is not."""
    names = [f"__dropped_{i}" if name is None else name for i, name in enumerate(header.names)]
    ids = [name for name in schema.names if table.by_name[name].kind is Kind.ID]
    texts = [i for i, name in enumerate(schema.names) if table.by_name[name].dtype == "string"]
    reader = pa_csv.open_csv(
        stream,
        read_options=pa_csv.ReadOptions(block_size=_BLOCK, column_names=names, skip_rows=1),
        convert_options=pa_csv.ConvertOptions(
            column_types={field.name: field.type for field in schema},
            include_columns=schema.names,
            null_values=list(PUBLISHED_MARKS),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    rows = 0
    for batch in reader:
        if any(batch.column(name).null_count for name in ids):
            raise _UncleanError("rows without an id")
        for i in texts:
            values = batch.column(i)
            meant = read_codes(values, table.by_name[schema.names[i]], log)
            if meant is not values:
                batch = batch.set_column(i, schema.field(i), meant)  # noqa: PLW2901
        rows += batch.num_rows
        yield batch
    # Blank lines, which the reader leaves out, and lines that an open quotation mark swallowed.
    if stream.lines != rows + 1:
        raise _UncleanError("lines that are no rows")


def _refused(table: Table, path: Path, err: Exception) -> TableError:
    return TableError(
        f"{table.name} must be a comma-separated file with the published types; got {err} in {path}. Repair the file "
        "or fetch it again"
    )


def _located(err: Exception, names: Collection[str]) -> str:
    """Return the reader's message with the column's name in place of its number."""
    text = brief(err)
    for i, name in reversed(list(enumerate(names))):
        text = text.replace(f"CSV column #{i}:", f"column {name}:")
    return text[:300]
