"""The search itself: hyperopt's TPE over real spaces, by the cost per client that the compiled models reach.

The rule: a trial is saved the moment it ends, and each trial draws from a generator of its own number, so that a search
that was stopped and resumed finds what an unbroken one finds.

Of the trials whose cost is within one standard error of the lowest, the one of least log-loss wins.

Source: Bergstra, Bardenet, Bengio, Kégl, *Algorithms for hyper-parameter optimization* (2011).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from hyperopt import JOB_STATE_DONE, STATUS_OK, Trials, fmin, tpe
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.files import file_aside
from training.config import Settings
from training.data.matrix import Matrix
from training.evaluation.crossfit import cross_fit
from training.evaluation.figures import log_loss
from training.evaluation.splits import hold_out, stratified_folds
from training.parallel import Notice, run_in_processes
from training.search.selection import Narrowing
from training.search.tuning.judging import Ranking, honest_costs, quick_fit
from training.search.tuning.spaces import KINDS, SPACES, Kind, point_of, settings_at, with_own

Rows = NDArray[np.int64]
MOST_ROWS = 40_000
FOLDS = 3
DRAWN = 8
"""Trials drawn at random before the search leans on what it found; hyperopt's own 20 would leave it nothing to do."""


@dataclass(frozen=True)
class Trial:
    """One trial of a search: where in the space, its cost per client and its log-loss."""

    point: Mapping[str, float]
    cost: float
    log_loss: float


@dataclass(frozen=True)
class _Search:
    """One model's search: what is fitted, on what, after which selection, and where the trials are kept."""

    kind: Kind
    matrix: Matrix
    narrowing: Narrowing
    settings: Settings
    path: Path
    key: Mapping[str, Any]
    threads: int
    ranking: Ranking


def tune(
    matrix: Matrix,
    settings: Settings,
    *,
    data: str,
    folder: Path,
    notice: Notice,
    kinds: Sequence[Kind] = KINDS,
    processes: int = 1,
) -> Settings:
    """Search the settings of every model of `kinds`, each with the same number of trials, and return the best.

    Parameters
    ----------
    matrix : the training clients; at most 40,000 of them, stratified, are searched on
    data : digest of the data: trials of other data, seed or settings are not resumed
    folder : gets ``trials-ebm.jsonl`` and so on
    notice : told of each trial as it ends
    processes : searches at a time
    """
    matrix = matrix.take(searched_on(matrix, settings.seed)[0])
    folder.mkdir(parents=True, exist_ok=True)
    narrowing = Narrowing(settings.selection, settings.seed)
    if processes > 1:  # walked once here, rather than once in each process
        for split in stratified_folds(matrix.target, FOLDS, settings.seed):
            narrowing.path(matrix.take(split.fit))
    begun = sorted(kinds, key=lambda kind: kind != "reference")  # it has every feature, and so the longest trials
    searches = [
        _Search(
            kind,
            matrix,
            narrowing,
            settings,
            trials_file(folder, kind),
            {"kind": kind, "data": data, "settings": {**settings.as_dict(), "trials": 0}},
            threads=2 if processes == 1 else 1,
            ranking=Ranking(settings.ebm, settings.seed, 2 if processes == 1 else 1),
        )
        for kind in begun
    ]
    found = run_in_processes([partial(_search, search) for search in searches], notice, processes=processes)
    return with_own(settings, dict(zip(begun, found, strict=True)))


def searched_on(matrix: Matrix, seed: int) -> tuple[Rows, Rows]:
    """Positions of the clients that a search has, and of the others."""
    if len(matrix) <= MOST_ROWS:
        return np.arange(len(matrix)), np.empty(0, dtype=np.int64)
    split = hold_out(matrix.target, MOST_ROWS / len(matrix), seed)
    return split.held, split.fit


def trials_file(folder: Path, kind: Kind) -> Path:
    """Where the trials of one model are kept."""
    return folder / f"trials-{kind}.jsonl"


