"""What is recorded of a decision: enough to make it again, and no more.

The rule: values are those of the model's own features, and what was decided stands beside them unrounded. Whatever a
person typed (purpose, reason, note) lies in the payload alone, so that it is erased with it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring.audit.store.chain import canonical
from scoring.explain.reasons import Explanation, explain
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Value
from scoring.model.decision import HISTORY_UNKNOWN, Decision, decide

VERSION = 2
"""Version 1 had no ``role`` and no ``inputs``."""
UNKNOWN_HISTORY = "unknown_history"
"""History tables that the model uses and that did not come; left out where all came."""
AROUND = ("source", "client_id", "asked_by", "role", "purpose", "inputs", "changes", "findings", UNKNOWN_HISTORY)


@dataclass(frozen=True)
class Made:
    """A decision with what it rests on."""

    values: Mapping[str, Value]
    decision: Decision
    explanation: Explanation


class Row(NamedTuple):
    """One decision of a batch: what `payload_of` says, without what all rows of the batch share.

    Attributes
    ----------
    values : of the model's features, in the order of the model
    reasons : feature and points, as they are told
    """

    client_id: int | None
    values: Sequence[Value]
    pd: float
    log_odds: float
    points: float
    decision: str
    review_because: Sequence[str]
    reasons: Sequence[tuple[str, float]]


def circumstances(
    *,
    source: str,
    client_id: int | None,
    asked_by: str = "",
    role: str = "anonymous",
    purpose: str = "",
    inputs: str = "",
) -> dict[str, Any]:
    """What a record says beside the decision itself: who asked, for whom, from what, to what end.

    Parameters
    ----------
    source : where the question came from, such as ``api``, ``page``, ``batch``
    inputs : fingerprint of what the values were made from: the portfolio's file, or the rows of an application
    """
    return {
        "version": VERSION,
        "source": source,
        "client_id": client_id,
        "asked_by": asked_by,
        "role": role,
        "purpose": purpose,
        "inputs": inputs,
    }


def fingerprint(rows: object) -> str:
    """SHA-256 of the canonical JSON of what was sent."""
    return "sha256:" + hashlib.sha256(canonical(rows).encode()).hexdigest()


def payload_of(model: AdditiveModel, made: Made, around: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a decision, as plain values; numbers as they are, never rounded."""
    decision = made.decision
    return {
        **_shared(model, around),
        "values": {name: _plain(made.values[name]) for name in model.features},
        "pd": decision.pd,
        "log_odds": decision.log_odds,
        "points": decision.points,
        "decision": decision.outcome,
        "review_because": list(decision.review_because),
        "reasons": [
            {"feature": reason.feature, "effect": reason.effect, "points": reason.points}
            for reason in made.explanation.principal
        ],
    }


def row_of(model: AdditiveModel, made: Made, client_id: int | None) -> Row:
    """The same as one row of a batch."""
    decision = made.decision
    return Row(
        client_id,
        [_plain(made.values[name]) for name in model.features],
        decision.pd,
        decision.log_odds,
        decision.points,
        decision.outcome,
        decision.review_because,
        [(reason.feature, reason.points) for reason in made.explanation.principal],
    )


def batch_payload(
    model: AdditiveModel, around: Mapping[str, Any], first: int, commitments: Iterable[str]
) -> dict[str, Any]:
    """What an entry of a batch says of its rows: what they share, how many they are, and a digest over all of them."""
    found = list(commitments)
    return {
        **_shared(model, around),
        "features": list(model.features),
        "first": first,
        "rows": len(found),
        "rows_digest": rows_digest(found),
    }


def rows_digest(commitments: Iterable[str]) -> str:
    """SHA-256 over the commitments of a batch's rows, in their order."""
    return hashlib.sha256(b"".join(bytes.fromhex(one) for one in commitments)).hexdigest()


def expanded(shared: Mapping[str, Any], row: Sequence[Any]) -> dict[str, Any]:
    """The record of one row of a batch, in the form of `payload_of`."""
    one = Row(*row)
    own = ("features", "first", "rows", "rows_digest")
    return {
        **{name: value for name, value in shared.items() if name not in own},
        "client_id": one.client_id,
        "values": dict(zip(shared["features"], one.values, strict=True)),
        "pd": one.pd,
        "log_odds": one.log_odds,
        "points": one.points,
        "decision": one.decision,
        "review_because": list(one.review_because),
        "reasons": [
            {"feature": feature, "effect": "against" if points < 0.0 else "for", "points": points}
            for feature, points in one.reasons
        ],
    }


def remade(model: AdditiveModel, payload: Mapping[str, Any]) -> Made:
    """Make a recorded decision again, from its values."""
    values = payload["values"]
    scored = Lookup(model).score(values)
    # What was not given is no value: the record alone says so.
    decision = decide(model, scored, history_unknown=HISTORY_UNKNOWN in payload["review_because"])
    return Made(values, decision, explain(model, scored, values))


def _shared(model: AdditiveModel, around: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": around["version"],
        **{name: around[name] for name in AROUND if name in around},
        "model": {"version": model.model_version, "digest": model.digest},
        "threshold": model.rule.threshold,
        "cost_fn": model.rule.cost_fn,
        "cost_fp": model.rule.cost_fp,
    }


def _plain(value: Value) -> Value:
    if type(value) is float and value * 0.0 != 0.0:  # NaN or infinite
        if value == value:  # noqa: PLR0124
            raise ValueError(f"a value in the journal must be finite; got {value!r}")
        return None
    return value
