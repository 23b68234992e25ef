"""A difference between engines is found whatever it is: of numbers, of codes, of what is missing, of clients."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from scoring.errors import ClairscoreError
from training.__main__ import app
from training.cli.engines import Difference, difference, printed

FIRST = pl.DataFrame({"SK_ID_CURR": [1, 2, 3], "amount": [1.0, 2.0, None], "code": ["a", None, "b"]})


def test_equal_matrices_differ_in_nothing() -> None:
    found = difference("polars", FIRST, FIRST.clone())
    assert found.features == {"amount": Difference(0.0, 0), "code": Difference(0.0, 0)}
    assert found.largest == 0.0
    assert found.differing == {}


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("amount", [1.0, 2.5, None], Difference(0.5, 0)),
        ("amount", [1.0, None, None], Difference(0.0, 1)),
        ("amount", [None, 2.0, 7.0], Difference(0.0, 2)),
        ("code", ["a", None, "c"], Difference(1.0, 0)),
        ("code", ["a", "b", "b"], Difference(0.0, 1)),
    ],
)
def test_each_kind_of_difference(column: str, values: list[object], expected: Difference) -> None:
    found = difference("polars", FIRST, FIRST.with_columns(pl.Series(column, values)))
    assert found.features[column] == expected
    assert list(found.differing) == [column]
    assert printed([found]).row_count == 2


def test_other_clients_are_refused() -> None:
    with pytest.raises(ClairscoreError, match="same clients and features in one order"):
        difference("polars", FIRST, FIRST.reverse())


def test_the_verb(tables: Path, tmp_path: Path) -> None:
    out = tmp_path / "engines.json"
    done = CliRunner().invoke(app, ["engines", "--tables", str(tables), "--out", str(out)])
    assert done.exit_code == 0, done.output
    [polars] = json.loads(out.read_text(encoding="utf-8"))
    assert polars["engine"] == "polars"
    assert polars["largest"] == 0
    assert set(polars["features"]["years_employed"]) == {"largest", "unlike"}
