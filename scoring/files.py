"""Files appear whole or not at all: written aside in the same folder, then renamed."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
