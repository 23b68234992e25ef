"""What a training says: the table on the terminal and ``evaluation.json``.

The rule: every number is a JSON number; a NaN or an infinity is an error, never a value.
"""

import resource
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.table import Table

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.arrays import Floats
from scoring.model.decision import needs_review
from scoring.model.statistics import Difference
from training.config import Settings
from training.data.dataset import Clients
from training.data.matrix import Matrix
from training.evaluation.assess import Assumptions, Scored, assess
from training.evaluation.baselines import external_out_of_fold, external_scores_only, has_external_scores
from training.evaluation.champion import RULE, Choice
from training.evaluation.crossfit import OutOfFold
from training.evaluation.dictionary import as_document
from training.evaluation.limits import Setting, limits
from training.evaluation.segments import segments_of
from training.evaluation.splits import Split
from training.evaluation.term_statistics import reference_importance, term_statistics
from training.models.ebm import FittedEbm
from training.provenance import library_versions
from training.search.final_fit import GLASS_BOXES, FinalGlassBox, FinalReference
from training.search.selection import Selection, describe_selection

FORMAT = "clairscore-evaluation"
VERSION = 2
EXTERNAL = "external"
"""The plain baseline among the models: the external scores alone."""
NAMES = {"ebm": "EBM", "scorecard": "Scorecard", "reference": "LightGBM"}
COLUMNS = (("auc", "AUC", 4), ("cost", "cost", 4), ("cost_best", "best-cut-off cost", 4), ("declined", "declined", 3))


@dataclass(frozen=True)
class Trained:
    """Everything that a training knows when its models are there.

    Attributes
    ----------
    folds : of the training clients
    scores : out of fold, by model
    finals : fitted on all training clients, by model
    tested : log-odds of the test clients, by model
    models : figures by model and part (``oof``, ``test``)
    confirmed : cost of the scorecard minus the EBM's on the test clients
    """

    clients: Clients
    matrix: Matrix
    train: Matrix
    test: Matrix
    folds: Sequence[Split]
    selection: Selection
    settings: Settings
    scores: Mapping[str, OutOfFold]
    final_models: Mapping[str, FinalGlassBox | FinalReference]
    tested: Mapping[str, Floats]
    models: Mapping[str, Mapping[str, Mapping[str, float]]]
    choice: Choice
    confirmed: Difference


def comparison_table(models: Mapping[str, Mapping[str, Mapping[str, float]]], *, title: str) -> Table:
    """One table: each model's AUC and costs per client, out of fold and on the test clients."""
    table = Table(title=title)
    table.add_column("model")
    table.add_column("clients")
    for _, heading, _ in COLUMNS:
        table.add_column(heading, justify="right")
    for kind, parts in models.items():
        for part, numbers in parts.items():
            shown = [f"{numbers[key]:.{digits}f}" for key, _, digits in COLUMNS]
            table.add_row(NAMES.get(kind, kind), {"oof": "out of fold"}.get(part, part), *shown)
    return table


def evaluation_of(trained: Trained, *, code: str, started: float) -> dict[str, Any]:
    """The document that ``evaluation.json`` holds.

    Parameters
    ----------
    code : fingerprint of the code
    started : of the run, by `time.perf_counter`
    """
    settings, clients = trained.settings, trained.clients
    assessment = _assessment(trained)
    boxes = {kind: _glass_box(trained, kind) for kind in GLASS_BOXES}
    reference = trained.final_models["reference"]
    setting = Setting(synthetic=clients.synthetic, trials=settings.trials, train_clients=len(trained.train))
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": describe_data(trained),
        "selection": describe_selection(trained.selection, settings.selection),
        "settings": settings.as_dict(),
        "models": trained.models,
        "glass_boxes": {
            kind: describe_glass_box(trained.scores[kind], trained.test, box) for kind, box in boxes.items()
        },
        "tables": term_statistics(
            {kind: box.artefact for kind, box in boxes.items()},
            {kind: box.fitted for kind, box in boxes.items()},
            trained.train,
        ),
        "importance": {
            "reference": reference_importance(
                reference.fitted, trained.test.frame, slope=reference.scores.calibration.slope
            )
            if isinstance(reference, FinalReference)
            else None
        },
        "comparison": {
            "rule": RULE,
            "serves": trained.choice.serves,
            "out_of_fold_scorecard_minus_ebm": trained.choice.difference.as_dict(),
            "test_scorecard_minus_ebm": trained.confirmed.as_dict(),
        },
        "assessment": assessment,
        "limits": [{"fr": words.fr, "en": words.en} for words in limits(assessment, setting)],
        "dictionary": as_document(),
        "code_fingerprint": code,
        "libraries": library_versions(),
        "seconds": time.perf_counter() - started,
        "peak_memory_mb": peak_memory_mb(),
    }


