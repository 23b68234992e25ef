"""The price of simplicity: cost and AUC of both glass boxes against their number of terms, and of declared directions.

All fits of the study share the same folds, and are those of a search: few bags, one fit, the same for every line.

"""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Difference, delong, paired_difference
from scoring.reports.studies import Directions
from training.checkpoints import Checkpoints
from training.config import Settings
from training.data.matrix import Candidate, Matrix, check_classes
from training.evaluation.calibration import apply_calibration, fit_calibration
from training.evaluation.splits import Split, hold_out, stratified_folds
from training.models.ebm import fit_ebm, rank_terms
from training.models.scorecard import fit_scorecard
from training.parallel import Notice, one_thread
from training.search.final_fit import GLASS_BOXES, GlassBox
from training.search.selection import Narrowing
from training.search.tuning.judging import quick_fit


class Folds:
    """The folds' clients and rankings, made when first asked for: a resumed study may need none.

    Attributes
    ----------
    narrowing : walks the path of selection on clients of the study's matrix
    """

    def __init__(
        self, matrix: Matrix, splits: Sequence[Split], settings: Settings, remaining: Checkpoints | None, notice: Notice
    ) -> None:
        self.matrix, self.splits, self.settings, self.notice = matrix, splits, settings, notice
        self._kept, self.narrowing = remaining, Narrowing(settings.selection, settings.seed)
        self._ranked: dict[int, tuple[Matrix, tuple[Candidate, ...]]] = {}

    def on(self, number: int) -> tuple[Matrix, tuple[Candidate, ...]]:
        """The clients that a fold fits on, and their candidates, the most important first."""
        if number not in self._ranked:
            clients = self.narrowing(self.matrix.take(self.splits[number].fit))
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


# The price of the directions: cost and AUC of both glass boxes, out of fold, as declared and with directions set
# free.


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
    declared, _ = folds.scored(
        f"{model}-as-declared", _fit_with_directions(folds, model, folds.matrix, folds.narrowing)
    )
    before, found = delong(folds.matrix.target, declared), []
    for freed, (matrix, narrowing) in free.items():
        scores, _ = folds.scored(f"{model}-{freed}-free", _fit_with_directions(folds, model, matrix, narrowing))
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


def _fit_with_directions(
    folds: Folds, model: GlassBox, matrix: Matrix, narrowing: Narrowing
) -> Callable[[int], tuple[Any, int]]:
    procedure = quick_fit(model, folds.settings, narrowing)

    def fit(number: int) -> tuple[Any, int]:
        return procedure(matrix.take(folds.splits[number].fit)), number

    return fit


# The price of simplicity: cost and AUC, out of fold, against the number of terms, for both glass boxes.


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
    matrix: Matrix, settings: Settings, *, remaining: Checkpoints | None = None, notice: Notice = lambda _: None
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
    folds = Folds(matrix, splits, settings, remaining, notice)
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


# The price of simplicity in one PNG: cost on the left, AUC on the right, against the number of terms.


_COLOURS = {"ebm": "#1f5fa8", "scorecard": "#c2571a"}


def draw(study: Simplicity) -> bytes:
    """Return the picture, 1,080 by 396 pixels."""
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(12, 4.4), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2)
    for model in GLASS_BOXES:
        points = [point for point in study.points if point.model == model]
        terms = [point.terms for point in points]
        left.plot(terms, [point.cost for point in points], "o-", color=_COLOURS[model], label=model)
        right.errorbar(
            terms,
            [point.auc for point in points],
            yerr=[point.auc_error for point in points],
            fmt="o-",
            color=_COLOURS[model],
            label=model,
        )
    left.set(title="cost per client, out of fold", xlabel="terms")
    right.set(title="AUC, out of fold, ± one standard error", xlabel="terms")
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8)
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
