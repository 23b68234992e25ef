"""From all features to those worth a place in a model that a person reads: one step after the other, each with reasons.

The rule: a step sees what the steps before it left, and each feature that goes is named with the figure that decided.
The labels of the clients that judge a model are no part of it: inside folds, the path is walked in each fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from scoring.model.arrays import Integers
from training.config import SelectionSettings
from training.data.matrix import Candidate, Declared, Matrix
from training.evaluation.splits import hold_out
from training.models.binning import coarse_bins
from training.search.selection.evidence import Information, information, stability, trend
from training.search.selection.redundancy import Cluster, clusters

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
    kept: tuple[str, ...]
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
    def kept(self) -> tuple[str, ...]:
        """What the last step left."""
        return self.steps[-1].kept


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
    found = {name: information(bins[name], target) for name in steps[-1].kept}
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
    kept = tuple(c.name for c in before if c.name not in removed)
    if not kept:
        return Step(name, tuple(c.name for c in before), {}, {**removed, **(flagged or {})})
    return Step(name, kept, removed, flagged or {})


def _left(matrix: Matrix, step: Step) -> tuple[Candidate, ...]:
    kept = set(step.kept)
    return tuple(c for c in matrix.candidates if c.name in kept)


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
    said = {name: f"stability index {value:.2f} between tenths of the ids" for name, value in index.items()}
    gone = {name: said[name] for name, value in index.items() if value > settings.most_psi}
    return gone, {n: said[n] for n, value in index.items() if settings.watched_psi < value <= settings.most_psi}


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
