"""Bins of a bootstrap: those that optbinning's solver finds, told in the served cells."""

import numpy as np
import polars as pl
import pytest
from optbinning.binning.cp import BinningCP

from training.config import ScorecardSettings
from training.data.matrix import Matrix
from training.models.bootstrap_refits import Trend, best_bins
from training.models.scorecard import fit_scorecard

SETTINGS = ScorecardSettings(fewest=3, most=6, fewest_missing=30)


def _information(good: np.ndarray, bad: np.ndarray, bins: np.ndarray) -> float:
    goods, bads = np.bincount(bins, good), np.bincount(bins, bad)
    shares = goods / goods.sum(), bads / bads.sum()
    return float(((shares[0] - shares[1]) * np.log(shares[0] / shares[1])).sum())


@pytest.mark.parametrize("trend", ["ascending", "descending", "peak", "valley"])
@pytest.mark.parametrize("seed", range(4))
def test_no_bins_are_better_than_those_of_optbinnings_solver(trend: Trend, seed: int) -> None:
    generator = np.random.default_rng([seed, len(trend)])
    prebins, most = int(generator.integers(3, 15)), int(generator.integers(2, 7))
    good = generator.integers(50, 400, prebins).astype(float)
    slope = generator.choice([-1, 0, 1]) * np.linspace(-0.04, 0.04, prebins)
    bad = np.maximum(1.0, generator.binomial(good.astype(int), np.clip(0.1 + slope, 0.01, 0.5)))
    fewest = float(np.ceil(0.05 * (good + bad).sum()))
    found = best_bins(good, bad, trend, most=most, fewest=fewest)
    library = BinningCP(
        trend, None, most, int(fewest), None, None, None, None, None, 0, None, "consecutive", 0, None, 9
    )
    library.build_model("iv", good.astype(int), bad.astype(int), None)
    _, retained = library.solve()
    theirs = np.concatenate([[0], np.cumsum(retained[:-1])]).astype(int)
    assert _information(good, bad, found) == pytest.approx(_information(good, bad, theirs), abs=2e-5)
    assert found.max() < most
    assert np.bincount(found, good + bad).min() >= fewest or found.max() == 0


def test_each_bootstrap_tells_every_served_bin_and_differs_from_the_others(matrix: Matrix) -> None:
    fitted = fit_scorecard(matrix, SETTINGS, seed=7, bootstraps=4)
    assert len(fitted.refits) == 4
    for one in fitted.refits:
        assert len(one.contributions) == len(fitted.candidates)
        assert all(np.isfinite(table).all() for table in one.contributions)
    assert len({one.intercept for one in fitted.refits}) == 4


def test_bootstraps_agree_with_the_served_scorecard_on_average(matrix: Matrix) -> None:
    """They estimate what it estimates: over clients, their mean goes with its score."""
    fitted = fit_scorecard(matrix, SETTINGS, seed=7, bootstraps=6)
    process = fitted.library.binning_process_
    total = np.zeros(len(matrix))
    for position, candidate in enumerate(fitted.candidates):
        binned = process.get_binned_variable(candidate.name)
        values = matrix.frame[candidate.name]
        inputs = np.array(values.to_list(), dtype=object) if values.dtype == pl.String else values.to_numpy()
        bins = binned.transform(inputs, metric="indices", metric_missing="empirical").astype(int)
        total += np.mean([one.contributions[position] for one in fitted.refits], axis=0)[bins]
    served = fitted.decision_function(matrix.frame)
    assert np.corrcoef(total, served)[0, 1] > 0.97


def test_no_bootstrap_is_fitted_unless_asked_for(matrix: Matrix) -> None:
    assert fit_scorecard(matrix, SETTINGS, seed=7).refits == ()
