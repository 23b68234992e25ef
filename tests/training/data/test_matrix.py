import numpy as np
import polars as pl
import pytest

from scoring.errors import TrainingError
from tests.training.conftest import FEATURES, Declared, made_clients
from training.data.matrix import check_classes, make_matrix


def test_the_order_of_the_rows_does_not_matter() -> None:
    frame, target = made_clients(60, 3)
    shuffled = make_matrix(frame.sample(fraction=1.0, shuffle=True, seed=5), target, FEATURES)
    ordered = make_matrix(frame, dict(reversed(target.items())), FEATURES)
    assert shuffled.frame.equals(ordered.frame)
    assert (shuffled.ids == ordered.ids).all()
    assert (shuffled.target == ordered.target).all()
    assert (np.diff(ordered.ids) > 0).all()


def test_sensitive_constant_and_missing_features_are_no_candidates() -> None:
    frame, target = made_clients(60, 3)
    frame = frame.with_columns(
        pl.lit(1.0).alias("same"), pl.lit(None, dtype=pl.Float64).alias("never"), age=pl.col("left") + 20
    )
    features = (*FEATURES, Declared("same"), Declared("never"), Declared("age", sensitive=True))
    names = [candidate.name for candidate in make_matrix(frame, target, features).candidates]
    assert names == [feature.name for feature in FEATURES]


def test_the_target_and_the_number_are_no_candidates() -> None:
    frame, target = made_clients(60, 3)
    matrix = make_matrix(frame.with_columns(TARGET=pl.lit(1)), target, FEATURES)
    assert not {"TARGET", "SK_ID_CURR"} & set(matrix.frame.columns)


def test_unlabelled_clients_are_left_out() -> None:
    frame, target = made_clients(60, 3)
    some = dict(list(target.items())[:40])
    assert make_matrix(frame, some, FEATURES).ids.tolist() == list(some)


def test_a_number_twice_is_refused() -> None:
    frame, target = made_clients(60, 3)
    with pytest.raises(
        TrainingError, match=r"must be unique in the matrix; got 1 numbers more than once, such as 100001"
    ):
        make_matrix(pl.concat([frame, frame[:1]]), target, FEATURES)


def test_a_label_without_features_is_refused() -> None:
    frame, target = made_clients(60, 3)
    with pytest.raises(TrainingError, match="got 59 rows for 60 labels"):
        make_matrix(frame[1:], target, FEATURES)


@pytest.mark.parametrize("infinite", [float("inf"), float("-inf")])
def test_an_infinite_value_is_refused(infinite: float) -> None:
    frame, target = made_clients(60, 3)
    frame = frame.with_columns(pl.when(pl.col("SK_ID_CURR") == 100_007).then(infinite).otherwise("debt").alias("debt"))
    with pytest.raises(TrainingError, match="got 1 infinite values of debt"):
        make_matrix(frame, target, FEATURES)


def test_constant_features_only_are_refused() -> None:
    frame, target = made_clients(60, 3)
    frame = frame.with_columns(pl.lit(2.0).alias("left"))
    with pytest.raises(TrainingError, match="At least one feature must vary"):
        make_matrix(frame, target, (Declared("left"),))


@pytest.mark.parametrize("outcome", [0, 1])
def test_too_few_of_an_outcome_are_refused(outcome: int) -> None:
    frame, target = made_clients(60, 3)
    target = dict.fromkeys(target, 1 - outcome) | {100_001: outcome}
    with pytest.raises(TrainingError, match=rf"got 1 with TARGET={outcome} among 60"):
        check_classes(make_matrix(frame, target, FEATURES), fewest=50)
