"""What a file is by its first bytes, where it is not what its name says.

The rule: a pointer, a web page or a packed file under a table's name is told for what it is, not for what a parser
makes of it.
"""

from __future__ import annotations

from pathlib import Path

from scoring.errors import TableError

_ARCHIVE = "Unpack it, or give the file the ending of what it is"
_SIGNATURES: tuple[tuple[tuple[str, ...], bytes, str, str], ...] = (
    (
        (".csv", ".parquet", ".zip", ".gz"),
        b"version https://git-lfs.github.com/",
        "a Git LFS pointer, which names the table and holds none of its rows",
        "Fetch the table itself: `git lfs pull`",
    ),
    (
        (".csv", ".parquet", ".zip", ".gz"),
        b"/annex/objects/",
        "a git-annex pointer, which names the table and holds none of its rows",
        "Fetch the table itself: `git annex get`",
    ),
    ((".csv", ".parquet", ".zip", ".gz"), b"<!doctype html", "a web page, such as a login", "Download the table again"),
    ((".csv", ".parquet", ".zip", ".gz"), b"<html", "a web page, such as a login", "Download the table again"),
    ((".csv", ".parquet", ".gz"), b"PK\x03\x04", "a zip or a spreadsheet's file", _ARCHIVE),
    ((".csv", ".parquet", ".zip"), b"\x1f\x8b", "a gzip file", _ARCHIVE),
    ((".csv", ".zip", ".gz"), b"PAR1", "a Parquet file", _ARCHIVE),
    ((".csv", ".parquet", ".zip", ".gz"), b"7z\xbc\xaf\x27\x1c", "a 7z archive", _ARCHIVE),
    ((".csv", ".parquet", ".zip", ".gz"), b"\xd0\xcf\x11\xe0", "an old spreadsheet's file", "Save it as CSV, UTF-8"),
    ((".csv", ".parquet", ".zip", ".gz"), b"ARROW1", "an Arrow (Feather) file", "Save it as Parquet"),
)
"""For files read as these: the first bytes (in lower case where they are text), what that is, what to do."""
_LONGEST = max(len(begins) for _, begins, _, _ in _SIGNATURES)


def check_signature(head: bytes, read_as: str, name: str, path: Path) -> None:
    """Refuse a file that is something else by its first bytes.

    Parameters
    ----------
    head
        The first bytes.
    read_as
        ``.csv``, ``.parquet``, ``.zip`` or ``.gz``.
    name, path
        The table and the file, for the message.

    Raises
    ------
    TableError
        When the file is one of `_SIGNATURES`.
    """
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    for kinds, begins, what, remedy in _SIGNATURES:
        if read_as in kinds and (head.startswith(begins) or start[:_LONGEST].lower().startswith(begins)):
            raise TableError(f"{name} must be the table itself; got {what}, in {path}. {remedy}")
