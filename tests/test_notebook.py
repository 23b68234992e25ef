"""The tour runs from beginning to end, says what is committed, and shows what it promises."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.notebook import ROOT, printed, read

pytestmark = pytest.mark.integration
CELLS = 10


@pytest.fixture(scope="module")
def committed() -> Any:
    return read()


def code(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_it_says_what_is_committed(committed: Any, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.notebook", str(tmp_path / "again.ipynb")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    again = read(tmp_path / "again.ipynb")
    remedy = "the tour is stale: run `make notebook`"
    assert [printed(cell) for cell in code(again)] == [printed(cell) for cell in code(committed)], remedy


def test_it_has_ten_cells_each_under_its_heading(committed: Any) -> None:
    kinds = [cell.cell_type for cell in committed.cells]
    assert kinds == ["markdown", *["markdown", "code"] * CELLS]
    headings = [cell.source.splitlines()[0] for cell in committed.cells[1::2]]
    assert [re.match(r"## (\d+)\. ", heading)[1] for heading in headings] == [str(n + 1) for n in range(CELLS)]  # type: ignore[index]


def test_what_it_proves_holds(committed: Any) -> None:
    said = "\n".join(printed(cell) for cell in code(committed))
    assert said.count("within 1e-9: True") == 2  # both models are what their libraries computed
    assert "the same: True" in said  # the sum by hand
    assert "largest difference below 1e-9: True" in said  # SQL
    assert re.search(r"as given: [^✗]*$", said, flags=re.MULTILINE)
    assert re.search(r"one changed: .*digest ✗", said)


def test_its_pictures_are_there_and_nothing_failed(committed: Any) -> None:
    outputs = [output for cell in code(committed) for output in cell["outputs"]]
    assert sum("image/png" in output.get("data", {}) for output in outputs) >= 6
    assert not [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"]


def test_no_path_of_a_machine_is_in_it(committed: Any) -> None:
    said = "\n".join(printed(cell) for cell in code(committed))
    assert not re.search(r"/(tmp|home|root|work|Users)/", said)
