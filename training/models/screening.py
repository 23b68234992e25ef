"""Coarse bins of one candidate, for what ranks candidates: a number at its quantiles, a category at its frequent codes.

The rule: bin 0 is missing and nothing else, so that a missing value has evidence of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.model.arrays import Floats, Integers
from training.data.matrix import Candidate, Matrix
from training.models.logistic import Logistic, fit_logistic, score_statistics

BINS = 10
RARE = 50
"""Clients below which a code shares bin 1 with the other rare codes."""


def coarse_bins(column: pl.Series) -> NDArray[np.int64]:
    """Bin of each client, shape (clients,); 0 is missing.

    >>> coarse_bins(pl.Series([0.0] * 20 + [1.0, None]))[-3:].tolist()
    [2, 3, 0]
    """
    if column.dtype == pl.String:
        counts = column.drop_nulls().value_counts().sort(column.name)
        frequent: Sequence[str] = [str(code) for code, count in counts.iter_rows() if count >= RARE]
        numbers = {code: i + 2 for i, code in enumerate(frequent)}
        return column.replace_strict(numbers, default=1, return_dtype=pl.Int64).set(column.is_null(), 0).to_numpy()
    values = column.fill_null(float("nan")).to_numpy()
    edges = _edges(values[~np.isnan(values)])
    return np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values, side="right"))


def _edges(known: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each bin but the first begins: at the quantiles, and behind a value that fills two of them or more.

    Without the latter, a flag that few have and a count that is mostly 0 would fall into one bin.
    """
    if not len(known):
        return np.empty(0)
    quantiles = np.quantile(known, np.arange(1, BINS) / BINS, method="lower")
    heavy = np.unique(quantiles[1:][quantiles[1:] == quantiles[:-1]])
    distinct = np.unique(known)
    behind = np.searchsorted(distinct, heavy, side="right")
    return np.unique([*quantiles, *distinct[behind[behind < len(distinct)]]])


# Which candidates say something about the target, and something new: one cheap, honest ranking for both glass boxes.


FOLDS = 5
PRIOR = 20.0
"""Clients of the average rate that are added to each bin."""
MOST_ROWS = 50_000
"""Clients that are enough to rank candidates."""


@dataclass(frozen=True)
class Screening:
    """The candidates that entered, in that order, and why each other one did not."""

    chosen: tuple[Candidate, ...]
    left_out: Mapping[str, str]


def screen(
    matrix: Matrix, *, fewest: int, most: int, entry_chi2: float, seed: int, max_correlation: float = 1.0
) -> Screening:
    """Let candidates in as long as they add evidence.

    Parameters
    ----------
    fewest : so many enter even with less than `entry_chi2`, if their sign is right
    entry_chi2 : smallest score statistic (chi-square, 1 degree of freedom)
    max_correlation : largest correlation with the evidence of one that entered before
    """
    evidence, target = _evidence_of_some(matrix, seed)
    with np.errstate(invalid="ignore"):
        correlation = np.nan_to_num(np.corrcoef(evidence, rowvar=False).reshape(evidence.shape[1], -1))
    waiting = list(range(evidence.shape[1]))
    chosen: list[int] = []
    left_out: dict[str, str] = {}
    model = _average(target)
    while waiting and len(chosen) < most:
        chi2, sign = score_statistics(evidence[:, waiting], target, model, evidence[:, chosen])
        chi2 = np.where(sign > 0, chi2, -1.0)
        best = int(np.argmax(chi2))
        if chi2[best] <= (entry_chi2 if len(chosen) >= fewest else 0.0):
            break
        entering = waiting.pop(best)
        name = matrix.candidates[entering].name
        if chosen and float(np.abs(correlation[entering, chosen]).max()) > max_correlation:
            left_out[name] = "nearly the same as another variable"
            continue
        trial = fit_logistic(evidence[:, [*chosen, entering]], target)
        if (trial.coefficients <= 0.0).any():
            left_out[name] = "it turns the sign of another variable"
            continue
        chosen.append(entering)
        model = trial
    left_out |= {matrix.candidates[i].name: "adds nothing to the variables chosen" for i in waiting}
    return Screening(tuple(matrix.candidates[i] for i in chosen), left_out)


def shortlist(matrix: Matrix, *, most: int, seed: int) -> Matrix:
    """The matrix with no more than `most` candidates: those that `screen` lets in, then the best taken alone.

    A fit over hundreds of candidates is slow, and spreads itself over noise when the clients are few.
    """
    if len(matrix.candidates) <= most:
        return matrix
    first = screen(matrix, fewest=1, most=most, entry_chi2=1.0, seed=seed).chosen
    evidence, target = _evidence_of_some(matrix, seed)
    chi2, sign = score_statistics(evidence, target, _average(target), evidence[:, :0])
    alone = np.argsort(-np.where(sign > 0, chi2, -1.0), kind="stable")
    names = list(dict.fromkeys([*(c.name for c in first), *(matrix.candidates[i].name for i in alone)]))[:most]
    return matrix.only([candidate for candidate in matrix.candidates if candidate.name in set(names)])


def honest_evidence(matrix: Matrix, seed: int) -> Floats:
    """Log-odds of each client's bin against the average, as seen by the other folds: shape (clients, candidates)."""
    target = matrix.target.astype(np.float64)
    fold = np.random.default_rng([seed, 2]).permutation(len(matrix)) % FOLDS
    return np.column_stack([_evidence(coarse_bins(matrix.frame[c.name]), target, fold) for c in matrix.candidates])


def _evidence_of_some(matrix: Matrix, seed: int) -> tuple[Floats, Integers]:
    if len(matrix) > MOST_ROWS:
        rows = np.sort(np.random.default_rng([seed, 3]).permutation(len(matrix))[:MOST_ROWS])
        matrix = matrix.take(rows)
    return honest_evidence(matrix, seed), matrix.target.astype(np.int64)


def _average(target: Integers) -> Logistic:
    rate = float(target.mean())
    return Logistic(float(np.log(rate / (1.0 - rate))), np.empty(0))


def _evidence(bins: Integers, target: Floats, fold: Integers) -> Floats:
    size = int(bins.max()) + 1
    clients = np.stack([np.bincount(bins[fold == k], minlength=size) for k in range(FOLDS)]).astype(np.float64)
    events = np.stack([np.bincount(bins[fold == k], target[fold == k], minlength=size) for k in range(FOLDS)])
    others, bad = clients.sum(axis=0) - clients, events.sum(axis=0) - events
    rate = bad.sum(axis=1, keepdims=True) / others.sum(axis=1, keepdims=True)
    shrunk = (bad + PRIOR * rate) / (others + PRIOR)
    evidence = np.log(shrunk / (1.0 - shrunk)) - np.log(rate / (1.0 - rate))
    return np.asarray(evidence[fold, bins], dtype=np.float64)
