import numpy as np
import pytest

from training.evaluation.champion import choose, paired_difference


def _costs(seed: int, clients: int = 2000) -> np.ndarray:
    return np.random.default_rng(seed).choice([0.0, 1.0, 10.0], clients, p=[0.7, 0.27, 0.03])


def test_equal_costs_let_the_simpler_model_serve() -> None:
    costs = _costs(1)
    choice = choose(costs, costs, seed=1)
    assert choice.serves == "scorecard"
    assert (choice.difference.mean, choice.difference.low, choice.difference.high) == (0.0, 0.0, 0.0)


def test_a_scorecard_that_clearly_costs_more_does_not_serve() -> None:
    costs = _costs(1)
    dearer = costs + (np.arange(len(costs)) % 10 == 0)
    choice = choose(dearer, costs, seed=1)
    assert choice.serves == "ebm"
    assert choice.difference.low > 0.0


def test_a_scorecard_that_costs_a_little_more_within_the_noise_serves() -> None:
    cheap, other = _costs(1), _costs(2)
    dear = other + (cheap.mean() - other.mean()) + 0.001
    choice = choose(dear, cheap, seed=1)
    assert choice.difference.mean == pytest.approx(0.001)
    assert choice.serves == "scorecard"


def test_the_difference_turns_its_sign_with_the_order() -> None:
    first, second = _costs(1), _costs(2)
    there, back = paired_difference(first, second, seed=3), paired_difference(second, first, seed=3)
    assert there.mean == pytest.approx(-back.mean)
    assert there.low < there.mean < there.high
    assert there.low == pytest.approx(-back.high, abs=0.01)


def test_what_both_share_cancels() -> None:
    first, second = _costs(1), _costs(2)
    plain, moved = paired_difference(first, second, seed=3), paired_difference(first + 8, second + 8, seed=3)
    assert moved == plain


def test_the_interval_is_that_of_the_central_limit() -> None:
    first, second = _costs(1), _costs(2)
    difference = paired_difference(first, second, seed=3)
    error = (first - second).std() / np.sqrt(len(first))
    assert difference.high - difference.low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_unpaired_costs_are_refused() -> None:
    with pytest.raises(ValueError, match="one value a client"):
        paired_difference(np.ones(3), np.ones(4), seed=1)
