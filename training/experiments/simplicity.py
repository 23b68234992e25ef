"""The price of simplicity: cost and AUC, out of fold, against the number of terms, for both glass boxes.

The rule: a fold ranks its terms on its own clients, once, and every size takes the first of that ranking; sizes that
the data cannot fill are shown at the number of terms that they reached. The price of refitting the curves that a person
would question, and that of the declared directions, are measured on the same folds.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from scoring.model.statistics import Difference, delong, paired_difference
from scoring.reports.studies import Directions
from training.checkpoints import Kept
from training.config import Settings
from training.data.matrix import Matrix, check_classes
from training.evaluation.splits import hold_out, stratified_folds
from training.experiments.directions import FREED, price_of_directions
from training.experiments.folds import Folds
from training.models.ebm import fit_ebm
from training.models.scorecard import fit_scorecard
from training.parallel import Notice, one_thread
from training.search.final_fit import GLASS_BOXES, GlassBox

SIZES = (5, 8, 12, 16, 20, 25, 30, 40, 50, 60)
MOST_ROWS = 40_000


@dataclass(frozen=True)
class Point:
    """One size of one model.

    Attributes
    ----------
    wanted, terms : terms asked for, and the mean number that the folds' models have
    auc, auc_error : out of fold, with its standard error (DeLong)
    cost : per client, at the theoretical threshold
    from_largest : cost minus that of the largest size of the same model
    """

    model: GlassBox
    wanted: int
    terms: float
    auc: float
    auc_error: float
    cost: float
    from_largest: Difference


@dataclass(frozen=True)
class Refit:
    """What refitting the questioned curves of the EBM costs.

    Attributes
    ----------
    questions : how many curves each fold questions
    cost : cost per client with the refit minus that without
    auc_before, auc_after : out of fold
    """

    questions: tuple[int, ...]
    cost: Difference
    auc_before: float
    auc_after: float


@dataclass(frozen=True)
class Simplicity:
    """The whole study."""

    points: tuple[Point, ...]
    refit: Refit
    directions: tuple[Directions, ...]
    clients: int
    positives: int
    folds: int

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return asdict(self) | {"directions": [price.model_dump() for price in self.directions]}


def steps(settings: Settings) -> int:
    """How many notices a study gives."""
    return settings.folds * (len(GLASS_BOXES) * (len(SIZES) + 1 + len(FREED)) + 2)


def study_simplicity(
    matrix: Matrix, settings: Settings, *, kept: Kept | None = None, notice: Notice = lambda _: None
) -> Simplicity:
    """Fit every size of both models inside the folds.

    Parameters
    ----------
    matrix : labelled clients; at most 40,000 of them, stratified, are studied
    kept : where the scores of a size are kept as it ends, and found again

    Raises
    ------
    TrainingError
        When the clients with difficulties are too few.
    """
    check_classes(matrix, settings.fewest_of_a_class)
    if len(matrix) > MOST_ROWS:
        matrix = matrix.take(hold_out(matrix.target, MOST_ROWS / len(matrix), settings.seed).held)
    splits = stratified_folds(matrix.target, settings.folds, settings.seed)
    folds = Folds(matrix, splits, settings, kept, notice)
    with one_thread():
        points = [point for model in GLASS_BOXES for point in _curve(folds, model)]
        refit = _refit(folds)
        directions = price_of_directions(folds)
    return Simplicity(tuple(points), refit, tuple(directions), len(matrix), matrix.positives, settings.folds)


def _curve(folds: Folds, model: GlassBox) -> list[Point]:
    found = [(size, *folds.scored(f"{model}-{size}", _fit_of(folds, model, size))) for size in SIZES]
    largest = folds.costs(found[-1][1])
    points = []
    for size, log_odds, terms in found:
        area, costs = delong(folds.matrix.target, log_odds), folds.costs(log_odds)
        points.append(
            Point(
                model=model,
                wanted=size,
                terms=float(terms.mean()),
                auc=area.value,
                auc_error=float(np.sqrt(area.variance)),
                cost=float(costs.mean()),
                from_largest=paired_difference(costs, largest, seed=folds.settings.seed),
            )
        )
    return points


def _fit_of(folds: Folds, model: GlassBox, size: int) -> Callable[[int], tuple[Any, int]]:
    settings, seed = folds.settings, folds.settings.seed

    def fit(number: int) -> tuple[Any, int]:
        clients, ranking = folds.on(number)
        if model == "scorecard":
            card_settings = replace(settings.scorecard, fewest=size, most=size)
            card = fit_scorecard(clients, card_settings, seed=seed)
            return card, len(card.candidates)
        scaled = settings.ebm.for_positives(clients.positives)
        own = replace(scaled, terms=size, pairs=min(scaled.pairs, size // 8), refit_shapes=False).settled()
        ebm = fit_ebm(clients, own, seed=seed, bags=own.screen_bags, ranking=ranking)
        return ebm, len(ebm.library.term_features_)

    return fit


def _refit(folds: Folds) -> Refit:
    settings = folds.settings

    def fit_with(refit: bool) -> Callable[[int], tuple[Any, int]]:
        def fit(number: int) -> tuple[Any, int]:
            clients, ranking = folds.on(number)
            own = replace(settings.ebm, refit_shapes=refit)
            ebm = fit_ebm(clients, own, seed=settings.seed, bags=own.screen_bags, ranking=ranking)
            return ebm, len(ebm.questions)

        return fit

    before, _ = folds.scored("ebm-as-first-fitted", fit_with(refit=False))
    after, questions = folds.scored("ebm-refitted", fit_with(refit=True))
    return Refit(
        questions=tuple(int(count) for count in questions),
        cost=paired_difference(folds.costs(after), folds.costs(before), seed=settings.seed),
        auc_before=delong(folds.matrix.target, before).value,
        auc_after=delong(folds.matrix.target, after).value,
    )
