"""The price of the directions: cost and AUC of both glass boxes, out of fold, as declared and with directions set free.

The rule: a direction is set free before the path of selection, so that a feature which the data contradict is a
candidate again. The fits are those of a search: few bags, one fit, the same for every line.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from scoring.data.features import DICTIONARY
from scoring.model.statistics import delong, paired_difference
from scoring.reports.studies import Directions
from training.data.matrix import Matrix
from training.experiments.folds import Folds
from training.search.final_fit import GLASS_BOXES, GlassBox
from training.search.selection import Narrowing
from training.search.tuning.judging import quick_fit

Freed = Literal["request", "all"]
FREED: tuple[Freed, ...] = ("request", "all")


def price_of_directions(folds: Folds) -> list[Directions]:
    """Price the directions of each glass box: those of the request, then all of them."""
    settings = folds.settings
    free = {freed: (set_free(folds.matrix, freed), Narrowing(settings.selection, settings.seed)) for freed in FREED}
    return [price for model in GLASS_BOXES for price in _prices(folds, model, free)]


def set_free(matrix: Matrix, freed: Freed) -> Matrix:
    """The same clients with candidates whose directions, or those of the request alone, are set free."""

    def concerns(name: str) -> bool:
        return freed == "all" or (name in DICTIONARY and DICTIONARY[name].actionable)

    return matrix.only([replace(one, direction=0) if concerns(one.name) else one for one in matrix.candidates])


def _prices(folds: Folds, model: GlassBox, free: Mapping[Freed, tuple[Matrix, Narrowing]]) -> list[Directions]:
    declared, _ = folds.scored(f"{model}-as-declared", _fit_of(folds, model, folds.matrix, folds.narrowing))
    before, found = delong(folds.matrix.target, declared), []
    for freed, (matrix, narrowing) in free.items():
        scores, _ = folds.scored(f"{model}-{freed}-free", _fit_of(folds, model, matrix, narrowing))
        after = delong(folds.matrix.target, scores)
        change = before.change_since(after)
        pairs = zip(folds.matrix.candidates, matrix.candidates, strict=True)
        cost = paired_difference(folds.costs(declared), folds.costs(scores), seed=folds.settings.seed)
        found.append(
            Directions(
                model=model,
                freed=freed,
                features=sum(one != other for one, other in pairs),
                auc_declared=before.value,
                auc_free=after.value,
                auc_low=change.low,
                auc_high=change.high,
                cost=cost,
            )
        )
    return found


def _fit_of(folds: Folds, model: GlassBox, matrix: Matrix, narrowing: Narrowing) -> Callable[[int], tuple[Any, int]]:
    procedure = quick_fit(model, folds.settings, narrowing)

    def fit(number: int) -> tuple[Any, int]:
        return procedure(matrix.take(folds.splits[number].fit)), number

    return fit
