import numpy as np
import pytest

from scoring.model.costs import CostMatrix
from training.evaluation.review_worth import ACCURACIES, review_worth

COSTS = CostMatrix(fn=10.0, fp=1.0)
TARGET = np.array([1] * 20 + [0] * 80 + [0] * 100)
REVIEWED = np.arange(200) < 100
DECLINED = np.zeros(200, dtype=bool)
DECLINED[:10] = DECLINED[20:60] = True  # 10 defaulters and 40 payers of the reviewed


def test_what_the_model_costs_on_those_reviewed_and_from_when_a_person_is_cheaper() -> None:
    found = review_worth(TARGET, DECLINED, REVIEWED, COSTS, 0.25)
    assert found["reviewed"] == 100
    own, wrong = (10 * 10 + 40) / 100, (20 * 10 + 80) / 100
    assert found["model_cost_reviewed"]["value"] == pytest.approx(own)
    assert found["pays_knowing"]["value"] == pytest.approx(0.5)
    assert found["pays_from"] == pytest.approx(1 - (own - 0.25) / wrong)


def test_at_the_break_even_nothing_is_saved_and_above_it_something_is() -> None:
    found = review_worth(TARGET, DECLINED, REVIEWED, COSTS, 0.25)
    savings = dict(zip(ACCURACIES, found["saving_by_accuracy"]["saving_per_10000"], strict=True))
    assert all((saving > 0) == (accuracy > found["pays_from"]) for accuracy, saving in savings.items())
    assert savings[1.0] == pytest.approx(10_000 * (140 - 25) / 200)


def test_a_review_that_costs_more_than_the_model_never_pays() -> None:
    assert review_worth(TARGET, DECLINED, REVIEWED, COSTS, 2.0)["pays_from"] is None


def test_of_a_handful_nothing_but_their_number_is_said() -> None:
    found = review_worth(TARGET, DECLINED, np.arange(200) < 9, COSTS, 0.25)
    assert set(found) == {"review_cost", "reviewed", "reviewed_share"}
