"""Where each table of a folder is: a Parquet file, a CSV, a CSV inside a zip, or a folder of parts.

The rule: a table is in one place. A copy inside a larger download is left aside, and named; any other second place
stops the reading, for which of the two is right cannot be told. A file whose name is nearly a table's is named too, and
stops the reading where the table would be absent without it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scoring.data.tables import checks
from scoring.data.tables.schema import APPLICATIONS, TABLES
from scoring.errors import TableError

# What a file is by its first bytes, where it is not what its name says.

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


_PARQUET, _CSV = (".parquet", ".pq", ".parq"), (".csv", ".csv.gz")
_ENDINGS = ("", *_PARQUET, *_CSV, ".csv.zip", ".zip")
_OTHER_FORMATS = (
    "tsv", "txt", "dat", "gz", "bz2", "xz", "zst", "lz4", "7z", "rar", "tar", "tgz", "xls", "xlsx", "xlsm", "ods",
    "feather", "arrow", "orc", "avro", "json", "jsonl", "sqlite", "db", "sas7bdat", "dta", "rds", "pkl", "pickle",
    "h5", "crdownload", "part", "download",
)  # fmt: skip
"""Endings of data that are not read."""
_NEAR = tuple(
    (name, re.compile("[ _-]*".join(name.lower().split("_")) + "(?![a-z])"))
    for name in sorted(TABLES, key=len, reverse=True)
)
_COPY = re.compile(r"\(\d+\)|\bcop(y|ie)\b")
"""What systems add to the name of a second copy."""
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tgz", ".gz")
_BOMB_RATIO, _BOMB_BYTES = 200, 2**28
"""The published tables shrink 5 to 30 times; what shrinks more than this, and is large, was made to fill a disk."""


@dataclass(frozen=True)
class Found:
    """Where a table is.

    Parameters
    ----------
    path
        The file, or the folder of parts.
    member
        Name inside, where the file is a zip.
    parts
        The files of a folder, all of one kind; of a file, itself.
    aside
        Other files that hold the table too, and are not read.
    """

    path: Path
    member: str | None = None
    parts: tuple[Path, ...] = ()
    aside: tuple[Path, ...] = ()


def find_tables(folder: Path) -> dict[str, Found]:
    """Return the source of each table that a folder holds, by published name.

    Raises
    ------
    TableError
        When the folder is no folder, cannot be listed, holds a table twice, or holds no application table; when a zip
        is unreadable or unsafe.
    """
    if not folder.exists():
        raise TableError(
            f"the folder of tables must exist; got {folder}. Give the folder that holds application_train or "
            "application_test as Parquet, CSV or zip"
        )
    if not folder.is_dir():
        raise TableError(f"the folder of tables must be a folder; got the file {folder}. Give the folder that holds it")
    try:
        files = sorted(folder.iterdir())
    except OSError as err:
        raise TableError(f"the folder of tables must be readable; got {checks.brief(err)}. Allow reading it") from err
    found: dict[str, Found] = {}
    for name in TABLES:
        here = [path for path in files if _is_named(path, name)]
        if len(here) > 1:
            raise TableError(
                f"{name} must be there once; got {' and '.join(path.name for path in here)} in {folder}. Keep one"
            )
        if here:
            found[name] = _found(here[0], name)
    _look_into_archives(files, found)
    _look_at_near_names(files, found)
    if not any(name in found for name in APPLICATIONS):
        listed = ", ".join(path.name for path in files[:8]) or "nothing"
        raise TableError(
            f"a folder of tables must hold application_train or application_test as Parquet, CSV or zip; "
            f"got {listed} in {folder}. Give the folder of the download"
        )
    return {name: found[name] for name in TABLES if name in found}


def _found(path: Path, name: str) -> Found:
    if path.is_dir():
        parts = _parts(path, name)
        for part in parts:
            _check_head(part, name)
        return Found(path, parts=parts)
    _check_head(path, name)
    if path.suffix.lower() == ".zip":
        return Found(path, _member(path, name), (path,))
    return Found(path, parts=(path,))


def is_parquet(path: Path) -> bool:
    """Return whether a file is read as Parquet, by its name."""
    return path.suffix.lower() in _PARQUET


def _is_named(path: Path, name: str) -> bool:
    """Return whether a file or folder has exactly the name of a table."""
    stems = {name.lower() + ending for ending in _ENDINGS}
    return path.name.lower() in stems and (bool(path.suffix) or path.is_dir())


def _check_head(path: Path, name: str) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as err:
        raise TableError(
            f"{name} must be a readable file; got {checks.brief(err)} in {path}. Allow reading it"
        ) from err
    check_signature(head, ".parquet" if is_parquet(path) else path.suffix.lower(), name, path)


def _parts(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a folder of parts; what begins with a point or underscore is a tool's own."""
    below = sorted(
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith((*_PARQUET, *_CSV))
        and path.is_file()
        and not _is_hidden(path.relative_to(folder))
    )
    kinds = sorted({".parquet" if is_parquet(path) else ".csv" for path in below})
    if len(kinds) != 1:
        got = " and ".join(kinds) if kinds else "none"
        raise TableError(f"{name} must have parts of one kind, .parquet or .csv; got {got} in {folder}. Keep one kind")
    return tuple(below)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _look_into_archives(files: list[Path], found: dict[str, Found]) -> None:
    named = {source.path for source in found.values()}
    inside: dict[str, Path] = {}
    for path in files:
        if path.suffix.lower() != ".zip" or path in named or not path.is_file():
            continue
        members, others = _members(path)
        _check_members(
            path, [name for name in others if name and name not in found and name not in members], members, others
        )
        for name, member in members.items():
            if name in inside:
                raise TableError(
                    f"{name} must be there once; got it in {inside[name].name} and {path.name} in {path.parent}. "
                    "Keep one"
                )
            if name in found:
                first = found[name]
                found[name] = Found(first.path, first.member, first.parts, (*first.aside, path))
            else:
                inside[name] = path
                found[name] = Found(path, member, (path,))


