"""What the histories add to the application: boosted trees, out of fold, on the application's features and on all.

The rule: both see the same clients, folds and settings, so that their difference is of the features alone. Where the
true probability of default is known (a synthetic portfolio), its AUC is the most that any model could reach on average.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scoring.data.features import DICTIONARY
from scoring.data.features.declaration import APPLICATION
from scoring.model.arrays import Floats
from scoring.model.statistics import Interval, delong
from training.config import Settings
from training.data.matrix import Matrix, check_classes
from training.evaluation.splits import hold_out, stratified_folds
from training.models.reference import fit_reference
from training.parallel import Notice, one_thread

MOST_ROWS = 40_000
SETS = ("application", "all")


@dataclass(frozen=True)
class Histories:
    """The study.

    Attributes
    ----------
    features : how many are of the application alone, and how many there are
    application, everything : AUC out of fold on either, with its 95% interval (DeLong)
    added : AUC of all minus that of the application
    bayes : AUC of the true probability of default on the same clients, where it is known
    """

    clients: int
    positives: int
    folds: int
    features: tuple[int, int]
    application: Interval
    everything: Interval
    added: Interval
    bayes: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return asdict(self)


def steps(settings: Settings) -> int:
    """How many notices a study gives."""
    return len(SETS) * settings.folds


def study_histories(
    matrix: Matrix, settings: Settings, *, true_pd: Floats | None = None, notice: Notice = lambda _: None
) -> Histories:
    """Fit on both sets of features inside the folds, and compare.

    Parameters
    ----------
    matrix : labelled clients with every candidate; at most 40,000 of them, stratified, are studied
    true_pd : shape (clients,), where it is known

    Raises
    ------
    TrainingError
        When the clients with difficulties are too few.
    """
    check_classes(matrix, settings.fewest_of_a_class)
    if len(matrix) > MOST_ROWS:
        rows = hold_out(matrix.target, MOST_ROWS / len(matrix), settings.seed).held
        matrix, true_pd = matrix.take(rows), None if true_pd is None else true_pd[rows]
    own = [candidate for candidate in matrix.candidates if DICTIONARY[candidate.name].table == APPLICATION]
    with one_thread():
        first = _out_of_fold(matrix.only(own), settings, lambda text: notice(f"application: {text}"))
        second = _out_of_fold(matrix, settings, lambda text: notice(f"all: {text}"))
    before, after = delong(matrix.target, first), delong(matrix.target, second)
    return Histories(
        clients=len(matrix),
        positives=matrix.positives,
        folds=settings.folds,
        features=(len(own), len(matrix.candidates)),
        application=before.interval,
        everything=after.interval,
        added=after.change_since(before),
        bayes=None if true_pd is None else delong(matrix.target, true_pd).interval,
    )


def _out_of_fold(matrix: Matrix, settings: Settings, notice: Notice) -> Floats:
    scores = np.empty(len(matrix))
    splits = stratified_folds(matrix.target, settings.folds, settings.seed)
    for number, split in enumerate(splits):
        model = fit_reference(matrix.take(split.fit), settings.reference, seed=settings.seed)
        scores[split.held] = model.decision_function(matrix.take(split.held).frame)
        notice(f"fold {number + 1} of {len(splits)}")
    return scores