def read_trials(path: Path) -> list[Trial]:
    """The trials of a search that ended."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [
        Trial(
            {name: values[0] for name, values in line["vals"].items()},
            line["result"]["loss"],
            line["result"]["log_loss"],
        )
        for line in lines
    ]


def _search(search: _Search, notice: Notice) -> Settings:
    space = dict(SPACES[search.kind])
    documents = _saved(search)
    _start(search, documents)
    for _ in documents[: search.settings.trials]:
        notice(f"{search.kind}: trial resumed")
    if not documents:
        documents = [_first(search)]
        _save(search, documents[0])
        notice(f"{search.kind}: trial 1, the settings as they are: cost {documents[0]['result']['loss']:.4f}")
    trials = Trials()
    trials.insert_trial_docs(documents)
    trials.refresh()
    for number in range(len(documents), search.settings.trials):
        fmin(
            lambda point: _objective(search, point),
            space,
            algo=partial(tpe.suggest, n_startup_jobs=DRAWN),
            max_evals=number + 1,
            trials=trials,
            rstate=np.random.default_rng([search.settings.seed, number]),
            show_progressbar=False,
            verbose=False,
        )
        _save(search, trials.trials[-1])
        best = min(trial["result"]["loss"] for trial in trials.trials)
        notice(f"{search.kind}: trial {number + 1}, lowest cost so far {best:.4f}")
    best_trial = _best(trials)
    if best_trial == 0:
        return search.settings  # as they are: they go on growing with the number of clients
    return settings_at(search.settings, search.kind, _point(trials, best_trial))


def _first(search: _Search) -> dict[str, Any]:
    """The settings as they are, tried first: the search is judged against them."""
    positives = search.matrix.positives * (FOLDS - 1) // FOLDS
    point = point_of(search.settings, search.kind, positives)
    vals = {name: [value] for name, value in point.items()}
    return _document({"tid": 0, "result": _objective(search, point), "vals": vals})


def _objective(search: _Search, point: Mapping[str, float]) -> dict[str, Any]:
    settings = settings_at(search.settings, search.kind, point)
    splits = stratified_folds(search.matrix.target, FOLDS, settings.seed)
    fit = quick_fit(search.kind, settings, search.narrowing, threads=search.threads, ranking=search.ranking)
    scores = cross_fit(fit, search.matrix, splits, settings.costs, lambda _: None)
    target = search.matrix.target
    costs = honest_costs(target, scores.log_odds, splits, settings.costs)
    return {
        "status": STATUS_OK,
        "loss": float(costs.mean()),
        "standard_error": float(costs.std() / np.sqrt(len(costs))),
        "log_loss": log_loss(target, scores.log_odds),
    }


def _best(trials: Trials) -> int:
    results = [trial["result"] for trial in trials.trials]
    lowest = min(results, key=lambda result: result["loss"])
    bound = lowest["loss"] + lowest["standard_error"]
    tied = [i for i, result in enumerate(results) if result["loss"] <= bound]
    return min(tied, key=lambda i: results[i]["log_loss"])


def _point(trials: Trials, number: int) -> dict[str, float]:
    return {name: values[0] for name, values in trials.trials[number]["misc"]["vals"].items()}


def _save(search: _Search, trial: Mapping[str, Any]) -> None:
    line = {
        "tid": int(trial["tid"]),
        "result": trial["result"],
        "vals": {name: [float(v) for v in values] for name, values in trial["misc"]["vals"].items()},
    }
    with search.path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, sort_keys=True, allow_nan=False) + "\n")


def _start(search: _Search, trials: Sequence[Mapping[str, Any]]) -> None:
    """Write the file again with the trials that are resumed, so that nothing follows a line that was cut short."""
    with file_aside(search.path) as aside:
        aside.write_text(json.dumps(search.key, sort_keys=True) + "\n", encoding="utf-8")
    for trial in trials:
        _save(search, trial)


def _saved(search: _Search) -> list[dict[str, Any]]:
    """The trials of an earlier run of the very same search; a last line that was cut short is left out."""
    if not search.path.is_file():
        return []
    lines = search.path.read_text(encoding="utf-8").splitlines()
    try:
        if json.loads(lines[0]) != json.loads(json.dumps(search.key)):
            return []
    except (IndexError, ValueError):
        return []
    found = []
    for number, text in enumerate(lines[1:]):
        try:
            line = json.loads(text)
        except ValueError:
            break
        if line["tid"] != number:
            raise TrainingError(
                f"Saved trials must be numbered from 0; got {line['tid']} in line {number + 2} of {search.path}. "
                "Remove it."
            )
        found.append(_document(line))
    return found


def _document(line: Mapping[str, Any]) -> dict[str, Any]:
    tid = line["tid"]
    return {
        "state": JOB_STATE_DONE,
        "tid": tid,
        "spec": None,
        "result": line["result"],
        "misc": {
            "tid": tid,
            "cmd": ("domain_attachment", "FMinIter_Domain"),
            "workdir": None,
            "idxs": {name: [tid] for name in line["vals"]},
            "vals": line["vals"],
        },
        "exp_key": None,
        "owner": None,
        "version": 0,
        "book_time": None,
        "refresh_time": None,
    }
