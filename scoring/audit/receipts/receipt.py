"""What a receipt holds: the values, each term's cell and contribution, the decision, and the journal's entry.

The rule: everything that a reader needs beside the model's file is in it; nothing in it is rounded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

from scoring.audit.reader import Kept, Record
from scoring.data.features import DICTIONARY
from scoring.errors import ErasedError
from scoring.i18n import LANGUAGES, Said
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.decision import Outcome

# JSON in the one form of RFC 8785, over which a receipt's digest is taken.


def canonical(value: Any) -> str:
    """Write a value of JSON in the form of RFC 8785.

    Raises
    ------
    ValueError
        When a number is not finite.

    >>> canonical({"b": [1.0, 1e-7, 1e21, "é"], "a": None})
    '{"a":null,"b":[1,1e-7,1e+21,"é"]}'
    """
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return _text(value)


def digest_of(receipt: Mapping[str, Any]) -> str:
    """SHA-256 of a receipt's canonical form, without the digest that it states."""
    without_digest = canonical({name: value for name, value in receipt.items() if name != "digest"})
    return "sha256:" + hashlib.sha256(without_digest.encode()).hexdigest()


def _text(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript writes a number: the shortest digits that give it back."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  # NaN
        raise ValueError(f"a number of a receipt must be finite; got {value!r}")
    if value == 0.0:
        return "0"
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    figures, point = "".join(map(str, digits)), len(digits) + int(power)
    minus = "-" if sign else ""
    if len(figures) <= point <= 21:
        return minus + figures + "0" * (point - len(figures))
    if 0 < point <= 21:
        return f"{minus}{figures[:point]}.{figures[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{figures}"
    rest = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{minus}{figures[0]}{rest}e{point - 1:+d}"


FORMAT: Final = "clairscore-receipt"
VERSION: Final = 1

Finite = Annotated[float, Field(allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class ModelName(_Part):
    """Which model decided."""

    version: str
    digest: str
    """As the model's own file states it."""


class ReceiptTerm(_Part):
    """One line of the sum."""

    features: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    cell: Annotated[int, Field(ge=0)]
    """Position in the model's flat table of this term."""
    contribution: Finite
    """Log-odds that the cell adds."""


class ReceiptReason(_Part):
    """One reason that was told."""

    feature: str
    effect: Literal["against", "for"]
    points: Finite


class Entry(_Part):
    """The journal's entry, with what it commits to."""

    seq: Annotated[int, Field(ge=1)]
    at: str
    kind: str
    decision_id: str
    commitment: Sha256
    previous: Sha256
    digest: Sha256
    salt: Annotated[str, Field(pattern="^([0-9a-f]{2})+$")]
    recorded: str
    """The text that was recorded, of the decision or of its row in a batch."""


class Receipt(_Part):
    """A decision that can be checked by whoever holds the model's file."""

    format: Literal["clairscore-receipt"] = FORMAT
    version: Literal[1] = VERSION
    decision_id: str
    at: str
    client_id: int | None
    synthetic: bool
    """Whether the model was trained on synthetic clients alone."""
    model: ModelName
    values: dict[str, Finite | str | None]
    """Of each feature of the model."""
    labels: dict[str, dict[str, str]]
    """Names of the features, by language."""
    intercept: Finite
    terms: tuple[ReceiptTerm, ...]
    """Added up in this order, after the intercept."""
    log_odds: Finite
    spread: Finite
    """Standard deviation of the log-odds over the model's bags."""
    pd: Finite
    points: Finite
    threshold: Finite
    review_k: Finite
    cost_fn: Finite
    cost_fp: Finite
    decision: Outcome
    review_because: tuple[str, ...]
    reasons: tuple[ReceiptReason, ...]
    entry: Entry
    digest: str
    """SHA-256 of the rest in the form of RFC 8785."""


def receipt_of(record: Record, model: AdditiveModel) -> Receipt:
    """Make the receipt of a recorded decision.

    Raises
    ------
    ErasedError
        When its values were erased.
    """
    payload, link = kept_payload(record), record.link
    stored = cast("Kept", record.stored)
    scored = Lookup(model).score(payload["values"])
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "decision_id": record.decision_id,
        "at": link.at,
        "client_id": payload["client_id"],
        "synthetic": model.provenance.synthetic,
        "model": payload["model"],
        "values": payload["values"],
        "labels": {
            name: {lang: DICTIONARY[name].label.say(lang) if name in DICTIONARY else name for lang in LANGUAGES}
            for name in model.features
        },
        "intercept": model.intercept,
        "terms": [
            {"features": list(term.features), "cell": cell, "contribution": contribution}
            for term, cell, contribution in zip(model.terms, scored.cells, scored.contributions, strict=True)
        ],
        "log_odds": payload["log_odds"],
        "spread": float(scored.spread),
        "pd": payload["pd"],
        "points": payload["points"],
        "threshold": payload["threshold"],
        "review_k": model.rule.review_k,
        "cost_fn": payload["cost_fn"],
        "cost_fp": payload["cost_fp"],
        "decision": payload["decision"],
        "review_because": payload["review_because"],
        "reasons": payload["reasons"],
        "entry": {
            "seq": link.seq,
            "at": link.at,
            "kind": link.kind,
            "decision_id": link.decision_id,
            "commitment": link.commitment,
            "previous": link.previous,
            "digest": record.digest,
            "salt": stored.salt,
            "recorded": stored.text,
        },
    }
    return Receipt.model_validate({**content, "digest": digest_of(content)})


def kept_payload(record: Record) -> Mapping[str, Any]:
    """What was recorded of a decision.

    Raises
    ------
    ErasedError
        When it was erased.
    """
    if record.payload is None:
        raise ErasedError(Said("problem.said.receipt-erased"))
    return record.payload


def written(receipt: Receipt) -> str:
    """A receipt as a file: JSON, one line a field, for people who look inside."""
    return json.dumps(receipt.model_dump(mode="json"), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
