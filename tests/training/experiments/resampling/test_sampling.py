import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scoring.errors import TrainingError
from training.data.matrix import Matrix
from training.experiments.resampling import ARMS, Arm, resample
from training.experiments.resampling.sampling import prior_shift


@pytest.fixture(scope="module", params=ARMS)
def arm(request: pytest.FixtureRequest) -> Arm:
    return Arm(request.param)


def test_the_real_clients_are_as_they_were(matrix: Matrix, arm: Arm) -> None:
    made = resample(matrix, arm, seed=1)
    real = made.matrix.take(np.arange(made.real))
    rows = np.searchsorted(matrix.ids, real.ids)
    assert (matrix.ids[rows] == real.ids).all()
    assert real.frame.equals(matrix.frame[rows])
    assert (real.target == matrix.target[rows]).all()


def test_each_outcome_weighs_the_same_in_all_arms_but_none(matrix: Matrix, arm: Arm) -> None:
    made = resample(matrix, arm, seed=1)
    share = made.matrix.target.mean()
    expected = matrix.target.mean() if arm in (Arm.NONE, Arm.WEIGHTS) else 0.5
    assert share == pytest.approx(expected)
    assert made.balanced == (arm is Arm.WEIGHTS)


def test_the_shift_brings_an_even_share_back_to_the_rate_of_the_real_clients(matrix: Matrix, arm: Arm) -> None:
    made = resample(matrix, arm, seed=1)
    rate = float(matrix.target.mean())
    expected = 0.0 if arm is Arm.NONE else math.log(rate / (1 - rate))
    assert made.shift == pytest.approx(expected)


def test_the_same_seed_makes_the_same_clients_and_another_seed_others(matrix: Matrix) -> None:
    for arm in (Arm.UNDER, Arm.SMOTENC):
        first, again, other = (resample(matrix, arm, seed=seed).matrix.frame for seed in (1, 1, 2))
        assert first.equals(again)
        assert not first.equals(other)


def test_undersampling_keeps_every_client_with_difficulties(matrix: Matrix) -> None:
    made = resample(matrix, Arm.UNDER, seed=1).matrix
    assert set(matrix.ids[matrix.target == 1]) <= set(made.ids)
    assert len(set(made.ids)) == len(made)


class TestSmotenc:
    def test_a_made_up_client_has_the_gaps_of_the_one_it_was_made_from(self, matrix: Matrix) -> None:
        made = resample(matrix, Arm.SMOTENC, seed=1)
        rows = np.arange(made.real, len(made.matrix))
        bases = np.searchsorted(matrix.ids, made.matrix.ids[rows])
        assert (matrix.target[bases] == 1).all()
        got, wanted = (f.select(pl.all().is_null()) for f in (made.matrix.frame[rows], matrix.frame[bases]))
        assert got.equals(wanted)
        assert got.select(pl.all().sum()).row(0)[:2] > (0, 0)

    def test_it_has_values_that_real_clients_have(self, matrix: Matrix) -> None:
        made = resample(matrix, Arm.SMOTENC, seed=1)
        frame = made.matrix.frame[made.real :]
        for name in frame.columns:
            assert set(frame[name].drop_nulls()) <= set(matrix.frame[name].drop_nulls()), name

    def test_it_lies_between_two_clients_with_difficulties(self, matrix: Matrix) -> None:
        numbers = matrix.only([c for c in matrix.candidates if c.name == "right"])
        made = resample(numbers, Arm.SMOTENC, seed=1)
        bad = numbers.frame["right"].filter(pl.Series(numbers.target == 1)).drop_nulls()
        values = made.matrix.frame["right"][made.real :].drop_nulls()
        assert bad.min() <= values.min() <= values.max() <= bad.max()  # type: ignore[operator]

    def test_too_few_to_make_others_from_is_refused(self, matrix: Matrix) -> None:
        few = replace(matrix, target=np.r_[np.ones(3), np.zeros(len(matrix) - 3)].astype(np.int8))
        with pytest.raises(TrainingError, match=r"more than 5 clients with difficulties.*got 3 of 1500"):
            resample(few, Arm.SMOTENC, seed=1)

    def test_categories_alone_are_refused(self, matrix: Matrix) -> None:
        with pytest.raises(TrainingError, match="must have a number among the features"):
            resample(matrix.only([c for c in matrix.candidates if c.kind == "category"]), Arm.SMOTENC, seed=1)


@pytest.mark.parametrize("share", [0.0, 1.0, float("nan")])
def test_a_share_without_both_outcomes_has_no_shift(share: float) -> None:
    with pytest.raises(TrainingError, match="above 0 and below 1"):
        prior_shift(share, 0.5)


def test_shifting_there_and_back_is_nothing() -> None:
    assert prior_shift(0.08, 0.3) + prior_shift(0.3, 0.08) == pytest.approx(0.0)
