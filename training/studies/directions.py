"""The price of the directions: cost and AUC of both glass boxes, out of fold, as declared and with directions set free.

The rule: a direction is set free before the path of selection, so that a feature which the data contradict is a
candidate again. The fits are those of a search: few bags, one fit, the same for every line.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.features import DICTIONARY
from training.compare import Difference, paired_difference
from training.config import Settings
from training.evaluation.splits import Split
from training.matrix import Matrix
from training.selection import Narrowing
from training.selection.delong import auc
from training.tuning.judging import quick_fit

Floats = NDArray[np.float64]
GlassBox = Literal["ebm", "scorecard"]
Freed = Literal["request", "all"]
FREED: tuple[Freed, ...] = ("request", "all")
SURE = 1.96


@dataclass(frozen=True)
class Price:
    """What directions cost one model.

    Attributes
    ----------
    freed : which directions are set free to compare with: of what the applicant asks for, or ``all``
    features : how many candidates that concerns
    auc_declared, auc_free : out of fold
    auc_low, auc_high : 95% interval of declared − free (DeLong)
    cost : cost per client with the directions as declared minus that with them free
    """

    model: GlassBox
    freed: Freed
    features: int
    auc_declared: float
    auc_free: float
    auc_low: float
    auc_high: float
    cost: Difference


class Folds(Protocol):
    """What a study gives: its clients, folds and settings, and out-of-fold scores of a procedure."""

    matrix: Matrix
    splits: Sequence[Split]
    settings: Settings

    def scored(self, name: str, fit: Callable[[int], tuple[Any, int]]) -> tuple[Floats, NDArray[np.int64]]:
        """Calibrated out-of-fold log-odds, and a number of each fold's model."""

    def costs(self, log_odds: Floats) -> Floats:
        """Cost of each client at the theoretical threshold."""


def price_of_directions(folds: Folds, model: GlassBox) -> list[Price]:
    """Price the directions of one model: those of the request, and all of them."""
    declared, _ = folds.scored(f"{model}-as-declared", _fit_of(folds, model, folds.matrix))
    before, found = auc(folds.matrix.target, declared), []
    for freed in FREED:
        matrix = set_free(folds.matrix, freed)
        free, _ = folds.scored(f"{model}-{freed}-free", _fit_of(folds, model, matrix))
        after = auc(folds.matrix.target, free)
        change, half = before.value - after.value, SURE * float(np.sqrt(before.variance_of_change(after)))
        pairs = zip(folds.matrix.candidates, matrix.candidates, strict=True)
        found.append(
            Price(
                model=model,
                freed=freed,
                features=sum(one != other for one, other in pairs),
                auc_declared=before.value,
                auc_free=after.value,
                auc_low=change - half,
                auc_high=change + half,
                cost=paired_difference(folds.costs(declared), folds.costs(free), seed=folds.settings.seed),
            )
        )
    return found


def set_free(matrix: Matrix, freed: Freed) -> Matrix:
    """The same clients with candidates whose directions, or those of the request alone, are set free."""

    def concerns(name: str) -> bool:
        return freed == "all" or (name in DICTIONARY and DICTIONARY[name].actionable)

    return matrix.only([replace(one, direction=0) if concerns(one.name) else one for one in matrix.candidates])


def _fit_of(folds: Folds, model: GlassBox, matrix: Matrix) -> Callable[[int], tuple[Any, int]]:
    procedure = quick_fit(model, folds.settings, Narrowing(folds.settings.selection, folds.settings.seed))

    def fit(number: int) -> tuple[Any, int]:
        return procedure(matrix.take(folds.splits[number].fit)), number

    return fit
