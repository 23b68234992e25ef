"""The answers of the API: their shapes, each declared once, and the decision's response.

A decision's answer is a `TypedDict`: the type checker and the OpenAPI document read its fields, and building it costs
no more than a dictionary.
"""

import zlib
from typing import Annotated, Any, Final, Literal, cast

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from scoring.audit.audited_decisions import Decided
from scoring.explain.reasons import Effect, Reason
from scoring.i18n import text
from scoring.model.decision import Outcome

ReviewCause = Literal["uncertain", "outside_training", "history_unknown"]


class ReasonAnswer(TypedDict):
    """One feature's part in the score: points are negative when it weighs against the client."""

    code: Annotated[str, Field(description="`feature.effect`: stable, never translated")]
    feature: str
    group: str
    effect: Effect
    points: float
    value: float | str | None
    usual: float | str | None
    text: str


class ConstantAnswer(TypedDict):
    """What every client starts from, before any term."""

    log_odds: float
    points: float


class ContributionAnswer(TypedDict):
    """One term's part in the score; the constant and all parts add up to the score."""

    features: Annotated[list[str], Field(min_length=1, max_length=2)]
    log_odds: Annotated[float, Field(description="what the term adds to the log-odds; more is riskier")]
    points: Annotated[float, Field(description="the same in points; more is safer")]
    usual_points: Annotated[float, Field(description="the mean of `points` over accepted clients: where reasons start")]


@with_config(ConfigDict(extra="forbid"))
class PredictAnswer(TypedDict):
    """The decision on one client and why. Codes are never translated; texts are in the language asked for."""

    decision_id: Annotated[str, Field(description="under which the decision was recorded, before this answer left")]
    decided_at: Annotated[str, Field(description="when it was recorded, UTC, ISO 8601")]
    client_id: int | None
    pd: Annotated[float, Field(ge=0, le=1, description="probability of difficulties in paying, unrounded")]
    repayment_probability: Annotated[float, Field(ge=0, le=1, description="1 − pd")]
    log_odds: Annotated[float, Field(description="ln(pd / (1 − pd)), of which all contributions are parts")]
    points: Annotated[float, Field(description="higher is safer; unrounded")]
    low_points: Annotated[float, Field(description="lower end of the uncertainty band")]
    high_points: float
    level: Annotated[int, Field(ge=1, le=5)]
    decision: Outcome
    review_because: list[ReviewCause]
    outside_training: Annotated[list[str], Field(description="features whose value training never saw")]
    unknown_history: Annotated[
        list[str], Field(description="history tables that the model uses and that were not sent")
    ]
    threshold: Annotated[float, Field(description="decline above this pd")]
    threshold_points: float
    cost_fn: Annotated[
        float, Field(description="cost of accepting a client who then has difficulties; the threshold follows")
    ]
    cost_fp: Annotated[float, Field(description="cost of declining a client who would have paid")]
    reference_points: Annotated[
        float, Field(description="where reasons start: this and all effects add up to the points")
    ]
    reasons: Annotated[list[ReasonAnswer], Field(description="strongest against, then strongest in favour")]
    missing: Annotated[list[str], Field(description="features of the model that are not known")]
    constant: Annotated[ConstantAnswer | None, Field(description="on request, with `contributions`")]
    contributions: Annotated[list[ContributionAnswer] | None, Field(description="on request: every term's part")]
    model_version: str
    synthetic: Annotated[bool, Field(description="whether the portfolio is synthetic")]
    language: str


_GZIP_LEVEL: Final = 5
"""Level of compression, as of every other answer (see `scoring.factory.build_app`)."""
_GZIP: Final = (b"content-encoding", b"gzip")
_VARY: Final = "Accept-Language, Accept-Encoding"


def decision_headers(lang: str) -> dict[str, str]:
    """The headers of a decision, which no cache may store."""
    return {"Cache-Control": "no-store", "Vary": _VARY, "Content-Language": lang}


_RAW_HEADERS: Final = {
    lang: [(b"content-type", b"application/json")]
    + [(name.lower().encode(), value.encode()) for name, value in decision_headers(lang).items()]
    for lang in ("fr", "en")
}


class DecisionResponse(Response):
    """A recorded decision as JSON, compressed where the caller takes it."""

    def __init__(
        self, decided: Decided, request: Request, lang: str, *, synthetic: bool, contributions: bool = False
    ) -> None:
        body = orjson.dumps(describe_decision(decided, lang, synthetic=synthetic, contributions=contributions))
        self.raw_headers = list(_RAW_HEADERS[lang])
        if any(name == b"accept-encoding" and b"gzip" in value for name, value in request.scope["headers"]):
            body = zlib.compress(body, _GZIP_LEVEL, wbits=31)
            self.raw_headers.append(_GZIP)
        self.raw_headers.append((b"content-length", b"%d" % len(body)))
        self.body, self.status_code, self.background = body, 200, None


def describe_decision(decided: Decided, lang: str, *, synthetic: bool, contributions: bool = False) -> PredictAnswer:
    """The answer of a recorded decision; numbers are unrounded."""
    assessment, model = decided.assessment, decided.model
    decision, explanation = assessment.decision, assessment.explanation
    return PredictAnswer(
        decision_id=decided.decision_id,
        decided_at=decided.at,
        client_id=assessment.client_id,
        pd=decision.pd,
        repayment_probability=1.0 - decision.pd,
        log_odds=decision.log_odds,
        points=decision.points,
        low_points=decision.low_points,
        high_points=decision.high_points,
        level=decision.level,
        decision=decision.outcome,
        review_because=cast("list[ReviewCause]", list(decision.review_because)),
        outside_training=list(assessment.scored.outside),
        unknown_history=list(assessment.unknown_history),
        threshold=decision.threshold,
        threshold_points=decision.threshold_points,
        cost_fn=model.rule.cost_fn,
        cost_fp=model.rule.cost_fp,
        reference_points=explanation.reference_points,
        reasons=[describe_reason(reason, lang) for reason in explanation.principal],
        missing=list(assessment.missing),
        constant=_constant_of(decided) if contributions else None,
        contributions=_contributions_of(decided) if contributions else None,
        model_version=model.model_version,
        synthetic=synthetic,
        language=lang,
    )


def describe_reason(reason: Reason, lang: str) -> ReasonAnswer:
    """The answer of a reason, with its sentence."""
    return ReasonAnswer(
        code=reason.code,
        feature=reason.feature,
        group=reason.group,
        effect=reason.effect,
        points=reason.points,
        value=reason.value,
        usual=reason.usual,
        text=reason.sentence(lang),
    )


def _constant_of(decided: Decided) -> ConstantAnswer:
    intercept = decided.model.intercept
    return ConstantAnswer(log_odds=intercept, points=decided.model.scale.points(intercept))


def _contributions_of(decided: Decided) -> list[ContributionAnswer]:
    model, scale = decided.model, decided.model.scale
    parts = zip(model.terms, decided.assessment.scored.contributions, model.reference.contributions, strict=True)
    return [
        ContributionAnswer(
            features=list(term.features),
            log_odds=part,
            points=scale.points_of_change(part) + 0.0,  # a plain 0 rather than −0
            usual_points=scale.points_of_change(usual) + 0.0,
        )
        for term, part, usual in parts
    ]


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
    def of(
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
