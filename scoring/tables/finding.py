"""Where each table of a folder is: a Parquet file, a CSV, a CSV inside a zip, or a folder of parts.

The rule: a table is in one place. A copy inside a larger download is left aside, and named; any other second place
stops the reading, for which of the two is right cannot be told.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scoring.errors import TableError
from scoring.tables import checks
from scoring.tables.schema import APPLICATIONS, TABLES

_ENDINGS = ("", ".parquet", ".csv", ".csv.zip", ".zip")
_PARTS = (".parquet", ".csv")
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
        stems = {name.lower() + ending for ending in _ENDINGS}
        here = [path for path in files if path.name.lower() in stems and (path.suffix or path.is_dir())]
        if len(here) > 1:
            raise TableError(
                f"{name} must be there once; got {' and '.join(path.name for path in here)} in {folder}. Keep one"
            )
        if here:
            found[name] = _found(here[0], name)
    _look_into_archives(files, found)
    if not any(name in found for name in APPLICATIONS):
        listed = ", ".join(path.name for path in files[:8]) or "nothing"
        raise TableError(
            f"a folder of tables must hold application_train or application_test as Parquet, CSV or zip; "
            f"got {listed} in {folder}. Give the folder of the download"
        )
    return {name: found[name] for name in TABLES if name in found}


def _found(path: Path, name: str) -> Found:
    if path.is_dir():
        return Found(path, parts=_parts(path, name))
    if path.suffix.lower() == ".zip":
        return Found(path, _member(path, name), (path,))
    return Found(path, parts=(path,))


def _parts(folder: Path, name: str) -> tuple[Path, ...]:
    """Return the files of a folder of parts; what begins with a point or underscore is a tool's own."""
    below = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in _PARTS and path.is_file() and not _is_hidden(path.relative_to(folder))
    )
    kinds = sorted({path.suffix.lower() for path in below})
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
        for name, member in _members(path).items():
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


def _members(path: Path) -> Mapping[str, str]:
    """Return the tables inside a zip: member by published name."""
    stems = {f"{name.lower()}.csv": name for name in TABLES}
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as err:
        raise TableError(f"{path} must be a readable zip; got {checks.brief(err)}. Fetch the file again") from err
    members: dict[str, str] = {}
    for info in inside:
        place = PurePosixPath(info.filename.replace("\\", "/"))
        name = stems.get(place.name.lower())
        if name is None or info.is_dir() or any(part == "__MACOSX" for part in place.parts):
            continue
        _check_safe(path, info, place)
        if name in members:
            raise TableError(
                f"{name} must be there once; got {members[name]} and {info.filename} in {path}. Keep one of them"
            )
        members[name] = info.filename
    return members


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
    inside = _members(path)
    if name not in inside:
        raise TableError(f"{path} must hold {name}.csv; got {', '.join(inside) or 'no table'}. Fetch the file again")
    return inside[name]
