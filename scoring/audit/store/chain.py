"""The chain: what an entry commits to, and how each entry holds the one before it fast.

    commitment = SHA-256(salt ‖ payload)
    digest     = SHA-256(canonical JSON of seq, at, kind, decision_id, commitment and the digest before)

The rule: a digest needs no payload. A payload can be erased, and the chain still verifies; because of the salt, whoever
keeps the commitment can't find an erased payload by trying likely ones.
"""

import hashlib
import json
import math
import secrets
from dataclasses import dataclass
from typing import Any, Final

import orjson

GENESIS = "0" * 64
"""What stands before the first entry."""
SALT_BYTES = 32
DECISION: Final = "decision"
BATCH: Final = "batch"
CONSULTATION: Final = "consultation"
SIMULATION: Final = "simulation"
OVERRIDE: Final = "override"
REVIEW_ASKED: Final = "review_asked"
REVIEW_CLOSED: Final = "review_closed"
NOTE: Final = "note"
ERASURE: Final = "erasure"
ROTATION: Final = "rotation"
"""Begins the new chain of an open demo whose journal was full (see `journal.rotating`)."""
KINDS: Final = (
    DECISION,
    BATCH,
    CONSULTATION,
    SIMULATION,
    OVERRIDE,
    REVIEW_ASKED,
    REVIEW_CLOSED,
    NOTE,
    ERASURE,
    ROTATION,
)
"""Kinds of entries."""
PROBE: Final = "probe"
"""Kind of what a writer takes and checks like an entry, but does not add: it shows that an entry could be written."""
WITH_ROWS: Final = frozenset({BATCH, CONSULTATION})
"""Kinds whose entries may have rows, one for each client, so that one can be erased without the others."""


def canonical(value: Any) -> str:
    """JSON that is the same for the same value: sorted keys, no spaces, shortest digits that give the number back.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer of more than 64 bits
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if b"null" in text:  # what is not finite is written so too
        _refuse_what_is_not_finite(value)
    return text.decode()


def canonical_of_finite(value: Any) -> str:
    """`canonical` of a value whose numbers are known to be finite, in a third of the time."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _refuse_what_is_not_finite(value: Any) -> None:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,):
        kind = type(inner)
        if kind is float:
            if not math.isfinite(inner):
                raise ValueError(f"a number in the journal must be finite; got {inner!r}")
        elif kind is not str and isinstance(inner, dict | list | tuple):
            _refuse_what_is_not_finite(inner)


def new_salt() -> str:
    """Random bytes, as hexadecimal digits."""
    return secrets.token_hex(SALT_BYTES)


def new_salts(count: int) -> list[str]:
    """As many as asked for, drawn at once: to draw one hands the interpreter to another thread."""
    digits, size = secrets.token_hex(SALT_BYTES * count), 2 * SALT_BYTES
    return [digits[at : at + size] for at in range(0, len(digits), size)]


def commitment(salt: str, payload: str) -> str:
    """What an entry says of its payload.

    >>> commitment("00", "{}") == commitment("01", "{}")
    False
    """
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


@dataclass(frozen=True)
class Head:
    """The last entry of a chain: its number (0 where there is none) and its digest."""

    seq: int = 0
    digest: str = GENESIS

    def __str__(self) -> str:
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True)
class Link:
    """What an entry's digest is made of.

    Attributes
    ----------
    seq : 1, 2, 3…
    at : time of the writing, UTC, ISO 8601
    kind : ``decision``, ``erasure``… (see `KINDS`)
    decision_id : the entry's own name; all entries of one batch share the batch's
    previous : digest of the entry before
    """

    seq: int
    at: str
    kind: str
    decision_id: str
    commitment: str
    previous: str

    @property
    def digest(self) -> str:
        """SHA-256 of the link, as hexadecimal digits."""
        content = {
            "at": self.at,
            "commitment": self.commitment,
            "decision_id": self.decision_id,
            "kind": self.kind,
            "previous": self.previous,
            "seq": self.seq,
        }
        return hashlib.sha256(orjson.dumps(content)).hexdigest()
