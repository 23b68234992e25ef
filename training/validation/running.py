"""The validation as a whole: the checks in order, told one by one as they end, and the two files written at the end.

The rule: a check that cannot be made says so in the report; it is never left out silently.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from scoring.files import file_aside
from scoring.i18n import Words
from scoring.model.artefacts import EVALUATION_FILE
from training.parallel import Notice, apart, one_thread, processes_for
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
from training.validation.regret import check_regret
from training.validation.selection import check_selection
from training.validation.sensitive import check_gains, check_proxies
from training.validation.shuffled import check_shuffled
from training.validation.stability import check_stability
from training.validation.subject import Subject, read_subject
from training.validation.uncertainty import check_uncertainty

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
        works = [partial(_asked, name, family, subject) for name, family in (LONGEST, *STEPS)]
        last, *found = apart(works, notice, processes=processes_for(subject.portfolio.height))
    return ValidationReport(_summary(subject), check_ids([check for family in (*found, last) for check in family]))


def _asked(name: str, family: Family, subject: Subject, notice: Notice) -> list[Check]:
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
    said = json.loads(evaluation.read_text(encoding="utf-8")).get("limits", [])
    return tuple(Words(one["fr"], one["en"]) for one in said)
