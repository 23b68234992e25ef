"""The validation as a whole: the checks in order, told one by one as they end, and the two files written at the end.

The rule: a check that cannot be made says so in the report; it is never left out silently.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from scoring.errors import TrainingError
from scoring.files import file_aside
from scoring.i18n import Words
from scoring.model.artefacts import EVALUATION_FILE
from scoring.model.statistics import Z_99, delong
from training.models.scorecard import fit_scorecard
from training.parallel import Notice, one_thread, processes_for, run_in_processes
from training.reporting.wording import bilingual, num
from training.validation.artefact import check_monotonicity, check_parity
from training.validation.calibration import check_calibration
from training.validation.cells import check_cells, check_missing
from training.validation.checks import Check
from training.validation.cost_ratio import check_cost_ratio
from training.validation.document import JSON_FILE, PAGE_FILE, Summary, ValidationReport, check_ids, write_json
from training.validation.explanations import check_explanations
from training.validation.fairness import check_fairness
from training.validation.leakage import check_leakage
from training.validation.less_credit import check_less_credit
from training.validation.page import html
from training.validation.quick import fit_quick
from training.validation.regret import check_regret
from training.validation.selection import check_selection
from training.validation.sensitive import check_gains, check_proxies
from training.validation.stability import check_stability
from training.validation.subject import Subject, read_subject
from training.validation.uncertainty import check_uncertainty

# Shuffled target: with outcomes dealt at random there is nothing to learn, and a procedure that finds something
# leaks.

REPEATS, REPEATS_QUICK, REPEATS_FULL = 40, 12, 6


def check_shuffled(subject: Subject) -> list[Check]:
    """The quick scorecard on shuffled outcomes; the served scorecard's own procedure too, unless in a hurry."""
    repeats = REPEATS_QUICK if subject.quick else REPEATS
    checks = [_check(subject, "quick", _quick_aucs(subject, repeats))]
    if not subject.quick:
        checks.append(_check(subject, "scorecard", _full_aucs(subject, REPEATS_FULL)))
    return checks


def _shuffled(subject: Subject, repeats: int) -> list[np.ndarray]:
    generator = np.random.default_rng([subject.seed, 21])
    return [generator.permutation(subject.matrix.target) for _ in range(repeats)]


def _quick_aucs(subject: Subject, repeats: int) -> list[float]:
    out = []
    for i, target in enumerate(_shuffled(subject, repeats)):
        fitted = fit_quick(subject.codes[subject.train_rows], subject.cuts.sizes, target[subject.train_rows], seed=i)
        out.append(delong(target[subject.test_rows], fitted.log_odds(subject.codes[subject.test_rows])).value)
    return out


def _full_aucs(subject: Subject, repeats: int) -> list[float]:
    out = []
    settings = subject.settings.scorecard
    for target in _shuffled(subject, repeats):
        train = type(subject.train)(
            subject.train.ids, target[subject.train_rows], subject.train.frame, subject.train.candidates
        )
        try:
            fitted = fit_scorecard(train, settings, seed=subject.seed)
        except TrainingError:  # nothing learnt: as it should be
            out.append(0.5)
            continue
        out.append(delong(target[subject.test_rows], fitted.decision_function(subject.test.frame)).value)
    return out


def _auc_of_chance(positives: int, negatives: int) -> float:
    """Standard error of the AUC of a score that says nothing (Mann-Whitney): sqrt((p + n + 1) / (12 p n))."""
    return float(np.sqrt((positives + negatives + 1) / (12.0 * positives * negatives)))


