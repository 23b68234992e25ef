from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from training.config import EbmSettings
from training.data.matrix import Candidate, Matrix
from training.models.compile import tables_of
from training.models.ebm import coarse_cuts, count_turns, fit_ebm, question, questions_of

MANY = np.full(9, 500)


def test_a_smooth_curve_is_not_questioned() -> None:
    assert question("x", np.linspace(-1.0, 1.0, 9), MANY) is None
    assert question("x", np.abs(np.linspace(-1.0, 1.0, 9)), MANY) is None


def test_a_curve_that_goes_up_and_down_is_jagged() -> None:
    requested = question("x", np.array([0.0, 0.3] * 4 + [0.0]), MANY)
    assert requested is not None
    assert (requested.why, requested.size) == ("jagged", 7)


def test_wobbles_that_nobody_sees_are_no_turns() -> None:
    assert count_turns(np.array([0.0, 0.02] * 20)) == 0
    assert count_turns(np.empty(0)) == 0


@pytest.mark.parametrize(("clients", "questioned"), [(40, True), (41, False)])
def test_a_jump_is_questioned_when_forty_clients_make_it(clients: int, questioned: bool) -> None:
    requested = question("x", np.array([0.0, 0.0, 0.5]), np.array([500, 500, clients]))
    assert (requested is not None) == questioned


def test_turning_a_curve_over_changes_no_question() -> None:
    generator = np.random.default_rng(1)
    for _ in range(50):
        scores, counts = generator.normal(0, 0.2, 8), generator.integers(20, 200, 8)
        first, turned, mirrored = (
            question("x", s, c) for s, c in ((scores, counts), (-scores, counts), (scores[::-1], counts[::-1]))
        )
        assert first == turned
        assert (first is None) == (mirrored is None)


@pytest.mark.parametrize("seed", range(5))
def test_coarse_cells_hold_enough_clients_and_split_no_value(seed: int) -> None:
    values = np.random.default_rng(seed).geometric(0.4, 2000).astype(float)
    cuts = coarse_cuts(values, 100)
    assert cuts == tuple(sorted(set(cuts)))
    assert cuts
    assert np.bincount(np.searchsorted(cuts, values, side="right")).min() >= 100
    assert not set(cuts) & set(values)


def test_one_value_has_no_cut() -> None:
    assert coarse_cuts(np.ones(500), 100) == ()


@pytest.fixture(scope="module")
def noisy() -> Matrix:
    """The outcome hangs on ``plain``; on ``saw`` it hangs up and down, cell by cell."""
    generator = np.random.default_rng(4)
    plain, saw = generator.normal(size=3000), generator.integers(0, 10, 3000).astype(float)
    log_odds = -1.5 + plain + 1.2 * (saw % 2)
    target = (generator.random(3000) < 1 / (1 + np.exp(-log_odds))).astype(np.int8)
    candidates = (Candidate("plain", "number", 1), Candidate("saw", "number"))
    return Matrix(np.arange(3000), target, pl.DataFrame({"plain": plain, "saw": saw}), candidates)


SETTINGS = EbmSettings(learning_rate=0.1, smoothing_rounds=5, min_samples_leaf=20, reg_lambda=1.0, pairs=0)


def test_a_questioned_curve_is_refitted_coarser_and_the_rest_is_left_alone(noisy: Matrix) -> None:
    first = fit_ebm(noisy, replace(SETTINGS, refit_shapes=False), seed=1, bags=2, threads=1)
    again = fit_ebm(noisy, SETTINGS, seed=1, bags=2, threads=1)
    assert [one.name for one in questions_of(first, noisy)] == ["saw"]
    assert [one.name for one in again.questions] == ["saw"]
    assert first.questions == ()
    cells = {}
    for fitted in (first, again):
        cells[fitted is again] = {t.features[0]: len(t.scores) for t in tables_of(fitted, noisy).terms}
    assert cells[True]["saw"] < cells[False]["saw"]
    assert cells[True]["plain"] == cells[False]["plain"]


def test_the_refitted_curve_is_no_longer_questioned(noisy: Matrix) -> None:
    again = fit_ebm(noisy, SETTINGS, seed=1, bags=2, threads=1)
    assert questions_of(again, noisy) == ()
