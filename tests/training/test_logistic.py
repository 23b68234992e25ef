import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from scoring.errors import TrainingError
from training.models.logistic import Logistic, fit_logistic, score_statistics


def _made(clients: int = 400) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(1)
    columns = generator.normal(size=(clients, 3))
    target = (generator.random(clients) < 1 / (1 + np.exp(1.0 - columns @ [1.0, -0.5, 0.0]))).astype(int)
    return columns, target


@pytest.mark.parametrize("ridge", [0.1, 1.0, 30.0])
def test_it_is_scikit_learns_fit(ridge: float) -> None:
    columns, target = _made()
    ours = fit_logistic(columns, target, ridge=ridge)
    theirs = LogisticRegression(C=1 / ridge, tol=1e-12, max_iter=5000).fit(columns, target)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], abs=1e-6)
    assert ours.coefficients == pytest.approx(theirs.coef_[0], abs=1e-6)


def test_a_weight_of_two_is_two_clients() -> None:
    columns, target = _made(100)
    twice = np.r_[np.arange(100), np.arange(50)]
    weights = np.r_[np.full(50, 2.0), np.ones(50)]
    assert fit_logistic(columns, target, weights=weights).coefficients == pytest.approx(
        fit_logistic(columns[twice], target[twice]).coefficients, abs=1e-9
    )


def test_without_a_penalty_the_mean_probability_is_the_rate() -> None:
    columns, target = _made()
    model = fit_logistic(columns, target, ridge=0.0)
    probability = 1 / (1 + np.exp(-(model.intercept + columns @ model.coefficients)))
    assert probability.mean() == pytest.approx(target.mean(), abs=1e-9)


def test_separated_outcomes_without_a_penalty_are_refused() -> None:
    column = np.linspace(-1, 1, 20)[:, None]
    with pytest.raises((TrainingError, np.linalg.LinAlgError)):
        fit_logistic(column, (column[:, 0] > 0).astype(int), ridge=0.0)


def test_the_score_statistic_finds_the_column_that_matters() -> None:
    columns, target = _made(2000)
    null = fit_logistic(np.empty((2000, 0)), target)
    chi2, sign = score_statistics(columns, target, null, np.empty((2000, 0)))
    assert chi2.argmax() == 0
    assert sign[:2].tolist() == [1.0, -1.0]
    assert chi2[2] < 7.0


def test_a_column_already_in_adds_nothing() -> None:
    columns, target = _made()
    model = fit_logistic(columns[:, :1], target, ridge=0.0)
    chi2, _ = score_statistics(columns[:, :1], target, model, columns[:, :1])
    assert chi2[0] == pytest.approx(0.0, abs=1e-9)


def test_the_score_statistic_is_the_likelihood_ratio_for_a_small_effect() -> None:
    columns, target = _made(4000)
    small = columns[:, 2:]
    null = Logistic(float(np.log(target.mean() / (1 - target.mean()))), np.empty(0))
    full = fit_logistic(small, target, ridge=0.0)

    def likelihood(log_odds: np.ndarray) -> float:
        return -float(np.logaddexp(0, np.where(target == 1, -log_odds, log_odds)).sum())

    ratio = 2 * (likelihood(full.intercept + small @ full.coefficients) - likelihood(np.full(4000, null.intercept)))
    chi2, _ = score_statistics(small, target, null, np.empty((4000, 0)))
    assert chi2[0] == pytest.approx(ratio, rel=0.05, abs=0.01)
