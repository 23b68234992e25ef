"""A Parquet file of a batch: its footer is checked against the file, then its rows are read a few at a time.

The rule: the footer is a promise that a hostile file need not keep, and pages are unpacked by sizes of their own. So
the footer is checked for what is honest and too large, and the memory limit of the child holds the rest.
"""

import mmap
from collections.abc import Sequence
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from scoring.data.uploads.cells import CellsWriter, match_names
from scoring.data.uploads.limits import (
    LARGEST_FOOTER,
    MOST_CHARACTERS,
    MOST_COLUMNS,
    MOST_ROW_GROUPS,
    MOST_UNPACKED,
    Refused,
    check_clients,
)

_MAGIC = b"PAR1"
_ROWS: Final = 1_000
"""Read at a time."""
_READ_AHEAD: Final = 64 * 1024


def read_parquet(body: mmap.mmap, out: BinaryIO, known: Sequence[str], ids: Sequence[str]) -> dict[str, Any]:
    """Read a batch in Parquet; the result is as `cells.CellsWriter` writes it.

    Raises
    ------
    Refused
        When the body is not as documented, or breaks a bound.
    """
    unreadable = Refused("problem.said.batch-file", kind="Parquet")
    size = len(body)
    footer = int.from_bytes(body[-8:-4], "little") if size >= 12 else 0
    if body[:4] != _MAGIC or body[-4:] != _MAGIC or not 0 < footer <= min(size - 12, LARGEST_FOOTER):
        raise unreadable
    try:
        file = pq.ParquetFile(
            pa.PythonFile(body, "r"),
            buffer_size=_READ_AHEAD,
            pre_buffer=False,
            thrift_string_size_limit=LARGEST_FOOTER,
            thrift_container_size_limit=1_000_000,
            arrow_extensions_enabled=False,
        )
        _check_footer(file.metadata, size)
        schema = file.schema_arrow
        matched = match_names(schema.names, known, ids)
        names = {name: meant for name, meant in zip(schema.names, matched, strict=True) if meant is not None}
        nested = [name for name in names if not _is_plain(schema.field(name).type)]
        if nested:
            raise Refused("problem.said.batch-columns", found=", ".join(nested)[:80])
        writer = CellsWriter(out, list(names.values()), ids)
        for batch in file.iter_batches(batch_size=_ROWS, columns=list(names), use_threads=False):
            columns = [_checked(batch.column(name)) for name in names]
            writer.write(pa.RecordBatch.from_arrays(columns, [f"c{at}" for at in range(len(columns))]))
    except (pa.ArrowMemoryError, pa.ArrowCancelled):
        raise
    except OSError as error:
        if error.errno:  # the result's, not the file's
            raise
        raise unreadable from None
    except (pa.ArrowException, UnicodeDecodeError):
        raise unreadable from None
    return writer.end()


def _check_footer(about: pq.FileMetaData, size: int) -> None:
    check_clients(about.num_rows)
    if about.num_columns > MOST_COLUMNS:
        raise Refused("problem.said.batch-header", most=MOST_COLUMNS)
    unpacked = rows = 0
    if about.num_row_groups > MOST_ROW_GROUPS:
        raise Refused("problem.said.batch-parts")
    for number in range(about.num_row_groups):
        group = about.row_group(number)
        rows += group.num_rows
        for at in range(group.num_columns):
            chunk = group.column(at)
            begin = min(chunk.data_page_offset, chunk.dictionary_page_offset or chunk.data_page_offset)
            held, given = chunk.total_compressed_size, chunk.total_uncompressed_size
            if min(begin, held, given, group.num_rows) < 0 or begin + held > size or chunk.num_values != group.num_rows:
                raise Refused("problem.said.batch-file", kind="Parquet")
            unpacked += given
    if rows != about.num_rows:
        raise Refused("problem.said.batch-file", kind="Parquet")
    if unpacked > MOST_UNPACKED:
        raise Refused("problem.said.batch-parts")


def _is_plain(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
        or _is_text(kind)
    )


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _checked(column: pa.Array) -> pa.Array:
    """Texts plain, decimals and half floats as what is read everywhere; other numbers as they are.

    A text that is too long is its row's fault; one that is much too long would be too large to write for every row.
    """
    kind = column.type
    if pa.types.is_decimal(kind) or pa.types.is_float16(kind):
        return column.cast(pa.float64(), safe=False)
    if not (pa.types.is_dictionary(kind) or _is_text(kind)):
        return column
    if pa.types.is_dictionary(kind):
        column = pa.DictionaryArray.from_arrays(column.indices, _shortened(column.dictionary)).dictionary_decode()
    return _shortened(column).cast(pa.string())


def _shortened(texts: pa.Array) -> pa.Array:
    return pc.utf8_slice_codeunits(texts.cast(pa.large_string()), 0, MOST_CHARACTERS + 1)
