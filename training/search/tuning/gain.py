"""What a search gained over the settings as they were, on folds that it did not see, and whether it is adopted.

The lowest of many noisy costs is too low by luck. So both settings are fitted again, on clients that the search did not
have where there are enough of them, otherwise on other folds of the same clients, and the report says which. Found
settings are adopted only where they win there too, by log-loss; otherwise a model keeps those it had.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from scoring.model.arrays import Floats
from scoring.model.statistics import Difference, delong, paired_difference
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.crossfit import cross_fit
from training.evaluation.figures import log_loss
from training.evaluation.splits import Split, stratified_folds
from training.parallel import Notice, run_in_processes
from training.search.selection import Narrowing
from training.search.tuning.judging import honest_costs, quick_fit
from training.search.tuning.search import MOST_ROWS, Trial, searched_on
from training.search.tuning.spaces import KINDS, Kind, own_settings, with_own

FRESH = 1_000
"""What is added to the seed of the folds."""
ENOUGH = 20_000
"""Clients that the search did not have, from which they are judged alone."""


@dataclass(frozen=True)
class Gain:
    """What a model's search gained.

    Attributes
    ----------
    cost : cost per client of the settings as they were minus that of those found: above 0 is a gain
    auc_before, auc_after, auc_low, auc_high : areas, and the 95% interval of after − before (DeLong)
    log_loss_before, log_loss_after : the lower the better
    clients : on how many the two are judged
    unseen : whether the search had none of these clients
    changed : whether other settings than those given were found
    """

    kind: Kind
    cost: Difference
    auc_before: float
    auc_after: float
    auc_low: float
    auc_high: float
    log_loss_before: float
    log_loss_after: float
    clients: int
    unseen: bool
    changed: bool

    @property
    def adopted(self) -> bool:
        """Whether the settings found replace those given."""
        return self.changed and self.log_loss_after < self.log_loss_before

    def as_dict(self) -> dict[str, Any]:
        """The gain as plain values."""
        return {**asdict(self), "adopted": self.adopted}


@dataclass(frozen=True)
class _Judges:
    """Clients and folds on which two settings of one model are compared."""

    matrix: Matrix
    splits: Sequence[Split]
    narrowing: Narrowing
    unseen: bool
    threads: int


def gains(matrix: Matrix, before: Settings, after: Settings, notice: Notice, *, processes: int = 1) -> tuple[Gain, ...]:
    """Judge the settings of every model before and after a search.

    Parameters
    ----------
    matrix : the clients that the search was given
    notice : two words a model and fold
    processes : models at a time
    """
    _, others = searched_on(matrix, before.seed)
    unseen = len(others) >= ENOUGH
    clients = matrix.take(others[np.linspace(0, len(others) - 1, min(len(others), MOST_ROWS)).astype(np.int64)])
    clients = clients if unseen else matrix.take(searched_on(matrix, before.seed)[0])
    splits = stratified_folds(clients.target, before.folds, before.seed + FRESH)
    narrowing = Narrowing(before.selection, before.seed)
    if processes > 1:  # walked once here, rather than once in each process
        for split in splits:
            narrowing.path(clients.take(split.fit))
    judges = _Judges(clients, splits, narrowing, unseen, threads=2 if processes == 1 else 1)
    works = [partial(_gain, judges, kind, before, after) for kind in KINDS]
    return tuple(run_in_processes(works, notice, processes=processes))


def adopted(given: Settings, found: Settings, judged: Sequence[Gain]) -> Settings:
    """The settings to train with: a model's found ones where its gain says so."""
    return with_own(given, {gain.kind: found if gain.adopted else given for gain in judged})


def _gain(judges: _Judges, kind: Kind, before: Settings, after: Settings, notice: Notice) -> Gain:
    changed = own_settings(before, kind) != own_settings(after, kind)
    first = _scored(judges, kind, before, notice)
    second = _scored(judges, kind, after, notice) if changed else first
    for _ in () if changed else judges.splits:
        notice(f"{kind}: nothing else was found")
    target, areas = judges.matrix.target, [delong(judges.matrix.target, scores) for scores in (first, second)]
    costs = [honest_costs(target, scores, judges.splits, before.costs) for scores in (first, second)]
    change = areas[1].change_since(areas[0])
    return Gain(
        kind=kind,
        cost=paired_difference(costs[0], costs[1], seed=before.seed),
        auc_before=areas[0].value,
        auc_after=areas[1].value,
        auc_low=change.low,
        auc_high=change.high,
        log_loss_before=log_loss(target, first),
        log_loss_after=log_loss(target, second),
        clients=len(judges.matrix),
        unseen=judges.unseen,
        changed=changed,
    )


def _scored(judges: _Judges, kind: Kind, settings: Settings, notice: Notice) -> Floats:
    fit = quick_fit(kind, settings, judges.narrowing, threads=judges.threads)
    return cross_fit(fit, judges.matrix, judges.splits, settings.costs, notice).log_odds


def tuning_report(
    given: Settings, found: Settings, judged: Sequence[Gain], searches: Mapping[Kind, Sequence[Any]]
) -> dict[str, Any]:
    """The content of ``tuning.json``: settings before and found, what they gain, every trial."""
    return {
        "trials": given.trials,
        "before": {kind: asdict(own_settings(given, kind)) for kind in KINDS},
        "settings": {kind: asdict(own_settings(found, kind)) for kind in KINDS},
        "gains": [gain.as_dict() for gain in judged],
        "searches": {kind: [asdict(trial) for trial in trials] for kind, trials in searches.items()},
    }


# A search in pictures: one row a model; the cost of each trial with the best so far, then against each setting.


_COLOUR, _BEST = "#1f5fa8", "#c2571a"


def draw(searches: Mapping[Kind, Sequence[Trial]]) -> bytes:
    """Return a PNG; dots are trials, the line is the lowest cost so far.

    Raises
    ------
    ValueError
        When there is no search, or one without a trial.
    """
    if not searches or not all(searches.values()):
        raise ValueError(f"each search must have a trial; got { ({kind: len(t) for kind, t in searches.items()}) }")
    wide = 1 + max(len(trials[0].point) for trials in searches.values())
    # Not pyplot: it keeps figures, and chooses a screen.
    figure = Figure(figsize=(2.6 * wide, 2.6 * len(searches)), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    rows = figure.subplots(len(searches), wide, squeeze=False, sharey="row")
    for (kind, trials), axes in zip(searches.items(), rows, strict=True):
        costs = np.array([trial.cost for trial in trials])
        axes[0].plot(costs, "o", color=_COLOUR, markersize=3)
        axes[0].plot(np.minimum.accumulate(costs), color=_BEST)
        axes[0].set(title=kind, xlabel="trial", ylabel="cost per client")
        names = list(trials[0].point)
        for axis, name in zip(axes[1:], names, strict=False):
            axis.plot([trial.point[name] for trial in trials], costs, "o", color=_COLOUR, markersize=3)
            axis.set_xlabel(name)
        for axis in axes[1 + len(names) :]:
            axis.set_axis_off()
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
