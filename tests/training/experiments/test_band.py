"""The band of uncertainty: how far scores move between trainings, and how many spreads cover that."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from scoring.errors import TrainingError
from training.config import EbmSettings, ScorecardSettings, SelectionSettings, Settings
from training.data.matrix import Matrix
from training.evaluation.band import band_of, measured
from training.experiments import band
from training.experiments.band import Moves, moves, refit, steps, study_band

SETTINGS = Settings(
    seed=3,
    selection=SelectionSettings(most_psi=9.0),
    ebm=EbmSettings(learning_rate=0.1, max_rounds=60, smoothing_rounds=5, min_samples_leaf=20, final_bags=3),
    scorecard=ScorecardSettings(fewest=3, most=6, fewest_missing=30, final_bootstraps=4),
)


def _moves(spread: float, trainings: int = 40, clients: int = 300) -> Moves:
    """Scores that move by 0.2 from training to training, whatever spread is told."""
    generator = np.random.default_rng(1)
    truth = generator.normal(size=clients)
    scores = truth + 0.2 * generator.normal(size=(trainings, clients))
    return Moves(scores, np.full(scores.shape, spread))


def test_a_spread_that_tells_the_truth_needs_as_many_as_a_normal_does() -> None:
    assert _moves(0.2).k(0.90) == pytest.approx(1.645, abs=0.05)


def test_a_spread_that_tells_half_needs_twice_as_many() -> None:
    assert _moves(0.1).k(0.90) == pytest.approx(2 * _moves(0.2).k(0.90))


def test_as_many_are_covered_as_was_asked_for() -> None:
    found = _moves(0.1)
    assert found.covered(found.k(0.8)).mean() == pytest.approx(0.8, abs=0.001)


def test_few_trainings_are_held_against_a_mean_that_is_itself_uncertain() -> None:
    few = np.mean([_moves(0.2, trainings=3, clients=5000).k(0.90)])
    assert few == pytest.approx(1.645, abs=0.06)


def test_one_training_tells_nothing_of_how_scores_move() -> None:
    with pytest.raises(ValueError, match="must be of at least 2 trainings; got 1"):
        _ = Moves(np.zeros((1, 3)), np.ones((1, 3))).distances


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
def test_the_band_is_looked_up_by_size_and_flat_beyond_what_was_measured(kind: str) -> None:
    rows = measured()["sizes"][kind]
    for row in rows:
        found = band_of(kind, row["positives"])
        assert found.k == pytest.approx(row["k"], abs=0.0006)
        assert found.coverage == measured()["coverage"]
    sizes = [row["positives"] for row in rows]
    assert band_of(kind, 1) == band_of(kind, min(sizes))
    assert band_of(kind, 10**7) == band_of(kind, max(sizes))


@pytest.mark.parametrize("kind", ["ebm", "scorecard"])
def test_the_same_training_moves_no_score_and_another_does(kind: str, made: Callable[[int, int], Matrix]) -> None:
    first, other, judged = made(900, 1), made(900, 2), made(200, 3)
    models = [refit(kind, sample, judged, SETTINGS, threads=1) for sample in (first, first, other)]  # type: ignore[arg-type]
    found = moves(models, judged.frame)
    assert (found.log_odds[0] == found.log_odds[1]).all()
    assert np.abs(found.log_odds[2] - found.log_odds[0]).max() > 0.05
    assert (found.spread > 0.0).mean() > 0.9


def test_the_study_measures_each_size_of_each_glass_box(
    made: Callable[[int, int], Matrix], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(band, "SIZES", ((600, 2),))
    monkeypatch.setattr(band, "JUDGED", 200)
    monkeypatch.setattr(band, "cores", lambda: 1)
    wording: list[str] = []
    clients = made(2700, 5)
    found = study_band(clients, np.zeros(len(clients)), SETTINGS, notice=wording.append)
    assert len(wording) == steps()
    for rows in found["sizes"].values():
        assert [row["clients"] for row in rows] == [600]
        assert rows[0]["k_low"] <= rows[0]["k"] <= rows[0]["k_high"]


def test_too_few_clients_are_refused(made: Callable[[int, int], Matrix]) -> None:
    with pytest.raises(TrainingError, match="Write a larger portfolio"):
        study_band(made(300, 5), np.zeros(300), replace(SETTINGS))
