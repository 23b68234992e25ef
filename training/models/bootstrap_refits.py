"""Whole scorecards on resampled clients: binned again, evidence weighed again, the regression fitted again.

A bootstrap that kept the bins would call certain what the choice of bins made up. Each refit is expressed in the served
cells, by the mean of its contributions over the clients of the cell, so that the document holds it.

Clients are first counted in fine cells (about two hundred quantiles of a number, the codes of a category), in which the
served bins lie whole; resampling and binning then work on the counts, however many the clients are.

Source: Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), ch. 6.

"""

from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from optbinning import BinningProcess
from optbinning.binning.auto_monotonic import auto_monotonic
from sklearn.tree import DecisionTreeClassifier

from scoring.model.arrays import Floats, Integers
from training.config import ScorecardSettings
from training.data.matrix import Candidate, Matrix
from training.models.logistic import fit_logistic

Trend = Literal["ascending", "descending", "peak", "valley"]
TURNS = {"ascending": (1,), "descending": (-1,), "peak": (1, -1), "valley": (-1, 1)}
"""The ways that default rates go, one after the other."""


def best_bins(good: Floats, bad: Floats, trend: Trend, *, most: int, fewest: float) -> Integers:
    """The bin of each prebin, shape (prebins,), from 0 up; all in one where no more bins are allowed.

    Parameters
    ----------
    good, bad : payers and defaulters of each prebin, each above 0
    most : largest number of bins
    fewest : smallest number of clients in a bin

    >>> best_bins(np.array([90.0, 80, 50, 52]), np.array([1.0, 5, 10, 9]), "ascending", most=4, fewest=10).tolist()
    [0, 1, 2, 2]
    """
    prebins, most = len(good), min(most, len(good))
    rate, value = _rate_and_value(good, bad, fewest)
    ways = TURNS[trend]
    # best[w, i, j, k]: most value of prebins 0 to j in k + 1 bins, the last from i on, going the way w
    best = np.full((len(ways), prebins, prebins, most), -np.inf)
    came = np.full((len(ways), prebins, prebins, most, 2), -1, dtype=np.int64)
    for last in range(prebins):
        for w, way in enumerate(ways):
            best[w, 0, last, 0] = value[0, last]
            for before in range(w + 1):  # the way so far may be an earlier one
                # of each bin (first, last), the bins (start, first − 1) that may come before it
                ends = np.arange(1, last + 1)
                rates = rate[:, ends - 1]  # (start, first)
                allowed = (rate[ends, last][None, :] - rates) * way >= 0.0
                options = np.where(allowed[:, :, None], best[before][:, ends - 1, :-1], -np.inf)
                start = options.argmax(axis=0)
                gained = np.take_along_axis(options, start[None], axis=0)[0] + value[ends, last][:, None]
                better = gained > best[w, ends, last, 1:]
                best[w, ends, last, 1:] = np.where(better, gained, best[w, ends, last, 1:])
                came[w, ends, last, 1:] = np.where(
                    better[..., None], np.stack([np.full_like(start, before), start], axis=-1), came[w, ends, last, 1:]
                )
    return _traced(best, came)


def _rate_and_value(good: Floats, bad: Floats, fewest: float) -> tuple[Floats, Floats]:
    """Default rate and information value of each bin (first, last); −inf for one that is too small."""
    prebins = len(good)
    goods, bads = (np.concatenate([[0.0], np.cumsum(part)]) for part in (good, bad))
    first, last = np.arange(prebins)[:, None], np.arange(prebins)[None, :]
    real = first <= last
    g, b = (np.where(real, part[1:][None, :] - part[:-1][:, None], 1.0) for part in (goods, bads))
    share_good, share_bad = g / goods[-1], b / bads[-1]
    value = (share_good - share_bad) * np.log(share_good / share_bad)
    return b / (g + b), np.where(real & (g + b >= fewest), value, -np.inf)


def _traced(best: Floats, came: NDArray[np.int64]) -> Integers:
    prebins, last = best.shape[1], best.shape[2] - 1
    final = best[:, :, last, :]
    out = np.zeros(prebins, dtype=np.int64)
    if not np.isfinite(final).any():
        return out
    way, first, bins = (int(one) for one in np.unravel_index(int(final.argmax()), final.shape))
    while True:
        out[first : last + 1] = bins
        before, start = came[way, first, last, bins]
        if bins == 0:
            return out
        last, first, way, bins = first - 1, int(start), int(before), bins - 1


