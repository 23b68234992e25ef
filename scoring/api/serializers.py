"""A decision written as JSON, straight from what was decided: the answer that scripts ask for all day.

The rule: what is written here is `answers.PredictAnswer`, field by field (a test says so); numbers go out unrounded.
"""

from typing import Any

import orjson
from fastapi import Response

from scoring.audit.audited_decisions import Decided
from scoring.explain.reasons import Reason

_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


def answered(decided: Decided, lang: str, *, synthetic: bool, contributions: bool = False) -> Response:
    """The answer, which nobody on the way may keep."""
    said = answer_of(decided, lang, synthetic=synthetic, contributions=contributions)
    return Response(orjson.dumps(said), media_type="application/json", headers=headers_of(lang))


def headers_of(lang: str) -> dict[str, str]:
    """The headers of a decision."""
    return {**_HEADERS, "Content-Language": lang}


def answer_of(decided: Decided, lang: str, *, synthetic: bool, contributions: bool = False) -> dict[str, Any]:
    """A recorded decision as the fields of `PredictAnswer`."""
    assessment, rule = decided.assessment, decided.model.rule
    decision, explanation = assessment.decision, assessment.explanation
    said: dict[str, Any] = {
        "decision_id": decided.decision_id,
        "decided_at": decided.at,
        "client_id": assessment.client_id,
        "pd": decision.pd,
        "repayment_probability": 1.0 - decision.pd,
        "log_odds": decision.log_odds,
        "points": decision.points,
        "low_points": decision.low_points,
        "high_points": decision.high_points,
        "level": decision.level,
        "decision": decision.outcome,
        "review_because": decision.review_because,
        "outside_training": assessment.scored.outside,
        "unknown_history": assessment.unknown_history,
        "threshold": decision.threshold,
        "threshold_points": decision.threshold_points,
        "cost_fn": rule.cost_fn,
        "cost_fp": rule.cost_fp,
        "reference_points": explanation.reference_points,
        "reasons": [reason_of(reason, lang) for reason in explanation.principal],
        "missing": assessment.missing,
        "constant": None,
        "contributions": None,
        "model_version": decided.model.model_version,
        "synthetic": synthetic,
        "language": lang,
    }
    if contributions:
        said |= contributions_of(decided)
    return said


def reason_of(reason: Reason, lang: str) -> dict[str, Any]:
    """A reason as the fields of `ReasonAnswer`."""
    return {
        "code": reason.code,
        "feature": reason.feature,
        "group": reason.group,
        "effect": reason.effect,
        "points": reason.points,
        "value": reason.value,
        "usual": reason.usual,
        "text": reason.sentence(lang),
    }


def contributions_of(decided: Decided) -> dict[str, Any]:
    """The constant and every term's part, whose sum is the score."""
    model, scale = decided.model, decided.model.scale
    parts = zip(model.terms, decided.assessment.scored.contributions, model.reference.contributions, strict=True)
    return {
        "constant": {"log_odds": model.intercept, "points": scale.points(model.intercept)},
        "contributions": [
            {
                "features": term.features,
                "log_odds": part,
                "points": scale.points_of_change(part) + 0.0,  # a plain 0 rather than −0
                "usual_points": scale.points_of_change(usual) + 0.0,
            }
            for term, part, usual in parts
        ],
    }
