"""Files appear whole or not at all (written aside in the same folder, then renamed); documents state their version."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from scoring.errors import ArtefactError

Document = TypeVar("Document", bound=BaseModel)


@contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """Give a path to write to; it takes the name `path` when the block ends well, and is removed when it does not."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield aside
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def files_aside(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write to; its files move into `folder` when the block ends well.

    Files of other names that `folder` already holds stay as they are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
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
