"""What each step of the path costs: the AUC, on clients held out, of trees fitted on what the step left.

The rule: the path is walked again in each fold, on the clients that are fitted on, so that no step is judged by clients
who helped to choose it. The trees are the black box's, quicker; the folds are the same for every step.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from scoring.model.statistics import Auc, delong
from training.config import SelectionSettings, Settings
from training.data.matrix import Matrix
from training.evaluation.splits import Split, stratified_folds
from training.models.ebm import fit_ebm
from training.models.reference import fit_reference
from training.models.scorecard import fit_scorecard
from training.parallel import Notice
from training.search.selection.path import STEPS, Selection, select

# The path inside a fold: a matrix goes in, the same clients with what the path left come out.


@dataclass(frozen=True)
class Narrowing:
    """Walks the path once for each set of clients, however many models and trials are fitted on them.

    The rule: one is made for one matrix and lives no longer; it knows clients by their numbers.
    """

    settings: SelectionSettings
    seed: int
    _found: dict[bytes, Selection] = field(default_factory=dict, repr=False, compare=False)

    def path(self, matrix: Matrix) -> Selection:
        """The path on these clients."""
        key = hashlib.sha256(matrix.ids.tobytes()).digest()
        if key not in self._found:
            self._found[key] = select(matrix, self.settings, seed=self.seed)
        return self._found[key]

    def __call__(self, matrix: Matrix) -> Matrix:
        """The same clients with the candidates that the path left."""
        retained = set(self.path(matrix).retained)
        return matrix.only([candidate for candidate in matrix.candidates if candidate.name in retained])


FOLDS = 3
TREES, RATE = 120, 0.08
"""Of the quick trees."""
FEW = ("ebm", "scorecard")


@dataclass(frozen=True)
class Priced:
    """One step's price.

    Attributes
    ----------
    step : the step's name, or ``few: ebm`` and ``few: scorecard`` for the features that the models chose themselves
    features : number of features in each fold
    auc, error : mean over the folds, and its standard error (DeLong)
    change, change_error : difference to the step before (for the last two: to the last step of the path), paired
    whole, whole_error : difference to all candidates, paired
    own_auc, own_error : of the glass box itself on the features that it chose; None for a step of the path
    """

    step: str
    features: tuple[int, ...]
    auc: float
    error: float
    change: float
    change_error: float
    whole: float
    whole_error: float
    own_auc: float | None = None
    own_error: float | None = None


NOTICES = FOLDS * (len(STEPS) + len(FEW))
"""How many notices `price` gives."""


def price(matrix: Matrix, settings: Settings, notice: Notice = lambda _: None) -> tuple[Priced, ...]:
    """Price each step of the path, then the few features of each glass box.

    Parameters
    ----------
    notice : told of each fit
    """
    narrowing = Narrowing(settings.selection, settings.seed)
    folds = []
    for number, split in enumerate(stratified_folds(matrix.target, FOLDS, settings.seed), start=1):
        stated = partial(_described, notice, f"fold {number} of {FOLDS}")
        folds.append(_fold(matrix, split, settings, narrowing, stated))
    names = list(folds[0])
    last = len(STEPS) - 1
    before = {name: names[min(max(i - 1, 0), last)] for i, name in enumerate(names)}
    return tuple(_priced(name, before[name], folds) for name in names)


def _described(notice: Notice, fold: str, step: str) -> None:
    notice(f"{fold}: {step}")


@dataclass(frozen=True)
class _Judged:
    """A step in one fold."""

    features: int
    auc: Auc
    own: Auc | None = None


def _fold(matrix: Matrix, split: Split, settings: Settings, narrowing: Narrowing, notice: Notice) -> dict[str, _Judged]:
    seen, held = matrix.take(split.fit), matrix.take(split.held)
    trees = replace(settings.reference, n_estimators=TREES, learning_rate=RATE)
    known: dict[tuple[str, ...], Auc] = {}

    def judge(names: tuple[str, ...]) -> Auc:
        if names not in known:
            retained = seen.only([c for c in seen.candidates if c.name in set(names)])
            model = fit_reference(retained, trees, seed=settings.seed)
            known[names] = delong(held.target, model.decision_function(held.frame))
        return known[names]

    found = {}
    for step in narrowing.path(seen).steps:
        found[step.name] = _Judged(len(step.retained), judge(step.retained))
        notice(step.name)
    few = narrowing(seen)
    for kind in FEW:
        model = (
            fit_ebm(few, settings.ebm, seed=settings.seed, bags=settings.ebm.screen_bags)
            if kind == "ebm"
            else fit_scorecard(few, settings.scorecard, seed=settings.seed)
        )
        chosen = tuple(c.name for c in model.candidates)
        own = delong(held.target, model.decision_function(held.frame))
        found[f"few: {kind}"] = _Judged(len(chosen), judge(chosen), own)
        notice(f"few: {kind}")
    return found


def _priced(name: str, before: str, folds: Sequence[Mapping[str, _Judged]]) -> Priced:
    here = [fold[name].auc for fold in folds]
    own = [judged for fold in folds if (judged := fold[name].own) is not None]
    own_value, own_error = _mean([o.value for o in own], [o.variance for o in own]) if own else (None, None)
    return Priced(
        name,
        tuple(fold[name].features for fold in folds),
        *_mean([one.value for one in here], [one.variance for one in here]),
        *_change(here, [fold[before].auc for fold in folds]),
        *_change(here, [fold[STEPS[0]].auc for fold in folds]),
        own_value,
        own_error,
    )


def _change(here: Sequence[Auc], before: Sequence[Auc]) -> tuple[float, float]:
    pairs = list(zip(here, before, strict=True))
    return _mean([one.value - old.value for one, old in pairs], [one.variance_of_change(old) for one, old in pairs])


def _mean(values: Sequence[float], variances: Sequence[float]) -> tuple[float, float]:
    """Mean over folds of different clients, and its standard error."""
    return float(np.mean(values)), float(np.sqrt(np.sum(variances)) / len(values))
