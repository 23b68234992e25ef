"""The price of simplicity: cost and AUC, out of fold, against the number of terms, for both glass boxes.

The rule: a fold ranks its terms on its own clients, once, and every size takes the first of that ranking; sizes that
the data cannot fill are shown at the number of terms that they reached. The price of refitting the curves that a person
would question, and that of the declared directions, are measured on the same folds.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.scale import pd_of_many
from training.algebra import one_thread
from training.compare import Difference, paired_difference
from training.config import Settings
from training.evaluation.calibration import apply_calibration, fit_calibration
from training.evaluation.splits import Split, hold_out, stratified_folds
from training.kept import Kept
from training.matrix import Candidate, Matrix, check_classes
from training.models.ebm import fit_ebm, rank_terms
from training.models.scorecard import fit_scorecard
from training.selection import Narrowing
from training.selection.delong import auc
from training.studies.directions import FREED, GlassBox, Price, price_of_directions

Floats = NDArray[np.float64]
Notice = Callable[[str], None]
GLASS_BOXES: tuple[GlassBox, ...] = ("ebm", "scorecard")
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
    directions: tuple[Price, ...]
    clients: int
    positives: int
    folds: int

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return asdict(self)


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
    folds = _Folds(matrix, splits, settings, kept, notice)
    with one_thread():
        points = [point for model in GLASS_BOXES for point in _curve(folds, model)]
        refit = _refit(folds)
        directions = [price for model in GLASS_BOXES for price in price_of_directions(folds, model)]
    return Simplicity(tuple(points), refit, tuple(directions), len(matrix), matrix.positives, settings.folds)


class _Folds:
    """The folds' clients and rankings, made when first asked for: a resumed study may need none."""

    def __init__(
        self, matrix: Matrix, splits: Sequence[Split], settings: Settings, kept: Kept | None, notice: Notice
    ) -> None:
        self.matrix, self.splits, self.settings, self.notice = matrix, splits, settings, notice
        self._kept, self._narrowing = kept, Narrowing(settings.selection, settings.seed)
        self._ranked: dict[int, tuple[Matrix, tuple[Candidate, ...]]] = {}

    def on(self, number: int) -> tuple[Matrix, tuple[Candidate, ...]]:
        """The clients that a fold fits on, and their candidates, the most important first."""
        if number not in self._ranked:
            clients = self._narrowing(self.matrix.take(self.splits[number].fit))
            self._ranked[number] = clients, rank_terms(clients, self.settings.ebm, seed=self.settings.seed)
        return self._ranked[number]

    def scored(self, name: str, fit: Callable[[int], tuple[Any, int]]) -> tuple[Floats, NDArray[np.int64]]:
        """Calibrated out-of-fold log-odds, and a number of each fold's model that `fit` gives beside it."""
        if self._kept is not None and name in self._kept:
            parts = self._kept.get(name)
            for number in range(len(self.splits)):
                self.notice(f"{name}: fold {number + 1} kept")
            return parts["log_odds"], parts["sizes"]
        raw, log_odds, sizes = np.empty(len(self.matrix)), np.empty(len(self.matrix)), []
        for number, split in enumerate(self.splits):
            model, size = fit(number)
            raw[split.held] = model.decision_function(self.matrix.take(split.held).frame)
            sizes.append(size)
            self.notice(f"{name}: fold {number + 1} of {len(self.splits)}")
        for split in self.splits:
            line = fit_calibration(self.matrix.target[split.fit], raw[split.fit])
            log_odds[split.held] = apply_calibration(line, raw[split.held])
        counts = np.array(sizes, dtype=np.int64)
        if self._kept is not None:
            self._kept.put(name, {"log_odds": log_odds, "sizes": counts})
        return log_odds, counts

    def costs(self, log_odds: Floats) -> Floats:
        """Cost of each client at the theoretical threshold."""
        costs = self.settings.costs
        return costs.of_each(self.matrix.target, pd_of_many(log_odds) > costs.threshold)


def _curve(folds: _Folds, model: GlassBox) -> list[Point]:
    found = [(size, *folds.scored(f"{model}-{size}", _fit_of(folds, model, size))) for size in SIZES]
    largest = folds.costs(found[-1][1])
    points = []
    for size, log_odds, terms in found:
        area, costs = auc(folds.matrix.target, log_odds), folds.costs(log_odds)
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


def _fit_of(folds: _Folds, model: GlassBox, size: int) -> Callable[[int], tuple[Any, int]]:
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


def _refit(folds: _Folds) -> Refit:
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
        auc_before=auc(folds.matrix.target, before).value,
        auc_after=auc(folds.matrix.target, after).value,
    )
