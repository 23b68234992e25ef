"""The figure that is bound is the winner's, whoever has the better AUC."""

import numpy as np
import pytest

from benchmarks.quality import judge, rows_of
from scoring.model.additive_model import Calibration
from training.config import Settings
from training.evaluation.crossfit import OutOfFold

CLIENTS, REPEATS = 600, 3


def scores(log_odds) -> list[OutOfFold]:
    spread, outside = np.zeros(CLIENTS), np.zeros(CLIENTS, dtype=bool)
    return [OutOfFold(one, spread, outside, Calibration(slope=1.0, intercept=0.0), (7,), 0.0) for one in log_odds]


@pytest.fixture
def target():
    return (np.arange(CLIENTS) % 10 == 0).astype(np.int8)


@pytest.fixture
def told(target):
    """Scores that tell the outcome more or less well, a repeat each."""

    def call(strength):
        generator = np.random.default_rng(3)
        return scores([strength * target + generator.normal(-2.5, 1.0, CLIENTS) for _ in range(REPEATS)])

    return call


def test_the_simpler_model_wins_a_tie_though_the_other_ranks_better(target, told):
    # The EBM's scores are spread wide on the same side of the threshold: another AUC, the same decisions.
    card = told(1.0)
    better = scores([np.where(np.abs(o.log_odds + 2.3) > 0.5, o.log_odds + 0.3 * target, o.log_odds) for o in card])
    threshold = np.log(1 / 10)
    better = scores(
        [
            np.where((b.log_odds > threshold) == (o.log_odds > threshold), b.log_odds, o.log_odds)
            for b, o in zip(better, card, strict=True)
        ]
    )
    judged = judge(target, {"ebm": better, "scorecard": card, "reference": card}, Settings())
    assert judged.found["ebm"]["auc"] > judged.found["scorecard"]["auc"]
    assert judged.choice.serves == "scorecard"
    assert judged.serves == ("scorecard",) * REPEATS
    assert judged.gain == pytest.approx((0.0, 0.0, 0.0))


def test_a_dearer_scorecard_does_not_serve(target, told):
    judged = judge(target, {"ebm": told(4.0), "scorecard": told(0.0), "reference": told(1.0)}, Settings())
    assert judged.choice.serves == "ebm"
    mean, low, high = judged.gain
    assert 0.0 < low < mean < high


def test_a_winner_that_ranks_too_badly_fails(target, told):
    judged = judge(target, {"ebm": told(1.0), "scorecard": told(1.0), "reference": told(1.2)}, Settings())
    bound = [row for row in rows_of(judged, "trial") if row.at_least]
    assert [row.holds for row in bound] == [False]
    assert bound[0].value == pytest.approx(judged.gain[0])
