"""The arms of the resampling study, and what is added to the log-odds to undo the change of the base rate."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import polars as pl
from imblearn.over_sampling import SMOTE, SMOTENC
from imblearn.under_sampling import RandomUnderSampler
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from training.data.matrix import Candidate, Matrix


class Arm(StrEnum):
    """What is done to the imbalance of the clients of a fit."""

    NONE = "none"
    WEIGHTS = "weights"
    UNDER = "undersampling"
    SMOTENC = "smotenc"


ARMS = tuple(Arm)


def prior_shift(prior: float, resampled: float) -> float:
    """What to add to log-odds learnt at the share `resampled` of positives, for clients of the share `prior`.

    Source: Elkan, *The Foundations of Cost-Sensitive Learning* (2001), theorem 2; King and Zeng, *Logistic Regression
    in Rare Events Data* (2001), prior correction.

    Raises
    ------
    TrainingError
        When a share is not inside (0, 1).

    >>> round(prior_shift(0.1, 0.5), 6) == round(math.log(1 / 9), 6)
    True
    >>> prior_shift(0.08, 0.08)
    0.0
    """
    for name, share in (("prior", prior), ("resampled", resampled)):
        if not 0.0 < share < 1.0:
            raise TrainingError(
                f"The {name} share of clients with difficulties must be above 0 and below 1; got {share:g}. "
                "Train on clients of both outcomes."
            )
    return math.log(prior / (1.0 - prior)) - math.log(resampled / (1.0 - resampled))


# The clients of an arm: all of them, fewer of the frequent outcome, or more of the rare one, made up.


NEIGHBOURS = 5


@dataclass(frozen=True)
class Resampled:
    """The clients that a model of an arm is fitted on.

    Attributes
    ----------
    matrix : real clients first; a made-up one has the number of the client that it was made from
    real : how many of them are real
    balanced : whether the fit weighs both outcomes the same
    shift : what to add to the model's log-odds to bring back the base rate
    """

    matrix: Matrix
    real: int
    balanced: bool
    shift: float


def resample(matrix: Matrix, arm: Arm, *, seed: int) -> Resampled:
    """Make the clients of an arm.

    Raises
    ------
    TrainingError
        When there are too few clients with difficulties to make others from.
    """
    prior = float(matrix.target.mean())
    if arm is Arm.NONE:
        return Resampled(matrix, len(matrix), balanced=False, shift=0.0)
    if arm is Arm.WEIGHTS:
        return Resampled(matrix, len(matrix), balanced=True, shift=prior_shift(prior, 0.5))
    made = _undersampled(matrix, seed) if arm is Arm.UNDER else _oversampled(matrix, seed)
    real = len(made) if arm is Arm.UNDER else len(matrix)
    return Resampled(made, real, balanced=False, shift=prior_shift(prior, float(made.target.mean())))


def _undersampled(matrix: Matrix, seed: int) -> Matrix:
    sampler = RandomUnderSampler(random_state=seed)
    sampler.fit_resample(np.arange(len(matrix))[:, None], matrix.target)
    return matrix.take(np.sort(sampler.sample_indices_))


def _oversampled(matrix: Matrix, seed: int) -> Matrix:
    rare = matrix.positives
    if not NEIGHBOURS < rare <= len(matrix) - rare:
        raise TrainingError(
            f"SMOTENC must have more than {NEIGHBOURS} clients with difficulties, and no more of them than of the "
            f"others; got {rare} of {len(matrix)}. Train on more labelled clients."
        )
    filled, scales = _filled(matrix)
    categories = [i for i, candidate in enumerate(matrix.candidates) if candidate.kind == "category"]
    made, bases = _made_up(filled, matrix.target.astype(np.int64), categories, seed)
    columns = [
        _column(made[:, i], candidate, matrix.frame[candidate.name], scales[i])
        for i, candidate in enumerate(matrix.candidates)
    ]
    gaps = matrix.frame[bases].select(pl.all().is_null())
    made_frame = pl.DataFrame(columns).select(
        pl.when(gaps[name]).then(None).otherwise(pl.col(name)).alias(name) for name in matrix.frame.columns
    )
    return Matrix(
        np.concatenate([matrix.ids, matrix.ids[bases]]),
        np.concatenate([matrix.target, np.ones(len(bases), dtype=matrix.target.dtype)]),
        pl.concat([matrix.frame, made_frame]),
        matrix.candidates,
    )


def _filled(matrix: Matrix) -> tuple[Floats, list[tuple[float, float]]]:
    """Shape (clients, candidates): standardised numbers and numbers of codes, without gaps; and each one's scale."""
    columns, scales = [], []
    for candidate in matrix.candidates:
        column = matrix.frame[candidate.name]
        known = column.drop_nulls()
        if candidate.kind == "category":
            codes = _codes(column)
            numbers = column.fill_null(_most_frequent(known)).replace_strict(
                codes, list(range(len(codes))), return_dtype=pl.Float64
            )
            columns.append(numbers.to_numpy())
            scales.append((0.0, 1.0))
            continue
        values = column.fill_null(float(np.median(known.to_numpy())) if len(known) else 0.0).to_numpy()
        centre, spread = float(values.mean()), float(values.std()) or 1.0
        columns.append((values - centre) / spread)
        scales.append((centre, spread))
    return np.column_stack(columns), scales


