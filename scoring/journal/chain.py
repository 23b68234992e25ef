"""The chain: what an entry commits to, and how each entry holds the one before it fast.

    commitment = SHA-256(salt ‖ payload)
    digest     = SHA-256(canonical JSON of seq, at, kind, decision_id, commitment and the digest before)

The rule: a digest needs no payload. A payload can be erased, and the chain still verifies; because of the salt, whoever
keeps the commitment can't find an erased payload by trying likely ones.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from typing import Any

GENESIS = "0" * 64
"""What stands before the first entry."""
SALT_BYTES = 32
DECISION, ERASURE = "decision", "erasure"
"""Kinds of entries."""


def canonical(value: Any) -> str:
    """JSON that is the same for the same value: sorted keys, no spaces, shortest digits that give the number back.

    Raises
    ------
    ValueError
        When a number is not finite.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def new_salt() -> str:
    """Random bytes, as hexadecimal digits."""
    return secrets.token_hex(SALT_BYTES)


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
    kind : ``decision``, ``erasure``…
    decision_id : whose decision it is
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
        return hashlib.sha256(canonical(asdict(self)).encode()).hexdigest()
