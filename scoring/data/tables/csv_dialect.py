"""How a CSV is written: its encoding, its separator, its header, told from the first kilobytes.

The rule: the head of a file is looked at, never the whole; what it does not tell is found out while reading.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from scoring.data.tables.checks import brief
from scoring.data.tables.column_types import Table
from scoring.data.tables.lines import unquote_line
from scoring.data.tables.repairs import Damage, RepairLog
from scoring.errors import TableError
from scoring.files import lacks_room, temporary_disk_error

HEAD = 2**16
"""Bytes looked at; the widest published header takes 3,000."""

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?""", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True)
class Writing:
    """How a CSV is written.

    Parameters
    ----------
    encoding
        Python's name of it.
    mark
        Bytes of the byte order mark, 0 without one.
    separator
        Between columns.
    skip
        Lines before the header: blank, or ``sep=;``.
    header
        Names in the file.
    names_separator
        Whether one of the lines before the header names the separator, as spreadsheets write and read it.
    quoted_header
        Whether the header stands between quotation marks as a whole.
    """

    encoding: str
    mark: int
    separator: str
    skip: int
    header: tuple[str, ...]
    names_separator: bool = False
    quoted_header: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether the strict reader can read it: UTF-8, commas, the header on the first line."""
        return self.encoding == "utf-8" and self.separator == "," and not self.skip and not self.quoted_header

    def note(self, log: RepairLog) -> None:
        """Count what differs from UTF-8 with commas."""
        if self.encoding != "utf-8":
            log.note(Damage.ENCODING, 1, [self.encoding])
        elif self.mark:
            log.note(Damage.BYTE_ORDER_MARK)
        if self.separator != ",":
            log.note(Damage.SEPARATOR, 1, [SEPARATORS[self.separator]])
        log.note(Damage.SEPARATOR_LINE, int(self.names_separator))


def sniff(path: Path, member: str | None, table: Table) -> Writing:
    """Tell how a CSV is written, from its head.

    Raises
    ------
    TableError
        When the file cannot be opened, is empty, or is no text.
    """
    with open_csv(path, member, table) as stream:
        head = stream.read(HEAD)
    encoding, mark = _encoding(head)
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(head[mark:])
    except UnicodeDecodeError:
        encoding = "cp1252"
        try:
            text = head.decode(encoding)
        except UnicodeDecodeError as err:
            raise TableError(
                f"{table.name} must be UTF-8 text; got bytes that are none in the head of {path}. Save it as CSV, UTF-8"
            ) from err
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skip = next((i for i, line in enumerate(lines) if line.strip()), None)
    if skip is None:
        raise TableError(f"{table.name} must have at least one row; got an empty file in {path}. Fetch it again")
    named = _SEPARATOR_LINE.fullmatch(lines[skip].strip(" "))
    if named:
        if named[1] not in SEPARATORS:
            raise TableError(
                f"{table.name} must separate its columns by {', '.join(SEPARATORS.values())}; got the line "
                f"{lines[skip].strip()!r} in {path}. Save it as CSV, UTF-8"
            )
        skip = next((i for i, line in enumerate(lines) if i > skip and line.strip()), skip)
    unquoted = unquote_line(lines[skip].strip().encode())
    line = lines[skip] if unquoted is None else unquoted.decode()
    names = {separator: _split(line, separator) for separator in SEPARATORS}
    separator = named[1] if named else max(SEPARATORS, key=lambda mark: len(names[mark]))
    quoted = unquoted is not None and len(names[separator]) > 1
    return Writing(encoding, mark, separator, skip, names[separator], named is not None, quoted)


def _encoding(head: bytes) -> tuple[str, int]:
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    # Without a mark, UTF-16 shows by the zeros beside its ASCII letters.
    if len(head) > 1 and head[:2].count(0) == 1:
        return ("utf-16-le" if head[1] == 0 else "utf-16-be"), 0
    return "utf-8", 0


def _split(line: str, separator: str) -> tuple[str, ...]:
    try:
        return tuple(next(csv.reader([line], delimiter=separator), ()))
    except csv.Error:
        return (line,)


@contextmanager
def open_csv(path: Path, member: str | None, table: Table) -> Iterator[BinaryIO]:
    """Open a CSV, plain or inside a zip, as a stream of bytes.

    Raises
    ------
    TableError
        When the file or zip cannot be opened or read to its end.
    """
    try:
        if member is None:
            with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as plain:
                yield cast(BinaryIO, plain)
        else:
            with zipfile.ZipFile(path) as archive, archive.open(member) as packed:
                yield cast(BinaryIO, packed)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as err:
        if lacks_room(err):  # for a copy of ours
            raise temporary_disk_error() from err
        kind = "zip" if member is not None else "gzip" if path.suffix.lower() == ".gz" else "file"
        raise TableError(
            f"{table.name} must be in a readable {kind}; got {brief(err)} in {path}. Fetch the file again"
        ) from err