# Whole scorecards on resampled clients: binned again, evidence weighed again, the regression fitted again.


TREND = {1: "ascending", -1: "descending", 0: "auto"}
FINE = 200
PREBINS, PREBIN_SHARE = 20, 0.05
"""Most prebins, and smallest share of the clients in one: optbinning's own."""


@dataclass(frozen=True)
class Refit:
    """One bootstrap: the intercept, and for each variable the contribution of each of optbinning's bins.

    The bins are in optbinning's order: values first, then special, then missing.
    """

    intercept: float
    contributions: tuple[Floats, ...]


@dataclass(frozen=True)
class _Variable:
    """One variable's fine cells.

    Attributes
    ----------
    values : of each fine cell of known values: its lowest value, or its code; shape (fine,)
    codes : fine cell of each client, ``fine`` for missing, shape (clients,)
    served : served bin of each fine cell, the missing one included, shape (fine + 1,)
    bins : how many served bins there are, special and missing included
    silent : whether missing gives no evidence
    pooled : codes that share the bin of rare codes, as fine cells
    """

    candidate: Candidate
    values: NDArray[Any]
    codes: Integers
    served: Integers
    bins: int
    silent: bool
    pooled: Integers


def refits(
    process: BinningProcess,
    matrix: Matrix,
    settings: ScorecardSettings,
    *,
    weights: Floats,
    bootstraps: int,
    seed: int,
) -> tuple[Refit, ...]:
    """Fit whole scorecards on resampled clients.

    Parameters
    ----------
    process : the served scorecard's binning
    matrix : the clients it was fitted on, with the scorecard's variables alone
    weights : of each client in the regression, shape (clients,)
    """
    variables = [_variable(process, matrix.frame[c.name], c) for c in matrix.candidates]
    target = matrix.target.astype(np.int64)
    generator = np.random.default_rng(seed)
    found = []
    for _ in range(bootstraps):
        counts = np.bincount(generator.integers(0, len(target), len(target)), minlength=len(target)).astype(np.float64)
        tables = [_rebinned(one, counts, target, settings) for one in variables]
        columns = np.column_stack([table[one.codes] for one, table in zip(variables, tables, strict=True)])
        model = fit_logistic(columns, target, ridge=1.0 / settings.regularisation, weights=counts * weights)
        stated = (
            _in_served_bins(one, coefficient * table)
            for one, table, coefficient in zip(variables, tables, model.coefficients, strict=True)
        )
        found.append(Refit(model.intercept, tuple(stated)))
    return tuple(found)


def bins_of(process: BinningProcess, name: str) -> int:
    """How many bins of values a variable has."""
    binned = process.get_binned_variable(name)
    return len(binned.binning_table.n_event) - 2


def _variable(process: BinningProcess, column: pl.Series, candidate: Candidate) -> _Variable:
    binned = process.get_binned_variable(candidate.name)
    bins = bins_of(process, candidate.name) + 2
    silent = "metric_missing" in (process.binning_transform_params or {}).get(candidate.name, {})
    if candidate.kind == "category":
        codes = column.drop_nulls().unique().sort().to_list()
        place = {code: i for i, code in enumerate(codes)}
        cells = column.replace_strict(place, default=len(codes), return_dtype=pl.Int64).fill_null(len(codes)).to_numpy()
        group_of = {code: number for number, group in enumerate(binned.splits) for code in group}
        served = np.array([group_of.get(code, len(binned.splits)) for code in codes] + [bins - 1])
        rare = set() if binned._cat_others is None else set(binned._cat_others)
        pooled = np.array([place[code] for code in codes if code in rare], dtype=np.int64)
        return _Variable(candidate, np.array(codes, dtype=object), cells, served, bins, silent, pooled)
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    known = values[~np.isnan(values)]
    cuts = np.quantile(known, np.arange(1, FINE) / FINE, method="lower")
    grid = np.unique(np.concatenate([cuts, np.asarray(binned.splits, dtype=np.float64)]))
    lowest = np.concatenate([[known.min()], grid[grid > known.min()]])
    codes_of = np.searchsorted(lowest, values, side="right") - 1
    codes_of[np.isnan(values)] = len(lowest)
    served = np.append(np.searchsorted(binned.splits, lowest, side="right"), bins - 1)
    none = np.empty(0, dtype=np.int64)
    return _Variable(candidate, lowest, codes_of, served, bins, silent, none)


