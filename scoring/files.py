"""Files appear whole or not at all (written aside in the same folder, then renamed); documents state their version.

The rule: a place that can't be written is one message, whatever is written there: no room, no permission, a folder in
the file's place, no such folder. It is found before the work that the file is for, where it can be.
"""

import errno
import json
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from scoring.errors import ArtefactError, ClairscoreError, FileError

if sys.platform != "win32":
    import fcntl

Document = TypeVar("Document", bound=BaseModel)
BYTE_ORDER_MARK: Final = "\ufeff"
"""Begins every CSV file that people open: without it, Excel reads accents as those of the machine's own code page."""
_LOCKS: Final[dict[Path, int]] = {}
_FRESH: Final = 60.0
"""Seconds within which another process may be about to lock the folder that it has just made."""
_NO_ROOM: Final = ("no space left on its disk", "Make room, or name a place on another disk.")
_NOT_ALLOWED: Final = ("a place that may not be written", "Name a folder that you may write to.")
_CAUSES: Final[Mapping[int, tuple[str, str]]] = MappingProxyType(
    {
        errno.ENOSPC: _NO_ROOM,
        getattr(errno, "EDQUOT", errno.ENOSPC): _NO_ROOM,
        errno.EFBIG: ("more than its disk holds in one file", "Name a place on another disk."),
        errno.EACCES: _NOT_ALLOWED,
        errno.EPERM: _NOT_ALLOWED,
        errno.EROFS: _NOT_ALLOWED,
        errno.EISDIR: ("a folder", "Name a file in it."),
        errno.ENOENT: ("no such folder", "Make it, or name another one."),
        errno.ENOTDIR: ("a file where a folder should be", "Name another folder."),
        errno.EEXIST: ("a file where a folder should be", "Name another folder."),
        errno.ENAMETOOLONG: ("a name that is too long", "Name a shorter one."),
    }
)


def private_folder(prefix: str) -> Path:
    """Make a temporary folder that its owner alone can read; it is locked while this process runs.

    Those of the same prefix that are locked no more were left by a process that was killed: they hold what should not
    lie about, and are removed.
    """
    if sys.platform == "win32":
        return Path(tempfile.mkdtemp(prefix=prefix))
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        with suppress(OSError):  # somebody else's, in use, or gone meanwhile
            about = left.lstat()
            if about.st_uid == os.getuid() and stat.S_ISDIR(about.st_mode) and time.time() - about.st_ctime > _FRESH:
                lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left)
                finally:
                    os.close(lock)
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    _LOCKS[folder] = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    fcntl.flock(_LOCKS[folder], fcntl.LOCK_EX)  # until the process ends, however it does
    return folder


def remove_private_folder(folder: Path) -> None:
    """Remove a folder that `private_folder` made."""
    shutil.rmtree(folder, ignore_errors=True)
    lock = _LOCKS.pop(folder, None)
    if lock is not None:
        os.close(lock)


def file_error(error: OSError, path: Path | str) -> FileError:
    """What a failed write means, for the person who named its place."""
    got, remedy = _CAUSES.get(error.errno or 0, (error.strerror or str(error), "Name another place."))
    return FileError(f"{path} must be a place that can be written; got {got}. {remedy}")


def lacks_room(error: BaseException) -> bool:
    """Whether a disk is full, by the error's number or, of libraries that give none, by its words."""
    number = getattr(error, "errno", None)
    return number in (errno.ENOSPC, getattr(errno, "EDQUOT", None)) or os.strerror(errno.ENOSPC) in str(error)


def temporary_disk_error() -> FileError:
    """That the disk of temporary files is full, which is no fault of the file that was read."""
    return FileError(
        f"The disk of temporary files must have room; got no space left in {tempfile.gettempdir()}. "
        "Make room there, or set TMPDIR to a folder on another disk."
    )


def check_target(path: Path) -> None:
    """Try to write where a file or a folder will be written, and leave nothing there.

    Raises
    ------
    FileError
        When it can't be.
    """
    place = path if path.is_dir() else path.parent
    try:
        while not place.exists() and place != place.parent:
            place = place.parent
        if not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), place)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"0")
    except OSError as error:
        raise file_error(error, path) from error


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Turn what a write to `path` fails with into one message; errors about other files stay as they are."""
    try:
        yield
    except OSError as error:
        if error.errno in _CAUSES and _is_of_target(error.filename, path.absolute()):
            raise file_error(error, path) from error
        raise
    except ClairscoreError:
        raise
    except Exception as error:
        if lacks_room(error):  # of DuckDB or Polars
            raise file_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), path) from error
        raise


def _is_of_target(name: Any, path: Path) -> bool:
    """Whether an error's file is the target, a folder above it, or what is written aside for it; none is the target."""
    if name is None:
        return True
    named = Path(os.fsdecode(name)).absolute()
    return (
        named == path or named in path.parents or any(part.startswith(".") and "part" in part for part in named.parts)
    )


@contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the name `path` when the block ends well, and is removed when it does not."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _written(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
            aside.touch()
            yield aside
            aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


@contextmanager
def files_aside(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to; its files move into `folder` when the block ends well.

    Files of other names that `folder` already holds stay as they are.
    """
    aside = folder / ".part"
    try:
        with _written(folder):
            folder.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
            yield aside
            for file in sorted(aside.iterdir()):
                file.replace(folder / file.name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def read_versioned(path: Path, form: str, version: int | Sequence[int], *, remedy: str) -> dict[str, Any]:
    """Read a JSON document that states its format and version.

    Parameters
    ----------
    version : the one that is read, or all that are

    Raises
    ------
    ArtefactError
        When the file is missing, not JSON, or of another format or version; `remedy` is the last sentence.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ArtefactError(f"{path.name} must exist; got none in {path.parent}. {remedy}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ArtefactError(f"{path.name} must be readable JSON; got {path}: {error}. {remedy}") from error
    found = (document.get("format"), document.get("version")) if isinstance(document, dict) else (None, None)
    known = (version,) if isinstance(version, int) else tuple(version)
    if found not in [(form, one) for one in known]:
        raise ArtefactError(
            f"{path.name} must be of format {form!r}, version {' or '.join(map(str, known))}; "
            f"got format {found[0]!r}, version {found[1]!r} in {path}. {remedy}"
        )
    return dict(document)


def read_beside(
    model: type[Document], path: Path, form: str, version: int | Sequence[int], *, command: str
) -> Document | None:
    """Read a report that may lie beside a training's artefacts; None where it was not made.

    Parameters
    ----------
    command : that makes it again, for the message

    Raises
    ------
    ArtefactError
        When the file is there and is not as declared.
    """
    if not path.is_file():
        return None
    return validated(model, read_versioned(path, form, version, remedy=f"Make it again: `{command}`."), path)


def validated(model: type[Document], document: dict[str, Any], path: Path) -> Document:
    """Check a document's content against its declaration.

    Raises
    ------
    ArtefactError
        When it does not fit; the message names the place.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise ArtefactError(f"{path.name} must be consistent; got {path}, at {where}: {first['msg']}.") from error
