"""The whole job in order: tables, features, split, models, comparison, artefacts.

The rule: a stage gets what the stages before it return, and nothing is written before all of them have ended well.
"""

import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from scoring.additive_model import AdditiveModel, Lookup, Provenance, write_model
from scoring.artefacts import (
    CHAMPION_FILE,
    EVALUATION_FILE,
    PORTFOLIO_FILE,
    Champion,
    PortfolioFacts,
    digest_of_file,
    write_champion,
)
from scoring.errors import TrainingError
from scoring.files import files_aside
from scoring.scale import pd_of_many
from training.algebra import one_thread
from training.clients import Clients, read_clients, write_clients
from training.compare import RULE, Choice, choose, paired_difference
from training.compile import Fitted, compile_model, tables_of
from training.config import Settings
from training.evaluation.assess import Scored, assess
from training.evaluation.calibration import apply_calibration
from training.evaluation.crossfit import Fit, OutOfFold, cross_fit, decision_rule
from training.evaluation.figures import figures
from training.evaluation.review import review_k
from training.evaluation.splits import hold_out, stratified_folds
from training.matrix import Matrix, check_classes
from training.models.ebm import fit_ebm
from training.models.reference import FittedReference, fit_reference
from training.models.scorecard import FittedScorecard, fit_scorecard
from training.provenance import code_fingerprint
from training.report import describe_data, describe_glass_box, write_evaluation
from training.selection import Narrowing, describe_selection, select
from training.tuning import KINDS, tune
from training.versions import library_versions

Floats = NDArray[np.float64]
Notice = Callable[[str], None]
GlassBox = Literal["ebm", "scorecard"]
GLASS_BOXES: tuple[GlassBox, ...] = ("ebm", "scorecard")
SUSPICIOUS_AUC = 0.82
"""No honest model of these data reaches it (the best known is 0.806): more is a leak until it is explained."""


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


@dataclass(frozen=True)
class _Final:
    """A model fitted on the whole training part: its scores of the test clients, and the artefact of a glass box."""

    log_odds: Floats
    artefact: AdditiveModel | None
    left_out: Mapping[str, str]


def steps(settings: Settings) -> int:
    """How many notices a run gives."""
    return 3 + 3 * (settings.folds + 1) + 1 + len(KINDS) * settings.trials


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


def _run(tables: Path, out: Path, settings: Settings, notice: Notice) -> Result:
    started = time.perf_counter()
    clients = read_clients(tables)
    notice("tables read, features built")
    matrix = clients.matrix()
    check_classes(matrix, settings.fewest_of_a_class)
    split = hold_out(matrix.target, settings.test_share, settings.seed)
    train, test = matrix.take(split.fit), matrix.take(split.held)
    settings = _tuned(train, clients, settings, out, notice)
    folds = stratified_folds(train.target, settings.folds, settings.seed)
    scores = {kind: cross_fit(fit, train, folds, settings.costs, notice) for kind, fit in fits(settings).items()}
    selection = select(train, settings.selection, seed=settings.seed, declared=clients.features)
    few = train.only([candidate for candidate in train.candidates if candidate.name in set(selection.kept)])
    for kind in GLASS_BOXES:
        _check_honest(figures(train.target, scores[kind].log_odds, settings.costs)["auc"], clients.synthetic)
    code = code_fingerprint()
    finals = {
        kind: _final(
            kind,
            scores[kind],
            few if kind in GLASS_BOXES else train,
            test,
            settings=settings,
            provenance=_provenance(clients, train, settings, code),
            notice=notice,
        )
        for kind in scores
    }
    models = {
        kind: {
            "oof": figures(train.target, scores[kind].log_odds, settings.costs),
            "test": figures(test.target, finals[kind].log_odds, settings.costs),
        }
        for kind in scores
    }
    artefacts = {kind: _with_metrics(finals[kind].artefact, models[kind]) for kind in GLASS_BOXES}
    costs = {kind: _costs(train, scores[kind].log_odds, settings) for kind in GLASS_BOXES}
    choice = choose(costs["scorecard"], costs["ebm"], seed=settings.seed)
    confirmed = paired_difference(
        *(_costs(test, finals[kind].log_odds, settings) for kind in ("scorecard", "ebm")), seed=settings.seed
    )
    assessment = assess(
        test.target,
        {kind: finals[kind].log_odds for kind in finals},
        champion=choice.serves,
        costs=settings.costs,
        seed=settings.seed,
        amounts=test.frame if _credits_known(test) else None,
        out_of_fold=Scored(train.target, {kind: scores[kind].log_odds for kind in scores}),
    )
    notice("assessed on the test clients")
    evaluation = {
        "data": describe_data(clients, matrix, train, test),
        "selection": describe_selection(selection, settings.selection),
        "settings": settings.as_dict(),
        "models": models,
        "glass_boxes": {
            kind: describe_glass_box(artefacts[kind], scores[kind], test, finals[kind].left_out) for kind in GLASS_BOXES
        },
        "comparison": {
            "rule": RULE,
            "serves": choice.serves,
            "out_of_fold_scorecard_minus_ebm": choice.difference.as_dict(),
            "test_scorecard_minus_ebm": confirmed.as_dict(),
        },
        "assessment": assessment,
        "code_fingerprint": code,
        "libraries": library_versions(),
        "seconds": time.perf_counter() - started,
        "peak_memory_mb": peak_memory_mb(),
    }
    result = Result(choice, artefacts, models, evaluation, clients.left_out, clients.absent)
    _write(result, clients, matrix.ids[split.held], confirmed.as_dict(), out)
    notice("artefacts written")
    return result


