"""What each candidate says alone: its information value, its trend, and how alike it is between groups of clients.

Source: Siddiqi, *Credit Risk Scorecards* (2006), chapter 6 (weight of evidence, information value) and chapter 8
(population stability index).
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.model.arrays import Floats, Integers

HALF = 0.5
"""Clients added to each outcome of a bin, so that an empty one has a finite weight of evidence."""


@dataclass(frozen=True)
class Information:
    """Evidence of a candidate's bins.

    Attributes
    ----------
    value : information value less what chance alone would give; below 0 where there is less than that
    weights : weight of evidence of each bin, ln(share of the good / share of the bad)
    """

    value: float
    weights: Floats


def information(bins: Integers, target: Integers) -> Information:
    """Information value of a candidate, without the part that is expected of pure noise.

    With k bins, noise alone gives (k − 1)·(1/bad + 1/good) on average: the value times the harmonic number of clients
    is a chi-square of k − 1 degrees of freedom.

    Parameters
    ----------
    bins : shape (clients,), from 0
    target : shape (clients,), 0 or 1, both present
    """
    bad = np.bincount(bins, weights=target).astype(np.float64)
    good = np.bincount(bins) - bad
    filled = bad + good > 0
    share_good = (good + HALF) / (good + HALF)[filled].sum()
    share_bad = (bad + HALF) / (bad + HALF)[filled].sum()
    weights = np.where(filled, np.log(share_good / share_bad), 0.0)
    raw = float(((share_good - share_bad) * weights)[filled].sum())
    chance = (int(filled.sum()) - 1) * (1.0 / bad.sum() + 1.0 / good.sum())
    return Information(raw - chance, weights)


def stability(bins: Integers, groups: Integers) -> float:
    """Largest population stability index of a group of clients against all the others, less what chance would give.

    Parameters
    ----------
    bins : shape (clients,), from 0
    groups : shape (clients,), from 0, at least two of them
    """
    counts = np.bincount(groups * (bins.max() + 1) + bins, minlength=(groups.max() + 1) * (bins.max() + 1))
    inside = counts.reshape(groups.max() + 1, -1).astype(np.float64)
    inside = inside[:, inside.sum(axis=0) > 0]
    outside = inside.sum(axis=0) - inside
    share_in = (inside + HALF) / (inside + HALF).sum(axis=1, keepdims=True)
    share_out = (outside + HALF) / (outside + HALF).sum(axis=1, keepdims=True)
    index = ((share_in - share_out) * np.log(share_in / share_out)).sum(axis=1)
    chance = (inside.shape[1] - 1) * (1.0 / inside.sum(axis=1) + 1.0 / outside.sum(axis=1))
    return float((index - chance).max())


def trend(values: pl.Series, target: Integers) -> float:
    """Standard errors by which higher values go with difficulties (below 0: with none), over the known values.

    It is the Mann-Whitney statistic, ties corrected: the correlation of rank and outcome times √(clients − 1).
    """
    known = values.is_not_null().to_numpy()
    rank = values.drop_nulls().rank("average").to_numpy()
    outcome = target[known].astype(np.float64)
    if len(rank) < 2 or rank.std() == 0.0 or outcome.std() == 0.0:
        return 0.0
    return float(np.corrcoef(rank, outcome)[0, 1] * np.sqrt(len(rank) - 1))


def rank_correlation(columns: list[pl.Series], fewest: int) -> Floats:
    """Spearman's correlation of each two columns over the clients known in both, shape (columns, columns).

    Ranks are taken once over a column's known values, not again for each pair, so that all pairs are a few products of
    matrices. Where fewer than `fewest` clients are known in both, it is 0.
    """
    known = np.column_stack([c.is_not_null().to_numpy() for c in columns]).astype(np.float64)
    ranks = np.column_stack([_standard(c) for c in columns])
    both, sums, squares = known.T @ known, ranks.T @ known, (ranks**2).T @ known
    count = np.maximum(both, 1.0)
    covariance = ranks.T @ ranks - sums * sums.T / count
    spread = np.maximum(squares - sums**2 / count, 0.0)
    scale = np.sqrt(spread * spread.T)
    usable = (both >= fewest) & (scale > 1e-9 * count)
    found = np.where(usable, covariance / np.where(usable, scale, 1.0), 0.0)
    np.fill_diagonal(found, 1.0)
    return np.clip(found, -1.0, 1.0)


def _standard(column: pl.Series) -> Floats:
    """Ranks of mean 0 and variance 1 over the known values, 0 where missing."""
    rank = column.rank("average").cast(pl.Float64).fill_null(float("nan")).to_numpy()
    seen = rank[~np.isnan(rank)]
    spread = float(seen.std()) if len(seen) else 0.0
    if spread == 0.0:
        return np.zeros(len(rank))
    return np.nan_to_num((rank - seen.mean()) / spread)
