"""What the API gives, declared once: the answers that several routes share, and the problem.

A decision's answer is written by `scoring.api.serializers` without passing through these models, for speed; the tests
hold that it is one of them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.model.decision import Outcome


class ReasonAnswer(BaseModel):
    """One feature's part in the score: points are negative when it weighs against the client."""

    code: str = Field(description="`feature.effect`: stable, never translated")
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
            code=reason.code,
            feature=reason.feature,
            group=reason.group,
            effect=reason.effect,
            points=reason.points,
            value=reason.value,
            usual=reason.usual,
            text=reason.sentence(lang),
        )


class ConstantAnswer(BaseModel):
    """What every client starts from, before any term."""

    log_odds: float
    points: float


class ContributionAnswer(BaseModel):
    """One term's part in the score; the constant and all parts add up to the score."""

    features: Annotated[list[str], Field(min_length=1, max_length=2)]
    log_odds: float = Field(description="what the term adds to the log-odds; more is riskier")
    points: float = Field(description="the same in points; more is safer")
    usual_points: float = Field(description="the mean of `points` over accepted clients: where reasons start")


class PredictAnswer(BaseModel):
    """The decision on one client and why. Codes are never translated; texts are in the language asked for."""

    model_config = ConfigDict(extra="forbid")
    decision_id: str = Field(description="under which the decision was recorded, before this answer left")
    decided_at: str = Field(description="when it was recorded, UTC, ISO 8601")
    client_id: int | None
    pd: Annotated[float, Field(ge=0, le=1, description="probability of difficulties in paying, unrounded")]
    repayment_probability: Annotated[float, Field(ge=0, le=1, description="1 − pd")]
    log_odds: float = Field(description="ln(pd / (1 − pd)), of which all contributions are parts")
    points: float = Field(description="higher is safer; unrounded")
    low_points: float = Field(description="lower end of the uncertainty band")
    high_points: float
    level: Annotated[int, Field(ge=1, le=5)]
    decision: Outcome
    review_because: list[Literal["uncertain", "outside_training", "history_unknown"]]
    outside_training: list[str] = Field(description="features whose value training never saw")
    unknown_history: list[str] = Field(description="history tables that the model uses and that were not sent")
    threshold: float = Field(description="decline above this pd")
    threshold_points: float
    cost_fn: float = Field(description="cost of accepting a client who then has difficulties; the threshold follows")
    cost_fp: float = Field(description="cost of declining a client who would have paid")
    reference_points: float = Field(description="where reasons start: this and all effects add up to the points")
    reasons: list[ReasonAnswer] = Field(description="strongest against, then strongest in favour")
    missing: list[str] = Field(description="features of the model that are not known")
    constant: ConstantAnswer | None = Field(None, description="on request, with `contributions`")
    contributions: list[ContributionAnswer] | None = Field(None, description="on request: every term's part")
    model_version: str
    synthetic: bool = Field(description="whether the portfolio is synthetic")
    language: str


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
    artefacts: Literal["as served", "refused"] = Field(
        "as served",
        description="whether newer artefacts lie on the disk that were refused, so that the old ones serve on",
    )


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


class FieldProblem(BaseModel):
    """What is wrong with one field of a request."""

    where: str = Field(description="path of names: `body.client_id`, `query.lang`")
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="stable, never translated; leads to a page that says more")
    title: str = Field(description="in the language asked for")
    status: int
    detail: str = Field(description="what happened and what to do, in the language asked for")
    instance: str = Field(description="the address that was called")
    errors: list[FieldProblem] | None = None

    @classmethod
    def said(
        cls,
        kind: str,
        status: int,
        lang: str,
        *,
        instance: str,
        detail: str = "",
        errors: list[dict[str, str]] | None = None,
    ) -> "Problem":
        """Make a problem of a kind, with its title and, where there is no other, its page's detail."""
        return cls(
            type=f"/problems/{kind}",
            title=text(lang, f"problem.{kind}.title"),
            status=status,
            detail=detail or text(lang, f"problem.{kind}.page"),
            instance=instance,
            errors=None if errors is None else [FieldProblem(**one) for one in errors],
        )