def _made_up(
    filled: Floats, target: NDArray[np.int64], categories: list[int], seed: int
) -> tuple[Floats, NDArray[Any]]:
    """Made-up clients of outcome 1, and the position of the client that each was made from."""
    if len(categories) == filled.shape[1]:
        raise TrainingError("SMOTENC must have a number among the features; got categories alone. Use another arm.")
    sampler = (
        _SmoteNC(categorical_features=categories, random_state=seed, k_neighbors=NEIGHBOURS)
        if categories
        else _Smote(random_state=seed, k_neighbors=NEIGHBOURS)
    )
    values, _ = sampler.fit_resample(filled, target)
    made = np.asarray(values[len(filled) :], dtype=np.float64)
    return made, np.flatnonzero(target == 1)[sampler.bases]


class _SmoteNC(SMOTENC):
    """SMOTENC that remembers which client each made-up one was made from; the library forgets."""

    bases: NDArray[np.int64]

    def _generate_samples(self, X: Any, nn_data: Any, nn_num: Any, rows: Any, *rest: Any) -> Any:  # noqa: N803
        self.bases = np.asarray(rows, dtype=np.int64)
        return super()._generate_samples(X, nn_data, nn_num, rows, *rest)


class _Smote(SMOTE):
    """The same where every feature is a number."""

    bases: NDArray[np.int64]

    def _generate_samples(self, X: Any, nn_data: Any, nn_num: Any, rows: Any, *rest: Any) -> Any:  # noqa: N803
        self.bases = np.asarray(rows, dtype=np.int64)
        return super()._generate_samples(X, nn_data, nn_num, rows, *rest)


def _column(made: Floats, candidate: Candidate, real: pl.Series, scale: tuple[float, float]) -> pl.Series:
    """A column of made-up clients, back on the scale of the real ones."""
    if candidate.kind == "category":
        codes = _codes(real)
        return pl.Series(candidate.name, [codes[round(number)] for number in made], dtype=pl.String)
    centre, spread = scale
    known = np.unique(real.drop_nulls().to_numpy())
    wanted = made * spread + centre
    return pl.Series(candidate.name, _nearest(known, wanted) if len(known) else wanted, dtype=pl.Float64)


def _nearest(known: Floats, wanted: Floats) -> Floats:
    """The value of `known` (increasing) nearest to each wanted one."""
    above = np.clip(np.searchsorted(known, wanted), 1, len(known) - 1) if len(known) > 1 else np.zeros(len(wanted), int)
    below = np.maximum(above - 1, 0)
    return np.where(wanted - known[below] <= known[above] - wanted, known[below], known[above])


def _codes(column: pl.Series) -> list[str]:
    return sorted(column.drop_nulls().unique().to_list())


def _most_frequent(known: pl.Series) -> str:
    return str(known.value_counts().sort(["count", known.name], descending=[True, False])[known.name][0])
