"""A model that could give anybody a score out of scale is refused when it is read, whatever it gives to most."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import ArtefactError
from scoring.model.additive_model import read_model
from scoring.model.additive_model.bounds import LOG_ODDS_LIMIT, Range, log_odds_range
from scoring.settings import DEMO
from tests.scoring.model.additive_model.models import small_model

tables = st.lists(st.lists(st.floats(-5, 5), min_size=1, max_size=4), min_size=1, max_size=4)


@given(st.floats(-5, 5), tables)
def test_the_range_is_that_of_every_combination_of_cells(intercept: float, tables: list[list[float]]) -> None:
    sums = []
    for cells in itertools.product(*tables):
        total = intercept
        for score in cells:
            total += score
        sums.append(total)
    assert log_odds_range(intercept, tables) == (min(sums), max(sums))


def replace(document: dict[str, Any], path: str, value: Any) -> None:
    """Set the value at a path such as ``terms.0.scores.5``; the last step may be ``*`` for all of a list."""
    *steps, last = path.split(".")
    part: Any = document
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    if last == "*":
        part[:] = [value] * len(part)
    else:
        part[int(last) if last.isdigit() else last] = value


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"intercept": 1e308}, "log-odds of a score must be from -500 to 500 for every client"),
        ({"intercept": -1e308}, "log-odds of a score"),
        ({"terms.0.scores.5": 503.0}, "log-odds of a score"),  # one cell, where training saw nobody
        ({"intercept": 1.7e308, "terms.0.scores.*": 1.7e308}, "log-odds of a score .* got inf to inf"),
        ({"bag_intercepts.1": 1e308}, "log-odds of a bag's score"),
        ({"terms.2.bags.0.3": -1e308}, "log-odds of a bag's score"),
        ({"reference.contributions.*": 1e308}, "log-odds of the reference .* got inf to inf"),
        (
            {"points.pdo": 1e308},
            "points of a score and of its interval must be from -1e\\+06 to 1e\\+06 for every",
        ),
        ({"points.base_points": -1e308}, "points of a score"),
        ({"points.base_odds": 1e308, "points.pdo": 1e4}, "points of a score"),
        ({"rule.review_k": 1e308}, "points of a score and of its interval .* got -inf to inf"),
        ({"rule.review_k": 1e6}, "points of a score"),
    ],
)
def test_a_model_that_can_leave_the_scale_is_refused(changes: dict[str, Any], message: str, tmp_path: Path) -> None:
    document = small_model().model_dump(mode="json")
    for path, value in changes.items():
        replace(document, path, value)
    file = tmp_path / "ebm.json"
    file.write_text(json.dumps(document))
    with pytest.raises(ArtefactError, match=message):
        read_model(file)


def test_the_models_of_the_demo_are_far_within() -> None:
    for kind in ("ebm", "scorecard"):
        model = read_model(DEMO / f"{kind}.json")
        assert log_odds_range(model.intercept, (term.scores for term in model.terms)).is_within(LOG_ODDS_LIMIT / 10)


@pytest.mark.parametrize("low", [float("nan"), float("-inf"), -10.1])
def test_a_range_without_a_number_is_within_nothing(low: float) -> None:
    assert not Range(low, 0.0).is_within(10.0)
