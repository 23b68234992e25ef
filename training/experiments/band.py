"""How far scores move when the same procedure learns from other clients of the same population.

The rule: a refit is a whole training of one glass box: path of selection, fit, calibration on clients that it was not
fitted on, compiled. Each score is held against the mean of the other refits' scores of the same client, which is the
nearest that can be had to what the procedure gives on average.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from scoring.errors import TrainingError
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.arrays import Floats
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.calibration import fit_calibration
from training.evaluation.crossfit import UNNAMED, decision_rule
from training.models.compile import compile_model, tables_of
from training.parallel import Notice, cores, run_in_processes
from training.search.final_fit import GLASS_BOXES, GlassBox, fit_glass_box
from training.search.selection import Narrowing


@dataclass(frozen=True)
class Moves:
    """Scores of the same clients by several trainings, shape (trainings, clients) each, in log-odds."""

    log_odds: Floats
    spread: Floats

    @property
    def distances(self) -> Floats:
        """Of each score to the mean of the others', in its own spreads; shape (trainings, clients).

        A mean of ``R − 1`` others is itself uncertain: the distance is shrunk by the root of ``1 + 1/(R − 1)``.
        """
        trainings = len(self.log_odds)
        if trainings < 2:
            raise ValueError(f"scores must be of at least 2 trainings; got {trainings}")
        errors = np.abs(self.log_odds - self.log_odds.mean(axis=0)) * np.sqrt(trainings / (trainings - 1.0))
        return errors / np.maximum(self.spread, 1e-12)

    def k(self, coverage: float) -> float:
        """Spreads within which the stated share of the scores lies."""
        return float(np.quantile(self.distances, coverage))

    def covered(self, k: float) -> Floats:
        """Share of the clients within `k` spreads, by training."""
        return np.asarray((self.distances <= k).mean(axis=1), dtype=np.float64)

    @classmethod
    def joined(cls, parts: Sequence["Moves"]) -> "Moves":
        """Scores of the same clients by the trainings of every part, in their order."""
        return cls(np.vstack([one.log_odds for one in parts]), np.vstack([one.spread for one in parts]))

    def with_one_more(self, log_odds: Floats, spread: Floats) -> "Moves":
        """The same with another training's scores, the first."""
        return Moves.joined([Moves(log_odds[None, :], spread[None, :]), self])


def refit(
    kind: GlassBox,
    train: Matrix,
    others: Matrix,
    settings: Settings,
    *,
    threads: int,
    narrowing: Narrowing | None = None,
) -> AdditiveModel:
    """A whole training of one glass box.

    Parameters
    ----------
    train : clients to fit on
    others : clients of the same population to calibrate on
    narrowing : walks the path of selection, where it was walked before for the other glass box
    """
    few = (narrowing or Narrowing(settings.selection, settings.seed))(train)
    fitted = fit_glass_box(kind, few, settings, threads=threads)
    calibration = fit_calibration(others.target, fitted.decision_function(others.frame))
    return compile_model(
        fitted,
        tables_of(fitted, few).calibrated(calibration),
        trained_on=few,
        tested_on=others.frame[:100],
        rule=decision_rule(settings.costs, 0.0, 0.0),
        provenance=UNNAMED,
    )


def moves(models: Sequence[AdditiveModel], judged: pl.DataFrame) -> Moves:
    """The scores of the same clients by several trainings."""
    scored = [Lookup(model).score_many(judged) for model in models]
    return Moves(np.stack([one.log_odds for one in scored]), np.stack([one.spread for one in scored]))


# The study behind the band of uncertainty: ``k`` by glass box and size, on fresh samples of one synthetic portfolio.


COVERAGE = 0.90
SIZES = ((4_000, 10), (16_000, 7), (60_000, 4))
"""Clients of a sample, and how many samples."""
JUDGED = 5_000
MOST_OTHERS = 30_000
"""Clients that are enough to calibrate on; from this size on, the samples of one size share them."""


@dataclass(frozen=True)
class Row:
    """One size of one glass box.

    Attributes
    ----------
    clients, positives : trained on, mean over the samples
    k : spreads that cover the mean of other trainings' scores for the stated share of the scores
    k_low, k_high : the least and the most of the samples taken alone
    error, spread : root mean square of the distance to that mean, and mean spread, in log-odds
    true_covered : share of the scores within k spreads of the true log-odds, which no training reaches on average
    """

    clients: int
    positives: int
    samples: int
    k: float
    k_low: float
    k_high: float
    error: float
    spread: float
    true_covered: float


def steps() -> int:
    """How many notices a study gives."""
    return len(GLASS_BOXES) * sum(samples for _, samples in SIZES)


def study_band(
    matrix: Matrix, true_log_odds: Floats, settings: Settings, *, notice: Notice = lambda _: None
) -> dict[str, Any]:
    """Measure ``k`` for every size and glass box.

    Parameters
    ----------
    matrix : labelled synthetic clients, enough for every sample
    true_log_odds : shape (clients,)

    Raises
    ------
    TrainingError
        When there are too few clients.
    """
    needed = JUDGED + max(count * size + min(count * size, MOST_OTHERS) for size, count in SIZES)
    if len(matrix) < needed:
        raise TrainingError(
            f"The study of the band must have {needed} labelled clients; got {len(matrix)}. Write a larger portfolio."
        )
    order = np.random.default_rng([settings.seed, 71]).permutation(len(matrix))
    judged_rows, rest = np.sort(order[:JUDGED]), order[JUDGED:]
    judged, truth = matrix.take(judged_rows), true_log_odds[judged_rows]
    sizes: dict[str, list[dict[str, Any]]] = {kind: [] for kind in GLASS_BOXES}
    for size, count in SIZES:
        samples = [matrix.take(np.sort(rest[i * size : (i + 1) * size])) for i in range(count)]
        left = rest[count * size :]
        shared = size > MOST_OTHERS // 2
        others = [
            matrix.take(np.sort(left[:MOST_OTHERS] if shared else left[i * size : (i + 1) * size]))
            for i in range(count)
        ]
        for kind in GLASS_BOXES:
            works = [
                partial(_refit, kind, sample, other, judged, settings, 2 if shared else 1)
                for sample, other in zip(samples, others, strict=True)
            ]
            # large samples one after the other: two at a time would double the memory
            parts = run_in_processes(works, notice, processes=1 if shared else cores())
            found = Moves.joined(parts)
            sizes[kind].append(asdict(_row(found, truth, size, samples)))
    return {"coverage": COVERAGE, "sizes": sizes}


def _refit(
    kind: GlassBox,
    sample: Matrix,
    others: Matrix,
    judged: Matrix,
    settings: Settings,
    threads: int,
    notice: Notice,
) -> Moves:
    found = moves([refit(kind, sample, others, settings, threads=threads)], judged.frame)
    notice(f"{kind}: {len(sample)} clients")
    return found


def _row(found: Moves, truth: Floats, size: int, samples: list[Matrix]) -> Row:
    k = found.k(COVERAGE)
    each = np.quantile(found.distances, COVERAGE, axis=1)
    count = len(samples)
    errors = (found.log_odds - found.log_odds.mean(axis=0)) * np.sqrt(count / (count - 1.0))
    return Row(
        clients=size,
        positives=round(float(np.mean([sample.positives for sample in samples]))),
        samples=count,
        k=k,
        k_low=float(each.min()),
        k_high=float(each.max()),
        error=float(np.sqrt((errors**2).mean())),
        spread=float(found.spread.mean()),
        true_covered=float((np.abs(found.log_odds - truth) <= k * found.spread).mean()),
    )
