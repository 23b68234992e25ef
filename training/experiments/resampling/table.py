"""What each arm reaches: one line an arm, model and reading, every figure with its 95% interval.

The rule: an arm is better only where the whole interval of its cost minus that of "none" lies below 0. Of the
twenty-seven lines that are compared, about one may be so by chance.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Difference, mean_interval, paired_difference
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.calibration import apply_calibration, fit_calibration
from training.evaluation.figures import figures
from training.evaluation.splits import Split
from training.experiments.resampling.sampling import ARMS, Arm

# 95% intervals of AUC and average precision, over resampled clients.

RESAMPLES = 200


def ranking_intervals(
    target: NDArray[np.integer], score: Floats, *, seed: int, resamples: int = RESAMPLES
) -> dict[str, tuple[float, float]]:
    """Interval of ``auc`` and of ``average_precision``.

    Parameters
    ----------
    target : shape (clients,), 0 or 1, both present
    score : shape (clients,), higher is riskier
    """
    order = np.argsort(-score, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0.0])
    bad = target[order].astype(np.float64)
    generator = np.random.default_rng([seed, 5])
    draws = np.array([_figures(bad, _drawn(generator, len(bad)), starts) for _ in range(resamples)])
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(("auc", "average_precision"))}


def _drawn(generator: np.random.Generator, clients: int) -> Floats:
    return np.bincount(generator.integers(0, clients, clients), minlength=clients).astype(np.float64)


def _figures(bad: Floats, times: Floats, starts: NDArray[np.int64]) -> tuple[float, float]:
    """AUC and average precision of clients in order of falling score, each counted so many times."""
    events, others = np.add.reduceat(bad * times, starts), np.add.reduceat((1.0 - bad) * times, starts)
    above, passed = np.cumsum(events), np.cumsum(others)
    if above[-1] == 0.0 or passed[-1] == 0.0:
        return 0.5, float(above[-1] > 0.0)
    auc = float((others * (above - events / 2.0)).sum() / (above[-1] * passed[-1]))
    precision = above / np.maximum(above + passed, 1.0)
    return auc, float((events * precision).sum() / above[-1])


READINGS = ("as_fitted", "prior_shift", "calibrated")
SHOWN = ("auc", "average_precision", "brier", "log_loss", "mean_pd", "observed", "cost", "declined")


@dataclass(frozen=True)
class Scored:
    """Out-of-fold scores of one arm on one model.

    Attributes
    ----------
    raw, shift : shape (clients,), the library's log-odds, and what brings back the base rate
    sizes : columns or terms of each fold's model
    """

    raw: Floats
    shift: Floats
    sizes: NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    intervals : 95%, by figure
    difference : cost per client minus that of the arm "none" in the same reading; None for that arm itself
    """

    model: str
    arm: Arm
    reading: str
    figures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    difference: Difference | None

    @property
    def better(self) -> bool:
        """Whether the arm costs less than nothing at all, beyond the interval."""
        return self.difference is not None and self.difference.high < 0.0

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values."""
        return {
            "model": self.model,
            "arm": self.arm.value,
            "reading": self.reading,
            **self.figures,
            "intervals": {name: list(bounds) for name, bounds in self.intervals.items()},
            "cost_minus_none": None if self.difference is None else self.difference.as_dict(),
            "better": self.better,
        }


@dataclass(frozen=True)
class Encoders:
    """The plain baseline of encoders beside the glass boxes, none of them resampled, all calibrated.

    Attributes
    ----------
    size : mean number of the model's inputs: columns of indicators and numbers, or terms
    difference : cost per client of the one-hot regression minus this model's
    """

    model: str
    figures: Mapping[str, float]
    size: float
    difference: Difference

    def as_dict(self) -> dict[str, Any]:
        """The line as plain values."""
        return asdict(self)


def rows_of(
    model: str, scores: Mapping[tuple[str, Arm], Scored], matrix: Matrix, splits: Sequence[Split], settings: Settings
) -> list[Row]:
    """The lines of one model."""
    readings = {arm: readings_of(scores[model, arm], matrix, splits) for arm in ARMS}
    rows = []
    for arm in ARMS:
        for reading, log_odds in readings[arm].items():
            # "none" shifts by 0, so its prior_shift reading would repeat the first; the others are judged against it
            if arm is Arm.NONE and reading == "prior_shift":
                continue
            difference = None
            if arm is not Arm.NONE:
                difference = paired_difference(
                    _costs(log_odds, matrix, settings),
                    _costs(readings[Arm.NONE][reading], matrix, settings),
                    seed=settings.seed,
                )
            shown = _shown(log_odds, matrix, settings)
            rows.append(Row(model, arm, reading, shown, _intervals(log_odds, matrix, settings), difference))
    return rows


def encoders_of(
    scores: Mapping[str, Scored], matrix: Matrix, splits: Sequence[Split], settings: Settings
) -> tuple[Encoders, ...]:
    """Each model without resampling against the one-hot regression."""
    readings = {model: readings_of(scored, matrix, splits)["calibrated"] for model, scored in scores.items()}
    plain = _costs(readings["logistic"], matrix, settings)
    return tuple(
        Encoders(
            model,
            _shown(log_odds, matrix, settings),
            float(scores[model].sizes.mean()),
            paired_difference(plain, _costs(log_odds, matrix, settings), seed=settings.seed),
        )
        for model, log_odds in readings.items()
    )


def readings_of(scored: Scored, matrix: Matrix, splits: Sequence[Split]) -> dict[str, Floats]:
    """Log-odds of each reading; a fold's calibration is fitted on the out-of-fold scores of the others."""
    calibrated = np.empty(len(matrix))
    for split in splits:
        line = fit_calibration(matrix.target[split.fit], scored.raw[split.fit])
        calibrated[split.held] = apply_calibration(line, scored.raw[split.held])
    return dict(zip(READINGS, (scored.raw, scored.raw + scored.shift, calibrated), strict=True))


def _shown(log_odds: Floats, matrix: Matrix, settings: Settings) -> dict[str, float]:
    found = figures(matrix.target, log_odds, settings.costs)
    return {name: found[name] for name in SHOWN}


def _intervals(log_odds: Floats, matrix: Matrix, settings: Settings) -> dict[str, tuple[float, float]]:
    pd = pd_of_many(log_odds)
    of_each = {"brier": (pd - matrix.target) ** 2, "mean_pd": pd, "cost": _costs(log_odds, matrix, settings)}
    return {
        **ranking_intervals(matrix.target, log_odds, seed=settings.seed),
        **{name: _of_mean(values) for name, values in of_each.items()},
    }


def _of_mean(values: Floats) -> tuple[float, float]:
    mean = mean_interval(values)
    return mean.low, mean.high


def _costs(log_odds: Floats, matrix: Matrix, settings: Settings) -> Floats:
    return settings.costs.of_each(matrix.target, pd_of_many(log_odds) > settings.costs.threshold)
