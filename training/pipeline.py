"""The whole job in order: tables, features, split, search, models, comparison, artefacts.

The rule: a stage gets what the stages before it return, and no artefact is written before all of them have ended well.
Trials and out-of-fold scores are kept as they end, below ``parts`` in the folder of the artefacts, so that a run that
was stopped goes on where it was.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.files import files_aside
from scoring.model.additive_model import AdditiveModel, Provenance, write_model
from scoring.model.arrays import Floats
from scoring.model.artefacts import (
    CHAMPION_FILE,
    EVALUATION_FILE,
    PORTFOLIO_FILE,
    Champion,
    PortfolioFacts,
    digest_of_file,
    write_champion,
)
from scoring.model.scale import pd_of_many
from scoring.reports.findings import FILE as FINDINGS_FILE
from scoring.reports.findings import findings_document
from training.checkpoints import Checkpoints
from training.config import Settings
from training.data.dataset import Clients, read_clients, write_clients
from training.data.findings import are_accepted
from training.data.matrix import Matrix, check_classes
from training.evaluation.champion import RULE, Choice, choose, paired_difference
from training.evaluation.crossfit import Fit, OutOfFold, cross_fit
from training.evaluation.figures import figures
from training.evaluation.splits import Split, hold_out, stratified_folds
from training.parallel import Notice, cores, one_thread, processes_for, run_in_processes
from training.provenance import code_fingerprint, library_versions
from training.reporting.documents import PARTS, About, study_document, write_json
from training.reporting.evaluation_page import html
from training.reporting.report import Trained, evaluation_of
from training.search.final_fit import (
    GLASS_BOXES,
    FinalGlassBox,
    FinalReference,
    GlassBox,
    fit_final,
    fit_final_reference,
    fits,
)
from training.search.selection import Narrowing, select
from training.search.tuning import KINDS, adopted, gains, read_trials, trials_file, tune, tuning_report

SUSPICIOUS_AUC = 0.82
"""No honest model of these data reaches it (the best known is 0.806): more is a leak until it is explained."""
TUNING_FILE, EVALUATION_PAGE = "tuning.json", "evaluation.html"
MANY_TRIALS = 5
"""Trials from which a second process is worth its start."""


@dataclass(frozen=True)
class Result:
    """What a run made.

    Attributes
    ----------
    models : figures by model and part (``oof``, ``test``)
    """

    choice: Choice
    artefacts: Mapping[GlassBox, AdditiveModel]
    models: Mapping[str, Mapping[str, Mapping[str, float]]]
    evaluation: Mapping[str, Any]
    left_out: tuple[str, ...]
    absent: tuple[str, ...]


def steps(settings: Settings) -> int:
    """How many notices a run gives."""
    searched = len(KINDS) * (settings.trials + 2 * settings.folds) if settings.trials else 0
    return 3 + 3 * (settings.folds + 1) + searched


def run(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> Result:
    """Train both glass boxes and the reference on a folder of tables, choose the champion, write the artefacts.

    Parameters
    ----------
    notice : told of each step as it ends; `steps` says how many there are

    Raises
    ------
    TableError
        When a table is not as declared.
    TrainingError
        When nothing can be learnt, parity fails, or the figures are too good to be honest.
    """
    with one_thread():
        return _run(tables, out, settings, notice)


def _run(tables: Path, out: Path, requested: Settings, notice: Notice) -> Result:
    started = time.perf_counter()
    clients = read_clients(tables)
    notice("tables read, features built")
    matrix = clients.matrix()
    check_classes(matrix, requested.fewest_of_a_class)
    split = hold_out(matrix.target, requested.test_share, requested.seed)
    train, test = matrix.take(split.fit), matrix.take(split.held)
    settings, tuning = _tuned(train, clients, requested, out, notice)
    folds = stratified_folds(train.target, settings.folds, settings.seed)
    scores = _out_of_fold(train, folds, settings, _checkpoints(clients, settings, out), notice)
    for kind in GLASS_BOXES:
        auc = figures(train.target, scores[kind].log_odds, settings.costs)["auc"]
        _check_honest(auc, clients.synthetic, settings.explained)
    selection = select(train, settings.selection, seed=settings.seed, declared=clients.features)
    few = train.only([candidate for candidate in train.candidates if candidate.name in set(selection.retained)])
    code = code_fingerprint()
    provenance = _provenance(clients, train, settings, code)
    final_models: dict[str, FinalGlassBox | FinalReference] = {}
    for kind in GLASS_BOXES:
        final_models[kind] = fit_final(kind, few, scores[kind], test, settings=settings, provenance=provenance)
        notice(f"{kind}: final fit, compiled and proved")
    final_models["reference"] = fit_final_reference(train, scores["reference"], settings)
    notice("reference: final fit")
    tested = {kind: final.log_odds(test) for kind, final in final_models.items()}
    models = {
        kind: {
            "oof": figures(train.target, scores[kind].log_odds, settings.costs),
            "test": figures(test.target, tested[kind], settings.costs),
        }
        for kind in scores
    }
    final_models |= {kind: _with_metrics(final_models[kind], models) for kind in GLASS_BOXES}
    out_of_fold = [_costs(train, scores[kind].log_odds, settings) for kind in ("scorecard", "ebm")]
    choice = choose(*out_of_fold, seed=settings.seed)
    confirmed = paired_difference(
        *(_costs(test, tested[kind], settings) for kind in ("scorecard", "ebm")), seed=settings.seed
    )
    trained = Trained(
        clients=clients,
        matrix=matrix,
        train=train,
        test=test,
        folds=folds,
        selection=selection,
        settings=settings,
        scores=scores,
        final_models=final_models,
        tested=tested,
        models=models,
        choice=choice,
        confirmed=confirmed,
    )
    evaluation = evaluation_of(trained, code=code, started=started)
    notice("assessed on the test clients")
    artefacts = {kind: final.artefact for kind, final in final_models.items() if isinstance(final, FinalGlassBox)}
    result = Result(
        choice,
        {kind: artefacts[kind] for kind in GLASS_BOXES},
        models,
        evaluation,
        clients.left_out,
        clients.absent,
    )
    _write(result, clients, matrix.ids[split.held], confirmed.as_dict(), tuning, out)
    notice("artefacts written")
    return result


def _tuned(
    train: Matrix, clients: Clients, requested: Settings, out: Path, notice: Notice
) -> tuple[Settings, dict[str, Any] | None]:
    """The settings to train with, and the document of the search; None where none was asked for."""
    if requested.trials == 0:
        return requested, None
    parts, processes = out / PARTS, cores() if requested.trials >= MANY_TRIALS else 1
    found = tune(train, requested, data=clients.fingerprint, folder=parts, notice=notice, processes=processes)
    judged = gains(train, requested, found, notice, processes=processes)
    searches = {kind: read_trials(trials_file(parts, kind)) for kind in KINDS}
    about = About(clients.fingerprint, clients.synthetic, len(train), requested.seed)
    return adopted(requested, found, judged), study_document(
        "tuning", about, tuning_report(requested, found, judged, searches)
    )


def _checkpoints(clients: Clients, settings: Settings, out: Path) -> Checkpoints:
    key = {"data": clients.fingerprint, "code": code_fingerprint(), "settings": settings.as_dict()}
    return Checkpoints(out / PARTS, "folds", key)


def _out_of_fold(
    train: Matrix, folds: list[Split], settings: Settings, remaining: Checkpoints, notice: Notice
) -> dict[str, OutOfFold]:
    """Scores of every training client by models that did not see it, those of a model kept as they are there."""
    processes = processes_for(len(train))
    narrowing = Narrowing(settings.selection, settings.seed)
    kinds = list(fits(settings))
    if processes > 1 and not all(kind in remaining for kind in kinds):  # walked once here, rather than in each process
        for split in folds:
            narrowing.path(train.take(split.fit))
    procedures = fits(settings, narrowing=narrowing, threads=1 if processes > 1 else 2)
    works = [partial(_scored, kind, procedures[kind], train, folds, settings, remaining) for kind in kinds]
    return dict(zip(kinds, run_in_processes(works, notice, processes=processes), strict=True))


def _scored(
    kind: str, fit: Fit, train: Matrix, folds: list[Split], settings: Settings, remaining: Checkpoints, notice: Notice
) -> OutOfFold:
    if kind in remaining:
        for number in range(len(folds)):
            notice(f"{kind}: fold {number + 1} kept")
        return OutOfFold.from_arrays(remaining.get(kind))
    found = cross_fit(fit, train, folds, settings.costs, notice)
    remaining.put(kind, found.as_arrays())
    return found


def _provenance(clients: Clients, train: Matrix, settings: Settings, code: str) -> Provenance:
    return Provenance(
        trained_on=datetime.now(UTC).date().isoformat(),
        synthetic=clients.synthetic,
        data_fingerprint=clients.fingerprint,
        code_fingerprint=code,
        seed=settings.seed,
        settings={**settings.as_dict(), **({"portfolio": dict(clients.origin)} if clients.origin else {})},
        libraries=library_versions(),
        training_rows=len(train),
        absent_tables=clients.absent,
        metrics={},
    )


def _with_metrics(
    final: FinalGlassBox | FinalReference, models: Mapping[str, Mapping[str, Mapping[str, float]]]
) -> FinalGlassBox:
    if not isinstance(final, FinalGlassBox):
        raise TypeError("a glass box must have an artefact")
    metrics = {part: dict(numbers) for part, numbers in models[final.artefact.kind].items()}
    provenance = final.artefact.provenance.model_copy(update={"metrics": metrics})
    document = {**final.artefact.model_dump(), "provenance": provenance.model_dump()}
    return FinalGlassBox(final.fitted, AdditiveModel.model_validate(document))


def _costs(matrix: Matrix, log_odds: Floats, settings: Settings) -> Floats:
    return settings.costs.of_each(matrix.target, pd_of_many(log_odds) > settings.costs.threshold)


def _check_honest(auc: float, synthetic: bool, explained: str) -> None:
    if auc > SUSPICIOUS_AUC and not synthetic and not explained:
        raise TrainingError(
            f"The out-of-fold AUC on real data must be at most {SUSPICIOUS_AUC}; got {auc:.4f}. A feature probably "
            "holds the outcome: look for what was recorded after the application. Nothing was written. Where the "
            "reason is known and honest, say it with --explained."
        )


def _write(
    result: Result,
    clients: Clients,
    held_out: NDArray[np.int64],
    test: dict[str, Any],
    tuning: dict[str, Any] | None,
    out: Path,
) -> None:
    with files_aside(out) as aside:
        for kind, artefact in result.artefacts.items():
            write_model(artefact, aside / f"{kind}.json")
        write_clients(clients, held_out, aside / PORTFOLIO_FILE)
        write_json(result.evaluation, aside / EVALUATION_FILE)
        write_json(findings_document(clients.findings, accepted=are_accepted()), aside / FINDINGS_FILE)
        (aside / EVALUATION_PAGE).write_text(html(result.evaluation), encoding="utf-8", newline="\n")
        if tuning is not None:
            write_json(tuning, aside / TUNING_FILE)
        champion = Champion(
            serves=result.choice.serves,
            rule=RULE,
            difference=result.choice.difference.as_dict(),
            test=test,
            models={kind: artefact.digest for kind, artefact in result.artefacts.items()},
            portfolio=PortfolioFacts(
                digest=digest_of_file(aside / PORTFOLIO_FILE),
                clients=clients.frame.height,
                synthetic=clients.synthetic,
            ),
        )
        write_champion(champion, aside / CHAMPION_FILE)
