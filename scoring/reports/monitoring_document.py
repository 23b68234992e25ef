"""``watch.json``: the result of monitoring later clients (`scoring.reports.monitoring`), which the Watch page shows.

Declared once: the same types are written and read. A figure that could not be measured is null, never 0.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from scoring.files import read_beside
from scoring.model.statistics import Difference, Interval
from scoring.reports.evaluation import Part, Said
from scoring.reports.studies import Origin

FORMAT: Final = "clairscore-watch"
VERSION: Final = 1
FILE: Final = "watch.json"
COMMAND: Final = "python -m training watch --tables DIR --artefacts DIR --out DIR/watch.json"

Level = Literal["green", "amber", "red"]
Light = Literal["green", "amber", "red", "none"]
LEVELS: tuple[Level, ...] = ("red", "amber", "green")
"""The gravest first."""
Action = Literal["keep", "recalibrate", "retrain", "repair", "wait"]
Section = Literal["data", "features", "score", "decisions", "outcomes", "people", "challenger"]
SECTIONS: tuple[Section, ...] = ("data", "features", "score", "decisions", "outcomes", "people", "challenger")
"""The parts of the Watch page, in its order; a signal says in which it is seen."""
Movement = Literal["none", "drift", "missing", "unseen", "unit"]


class Watched(Part):
    """The clients that were looked at.

    Attributes
    ----------
    fingerprint : of the tables; None where they could not be read
    labelled, defaulters : clients whose outcome is known, and those of them with difficulties
    first, last : smallest and largest number of a client
    absent_tables : history tables that were not there, and were there in training
    notes : what is to be said of the files that came with the tables: how many of their lines matched
    """

    fingerprint: str | None
    synthetic: bool
    clients: int
    labelled: int
    defaulters: int
    first: int | None
    last: int | None
    absent_tables: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()


class Watching(Part):
    """The model that serves, and the one beside it."""

    serves: str
    version: str
    training_rows: int
    compared_with: int
    challenger: str | None = None
    challenger_version: str | None = None


class MovedBin(Part):
    """A bin whose share of clients moved; `adds` is its part of the index."""

    cell: int
    bin: Said
    before: float
    now: float
    adds: float


class Shift(Part):
    """How far a distribution lies from that of training.

    Attributes
    ----------
    index : population stability index over the bins
    by_chance : what it stays under 99 times in 100 where nothing moved
    p : how often chance alone gives as much
    q : the same, corrected for all features that are looked at together
    """

    index: float
    by_chance: float
    p: float
    q: float
    level: Level
    bins: tuple[MovedBin, ...] = ()


class FeatureShift(Part):
    """A feature of a model against training, on the model's own bins.

    Attributes
    ----------
    movement : what kind of change it looks like
    missing_before, missing_now : shares of clients without a value
    unseen, outside : shares of clients with a code, or a number, that training never saw
    factor : where `movement` is ``unit``: what the values seem to be multiplied by
    """

    feature: str
    label: Said
    shift: Shift
    movement: Movement
    missing_before: float
    missing_now: float
    unseen: float
    outside: float
    factor: float | None = None


class RawChange(Part):
    """A check of the raw tables whose share of rows changed."""

    table: str
    column: str
    check: str
    rule: str
    before: float
    now: float
    rows: int
    q: float
    level: Level
    examples: tuple[str, ...] = ()


class Shares(Part):
    """How a group of clients was decided on."""

    clients: int
    accept: float
    review: float
    decline: float


class Decisions(Part):
    """What is decided, beside what was decided on the test clients of training; p: that chance alone does as much."""

    before: Shares
    now: Shares
    accept_p: float
    outside: float
    level: Level
    review_level: Level


class Calibration(Part):
    """Whether probabilities came true.

    Attributes
    ----------
    observed : share with difficulties, with its 95% interval (Wilson)
    expected : mean probability
    p : how often chance alone leaves such a gap, if the probabilities are right
    """

    clients: int
    defaulters: int
    observed: Interval
    expected: float
    p: float
    level: Level


class Block(Part):
    """Calibration of one stretch of time: clients in the order of their numbers, or of one period."""

    name: str
    first: int
    last: int
    shift: float
    accept: float
    calibration: Calibration | None = None


class Line(Part):
    """The line that would set the probabilities right: slope · log-odds + intercept, with 95% intervals."""

    slope: Interval
    intercept: Interval


class Cost(Part):
    """Cost per client at the served threshold.

    Attributes
    ----------
    expected : of all clients, from the probabilities alone, with what chance makes of it 95 times in 100
    expected_known : the same for the clients whose outcome is known
    realised : of those, after the outcome
    trained : on the test clients of training
    p : how often chance alone leaves such a gap between the last two
    """

    expected: Interval
    expected_known: Interval | None
    realised: Interval | None
    trained: float | None
    p: float | None
    level: Level


class Outcomes(Part):
    """What became of clients whose outcome is known.

    Attributes
    ----------
    auc : with its 95% interval; `auc_trained` is that of the test clients of training
    auc_p : how often chance alone loses so much between the two groups of clients
    line, gain : what would set the probabilities right, and what that would save per client, by cross-fitting
    """

    all: Calibration
    accepted: Calibration | None
    auc: Interval
    auc_trained: Interval | None
    auc_p: float | None
    auc_level: Level
    line: Line | None
    gain: Difference | None


class Overridden(Part):
    """What people made of the decisions in the journal.

    Attributes
    ----------
    decisions : recorded, of the serving model, on one client or in batches
    overridden : with another outcome by a person, and `rate` with its 95% interval
    moves : how many went from which outcome to which, ``decline>accept``
    """

    decisions: int
    overridden: int
    rate: Interval
    moves: Mapping[str, int] = Field(default_factory=dict)
    level: Level


class Challenger(Part):
    """The other glass box, scored in its shadow: it decided on nobody.

    Attributes
    ----------
    index : PSI of its score
    other : share of clients on whom it would decide otherwise (accept against decline)
    expected : cost per client that its own probabilities foretell
    cost : realised cost per client less the champion's, with its 99% interval
    """

    kind: str
    version: str
    index: Shift
    expected: float
    other: float
    auc: Interval | None
    cost: Difference | None
    better: bool


class Signal(Part):
    """Something that stands out: where it is seen, its figures in words, its usual cause, what to do."""

    kind: str
    section: Section
    level: Level
    subject: str = ""
    says: Said
    cause: Said
    action: Said
    figures: Mapping[str, float] = Field(default_factory=dict)


class Advice(Part):
    """What to do with the model, and the figures that say so."""

    action: Action
    says: Said
    because: tuple[Said, ...]


class Watch(Part):
    """The whole report."""

    format: Literal["clairscore-watch"]
    version: Literal[1]
    data: Origin
    seed: int
    code_fingerprint: str
    made: str
    watched: Watched
    model: Watching
    light: Light
    advice: Advice
    signals: tuple[Signal, ...]
    score: Shift | None
    features: tuple[FeatureShift, ...]
    raw: tuple[RawChange, ...] | None
    decisions: Decisions | None
    cost: Cost | None
    outcomes: Outcomes | None
    blocks: tuple[Block, ...]
    by_period: bool
    overridden: Overridden | None
    challenger: Challenger | None
    rules: tuple[Said, ...]


def read_watch(folder: Path) -> Watch | None:
    """Read the look that lies in a training's folder; None where there is none.

    Raises
    ------
    ArtefactError
        When the file is there and is not as declared.
    """
    return read_beside(Watch, folder / FILE, FORMAT, VERSION, command=COMMAND)
