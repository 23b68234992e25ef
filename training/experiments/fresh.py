"""How far scores move when the same procedure learns from other clients of the same population.

The rule: a refit is a whole training of one glass box: path of selection, fit, calibration on clients that it was not
fitted on, compiled. Each score is held against the mean of the other refits' scores of the same client, which is the
nearest that can be had to what the procedure gives on average.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.arrays import Floats
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.calibration import fit_calibration
from training.evaluation.crossfit import UNNAMED, decision_rule
from training.models.compile import compile_model, tables_of
from training.search.final_fit import GlassBox, fit_glass_box
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