def fits(settings: Settings) -> dict[str, Fit]:
    """The procedure of each model inside a fold: for the glass boxes, the path of selection is part of it."""
    few = Narrowing(settings.selection, settings.seed)
    return {
        "ebm": lambda matrix: fit_ebm(few(matrix), settings.ebm, seed=settings.seed, bags=settings.ebm.fold_bags),
        "scorecard": lambda matrix: fit_scorecard(few(matrix), settings.scorecard, seed=settings.seed),
        "reference": lambda matrix: fit_reference(matrix, settings.reference, seed=settings.seed),
    }


def _credits_known(matrix: Matrix) -> bool:
    """Whether decisions can be priced in money too: each client's credit is there."""
    return "credit_amount" in matrix.frame.columns and matrix.frame["credit_amount"].null_count() == 0


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _tuned(train: Matrix, clients: Clients, settings: Settings, out: Path, notice: Notice) -> Settings:
    if settings.trials == 0:
        return settings
    return tune(train, settings, data=clients.fingerprint, folder=out, notice=notice)


def _final(
    kind: str,
    scores: OutOfFold,
    train: Matrix,
    test: Matrix,
    *,
    settings: Settings,
    provenance: Provenance,
    notice: Notice,
) -> _Final:
    """Fit on the whole training part and score the test clients, as compiled."""
    if kind == "reference":
        reference: FittedReference = fit_reference(train, settings.reference, seed=settings.seed)
        notice("reference: final fit")
        return _Final(apply_calibration(scores.calibration, reference.decision_function(test.frame)), None, {})
    fitted: Fitted = (
        fit_ebm(train, settings.ebm, seed=settings.seed, bags=settings.ebm.final_bags)
        if kind == "ebm"
        else fit_scorecard(train, settings.scorecard, seed=settings.seed)
    )
    k = review_k(
        scores.log_odds,
        scores.spread,
        scores.outside,
        threshold=settings.costs.threshold,
        cap=settings.review_cap,
        most=settings.review_k_most,
    )
    artefact = compile_model(
        fitted,
        tables_of(fitted, train).calibrated(scores.calibration),
        trained_on=train,
        tested_on=test.frame,
        rule=decision_rule(settings.costs, k, settings.review_cap),
        provenance=provenance,
    )
    _check_accepts(artefact, train)
    notice(f"{kind}: final fit, compiled and proved")
    left_out = fitted.left_out if isinstance(fitted, FittedScorecard) else {}
    return _Final(Lookup(artefact).score_many(test.frame).log_odds, artefact, left_out)


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


def _with_metrics(artefact: AdditiveModel | None, models: Mapping[str, Mapping[str, float]]) -> AdditiveModel:
    if artefact is None:
        raise TypeError("a glass box must have an artefact")
    provenance = artefact.provenance.model_copy(update={"metrics": {part: dict(n) for part, n in models.items()}})
    return AdditiveModel.model_validate({**artefact.model_dump(), "provenance": provenance.model_dump()})


def _costs(matrix: Matrix, log_odds: Floats, settings: Settings) -> Floats:
    return settings.costs.of_each(matrix.target, pd_of_many(log_odds) > settings.costs.threshold)


def _check_accepts(artefact: AdditiveModel, train: Matrix) -> None:
    threshold = artefact.rule.threshold
    if not (pd_of_many(Lookup(artefact).score_many(train.frame).log_odds) <= threshold).any():
        raise TrainingError(
            f"A model must accept some client of training; got none of {len(train)} with a probability of at most "
            f"{threshold:.4g}. Check the costs."
        )


def _check_honest(auc: float, synthetic: bool) -> None:
    if auc > SUSPICIOUS_AUC and not synthetic:
        raise TrainingError(
            f"The out-of-fold AUC on real data must be at most {SUSPICIOUS_AUC}; got {auc:.4f}. A feature probably "
            "holds the outcome: look for what was recorded after the application. Nothing was written."
        )


def _write(result: Result, clients: Clients, held_out: NDArray[np.int64], test: dict[str, Any], out: Path) -> None:
    with files_aside(out) as aside:
        for kind, artefact in result.artefacts.items():
            write_model(artefact, aside / f"{kind}.json")
        write_clients(clients, held_out, aside / PORTFOLIO_FILE)
        write_evaluation(result.evaluation, aside / EVALUATION_FILE)
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