def _rebinned(one: _Variable, counts: Floats, target: Integers, settings: ScorecardSettings) -> Floats:
    """Weight of evidence of each fine cell in bins made on the resampled clients, shape (fine + 1,)."""
    size = len(one.values) + 1
    bad, good = _sums(one.codes, counts * target, size), _sums(one.codes, counts * (1 - target), size)
    bins = np.append(_bins(one, good[:-1], bad[:-1], float(counts.sum()), settings), 0)
    bins[-1] = bins[:-1].max(initial=-1) + 1
    evidence = _evidence(_sums(bins, good), _sums(bins, bad))[bins]
    if one.silent:
        evidence[-1] = 0.0
    return evidence


def _bins(one: _Variable, good: Floats, bad: Floats, clients: float, settings: ScorecardSettings) -> Integers:
    """The bin of each fine cell of known values: prebins by a tree, as optbinning makes them, then the best of them."""
    out = np.zeros(len(one.values), dtype=np.int64)
    own = np.ones(len(one.values), dtype=bool)
    own[one.pooled] = False
    seen = np.flatnonzero(own & (good + bad > 0.0))
    if len(seen) > 1 and bad[seen].sum() > 0.0 and good[seen].sum() > 0.0:
        if one.candidate.kind == "category":  # codes in the order of their default rates
            seen = seen[np.argsort(bad[seen] / (good[seen] + bad[seen]), kind="stable")]
        prebins = _prebins(good[seen], bad[seen], clients)
        counts = _sums(prebins, good[seen]), _sums(prebins, bad[seen])
        trend: str = TREND[one.candidate.direction] if one.candidate.kind == "number" else "ascending"
        if trend == "auto" and len(counts[0]) > 1:
            trend = auto_monotonic(*counts, "auto")
        found = (
            best_bins(
                *counts, cast(Trend, trend), most=settings.max_bins, fewest=np.ceil(settings.min_bin_share * clients)
            )
            if len(counts[0]) > 1
            else np.zeros(1, dtype=np.int64)
        )
        out[seen] = found[prebins]
        if one.candidate.kind == "number":  # a fine cell that nobody was drawn from lies in the bin of the one below
            last = np.maximum.accumulate(np.where(good + bad > 0.0, np.arange(len(out)), 0))
            out = out[last]
    out[one.pooled] = out.max(initial=0) + 1
    return out


def _prebins(good: Floats, bad: Floats, clients: float) -> Integers:
    """Fine cells, in their order, grouped as the leaves of a tree, none of them without both outcomes."""
    place = np.arange(len(good), dtype=np.float64)
    tree = DecisionTreeClassifier(
        max_leaf_nodes=PREBINS,
        min_weight_fraction_leaf=min(0.5, float(np.ceil(PREBIN_SHARE * clients) / (good + bad).sum())),
        random_state=0,
    )
    tree.fit(
        np.concatenate([place, place])[:, None],
        np.repeat([0, 1], len(place)),
        sample_weight=np.concatenate([good, bad]),
    )
    cuts = np.unique(tree.tree_.threshold[tree.tree_.feature >= 0])
    while True:
        groups = np.searchsorted(cuts, place, side="left").astype(np.int64)
        pure = (_sums(groups, good) == 0.0) | (_sums(groups, bad) == 0.0)
        if not pure.any() or not len(cuts):
            return groups
        cuts = np.delete(cuts, min(int(np.flatnonzero(pure)[0]), len(cuts) - 1))


def _evidence(good: Floats, bad: Floats) -> Floats:
    """Weight of evidence of each bin; 0 where it lacks one outcome."""
    known = (good > 0.0) & (bad > 0.0)
    ratio = np.where(known, good, 1.0) / np.where(known, bad, 1.0)
    return np.asarray(np.where(known, np.log(ratio * bad.sum() / good.sum()), 0.0), dtype=np.float64)


def _in_served_bins(one: _Variable, contributions: Floats) -> Floats:
    """Mean contribution over the clients of each served bin, shape (bins,); 0 where there is none."""
    clients = _sums(one.codes, np.ones(len(one.codes)), len(contributions))
    total = _sums(one.served, clients * contributions, one.bins)
    return total / np.maximum(_sums(one.served, clients, one.bins), 1.0)


def _sums(cells: Integers, weights: Floats, size: int = 0) -> Floats:
    """The sum of the weights in each cell."""
    return np.bincount(cells, weights, size).astype(np.float64)
