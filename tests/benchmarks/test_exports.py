"""The comparison of exports with Python sees what differs, and does so on rows that reach every cell."""

import numpy as np
import polars as pl
import pytest

from benchmarks.engines import in_duckdb
from benchmarks.exports import against_python, rows_of
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel, Lookup, read_model
from scoring.model.artefacts import PORTFOLIO_FILE
from scoring.reports.exports.names import term_names
from scoring.reports.exports.sql import sql_of
from scoring.settings import DEMO

CLIENTS = 200


@pytest.fixture(scope="module", params=("ebm", "scorecard"))
def model(request) -> AdditiveModel:
    return read_model(DEMO / f"{request.param}.json")


@pytest.fixture(scope="module")
def frame(model) -> pl.DataFrame:
    return rows_of(model, pl.read_parquet(DEMO / PORTFOLIO_FILE).head(CLIENTS))


@pytest.fixture(scope="module")
def answers(model, frame) -> pl.DataFrame:
    return in_duckdb(sql_of(model, "duckdb"), frame).sort(ID_COLUMN)


def values(model, frame, answers) -> dict[str, float]:
    found = against_python("here", model, Lookup(model).score_many(frame), answers)
    return {figure.name: figure.value for figure in found}


def test_the_rows_reach_every_cell_that_a_value_can(model, frame):
    cells = Lookup(model).score_many(frame).cells
    for term, column in zip(model.terms, cells.T, strict=True):
        numbers = [axis.kind == "number" for axis in term.axes]
        shape = [axis.cells for axis in term.axes]
        grid = np.zeros(shape, dtype=bool)
        grid.reshape(-1)[np.unique(column)] = True
        reachable = grid[tuple(slice(0, -1) if number else slice(None) for number in numbers)]
        assert reachable.all(), term.features
        assert grid.sum() == reachable.sum()  # no number is ever unseen


def test_an_engine_that_agrees_differs_by_nothing(model, frame, answers):
    found = values(model, frame, answers)
    assert max(found.values()) <= 1e-9


@pytest.mark.parametrize("what", ["log_odds", "points", "contribution", "decision"])
def test_one_wrong_answer_of_all_is_seen(model, frame, answers, what):
    column = term_names(model)[-1] if what == "contribution" else what
    other = pl.lit("unsure") if what == "decision" else pl.col(column) + 1e-6
    wrong = answers.with_columns(pl.when(pl.col(ID_COLUMN) == CLIENTS // 2).then(other).otherwise(column).alias(column))
    found = values(model, frame, wrong)
    seen = {name: value for name, value in found.items() if value > 1e-9}
    assert len(seen) == 1
    assert sum(seen.values()) == pytest.approx(1.0 if what == "decision" else 1e-6, rel=1e-3)


def test_an_answer_that_is_missing_holds_no_bound(model, frame, answers):
    blank = answers.with_columns(pl.when(pl.col(ID_COLUMN) > 0).then("log_odds").alias("log_odds"))
    found = against_python("here", model, Lookup(model).score_many(frame), blank)
    assert not next(iter(found)).holds
