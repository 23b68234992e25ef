"""The study behind the band of uncertainty: ``k`` by glass box and size, on fresh samples of one synthetic portfolio.

The rule: samples of one size share no client, and none shares one with those who are judged.
"""

from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from training.config import Settings
from training.data.matrix import Matrix
from training.experiments.fresh import Moves, moves, refit
from training.parallel import Notice, apart, cores
from training.search.final_fit import GLASS_BOXES, GlassBox

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
            parts = apart(works, notice, processes=1 if shared else cores())
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
