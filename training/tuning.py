"""The search for settings: hyperopt's TPE over real spaces, by the cost per client that the compiled models reach.

The rule: a trial is saved the moment it ends, and each trial draws from a generator of its own number, so that a search
that was stopped and resumed finds what an unbroken one finds.

Of the trials whose cost is within one standard error of the lowest, the one of least log-loss wins.

Source: Bergstra, Bardenet, Bengio, Kégl, *Algorithms for hyper-parameter optimization* (2011).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from hyperopt import JOB_STATE_DONE, STATUS_OK, Trials, fmin, hp, space_eval, tpe

from scoring.errors import TrainingError
from scoring.files import file_aside
from scoring.scale import pd_of_many
from training.config import Settings
from training.evaluation.crossfit import Fit, cross_fit
from training.evaluation.figures import log_loss
from training.evaluation.splits import hold_out, stratified_folds
from training.matrix import Matrix
from training.models.ebm import fit_ebm
from training.models.scorecard import fit_scorecard

Notice = Callable[[str], None]
MOST_ROWS = 40_000
FOLDS = 3
WHOLE = frozenset({"terms", "pairs", "max_bins", "min_samples_leaf", "smoothing_rounds", "most"})
"""Settings that are whole numbers."""

SPACES: Mapping[str, Mapping[str, Any]] = {
    "ebm": {
        "terms": hp.quniform("terms", 15, 40, 1),
        "pairs": hp.quniform("pairs", 0, 10, 1),
        "max_bins": hp.quniform("max_bins", 12, 40, 2),
        "min_samples_leaf": hp.qloguniform("min_samples_leaf", np.log(30), np.log(200), 5),
        "learning_rate": hp.loguniform("learning_rate", np.log(0.008), np.log(0.06)),
        "reg_lambda": hp.loguniform("reg_lambda", np.log(1.0), np.log(300.0)),
        "smoothing_rounds": hp.quniform("smoothing_rounds", 25, 400, 25),
    },
    "scorecard": {
        "max_bins": hp.quniform("max_bins", 4, 10, 1),
        "min_bin_share": hp.uniform("min_bin_share", 0.02, 0.10),
        "max_correlation": hp.uniform("max_correlation", 0.5, 0.95),
        "entry_chi2": hp.uniform("entry_chi2", 0.5, 8.0),
        "most": hp.quniform("most", 12, 25, 1),
        "regularisation": hp.loguniform("regularisation", np.log(0.003), np.log(10.0)),
    },
}


@dataclass(frozen=True)
class _Search:
    """One model's search: what is fitted, on what, and where the trials are kept."""

    kind: str
    matrix: Matrix
    settings: Settings
    path: Path
    key: Mapping[str, Any]


def tune(matrix: Matrix, settings: Settings, *, data: str, folder: Path, notice: Notice) -> Settings:
    """Search both models' settings and return the best.

    Parameters
    ----------
    matrix : the training clients; at most 40,000 of them, stratified, are searched on
    data : digest of the data: trials of other data, seed or settings are not resumed
    folder : gets ``trials-ebm.jsonl`` and ``trials-scorecard.jsonl``
    """
    if len(matrix) > MOST_ROWS:
        matrix = matrix.take(hold_out(matrix.target, MOST_ROWS / len(matrix), settings.seed).held)
    folder.mkdir(parents=True, exist_ok=True)
    asked = settings
    for kind in SPACES:
        path = folder / f"trials-{kind}.jsonl"
        key = {"kind": kind, "data": data, "settings": {**asked.as_dict(), "trials": 0}}
        settings = _search(_Search(kind, matrix, settings, path, key), notice)
    return settings


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
            algo=tpe.suggest,
            max_evals=number + 1,
            trials=trials,
            rstate=np.random.default_rng([search.settings.seed, number]),
            show_progressbar=False,
            verbose=False,
        )
        _save(search, trials.trials[-1])
        best = min(trial["result"]["loss"] for trial in trials.trials)
        notice(f"{search.kind}: trial {number + 1}, lowest cost so far {best:.4f}")
    return _settings(search, space_eval(space, _best_point(trials)))


def _first(search: _Search) -> dict[str, Any]:
    """The settings as they are, tried first: the search is judged against them."""
    own = asdict(getattr(search.settings, search.kind))
    point = {name: float(own[name]) for name in SPACES[search.kind]}
    vals = {name: [value] for name, value in point.items()}
    return _document({"tid": 0, "result": _objective(search, point), "vals": vals})


def _objective(search: _Search, point: Mapping[str, float]) -> dict[str, Any]:
    settings = _settings(search, point)
    splits = stratified_folds(search.matrix.target, FOLDS, settings.seed)
    scores = cross_fit(_fit(search.kind, settings), search.matrix, splits, settings.costs, lambda _: None)
    target = search.matrix.target
    costs = settings.costs.of_each(target, pd_of_many(scores.log_odds) > settings.costs.threshold)
    return {
        "status": STATUS_OK,
        "loss": float(costs.mean()),
        "standard_error": float(costs.std() / np.sqrt(len(costs))),
        "log_loss": log_loss(target, scores.log_odds),
    }


def _fit(kind: str, settings: Settings) -> Fit:
    if kind == "ebm":
        return lambda matrix: fit_ebm(matrix, settings.ebm, seed=settings.seed, bags=settings.ebm.screen_bags)
    quick = replace(settings.scorecard, bootstraps=0)
    return lambda matrix: fit_scorecard(matrix, quick, seed=settings.seed)


def _settings(search: _Search, point: Mapping[str, float]) -> Settings:
    values: dict[str, Any] = {name: round(v) if name in WHOLE else float(v) for name, v in point.items()}
    if search.kind == "ebm":
        return replace(search.settings, ebm=replace(search.settings.ebm, **values))
    return replace(search.settings, scorecard=replace(search.settings.scorecard, **values))


def _best_point(trials: Trials) -> dict[str, float]:
    results = [trial["result"] for trial in trials.trials]
    lowest = min(results, key=lambda result: result["loss"])
    bound = lowest["loss"] + lowest["standard_error"]
    tied = [i for i, result in enumerate(results) if result["loss"] <= bound]
    best = min(tied, key=lambda i: results[i]["log_loss"])
    return {name: values[0] for name, values in trials.trials[best]["misc"]["vals"].items()}


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
