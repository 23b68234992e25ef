"""What a decision is called: an UUID of its own, or the batch's with its number in it, ``UUID.17``."""

import os
import re
import time
from typing import NamedTuple

UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
DECISION_ID = rf"^{UUID}(?:\.[0-9]{{1,9}})?$"
"""Regular expression of a decision's id."""
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}
_ROW = re.compile(rf"({UUID})\.([0-9]{{1,9}})")


def new_id() -> str:
    """An UUID of version 7 (RFC 9562): names that follow each other lie beside each other in the store's index."""
    ms, drawn = f"{time.time_ns() // 1_000_000:012x}", os.urandom(10).hex()
    return f"{ms[:8]}-{ms[8:]}-7{drawn[:3]}-{_VARIANT[drawn[3]]}{drawn[4:7]}-{drawn[7:19]}"


class Place(NamedTuple):
    """A row of a batch: the batch and its number in it, from 0."""

    batch_id: str
    position: int


def row_in_batch(decision_id: str) -> Place | None:
    """Where a decision lies that was made in a batch; None for one of its own.

    >>> row_in_batch("0e37df36-f698-41e6-a49e-ccd29eb9d3a8.17").position
    17
    >>> row_in_batch("0e37df36-f698-41e6-a49e-ccd29eb9d3a8") is None
    True
    """
    found = _ROW.fullmatch(decision_id)
    return None if found is None else Place(found[1], int(found[2]))


def name_in_batch(batch_id: str, position: int) -> str:
    """The id of a decision that was made in a batch."""
    return f"{batch_id}.{position}"
