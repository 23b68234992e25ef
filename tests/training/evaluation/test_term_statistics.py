"""What is said of each cell agrees with the clients, the artefact and the field's definitions."""

import json

import numpy as np
import pytest

from scoring.additive_model import read_model
from scoring.settings import DEMO
from training.evaluation.reliability import FEWEST_SHOWN
from training.evaluation.term_statistics import information_value

EVALUATION = json.loads((DEMO / "evaluation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
def test_every_term_is_described_and_a_handful_is_hidden(kind: str) -> None:
    model, told = read_model(DEMO / f"{kind}.json"), EVALUATION["tables"][kind]
    assert [term["features"] for term in told["terms"]] == [list(term.features) for term in model.terms]
    for term, said in zip(model.terms, told["terms"], strict=True):
        for count, bad in zip(term.counts, said["defaulters"], strict=True):
            assert (bad is None) == (count < FEWEST_SHOWN)
            assert bad is None or 0 <= bad <= count
        assert said["iv"] >= 0.0


def test_the_scorecards_scores_are_coefficient_times_evidence() -> None:
    model = read_model(DEMO / "scorecard.json")
    for term, said in zip(model.terms, EVALUATION["tables"]["scorecard"]["terms"], strict=True):
        weight = said["coefficient"] * model.calibration.slope
        assert said["coefficient"] < 0.0
        assert [weight * woe for woe in said["woe"]] == pytest.approx(list(term.scores), abs=1e-12)


def test_information_is_nothing_where_the_cells_say_nothing_and_grows_with_what_they_say() -> None:
    assert information_value(np.array([50, 100]), np.array([5, 10])) == pytest.approx(0.0)
    little, much = (information_value(np.array([50, 100]), np.array([n, 10])) for n in (7, 20))
    assert 0.0 < little < much
