"""What the API takes and gives, declared once: requests, answers, and how an answer is made from an assessment."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, StrictInt, StrictStr, Tag

from scoring.decision import Outcome
from scoring.reasons import Effect, Reason
from scoring.service import Assessment, Service

Lang = Literal["fr", "en"]
Cell = StrictStr | StrictInt | Annotated[float, Field(strict=True, allow_inf_nan=False)] | None
Row = dict[str, Cell]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KnownClient(_Request):
    """A client of the portfolio."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"client_id": 100002}]})
    client_id: StrictInt


class RawApplication(_Request):
    """A raw application with the rows of its history tables; names of tables and columns are the raw schema's."""

    application: Row
    history: dict[str, list[Row]] = Field(default_factory=dict)


class ApplicationRow(RootModel[Row]):
    """A raw application alone: the row of the application table itself."""


def _form(body: Any) -> str:
    if isinstance(body, dict) and "client_id" in body:
        return "client"
    if isinstance(body, dict) and "application" in body:
        return "application"
    return "row"


PredictRequest = Annotated[
    Annotated[KnownClient, Tag("client")]
    | Annotated[RawApplication, Tag("application")]
    | Annotated[ApplicationRow, Tag("row")],
    Discriminator(_form),
]


class ReasonAnswer(BaseModel):
    """One feature's part in the score: points are negative when it weighs against the client."""

    feature: str
    group: str
    effect: Effect
    points: float
    value: float | str | None
    usual: float | str | None
    text: str

    @classmethod
    def of(cls, reason: Reason, lang: str) -> "ReasonAnswer":
        """Make the answer's reason from the service's."""
        return cls(
            feature=reason.feature,
            group=reason.group,
            effect=reason.effect,
            points=reason.points,
            value=reason.value,
            usual=reason.usual,
            text=reason.sentence(lang),
        )


class PredictAnswer(BaseModel):
    """The decision on one client and why. Codes are never translated; texts are in the language asked for."""

    decision_id: str = Field(description="under which the decision was recorded, before this answer left")
    client_id: int | None
    pd: float = Field(description="probability of difficulties in paying, 0 to 1, unrounded")
    repayment_probability: float = Field(description="1 − pd")
    points: float = Field(description="higher is safer; unrounded")
    low_points: float
    high_points: float
    level: Annotated[int, Field(ge=1, le=5)]
    decision: Outcome
    review_because: list[str]
    threshold: float = Field(description="decline above this pd")
    threshold_points: float
    reference_points: float = Field(description="where reasons start: this and all effects add up to the points")
    reasons: list[ReasonAnswer] = Field(description="strongest against, then strongest in favour")
    missing: list[str]
    model_version: str
    synthetic: bool = Field(description="whether the portfolio is synthetic")
    language: str

    @classmethod
    def of(cls, service: Service, assessment: Assessment, decision_id: str, lang: str) -> "PredictAnswer":
        """Make the answer from what the service says and the journal recorded."""
        decision, explanation = assessment.decision, assessment.explanation
        return cls(
            decision_id=decision_id,
            client_id=assessment.client_id,
            pd=decision.pd,
            repayment_probability=1.0 - decision.pd,
            points=decision.points,
            low_points=decision.low_points,
            high_points=decision.high_points,
            level=decision.level,
            decision=decision.outcome,
            review_because=list(decision.review_because),
            threshold=decision.threshold,
            threshold_points=decision.threshold_points,
            reference_points=explanation.reference_points,
            reasons=[ReasonAnswer.of(reason, lang) for reason in explanation.principal],
            missing=list(assessment.missing),
            model_version=service.model.model_version,
            synthetic=service.synthetic,
            language=lang,
        )


class Health(BaseModel):
    """That the service answers, and with what."""

    status: Literal["ok"] = "ok"
    model_version: str
    clients: int
    synthetic: bool


class Readiness(BaseModel):
    """That decisions can be made and recorded."""

    status: Literal["ready"] = "ready"
    model_version: str
    journal_head: str = Field(
        description="number and digest of the journal's last entry, SEQ:DIGEST, to be noted outside"
    )
    journal_durable: bool = Field(description="whether the journal outlives the machine that serves")


class DecisionRecord(BaseModel):
    """A decision as the journal holds it."""

    decision_id: str
    seq: int
    at: str
    commitment: str
    previous: str
    digest: str
    erased: bool = Field(description="whether its values were erased, so that it can't be made again")
    record: dict[str, Any] | None


class ReplayAnswer(BaseModel):
    """A decision made again from its record."""

    decision_id: str
    same: bool = Field(description="whether score, decision and reasons are those recorded, to the last digit")
    recorded: dict[str, Any]
    again: dict[str, Any]


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, Any]] | None = None
