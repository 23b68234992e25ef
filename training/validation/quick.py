"""A quick scorecard for checks that need many fits: quantile bins, weights of evidence, forward choice, a regression.

It is not a model that is served. It is the same kind of procedure at a hundredth of the time, so that what it shows
(a leak, a gain, a bias) is what such a procedure does on these data. The regression sees, for each client, the
evidence that the *other* folds saw in its bin, so that noise earns no weight.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.model.arrays import Floats, Integers
from training.data.matrix import Candidate
from training.models.logistic import Logistic, fit_logistic, score_statistics

BINS, FOLDS, PRIOR, RARE = 10, 5, 20.0, 50
FIRST = 40
"""Candidates that get as far as the forward choice: those of most information."""


@dataclass(frozen=True)
class Cuts:
    """Where each candidate is cut, learnt on some clients; bin 0 is missing."""

    candidates: tuple[Candidate, ...]
    edges: tuple[Floats | dict[str, int], ...]

    @property
    def sizes(self) -> list[int]:
        """How many bins each candidate has."""
        return [len(e) + 2 for e in self.edges]

    def codes(self, frame: pl.DataFrame) -> Integers:
        """The bin of each client on each candidate, shape (clients, candidates)."""
        columns = [_bin(frame[c.name], edges) for c, edges in zip(self.candidates, self.edges, strict=True)]
        return np.column_stack(columns) if columns else np.empty((frame.height, 0), dtype=np.int64)


@dataclass(frozen=True)
class Quick:
    """A fitted quick scorecard: the positions of its variables, the evidence of each bin, the regression."""

    chosen: tuple[int, ...]
    evidence: tuple[Floats, ...]
    model: Logistic

    def log_odds(self, codes: Integers) -> Floats:
        """Log-odds of difficulties, shape (clients,)."""
        return self.model.intercept + _columns(codes, self.chosen, self.evidence) @ self.model.coefficients


def cut(frame: pl.DataFrame, candidates: Sequence[Candidate]) -> Cuts:
    """Learn the cuts: deciles of a number, the frequent codes of a category."""
    return Cuts(tuple(candidates), tuple(_edges(frame[c.name]) for c in candidates))


def fit_quick(
    codes: Integers,
    sizes: Sequence[int],
    target: NDArray[np.integer],
    *,
    seed: int,
    most: int = 15,
    weights: Floats | None = None,
    always: Sequence[int] = (),
) -> Quick:
    """Fit the quick scorecard.

    Parameters
    ----------
    codes : shape (clients, candidates), from `Cuts.codes`
    sizes : bins of each candidate
    target : shape (clients,), both outcomes present
    most : largest number of variables chosen
    weights : how many times each client counts
    always : positions of variables that enter whatever they say
    """
    counted = np.ones(len(target)) if weights is None else weights
    bad = counted * (target == 1)
    fold = np.random.default_rng([seed, 4]).permutation(len(target)) % FOLDS
    information = np.array([_information(codes[:, i], counted, bad, size) for i, size in enumerate(sizes)])
    first = [int(i) for i in np.argsort(-information, kind="stable")[:FIRST] if information[i] > 0.0]
    first = [*always, *(i for i in first if i not in always)]
    honest = np.column_stack([_honest(codes[:, i], counted, bad, sizes[i], fold) for i in first])
    entered = _forward(honest, target, counted, most=most, always=len(always))
    chosen = tuple(first[i] for i in entered)
    model = fit_logistic(honest[:, entered], target, weights=counted)
    return Quick(chosen, tuple(evidence_of(codes[:, i], counted, bad, sizes[i]) for i in chosen), model)


def cross_fitted(
    codes: Integers, sizes: Sequence[int], target: NDArray[np.integer], *, seed: int, always: Sequence[int] = ()
) -> Floats:
    """Log-odds of every client by a quick scorecard that did not see it."""
    fold = np.random.default_rng([seed, 5]).permutation(len(target)) % FOLDS
    out = np.empty(len(target))
    for k in range(FOLDS):
        model = fit_quick(codes[fold != k], sizes, target[fold != k], seed=seed, always=always)
        out[fold == k] = model.log_odds(codes[fold == k])
    return out


def _forward(honest: Floats, target: NDArray[np.integer], weights: Floats, *, most: int, always: int) -> list[int]:
    chosen, waiting = list(range(always)), list(range(always, honest.shape[1]))
    while waiting and len(chosen) < most + always:
        model = fit_logistic(honest[:, chosen], target, weights=weights)
        statistic, sign = score_statistics(honest[:, waiting], target, model, honest[:, chosen])
        statistic = np.where(sign > 0, statistic, -1.0)
        best = int(np.argmax(statistic))
        if statistic[best] <= 2.0 and chosen:
            break
        chosen.append(waiting.pop(best))
    return chosen


def _edges(column: pl.Series) -> Floats | dict[str, int]:
    if column.dtype == pl.String:
        counts = column.drop_nulls().value_counts().sort(column.name)
        return {str(code): i + 2 for i, code in enumerate(c for c, n in counts.iter_rows() if n >= RARE)}
    values = column.cast(pl.Float64).drop_nulls().drop_nans().to_numpy()
    return np.unique(np.quantile(values, np.arange(1, BINS) / BINS)) if len(values) else np.empty(0)


def _bin(column: pl.Series, edges: Floats | dict[str, int]) -> Integers:
    if isinstance(edges, dict):
        texts = column.cast(pl.String)
        codes = texts.replace_strict(edges, default=1, return_dtype=pl.Int64) if edges else pl.Series([1] * len(column))
        return np.where(texts.is_null().to_numpy(), 0, codes.to_numpy())
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.where(np.isnan(values), 0, 1 + np.searchsorted(edges, values, side="right"))


def evidence_of(bins: Integers, counted: Floats, bad: Floats, size: int) -> Floats:
    """Log-odds of each bin against the average, drawn towards it by `PRIOR` clients."""
    rate = bad.sum() / counted.sum()
    shrunk = (np.bincount(bins, bad, size) + PRIOR * rate) / (np.bincount(bins, counted, size) + PRIOR)
    return np.asarray(np.log(shrunk / (1 - shrunk)) - np.log(rate / (1 - rate)), dtype=np.float64)


def _honest(bins: Integers, counted: Floats, bad: Floats, size: int, fold: Integers) -> Floats:
    out = np.empty(len(bins))
    for k in range(FOLDS):
        others = fold != k
        out[~others] = evidence_of(bins[others], counted[others], bad[others], size)[bins[~others]]
    return out


def _information(bins: Integers, counted: Floats, bad: Floats, size: int) -> float:
    table = evidence_of(bins, counted, bad, size)
    events, clients = np.bincount(bins, bad, size), np.bincount(bins, counted, size)
    return float(((events / bad.sum() - (clients - events) / (counted - bad).sum()) * table).sum())


def _columns(codes: Integers, chosen: Sequence[int], tables: Sequence[Floats]) -> Floats:
    return np.column_stack([table[codes[:, i]] for i, table in zip(chosen, tables, strict=True)])
