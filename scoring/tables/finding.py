"""Where each table of a folder is: a Parquet file or folder, a CSV, or a CSV inside a zip."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import TableError
from scoring.tables import checks
from scoring.tables.schema import APPLICATIONS, TABLES


@dataclass(frozen=True)
class Found:
    """The file that holds a table, and its name inside where the file is a zip."""

    path: Path
    member: str | None = None


def find_tables(folder: Path) -> dict[str, Found]:
    """Return the source of each table that a folder holds, by published name.

    Raises
    ------
    TableError
        When the folder is no folder, cannot be listed, holds a table twice, or holds no application table.
    """
    if not folder.exists():
        raise TableError(
            f"the folder of tables must exist; got {folder}. Give the folder that holds application_train or "
            "application_test as Parquet, CSV or zip"
        )
    if not folder.is_dir():
        raise TableError(f"the folder of tables must be a folder; got the file {folder}. Give the folder that holds it")
    try:
        files = {path.name.lower(): path for path in sorted(folder.iterdir())}
    except OSError as err:
        raise TableError(f"the folder of tables must be readable; got {checks.brief(err)}. Allow reading it") from err
    found: dict[str, Found] = {}
    for name in TABLES:
        endings = (".parquet", ".csv", ".csv.zip", ".zip")
        here = [files[name.lower() + ending] for ending in endings if name.lower() + ending in files]
        if len(here) > 1:
            raise TableError(
                f"{name} must be there once; got {' and '.join(path.name for path in here)} in {folder}. Keep one"
            )
        if here:
            member = _member(here[0], name) if here[0].suffix.lower() == ".zip" else None
            found[name] = Found(here[0], member)
    _look_into_archives(files, found)
    if not any(name in found for name in APPLICATIONS):
        listed = ", ".join(sorted(path.name for path in files.values())[:8]) or "nothing"
        raise TableError(
            f"a folder of tables must hold application_train or application_test as Parquet, CSV or zip; "
            f"got {listed} in {folder}. Give the folder of the download"
        )
    return {name: found[name] for name in TABLES if name in found}


def _look_into_archives(files: Mapping[str, Path], found: dict[str, Found]) -> None:
    named = {source.path for source in found.values()}
    for path in files.values():
        if path.suffix.lower() != ".zip" or path in named:
            continue
        for name, member in _members(path).items():
            if name not in found:
                found[name] = Found(path, member)


def _members(path: Path) -> dict[str, str]:
    """Return the tables inside a zip: member by published name."""
    stems = {f"{name.lower()}.csv": name for name in TABLES}
    try:
        with zipfile.ZipFile(path) as archive:
            inside = archive.namelist()
    except (zipfile.BadZipFile, OSError) as err:
        raise TableError(f"{path} must be a readable zip; got {checks.brief(err)}. Fetch the file again") from err
    return {
        stems[Path(member).name.lower()]: member
        for member in inside
        if Path(member).name.lower() in stems and not member.startswith("__MACOSX")
    }


def _member(path: Path, name: str) -> str:
    inside = _members(path)
    if name not in inside:
        raise TableError(f"{path} must hold {name}.csv; got {', '.join(inside) or 'no table'}. Fetch the file again")
    return inside[name]