def _check(subject: Subject, procedure: str, aucs: list[float]) -> Check:
    positives = int(subject.test.target.sum())
    mean = float(np.mean(aucs))
    error = _auc_of_chance(positives, len(subject.test) - positives) / np.sqrt(len(aucs))
    z = (mean - 0.5) / error
    name = Words("une grille de score rapide", "a quick scorecard")
    if procedure == "scorecard":
        name = Words("la procédure de la grille servie", "the procedure of the served scorecard")
    return Check(
        id=f"honesty.shuffled_target.{procedure}",
        family="honesty",
        model="scorecard" if procedure == "scorecard" else "",
        question=bilingual(
            "Sur des issues tirées au hasard, {name} apprend-elle quand même quelque chose ?",
            "On outcomes dealt at random, does {name} still learn something?",
            name=name,
        ),
        finding=bilingual(
            "AUC moyenne de {mean} sur {n} répétitions, soit {z} erreurs-types de 0,5.",
            "Mean AUC of {mean} over {n} repetitions: {z} standard errors from 0.5.",
            mean=num(mean, 4), n=num(len(aucs)), z=num(z, 1, signed=True),
        ),
        figures={
            "mean_auc": mean, "standard_error": error, "z": z, "repetitions": len(aucs),
            "lowest": min(aucs), "highest": max(aucs), "test_clients": len(subject.test), "test_positives": positives,
        },
        bound=bilingual("0,5 à {z} erreurs-types près.", "0.5 within {z} standard errors.", z=num(Z_99, 1)),
        verdict="pass" if abs(z) <= Z_99 else "fail",
        action=Words(
            "Chercher une information de l'issue dans les variables ou dans la séparation des clients : rien ne doit "
            "être publié avant.",
            "Look for information on the outcome in the features or in the split of the clients; publish nothing "
            "before it is found.",
        ),
        method=Words(
            "Issues mélangées sur tous les clients étiquetés, ajustement sur les clients d'apprentissage, AUC sur les "
            "clients de test ; erreur-type exacte d'un score sans information (Mann-Whitney), divisée par la racine du "
            "nombre de répétitions.",
            "Outcomes shuffled over all labelled clients, fitted on the training clients, AUC on the test clients; "
            "exact standard error of a score without information (Mann-Whitney), over the root of the repetitions.",
        ),
    )  # fmt: skip


Family = Callable[[Subject], Sequence[Check]]

STEPS: tuple[tuple[str, Family], ...] = (
    ("shuffled target", check_shuffled),
    ("leakage", check_leakage),
    ("calibration", check_calibration),
    ("parity", check_parity),
    ("monotonicity", check_monotonicity),
    ("cells", check_cells),
    ("missing values", check_missing),
    ("stability", check_stability),
    ("cost ratio", check_cost_ratio),
    ("regret", check_regret),
    ("fairness by group", check_fairness),
    ("price of sensitive features", check_gains),
    ("proxies", check_proxies),
    ("asking for less", check_less_credit),
    ("past selection", check_selection),
    ("explanations", check_explanations),
)
"""Families of checks, with the word that the progress bar shows."""
LONGEST: tuple[str, Family] = ("uncertainty and reviews", check_uncertainty)
"""Begun first, so that the others are asked meanwhile; told last."""


def steps() -> int:
    """How many notices a validation gives."""
    return len(STEPS) + 2


def validate(
    artefacts: Path,
    tables: Path,
    *,
    quick: bool = False,
    notice: Notice = lambda _: None,
) -> ValidationReport:
    """Question the artefacts of a training on the tables that it was trained on.

    Parameters
    ----------
    artefacts : folder that a training wrote
    tables : folder of the tables of that training
    quick : leave the long checks out
    notice : told of each step as it ends; `steps` says how many there are

    Raises
    ------
    ArtefactError
        When an artefact is missing or damaged, or the tables are not those of the training.
    TableError
        When a table is not as declared.
    """
    with one_thread():
        subject = read_subject(artefacts, tables, quick=quick)
        notice("artefacts and tables read")
        works = [partial(_requested, name, family, subject) for name, family in (LONGEST, *STEPS)]
        last, *found = run_in_processes(works, notice, processes=processes_for(subject.portfolio.height))
    return ValidationReport(_summary(subject), check_ids([check for family in (*found, last) for check in family]))


def _requested(name: str, family: Family, subject: Subject, notice: Notice) -> list[Check]:
    found = list(family(subject))
    notice(name)
    return found


def write_report(report: ValidationReport, out: Path) -> tuple[Path, Path]:
    """Write ``validation.json`` and ``validation.html`` into a folder; return their paths."""
    json_path, page_path = out / JSON_FILE, out / PAGE_FILE
    write_json(report, json_path)
    with file_aside(page_path) as aside:
        aside.write_text(html(report), encoding="utf-8", newline="\n")
    return json_path, page_path


def _summary(subject: Subject) -> Summary:
    serving = subject.models[subject.champion.serves]
    return Summary(
        serves=subject.champion.serves,
        models={kind: model.model_version for kind, model in subject.models.items()},
        data_fingerprint=serving.provenance.data_fingerprint,
        synthetic=subject.synthetic,
        quick=subject.quick,
        train=len(subject.train),
        test=len(subject.test),
        positives=int(subject.test.target.sum()),
        absent_tables=subject.absent,
        seed=subject.seed,
        limits=_limits(subject.folder / EVALUATION_FILE),
    )


def _limits(evaluation: Path) -> tuple[Words, ...]:
    """What the evaluation beside the artefacts says that it does not prove; nothing where there is none."""
    if not evaluation.is_file():
        return ()
    sentence = json.loads(evaluation.read_text(encoding="utf-8")).get("limits", [])
    return tuple(Words(one["fr"], one["en"]) for one in sentence)
