"""The area under the curve and its errors, against other ways to find them."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from training.search.selection.delong import auc


def _scores(clients: int = 3000, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    target = (generator.random(clients) < 0.15).astype(np.int64)
    base = generator.normal(size=clients) + 0.8 * target
    return target, np.round(base, 1), np.round(base + 0.4 * generator.normal(size=clients), 1)


def test_the_area_is_that_of_scikit_learn() -> None:
    target, first, _ = _scores()
    assert auc(target, first).value == pytest.approx(roc_auc_score(target, first))
    assert auc(target, first).of_good.mean() == pytest.approx(auc(target, first).value)


def test_the_errors_are_those_of_a_bootstrap() -> None:
    target, first, second = _scores()
    one, two = auc(target, first), auc(target, second)
    generator = np.random.default_rng(2)
    drawn = [generator.integers(0, len(target), len(target)) for _ in range(300)]
    values = np.array([[roc_auc_score(target[d], s[d]) for s in (first, second)] for d in drawn])
    assert np.sqrt(one.variance) == pytest.approx(values[:, 0].std(), rel=0.15)
    assert np.sqrt(two.variance_of_change(one)) == pytest.approx(np.diff(values).std(), rel=0.15)


def test_the_same_score_has_no_error_of_change() -> None:
    target, first, _ = _scores()
    assert auc(target, first).variance_of_change(auc(target, 2.0 * first)) == 0.0
