from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from scoring.model.costs import CostMatrix
from training.config import EbmSettings, ReferenceSettings, ScorecardSettings, Settings
from training.data.matrix import Matrix
from training.evaluation.splits import stratified_folds
from training.search.tuning import KINDS, SPACES, Trial, draw, gains
from training.search.tuning.judging import honest_costs
from training.search.tuning.spaces import WHOLE, Kind, point_of, settings_at

COSTS = CostMatrix(fn=10.0, fp=1.0)
SETTINGS = Settings(
    seed=3,
    folds=2,
    ebm=EbmSettings(learning_rate=0.1, max_rounds=60, smoothing_rounds=5, min_samples_leaf=20),
    scorecard=ScorecardSettings(fewest=3, most=6, fewest_missing=30),
    reference=ReferenceSettings(n_estimators=20),
)


class TestHonestCosts:
    def test_a_client_has_no_say_in_the_threshold_that_decides_on_it(self) -> None:
        generator = np.random.default_rng(1)
        target = (generator.random(400) < 0.2).astype(np.int8)
        log_odds = generator.normal(size=400) + target
        splits = stratified_folds(target, 3, 1)
        before = honest_costs(target, log_odds, splits, COSTS)
        held = splits[1].held
        turned = target.copy()
        turned[held] = 1 - turned[held]
        after = honest_costs(turned, log_odds, splits, COSTS)
        # the same decisions: who was declined at a cost of 1 is now a default caught, and so on
        declined = np.where(target[held] == 1, before[held] == 0.0, before[held] == 1.0)
        assert (np.where(turned[held] == 1, after[held] == 0.0, after[held] == 1.0) == declined).all()

    def test_it_costs_no_less_than_the_best_threshold_of_each_fold(self) -> None:
        generator = np.random.default_rng(2)
        target = (generator.random(300) < 0.2).astype(np.int8)
        log_odds = generator.normal(size=300)
        splits = stratified_folds(target, 3, 1)
        found = honest_costs(target, log_odds, splits, COSTS)
        for split in splits:
            own = [
                COSTS.per_client(target[split.held], log_odds[split.held] > threshold)
                for threshold in [-np.inf, *log_odds[split.held]]
            ]
            assert found[split.held].mean() >= min(own) - 1e-12


@pytest.mark.parametrize("kind", KINDS)
def test_the_settings_as_they_are_are_a_point_that_gives_them_back(kind: Kind) -> None:
    settings = Settings()
    point = point_of(settings, kind, 10**6)
    again = settings_at(settings, kind, point)
    assert point_of(again, kind, 10**6) == point == point_of(again, kind, 100)
    assert set(point) == set(SPACES[kind])
    assert all(value == round(value) for name, value in point.items() if name in WHOLE)


def test_nothing_found_gains_nothing(made: Callable[[int, int], Matrix]) -> None:
    wording: list[str] = []
    for one in gains(made(700, 9), SETTINGS, SETTINGS, wording.append):
        assert (one.cost.mean, one.cost.low, one.cost.high) == (0.0, 0.0, 0.0)
        assert one.auc_before == one.auc_after
        assert not one.changed
        assert not one.unseen
    assert len(wording) == len(KINDS) * 2 * SETTINGS.folds


def test_a_better_model_gains_on_clients_that_the_search_did_not_have(
    made: Callable[[int, int], Matrix], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.search.tuning.gain.ENOUGH", 300)
    monkeypatch.setattr("training.search.tuning.search.MOST_ROWS", 700)
    good = replace(SETTINGS, costs=CostMatrix(fn=1.0, fp=1.0))  # at 10 : 1, all of these clients would be declined
    poor = replace(good, reference=replace(good.reference, num_leaves=2, n_estimators=1))
    found = {one.kind: one for one in gains(made(1500, 9), poor, good, lambda _: None)}
    assert found["reference"].auc_low > 0.0
    assert found["reference"].cost.mean > 0.0
    assert found["reference"].log_loss_after < found["reference"].log_loss_before
    assert found["reference"].changed
    assert not found["ebm"].changed
    assert all(one.unseen for one in found.values())


def test_a_search_is_drawn_and_none_is_refused() -> None:
    trials = [Trial({"a": 1.0, "b": 2.0}, 0.5, 0.3), Trial({"a": 2.0, "b": 1.0}, 0.4, 0.3)]
    assert draw({"ebm": trials, "reference": trials}).startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="each search must have a trial"):
        draw({"ebm": []})
