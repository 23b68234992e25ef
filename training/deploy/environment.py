"""A clean environment with nothing but the requirements, and whether a Space's own installation would succeed."""

import json
import os
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from scoring.errors import SpaceError
from training.deploy.folder import REQUIREMENTS, pins_of

BESIDE: Final = ("uvicorn>=0.14.0", "websockets>=10.4", "spaces")
"""What a Space installs with the requirements and Gradio, in one command (as its build logs show)."""
LINES = 12


@dataclass(frozen=True)
class Environment:
    """A virtual environment.

    Attributes
    ----------
    python : its interpreter
    seconds : that the installation took
    megabytes : on disk
    libraries : installed
    """

    python: Path
    seconds: float
    megabytes: float
    libraries: int


def make_environment(folder: Path, at: Path) -> Environment:
    """Install the requirements of a Space's folder, and nothing else.

    Parameters
    ----------
    at : where the environment goes; it must not exist

    Raises
    ------
    SpaceError
        When they can't be installed.
    """
    start = time.perf_counter()
    venv.create(at, with_pip=True)
    python = at / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    _pip(python, "install", "--quiet", "-r", str(folder / REQUIREMENTS))
    seconds = time.perf_counter() - start
    installed = json.loads(_pip(python, "list", "--format", "json"))
    return Environment(python, seconds, megabytes(at), len(installed))


def moved_by_the_builder(python: Path, folder: Path) -> dict[str, str]:
    """Libraries that a Space would install in another version than pinned, if it can install them at all: none.

    Raises
    ------
    SpaceError
        When a Space's own command would fail.
    """
    pins = pins_of((folder / REQUIREMENTS).read_text(encoding="utf-8"))
    words = ["--quiet", "-r", str(folder / REQUIREMENTS), f"gradio[oauth,mcp]=={pins['gradio']}", *BESIDE]
    stated = _pip(python, "install", "--dry-run", "--ignore-installed", "--report", "-", *words)
    found = {one["metadata"]["name"]: one["metadata"]["version"] for one in json.loads(stated)["install"]}
    versions = {name.lower().replace("_", "-"): version for name, version in found.items()}
    return {name: versions[name] for name, pinned in pins.items() if versions.get(name, pinned) != pinned}


def megabytes(folder: Path) -> float:
    """Size of all files of a folder, in millions of bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()) / 1e6


def _pip(python: Path, *words: str) -> str:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *words]
    # A library that is on the calling environment's path must not count as installed.
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=clean)  # noqa: S603
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-LINES:])
        raise SpaceError(f"The requirements must be installable; pip {words[0]} ended with {done.returncode}:\n{last}")
    return done.stdout
