"""What the service gives, as types: plain dictionaries, whose keys a type checker knows."""

from typing import Any, Literal, TypedDict

Outcome = Literal["accept", "review", "decline"]
Value = float | str | None


class Reason(TypedDict):
    """Why: one feature's part, with the client's value and the usual one."""

    code: str
    feature: str
    group: str
    effect: Literal["against", "for"]
    points: float
    value: Value
    usual: Value
    text: str


class Constant(TypedDict):
    """What every client starts from."""

    log_odds: float
    points: float


class Contribution(TypedDict):
    """One term's part in the score."""

    features: list[str]
    log_odds: float
    points: float
    usual_points: float


class Decision(TypedDict):
    """A decision on one client, recorded before it was given."""

    decision_id: str
    decided_at: str
    client_id: int | None
    pd: float
    repayment_probability: float
    log_odds: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[str]
    outside_training: list[str]
    unknown_history: list[str]
    threshold: float
    threshold_points: float
    cost_fn: float
    cost_fp: float
    reference_points: float
    reasons: list[Reason]
    missing: list[str]
    constant: Constant | None
    contributions: list[Contribution] | None
    model_version: str
    synthetic: bool
    language: str


class BatchReason(TypedDict):
    """Why, in short."""

    code: str
    points: float
    text: str


class BatchDecision(TypedDict):
    """A decision of a batch; `row` is the place in what was sent, from 0."""

    row: int
    client_id: int | None
    decision_id: str
    pd: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[str]
    reasons: list[BatchReason]


class BatchProblem(TypedDict):
    """A row of a batch that could not be decided on."""

    row: int
    client_id: int | None
    problem: dict[str, Any]


class ListedClient(TypedDict):
    """One client of a list."""

    client_id: int
    role: Literal["new", "test", "train"]
    points: float
    pd: float
    decision: Outcome
    level: int
    facts: dict[str, Value]
