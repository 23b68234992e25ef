import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import log_loss as sklearn_log_loss

from scoring.model.costs import CostMatrix
from scoring.model.decision import needs_review
from scoring.model.scale import log_odds_of, pd_of_many
from training.evaluation.band import review_k
from training.evaluation.calibration import SMALLEST_SLOPE, apply_calibration, fit_calibration
from training.evaluation.crossfit import decision_rule
from training.evaluation.figures import figures, log_loss
from training.evaluation.splits import hold_out, stratified_folds


def _outcomes(clients: int = 1000, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    log_odds = generator.normal(-2.0, 1.0, clients)
    return (generator.random(clients) < pd_of_many(log_odds)).astype(np.int8), log_odds


def _review_share(log_odds: np.ndarray, spread: np.ndarray, outside: np.ndarray, k: float) -> float:
    rule = decision_rule(CostMatrix(), k, 1.0)
    return float(needs_review(rule, SimpleNamespace(log_odds=log_odds, spread=spread, outside=outside)).mean())


class TestSplits:
    def test_each_client_is_held_out_once_and_each_fold_has_its_share(self) -> None:
        target, _ = _outcomes()
        splits = stratified_folds(target, 5, seed=3)
        assert sorted(np.concatenate([split.held for split in splits])) == list(range(1000))
        for split in splits:
            assert not set(split.fit) & set(split.held)
            assert len(split.fit) + len(split.held) == 1000
            assert abs(int(target[split.held].sum()) - target.sum() / 5) < 1

    def test_the_same_seed_splits_the_same_way_and_another_does_not(self) -> None:
        target, _ = _outcomes()
        assert (hold_out(target, 0.2, 1).held == hold_out(target, 0.2, 1).held).all()
        assert not np.array_equal(hold_out(target, 0.2, 1).held, hold_out(target, 0.2, 2).held)

    def test_the_share_is_held_out_of_each_outcome(self) -> None:
        target, _ = _outcomes()
        held = target[hold_out(target, 0.2, 1).held]
        assert held.sum() == round(0.2 * target.sum())
        assert len(held) - held.sum() == round(0.2 * (1000 - target.sum()))


class TestCalibration:
    @pytest.mark.parametrize(("slope", "shift"), [(0.5, 0.0), (2.0, -1.0), (1.0, 3.0)])
    def test_it_undoes_a_linear_change(self, slope: float, shift: float) -> None:
        target, log_odds = _outcomes()
        straight = apply_calibration(fit_calibration(target, log_odds), log_odds)
        bent = slope * log_odds + shift
        assert apply_calibration(fit_calibration(target, bent), bent) == pytest.approx(straight, abs=1e-5)

    def test_afterwards_slope_is_one_and_the_mean_probability_the_rate(self) -> None:
        target, log_odds = _outcomes()
        calibrated = apply_calibration(fit_calibration(target, 3 * log_odds), 3 * log_odds)
        numbers = figures(target, calibrated, CostMatrix())
        assert numbers["calibration_slope"] == pytest.approx(1.0, abs=1e-5)
        assert numbers["calibration_intercept"] == pytest.approx(0.0, abs=1e-5)
        assert numbers["mean_pd"] == pytest.approx(target.mean(), abs=1e-5)

    @pytest.mark.parametrize("useless", [lambda x: -x, lambda x: 0 * x])
    def test_a_model_no_better_than_chance_is_flattened_not_turned_round(self, useless) -> None:  # type: ignore[no-untyped-def]
        target, log_odds = _outcomes()
        calibration = fit_calibration(target, useless(log_odds))
        assert calibration.slope == SMALLEST_SLOPE
        assert pd_of_many(apply_calibration(calibration, useless(log_odds))).mean() == pytest.approx(
            target.mean(), abs=1e-5
        )


class TestFigures:
    def test_they_are_finite_and_agree_with_each_other(self) -> None:
        target, log_odds = _outcomes()
        numbers = figures(target, log_odds, CostMatrix())
        json.dumps(numbers, allow_nan=False)
        assert numbers["gini"] == pytest.approx(2 * numbers["auc"] - 1)
        assert numbers["cost_best"] <= min(numbers["cost"], numbers["cost_accept_all"], numbers["cost_decline_all"])
        assert numbers["cost_accept_all"] == pytest.approx(10 * target.mean())

    def test_a_perfect_order_has_auc_one_and_costs_nothing_at_best(self) -> None:
        target, _ = _outcomes()
        numbers = figures(target, np.where(target == 1, 2.0, -4.0), CostMatrix())
        assert (numbers["auc"], numbers["ks"], numbers["cost_best"], numbers["cost"]) == (1.0, 1.0, 0.0, 0.0)

    def test_a_constant_score_has_auc_half(self) -> None:
        target, _ = _outcomes()
        numbers = figures(target, np.full(1000, -2.0), CostMatrix())
        assert numbers["auc"] == 0.5
        assert numbers["calibration_slope"] == 0.0

    def test_the_auc_depends_on_the_order_alone(self) -> None:
        target, log_odds = _outcomes()
        bent = figures(target, log_odds**3 - 1, CostMatrix())
        assert bent["auc"] == pytest.approx(figures(target, log_odds, CostMatrix())["auc"], abs=1e-12)

    def test_the_log_loss_is_scikit_learns_and_does_not_overflow(self) -> None:
        target, log_odds = _outcomes()
        assert log_loss(target, log_odds) == pytest.approx(sklearn_log_loss(target, pd_of_many(log_odds)))
        assert log_loss(np.array([1]), np.array([-1e4])) == pytest.approx(1e4)


class TestReview:
    def _scores(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        generator = np.random.default_rng(4)
        return generator.normal(-2.4, 0.8, 997), generator.uniform(0.05, 0.4, 997), generator.random(997) < 0.01

    @pytest.mark.parametrize("cap", [0.0, 0.02, 0.1, 0.3, 1.0])
    def test_the_share_stays_within_the_cap_and_uses_it(self, cap: float) -> None:
        log_odds, spread, outside = self._scores()
        k = review_k(log_odds, spread, outside, threshold=1 / 11, cap=cap, most=50.0)
        share = _review_share(log_odds, spread, outside, k)
        assert share <= max(cap, outside.mean())
        assert share > cap - 2 / 997 or k == 50.0

    def test_a_quotient_that_is_rounded_up_lets_nobody_more_in(self) -> None:
        generator = np.random.default_rng(8)
        inside = np.zeros(10, dtype=bool)
        for _ in range(200):
            log_odds, spread = generator.normal(-2.4, 0.8, 10), generator.uniform(0.05, 0.4, 10)
            k = review_k(log_odds, spread, inside, threshold=1 / 11, cap=0.3, most=50.0)
            assert _review_share(log_odds, spread, inside, k) <= 0.3

    def test_it_is_never_more_than_the_most(self) -> None:
        log_odds, spread, outside = self._scores()
        assert review_k(log_odds, spread, outside, threshold=1 / 11, cap=1.0, most=1.645) == 1.645

    def test_without_a_spread_nobody_is_reviewed_even_on_the_threshold(self) -> None:
        log_odds, none = np.full(10, log_odds_of(1 / 11)), np.zeros(10)
        inside = np.zeros(10, dtype=bool)
        k = review_k(log_odds, none, inside, threshold=1 / 11, cap=0.1, most=1.645)
        assert _review_share(log_odds, none, inside, k) == 0.0
