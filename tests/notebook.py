"""The tour as a notebook, run from end to end: ``python -m tests.notebook [FILE]`` writes it with its outputs.

The rule: what the notebook prints is the same on each run, so that a test can hold it to what is committed; pictures
are drawn again and not compared.
"""

import os
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from tests import ROOT

NOTEBOOK = ROOT / "docs" / "tour.ipynb"
SECONDS = 600
"""Patience with one cell, on a machine that has other work."""


def read(path: Path = NOTEBOOK) -> Any:
    """The notebook as a document."""
    return nbformat.read(path, as_version=4)


def run(notebook: Any) -> Any:
    """Run all cells in a kernel of their own, in the repository's root; return the notebook with their outputs.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        When a cell fails.
    """
    # The caller's kernels and settings are none of the tour's; a debugger would say that it can't be attached.
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("CLAIRSCORE_", "MPL"))}
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": ROOT}})
    client.extra_arguments = ["--log-level=ERROR"]
    client.execute(env={**variables, "PYDEVD_DISABLE_FILE_VALIDATION": "1", "PYTHONPATH": str(ROOT)})
    return cleaned(notebook)


def cleaned(notebook: Any) -> Any:
    """Without what differs between two runs: times, and the names of the machine's own kernels."""
    for cell in notebook.cells:
        cell.metadata.clear()
        for output in cell.get("outputs", []):
            output.get("metadata", {}).clear()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def printed(cell: Any) -> str:
    """What a cell wrote on either stream."""
    return "".join(output["text"] for output in cell["outputs"] if output["output_type"] == "stream")


def main() -> None:
    """Run the tour and write it with its outputs, into the file named or the committed one."""
    nbformat.write(run(read()), Path(sys.argv[1]) if sys.argv[1:] else NOTEBOOK)


if __name__ == "__main__":
    main()
