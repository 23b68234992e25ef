"""From all features to those worth a place in a model that a person reads: one step after the other, each with reasons.

The rule: a step sees what the steps before it left, and each feature that goes is named with the figure that decided.
The labels of the clients that judge a model are no part of it: inside folds, the path is walked in each fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from scoring.data.features import DICTIONARY
from scoring.data.features.declaration import APPLICATION
from scoring.model.arrays import Floats, Integers
from scoring.model.statistics import psi
from training.config import SelectionSettings
from training.data.matrix import Candidate, Declared, Matrix
from training.evaluation.splits import hold_out
from training.models.screening import coarse_bins

# What each candidate says alone: its information value, its trend, and how alike it is between groups of clients.

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
    chance = (inside.shape[1] - 1) * (1.0 / inside.sum(axis=1) + 1.0 / outside.sum(axis=1))
    return float((psi(outside, inside) - chance).max())


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


# Features that say the same, and which of them speaks for the others.

FEWEST_KNOWN = 100
"""Clients known in both of two features below which their correlation says nothing."""


@dataclass(frozen=True)
class Member:
    """A feature of a cluster: its information value, and its rank correlation with the one that stays."""

    name: str
    value: float
    correlation: float


@dataclass(frozen=True)
class Cluster:
    """Features that say the same; the representative is one of the members."""

    representative: str
    members: tuple[Member, ...]


def clusters(
    columns: Sequence[pl.Series], values: Mapping[str, float], *, bound: float, tie: float
) -> tuple[Cluster, ...]:
    """Clusters of more than one feature, in the order of the columns.

    Parameters
    ----------
    columns : numbers, missing as null
    values : information value by name
    bound : smallest absolute rank correlation of each two members
    tie : share of the best information value from which a feature is as good as the best
    """
    if len(columns) < 2:
        return ()
    correlation = rank_correlation(list(columns), FEWEST_KNOWN)
    distance = squareform(np.clip(1.0 - np.abs(correlation), 0.0, None), checks=False)
    number = fcluster(linkage(distance, "complete"), 1.0 - bound, "distance")
    names = [column.name for column in columns]
    found = []
    for one in dict.fromkeys(number.tolist()):
        at = np.flatnonzero(number == one).tolist()
        if len(at) < 2:
            continue
        best = max(values[names[i]] for i in at)
        equal = [i for i in at if values[names[i]] >= best - (1.0 - tie) * abs(best)]
        chosen = min(equal, key=lambda i: (*plainness(names[i]), -values[names[i]], i))
        members = tuple(Member(names[i], values[names[i]], float(correlation[chosen, i])) for i in at)
        found.append(Cluster(names[chosen], members))
    return tuple(found)


def plainness(name: str) -> tuple[bool, bool, int]:
    """What a person prefers, smallest first: actionable, of the application, of few decimals.

    >>> plainness("credit_amount") < plainness("not a feature")
    True
    """
    feature = DICTIONARY.get(name)
    if feature is None:
        return True, True, 99
    return not feature.actionable, feature.table != APPLICATION, feature.decimals


GROUPS = 10
STEPS = ("all", "varies", "stable", "informs", "agrees", "distinct")


@dataclass(frozen=True)
class Step:
    """One step of the path.

    Attributes
    ----------
    name : one of `STEPS`
    kept : names in the dictionary's order
    removed : the reason of each that went, by name
    flagged : what is to be looked at in some that stayed, by name
    """

    name: str
    retained: tuple[str, ...]
    removed: Mapping[str, str] = field(default_factory=dict)
    flagged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """The whole path.

    Attributes
    ----------
    clients, positives : on how many it was found
    values : information value by name, of those that were still there
    clusters : groups of more than one feature that say the same
    """

    clients: int
    positives: int
    steps: tuple[Step, ...]
    values: Mapping[str, float]
    clusters: tuple[Cluster, ...]

    @property
    def retained(self) -> tuple[str, ...]:
        """What the last step left."""
        return self.steps[-1].retained


def select(matrix: Matrix, settings: SelectionSettings, *, seed: int, declared: Sequence[Declared] = ()) -> Selection:
    """Walk the path on labelled clients.

    Parameters
    ----------
    matrix : at most ``settings.most_rows`` of its clients are looked at, the same share of each outcome
    declared : all features of the dictionary, so that those that are no candidates are named too

    A step that would leave nothing leaves all, and says so.
    """
    if len(matrix) > settings.most_rows:
        matrix = matrix.take(hold_out(matrix.target, settings.most_rows / len(matrix), seed).held)
    target = matrix.target.astype(np.int64)
    steps = [_all(matrix, declared)]
    steps.append(_step("varies", matrix.candidates, _constant(matrix, settings)))
    left = _left(matrix, steps[-1])
    bins = {c.name: coarse_bins(matrix.frame[c.name]) for c in left}
    unstable, watched = _unstable(bins, _id_groups(len(matrix)), settings)
    steps.append(_step("stable", left, unstable, watched))
    found = {name: information(bins[name], target) for name in steps[-1].retained}
    steps.append(_step("informs", _left(matrix, steps[-1]), *_uninformative(found, settings)))
    left = _left(matrix, steps[-1])
    steps.append(_step("agrees", left, _contrary(matrix, left, target, settings)))
    left = _left(matrix, steps[-1])
    alike = _alike(matrix, left, bins, found, settings)
    gone = {
        member.name: f"like {cluster.representative}: rank correlation {member.correlation:+.2f}"
        for cluster in alike
        for member in cluster.members
        if member.name != cluster.representative
    }
    steps.append(_step("distinct", left, gone))
    values = {name: one.value for name, one in found.items()}
    return Selection(len(matrix), matrix.positives, tuple(steps), values, alike)


def _all(matrix: Matrix, declared: Sequence[Declared]) -> Step:
    names = {c.name for c in matrix.candidates}
    removed = {
        f.name: "sensitive: described and monitored, never an input"
        if f.sensitive
        else "constant or without a value among the labelled clients"
        for f in declared
        if f.name not in names
    }
    return Step("all", tuple(c.name for c in matrix.candidates), removed)


def _step(
    name: str, before: Sequence[Candidate], removed: Mapping[str, str], flagged: Mapping[str, str] | None = None
) -> Step:
    retained = tuple(c.name for c in before if c.name not in removed)
    if not retained:
        return Step(name, tuple(c.name for c in before), {}, {**removed, **(flagged or {})})
    return Step(name, retained, removed, flagged or {})


def _left(matrix: Matrix, step: Step) -> tuple[Candidate, ...]:
    retained = set(step.retained)
    return tuple(c for c in matrix.candidates if c.name in retained)


def _constant(matrix: Matrix, settings: SelectionSettings) -> dict[str, str]:
    gone = {}
    for candidate in matrix.candidates:
        top = matrix.frame[candidate.name].value_counts(sort=True).row(0)
        if top[1] > settings.most_same * len(matrix):
            share = 100.0 * top[1] / len(matrix)
            gone[candidate.name] = f"{'missing' if top[0] is None else 'one value'} for {share:.1f}% of clients"
    return gone


def _id_groups(clients: int) -> Integers:
    """Tenths of the clients in the order of their numbers; a matrix is sorted by them."""
    return np.arange(clients, dtype=np.int64) * GROUPS // clients


def _unstable(
    bins: Mapping[str, Integers], groups: Integers, settings: SelectionSettings
) -> tuple[dict[str, str], dict[str, str]]:
    index = {name: stability(codes, groups) for name, codes in bins.items()}
    reasons = {name: f"stability index {value:.2f} between tenths of the ids" for name, value in index.items()}
    gone = {name: reasons[name] for name, value in index.items() if value > settings.most_psi}
    return gone, {n: reasons[n] for n, value in index.items() if settings.watched_psi < value <= settings.most_psi}


def _uninformative(
    found: Mapping[str, Information], settings: SelectionSettings
) -> tuple[dict[str, str], dict[str, str]]:
    gone = {n: f"information value {one.value:.4f}" for n, one in found.items() if one.value < settings.least_iv}
    flagged = {
        n: f"information value {one.value:.2f}: very much for one feature, make sure that it was known on the day"
        for n, one in found.items()
        if one.value > settings.suspicious_iv
    }
    return gone, flagged


def _contrary(
    matrix: Matrix, left: Sequence[Candidate], target: Integers, settings: SelectionSettings
) -> dict[str, str]:
    gone = {}
    for candidate in left:
        if candidate.direction:
            errors = candidate.direction * trend(matrix.frame[candidate.name], target)
            if errors < -settings.contrary:
                verb = "raise" if candidate.direction > 0 else "lower"
                gone[candidate.name] = f"declared to {verb} the risk; {-errors:.1f} standard errors against it"
    return gone


def _alike(
    matrix: Matrix,
    left: Sequence[Candidate],
    bins: Mapping[str, Integers],
    found: Mapping[str, Information],
    settings: SelectionSettings,
) -> tuple[Cluster, ...]:
    """Clusters on numbers; a category stands as the evidence of its codes."""
    columns = [
        pl.Series(c.name, -found[c.name].weights[bins[c.name]]).set(matrix.frame[c.name].is_null(), None)
        if c.kind == "category"
        else matrix.frame[c.name]
        for c in left
    ]
    values = {c.name: found[c.name].value for c in left}
    rows = matrix.target.shape[0]
    if rows > settings.correlation_rows:
        some = hold_out(matrix.target, settings.correlation_rows / rows, 0).held
        columns = [column[some] for column in columns]
    return clusters(columns, values, bound=settings.max_correlation, tie=settings.tie)
