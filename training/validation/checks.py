"""What a check is: a question, its figures, the bound they are held to, and what to do.

The rule: a check says what is wrong as plainly as what is right; where it cannot tell, it is not applicable, and says
why. No check passes for want of data.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scoring.i18n import Words
from training.reporting.wording import UNKNOWN, Cell, in_language

Verdict = Literal["pass", "warn", "fail", "not_applicable"]
VERDICTS: tuple[Verdict, ...] = ("fail", "warn", "pass", "not_applicable")
"""The gravest first."""

Figures = Mapping[str, float | int | str | bool | None]

FAMILIES: Mapping[str, Words] = {
    "honesty": Words("Le modèle triche-t-il ?", "Does the model cheat?"),
    "calibration": Words("Les probabilités sont-elles justes ?", "Are the probabilities right?"),
    "artefact": Words("Le fichier servi est-il sain ?", "Is the served file sound?"),
    "stability": Words("Le score est-il stable ?", "Is the score stable?"),
    "cost": Words("Les décisions coûtent-elles ce qu'elles doivent ?", "Do decisions cost what they should?"),
    "fairness": Words("Les groupes sont-ils traités de même ?", "Are groups treated alike?"),
    "behaviour": Words("Le modèle se comporte-t-il avec bon sens ?", "Does the model behave sensibly?"),
    "selection": Words("Que cache la sélection passée ?", "What does past selection hide?"),
    "uncertainty": Words("L'incertitude dite est-elle la vraie ?", "Is the stated uncertainty the real one?"),
    "explanations": Words("Les explications disent-elles vrai ?", "Do the explanations tell the truth?"),
}
"""Families of checks in the order of the report, each as a question."""

MODELS: Mapping[str, str] = {"ebm": "EBM", "scorecard": "Scorecard", "reference": "LightGBM"}


NOTHING_TO_DO = Words("Rien : le contrôle est tenu.", "Nothing: the check passes.")


@dataclass(frozen=True)
class Table:
    """A table of a check: its title, its headings, its rows."""

    title: Words
    columns: tuple[Words, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture of a check, as SVG in each language, with the sentence that says what it shows."""

    alt: Words
    svg: Words


@dataclass(frozen=True)
class Check:
    """One check of the report.

    Parameters
    ----------
    id : unique in a report: family, subject and, where it is about one, the model, joined by points
    family : a key of `FAMILIES`
    model : ``ebm``, ``scorecard``, ``reference`` or empty
    question : in plain words
    finding : one or two sentences with the figures
    figures : by name, for programs
    bound : what the figures are held to
    verdict : ``not_applicable`` only with a reason
    action : what to do when it does not pass
    method : how it is computed
    reason : why the verdict is not what the figures alone suggest, or why there is none
    """

    id: str
    family: str
    question: Words
    finding: Words
    figures: Figures
    bound: Words
    verdict: Verdict
    action: Words
    method: Words
    model: str = ""
    reason: Words | None = None
    tables: tuple[Table, ...] = ()
    pictures: tuple[Picture, ...] = ()

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"a check's family must be one of {', '.join(FAMILIES)}; got {self.family!r}")
        if self.verdict == "not_applicable" and self.reason is None:
            raise ValueError(f"a check that is not applicable must say why; got none for {self.id}")

    @property
    def to_do(self) -> Words:
        """What to do: nothing where the check passes."""
        return NOTHING_TO_DO if self.verdict == "pass" else self.action


def not_applicable(check_id: str, family: str, question: Words, reason: Words, *, model: str = "") -> Check:
    """A check that cannot be made here, with the reason."""
    none = Words("Sans objet ici.", "Not applicable here.")
    return Check(
        id=check_id,
        family=family,
        question=question,
        finding=reason,
        figures={},
        bound=none,
        verdict="not_applicable",
        action=none,
        method=none,
        model=model,
        reason=reason,
    )


def gravest(verdicts: Iterable[Verdict]) -> Verdict:
    """The gravest verdict of several; not applicable where there is none.

    >>> gravest(["pass", "warn", "pass"])
    'warn'
    """
    found = set(verdicts)
    return next((verdict for verdict in VERDICTS if verdict in found), "not_applicable")


def graded(value: float, warn: float, fail: float) -> Verdict:
    """Pass up to `warn`, fail above `fail`, warn between.

    >>> graded(0.1, 0.1, 0.25), graded(0.2, 0.1, 0.25), graded(0.3, 0.1, 0.25)
    ('pass', 'warn', 'fail')
    """
    return "fail" if value > fail else ("warn" if value > warn else "pass")


def flagged(*, fail: object, warn: object) -> Verdict:
    """Fail where something failed, warn where something warned, pass otherwise.

    >>> flagged(fail=[], warn=["a bag"])
    'warn'
    """
    return "fail" if fail else ("warn" if warn else "pass")


def joined(names: Sequence[Cell], most: int = 6) -> Words:
    """Names as a short list; a dash where there is none.

    >>> joined(["age", Words("revenu", "income"), "housing"], 2).en
    'age, income (+1)'
    """
    more = f" (+{len(names) - most})" if len(names) > most else ""
    fr, en = (", ".join(in_language(name, lang) for name in names[:most]) + more for lang in ("fr", "en"))
    return Words(fr or UNKNOWN, en or UNKNOWN)