def describe_data(trained: Trained) -> dict[str, Any]:
    """What the models were trained and tested on, in counts."""
    clients, matrix = trained.clients, trained.matrix
    return {
        "clients": clients.frame.height,
        "labelled": len(matrix),
        "positives": matrix.positives,
        "train": len(trained.train),
        "test": len(trained.test),
        "features": len(clients.features),
        "candidates": len(matrix.candidates),
        "absent_tables": list(clients.absent),
        "features_left_out": list(clients.left_out),
        "fingerprint": clients.fingerprint,
        "synthetic": clients.synthetic,
    }


def describe_glass_box(scores: OutOfFold, test: Matrix, final: FinalGlassBox) -> dict[str, Any]:
    """What is particular to a glass box: its size, parity, calibration, review band, and what was left out or asked."""
    artefact = final.artefact
    scored = Lookup(artefact).score_many(test.frame)
    rule = artefact.rule
    questions = final.fitted.questions if isinstance(final.fitted, FittedEbm) else ()
    return {
        "model_version": artefact.model_version,
        "terms": len(artefact.terms),
        "pairs": sum(len(term.features) == 2 for term in artefact.terms),
        "terms_of_folds": list(scores.terms),
        "parity": artefact.certificate.model_dump(),
        "parity_of_folds": scores.parity,
        "calibration": artefact.calibration.model_dump(),
        "review_k": rule.review_k,
        "review_share_oof": float(needs_review(rule, scores).mean()),
        "review_share_test": float(needs_review(rule, scored).mean()),
        "curves_refitted": [{"feature": one.name, "why": one.why, "size": one.size} for one in questions],
        "variables_left_out": dict(final.left_out),
    }


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3


def _assessment(trained: Trained) -> dict[str, Any]:
    train, test, settings = trained.train, trained.test, trained.settings
    boxes = {kind: _glass_box(trained, kind) for kind in GLASS_BOXES}
    scored = {kind: Lookup(box.artefact).score_many(test.frame) for kind, box in boxes.items()}
    tested, before = dict(trained.tested), {kind: one.log_odds for kind, one in trained.scores.items()}
    if has_external_scores(train.frame):
        tested[EXTERNAL] = external_scores_only(train.frame, train.target, test.frame)
        before[EXTERNAL] = external_out_of_fold(train.frame, train.target, trained.folds)
    everything = trained.clients.frame.filter(pl.col(ID_COLUMN).is_in(test.ids.tolist())).sort(ID_COLUMN)
    return assess(
        test.target,
        tested,
        champion=trained.choice.serves,
        costs=settings.costs,
        seed=settings.seed,
        segments=segments_of(everything),
        amounts=test.frame if _credits_known(test) else None,
        out_of_fold=Scored(train.target, before),
        contributions={kind: _by_feature(boxes[kind].artefact, scored[kind]) for kind in GLASS_BOXES},
        reviewed={kind: needs_review(boxes[kind].artefact.rule, scored[kind]) for kind in GLASS_BOXES},
        assumptions=Assumptions(money=settings.money, review_cost=settings.review_cost),
    )


def _glass_box(trained: Trained, kind: str) -> FinalGlassBox:
    final = trained.final_models[kind]
    if not isinstance(final, FinalGlassBox):
        raise TypeError(f"{kind} must be a glass box; got {type(final).__name__}")
    return final


def _by_feature(artefact: AdditiveModel, scored: ScoredMany) -> pl.DataFrame:
    """Contributions by feature, in log-odds; a pair's is halved between its two."""
    columns: dict[str, Floats] = {}
    for position, term in enumerate(artefact.terms):
        for name in term.features:
            part = scored.contributions[:, position] / len(term.features)
            columns[name] = columns[name] + part if name in columns else part
    return pl.DataFrame(columns)


def _credits_known(matrix: Matrix) -> bool:
    """Whether decisions can be priced in money too: each client's credit is there."""
    return "credit_amount" in matrix.frame.columns and matrix.frame["credit_amount"].null_count() == 0
