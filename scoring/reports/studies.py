"""The studies beside a training read back: what few terms cost, whether resampling helps, what a search gained.

The rule: a study that is not in the folder is None; one that is there must be as declared.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field

from scoring.files import read_beside
from scoring.model.statistics import Difference
from scoring.reports.evaluation import Part

SIMPLICITY: Final = "simplicity"
RESAMPLING: Final = "resampling"
TUNING: Final = "tuning"
COMMANDS: Final = {
    SIMPLICITY: "python -m training simplicity --tables DIR --out DIR",
    RESAMPLING: "python -m training resampling --tables DIR --out DIR",
    TUNING: "python -m training tune --tables DIR --out DIR",
}
"""By which command each study is made."""
VERSION: Final = 1

Study = TypeVar("Study", bound=BaseModel)


class Origin(Part):
    """Whose clients a study looked at."""

    synthetic: bool
    fingerprint: str
    clients: int | None = None


class Size(Part):
    """One number of terms of one model."""

    model: str
    wanted: int
    terms: float
    auc: float
    auc_error: float
    cost: float
    from_largest: Difference


class Refit(Part):
    """What refitting questioned shapes costs."""

    questions: tuple[int, ...]
    cost: Difference
    auc_before: float
    auc_after: float


class Directions(Part):
    """What the declared directions of a model cost, out of fold.

    Attributes
    ----------
    freed : which are set free to compare with: those of what the applicant asks for (``request``), or ``all``
    features : how many candidates that concerns
    auc_low, auc_high : 95% interval of declared − free (DeLong)
    cost : per client, as declared minus free
    """

    model: str
    freed: str
    features: int
    auc_declared: float
    auc_free: float
    auc_low: float
    auc_high: float
    cost: Difference


class Simplicity(Part):
    """Cost and AUC against the number of terms."""

    data: Origin
    points: tuple[Size, ...]
    refit: Refit
    directions: tuple[Directions, ...] = ()
    clients: int
    positives: int
    folds: int

    def of_model(self, model: str) -> tuple[Size, ...]:
        """The sizes of one model, the smallest first."""
        return tuple(sorted((one for one in self.points if one.model == model), key=lambda one: one.wanted))


class Arm(Part):
    """One line: a model, what was done to its training clients, and how its scores are read."""

    model: str
    arm: str
    reading: str
    auc: float
    average_precision: float
    brier: float
    log_loss: float
    mean_pd: float
    observed: float
    cost: float
    declined: float
    intervals: Mapping[str, tuple[float, float]]
    cost_minus_none: Difference | None
    better: bool


class Resampling(Part):
    """Whether resampling helps, at the bank's cost."""

    data: Origin
    clients: int
    positives: int
    folds: int
    rows: tuple[Arm, ...]
    note: Mapping[str, Sequence[str]] = Field(default_factory=dict)


class Gain(Part):
    """What one model's search gained on folds that it did not see."""

    kind: str
    cost: Difference
    auc_before: float
    auc_after: float
    auc_low: float
    auc_high: float
    log_loss_before: float
    log_loss_after: float
    unseen: bool
    changed: bool


class Trial(Part):
    """One trial of a search."""

    point: Mapping[str, Any]
    cost: float
    log_loss: float


class Tuning(Part):
    """The searches for settings."""

    data: Origin
    seed: int
    trials: int
    settings: Mapping[str, Mapping[str, Any]]
    gains: tuple[Gain, ...]
    searches: Mapping[str, tuple[Trial, ...]]


def read_simplicity(folder: Path) -> Simplicity | None:
    """What few terms cost; None where the study was not made."""
    return _read(folder, SIMPLICITY, Simplicity)


def read_resampling(folder: Path) -> Resampling | None:
    """Whether resampling helps; None where the study was not made."""
    return _read(folder, RESAMPLING, Resampling)


def read_tuning(folder: Path) -> Tuning | None:
    """What a search gained; None where the study was not made."""
    return _read(folder, TUNING, Tuning)


def _read(folder: Path, name: str, study: type[Study]) -> Study | None:
    return read_beside(study, folder / f"{name}.json", f"clairscore-{name}", VERSION, command=COMMANDS[name])
