"""The resampling study: every arm on every model, the same folds, judged on clients as they are.

The rule: an arm touches the clients of the fit alone. The terms of a fold are chosen once, on its real clients, and
serve every arm; what an arm says is measured on the clients held out, with the base rate they have. Three readings of
the same scores are shown: as fitted, with the base rate put back by a shift of the log-odds, and calibrated as the
served model is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scoring.model.arrays import Floats
from training.checkpoints import Checkpoints
from training.config import EbmSettings, Settings
from training.data.matrix import Matrix, check_classes
from training.evaluation.splits import Split, hold_out, stratified_folds
from training.experiments.resampling.sampling import ARMS, Arm, Resampled, resample
from training.experiments.resampling.table import Encoders, Row, Scored, encoders_of, rows_of
from training.models.ebm import fit_ebm, rank_terms
from training.models.onehot import fit_onehot
from training.models.scorecard import fit_scorecard
from training.parallel import Notice, one_thread
from training.search.selection import Narrowing

MODELS = ("ebm", "scorecard", "logistic")
MOST_ROWS = 40_000


@dataclass(frozen=True)
class Study:
    """What the study found: the table, the plain baseline of encoders, and on whom.

    Attributes
    ----------
    encoders : each model without resampling, calibrated, against the one-hot regression
    """

    rows: tuple[Row, ...]
    encoders: tuple[Encoders, ...]
    clients: int
    positives: int
    folds: int

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return {
            "clients": self.clients,
            "positives": self.positives,
            "folds": self.folds,
            "rows": [row.as_dict() for row in self.rows],
            "encoders": [one.as_dict() for one in self.encoders],
        }

    @property
    def better(self) -> tuple[Row, ...]:
        """The lines that are better than none beyond their interval."""
        return tuple(row for row in self.rows if row.better)


def steps(settings: Settings) -> int:
    """How many notices a study gives."""
    return len(MODELS) * len(ARMS) * settings.folds


def study_resampling(
    matrix: Matrix, settings: Settings, *, remaining: Checkpoints | None = None, notice: Notice = lambda _: None
) -> Study:
    """Fit every arm on every model inside the folds, and measure.

    Parameters
    ----------
    matrix : labelled clients; at most 40,000 of them, stratified, are studied
    kept : where the scores of an arm are kept as it ends, and found again

    Raises
    ------
    TrainingError
        When the clients with difficulties are too few.
    """
    check_classes(matrix, settings.fewest_of_a_class)
    if len(matrix) > MOST_ROWS:
        matrix = matrix.take(hold_out(matrix.target, MOST_ROWS / len(matrix), settings.seed).held)
    splits = stratified_folds(matrix.target, settings.folds, settings.seed)
    folds = _Folds(matrix, splits, settings)
    scores: dict[tuple[str, Arm], Scored] = {}
    with one_thread():
        for arm in ARMS:
            for model in MODELS:
                scores[model, arm] = _scored(folds, model, arm, remaining, notice)
    rows = [row for model in MODELS for row in rows_of(model, scores, matrix, splits, settings)]
    encoders = encoders_of({model: scores[model, Arm.NONE] for model in MODELS}, matrix, splits, settings)
    return Study(tuple(rows), encoders, len(matrix), matrix.positives, settings.folds)


class _Folds:
    """The folds' clients and the terms chosen on them, made when first asked for: a resumed study may need none."""

    def __init__(self, matrix: Matrix, splits: Sequence[Split], settings: Settings) -> None:
        self.matrix, self.splits, self.settings = matrix, splits, settings
        self._narrowing = Narrowing(settings.selection, settings.seed)
        self._chosen: dict[int, Matrix] = {}

    def fit_on(self, number: int) -> Matrix:
        """The clients that a fold fits on, with the candidates of the EBM's terms in order."""
        if number not in self._chosen:
            clients = self._narrowing(self.matrix.take(self.splits[number].fit))
            ranked = rank_terms(clients, self.settings.ebm, seed=self.settings.seed)
            scaled = self.settings.ebm.for_positives(clients.positives)
            best = {candidate.name for candidate in ranked[: scaled.terms]}
            self._chosen[number] = clients.only([c for c in clients.candidates if c.name in best])
        return self._chosen[number]


def _scored(folds: _Folds, model: str, arm: Arm, remaining: Checkpoints | None, notice: Notice) -> Scored:
    name = f"{arm.value}-{model}"
    if remaining is not None and name in remaining:
        for number in range(len(folds.splits)):
            notice(f"{model}, {arm.value}: fold {number + 1} kept")
        parts = remaining.get(name)
        return Scored(parts["raw"], parts["shift"], parts["sizes"])
    raw, shift = np.empty(len(folds.matrix)), np.empty(len(folds.matrix))
    sizes = []
    for number, split in enumerate(folds.splits):
        clients = folds.fit_on(number)
        made = resample(clients, arm, seed=folds.settings.seed + number)
        fitted, size = _fitted(model, made, clients.positives, folds.settings)
        raw[split.held] = fitted(folds.matrix.take(split.held))
        shift[split.held] = made.shift
        sizes.append(size)
        notice(f"{model}, {arm.value}: fold {number + 1} of {len(folds.splits)}")
    scored = Scored(raw, shift, np.array(sizes, dtype=np.int64))
    if remaining is not None:
        remaining.put(name, {"raw": scored.raw, "shift": scored.shift, "sizes": scored.sizes})
    return scored


def _fitted(model: str, made: Resampled, positives: int, settings: Settings) -> tuple[Callable[[Matrix], Floats], int]:
    """The decision function of a model of an arm, and its size; made-up clients entitle it to no larger one."""
    matrix, balanced, seed = made.matrix, made.balanced, settings.seed
    if model == "ebm":
        own = quick(settings.ebm.for_positives(positives).settled())
        ebm = fit_ebm(matrix, own, seed=seed, bags=own.screen_bags, ranking=matrix.candidates, balanced=balanced)
        return lambda held: ebm.decision_function(held.frame), len(ebm.candidates)
    if model == "scorecard":
        short = settings.scorecard.for_positives(positives).settled()
        card = fit_scorecard(matrix, short, seed=seed, balanced=balanced)
        return lambda held: card.decision_function(held.frame), len(card.candidates)
    plain = fit_onehot(matrix, balanced=balanced)
    return lambda held: plain.decision_function(held.frame), plain.columns


def quick(settings: EbmSettings) -> EbmSettings:
    """What makes the EBM of every arm affordable: among made-up clients, boosting hardly ever stops by itself."""
    return replace(
        settings, learning_rate=max(0.04, settings.learning_rate), max_rounds=1000, pairs=0, refit_shapes=False
    )


def key_of(settings: Settings, *, data: str, code: str) -> dict[str, Any]:
    """What the kept scores of a study depend on."""
    return {"data": data, "code": code, "rows": MOST_ROWS, "settings": settings.as_dict()}