def _look_at_near_names(files: list[Path], found: dict[str, Found]) -> None:
    """Name the files that are nearly called like a table; refuse one without which the table would be absent."""
    used = {path for source in found.values() for path in (source.path, *source.parts, *source.aside)}
    for path in files:
        near = None if path in used or path.name.startswith((".", "_")) else near_name(path.name)
        if near is None:
            continue
        name, is_copy = near
        if path.is_dir():
            if not is_copy:
                continue
        elif not _is_data(path.name):
            continue
        if name in found and not is_copy:
            first = found[name]
            found[name] = Found(first.path, first.member, first.parts, (*first.aside, path))
        elif name in found:
            raise TableError(
                f"{name} must be there once; got {found[name].path.name} and {path.name} in {path.parent}. Keep the "
                "right one, under the name of the table"
            )
        else:
            raise TableError(
                f"{name} must be in a file named {name}{', '.join(_CSV)}, {', '.join(_PARQUET)} or .zip; got "
                f"{path.name} in {path.parent}. Save or rename it so, or move it away if it is another table"
            )


def near_name(file: str) -> tuple[str, bool] | None:
    """Return the table that a file is nearly named after, and whether as a copy; None where it is not.

    >>> near_name("bureau (1).csv"), near_name("Application-Train.xlsx"), near_name("bureaucracy.csv")
    (('bureau', True), ('application_train', False), None)
    """
    lower = file.strip().lower()
    for name, pattern in _NEAR:
        if pattern.match(lower):
            return name, _COPY.search(lower) is not None
    return None


def _is_data(file: str) -> bool:
    """Return whether a name ends as data do: in an ending that is read, in one of other formats, or in none."""
    ending = PurePosixPath(file.lower()).suffix
    return ending in _ENDINGS or ending[1:] in _OTHER_FORMATS


def _check_members(path: Path, absent: list[str], members: Mapping[str, str], others: Mapping[str, str]) -> None:
    if absent:
        name = absent[0]
        raise TableError(
            f"a zip must hold its tables as .csv under their own names; got {others[name]} for {name} in {path}. "
            "Unpack it, and give the folder"
        )
    if not members and "" in others:
        raise TableError(
            f"a zip must hold the tables themselves; got {others['']} inside {path}. Unpack it, and give the folder"
        )


def _members(path: Path) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the tables inside a zip, member by published name; and what is nearly one, or an archive under ``""``."""
    stems = {f"{name.lower()}.csv": name for name in TABLES}
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as err:
        raise TableError(f"{path} must be a readable zip; got {checks.brief(err)}. Fetch the file again") from err
    members: dict[str, str] = {}
    others: dict[str, str] = {}
    for info in inside:
        place = PurePosixPath(info.filename.replace("\\", "/"))
        name = stems.get(place.name.lower())
        if info.is_dir() or any(part == "__MACOSX" for part in place.parts):
            continue
        if name is None:
            near = near_name(place.name)
            if near is not None and _is_data(place.name):
                others.setdefault(near[0], info.filename)
            elif place.suffix.lower() in _ARCHIVES:
                others.setdefault("", info.filename)
            continue
        _check_safe(path, info, place)
        if name in members:
            raise TableError(
                f"{name} must be there once; got {members[name]} and {info.filename} in {path}. Keep one of them"
            )
        members[name] = info.filename
    return members, others


def _check_safe(path: Path, info: zipfile.ZipInfo, place: PurePosixPath) -> None:
    """Refuse what no download holds; nothing is ever unpacked to disk, so this is a sign, not the guard."""
    if place.is_absolute() or ".." in place.parts or ":" in place.parts[0]:
        raise TableError(f"a zip must hold names below its own folder; got {info.filename} in {path}. Do not use it")
    if info.file_size > _BOMB_BYTES and info.file_size > _BOMB_RATIO * max(info.compress_size, 1):
        raise TableError(
            f"a zip must shrink its tables less than {_BOMB_RATIO} times; got {info.filename} of {info.file_size:,} "
            f"bytes from {info.compress_size:,} in {path}. Do not use it"
        )


def _member(path: Path, name: str) -> str:
    inside, others = _members(path)
    if name not in inside:
        _check_members(path, [name] if name in others else [], inside, others)
        raise TableError(f"{path} must hold {name}.csv; got {', '.join(inside) or 'no table'}. Fetch the file again")
    return inside[name]
