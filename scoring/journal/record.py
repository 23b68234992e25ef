"""What is recorded of a decision: enough to make it again, and no more.

The rule: values are those of the model's own features. A name, an address or a free text never gets here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.additive_model import AdditiveModel, Lookup
from scoring.additive_model.lookup import Value
from scoring.decision import Decision, decide
from scoring.reasons import Explanation, explain

VERSION = 1


@dataclass(frozen=True)
class Made:
    """A decision with what it rests on."""

    values: Mapping[str, Value]
    decision: Decision
    explanation: Explanation


def circumstances(*, source: str, client_id: int | None, asked_by: str = "", purpose: str = "") -> dict[str, Any]:
    """What a record says beside the decision itself: who asked, for whom, from what, to what end."""
    return {"source": source, "client_id": client_id, "asked_by": asked_by, "purpose": purpose}


def payload_of(model: AdditiveModel, made: Made, around: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a decision, as plain values; numbers as they are, never rounded."""
    decision, rule = made.decision, model.rule
    return {
        "version": VERSION,
        **{name: around[name] for name in ("source", "client_id", "asked_by", "purpose")},
        "model": {"version": model.model_version, "digest": model.digest},
        "values": {name: _plain(made.values[name]) for name in model.features},
        "pd": decision.pd,
        "log_odds": decision.log_odds,
        "points": decision.points,
        "decision": decision.outcome,
        "review_because": list(decision.review_because),
        "threshold": rule.threshold,
        "cost_fn": rule.cost_fn,
        "cost_fp": rule.cost_fp,
        "reasons": [
            {"feature": reason.feature, "effect": reason.effect, "points": reason.points}
            for reason in made.explanation.principal
        ],
    }


def remade(model: AdditiveModel, payload: Mapping[str, Any]) -> Made:
    """Make a recorded decision again, from its values."""
    values = payload["values"]
    scored = Lookup(model).score(values)
    return Made(values, decide(model, scored), explain(model, scored, values))


def _plain(value: Value) -> Value:
    return None if isinstance(value, float) and math.isnan(value) else value
