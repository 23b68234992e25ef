"""A scorecard's exact evidence tells nothing of a handful of clients whose value is missing."""

import math

import numpy as np
import polars as pl
import pytest

from training.config import ScorecardSettings
from training.data.matrix import Candidate, Matrix
from training.models.inputs import quiet
from training.models.scorecard import fill_thin_missing, fit_scorecard


def matrix(missing: int, clients: int = 600) -> Matrix:
    generator = np.random.default_rng(5)
    number = generator.normal(size=clients)
    bad = (generator.random(clients) < 1.0 / (1.0 + np.exp(2.0 - 1.5 * number))).astype(np.int8)
    values = pl.Series("ext_source_1", number).to_list()
    codes = ["a"] * (clients // 2) + ["b"] * (clients - clients // 2)
    values[:missing] = [None] * missing
    frame = pl.DataFrame({"ext_source_1": values, "education": [None] * missing + codes[missing:]})
    candidates = (Candidate("ext_source_1", "number", 1), Candidate("education", "category"))
    return Matrix(np.arange(clients), bad, frame, candidates)


@pytest.mark.parametrize(("missing", "left"), [(0, 0), (1, 0), (9, 0), (10, 10), (50, 50)])
def test_one_to_nine_missing_values_are_taken_for_the_usual_one(missing: int, left: int) -> None:
    given = matrix(missing)
    filled = fill_thin_missing(given)
    assert filled.frame.null_count().row(0) == (left, left)
    assert filled.frame[missing:].equals(given.frame[missing:])
    if 0 < missing < 10:
        known = np.sort(given.frame["ext_source_1"].drop_nulls().to_numpy())
        assert filled.frame["ext_source_1"][0] == known[len(known) // 2]
        assert filled.frame["education"][0] == "b"


def test_the_bins_of_a_fitted_scorecard_hold_everybody() -> None:
    """Rates computed from the evidence add up to all who had difficulties: nothing is left for the hidden few."""
    clients = matrix(6)
    fitted = fit_scorecard(clients, ScorecardSettings(), seed=1)
    with quiet():
        table = fitted.library.binning_process_.get_binned_variable("ext_source_1").binning_table.build()
    bins = table[~table["Bin"].isin(["Special", "Missing", ""])]
    payers, bad = len(clients) - clients.positives, clients.positives
    found = sum(n / (1.0 + math.exp(woe) * payers / bad) for n, woe in zip(bins["Count"], bins["WoE"], strict=True))
    assert sum(bins["Count"]) == len(clients)
    assert found == pytest.approx(bad)
