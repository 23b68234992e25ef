"""The place in a list behind which its next page starts, as a word that a caller hands back.

The rule: a cursor is of one list; with other filters or another order it is refused. It is no secret and not signed:
whoever makes one up sees what an offset would show them, and is recorded as having seen it.
"""

import base64
from collections.abc import Mapping
from typing import Any

import orjson

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.i18n import Said
from scoring.model.decision import OUTCOMES
from scoring.portfolio.filters import DECISION, ROLE, ROLES, Position, Sort


def cursor_of(place: Position, spoken: Mapping[str, str]) -> str:
    """Write a place in the list that is spoken of."""
    return base64.urlsafe_b64encode(orjson.dumps([place.value, place.client_id, spoken])).decode().rstrip("=")


def position_of(cursor: str, spoken: Mapping[str, str], sort: Sort) -> Position:
    """Read a place in the list that is spoken of.

    Raises
    ------
    InputError
        When it is no place, or of another list.
    """
    try:
        value, client_id, of = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise InputError(Said("problem.said.cursor")) from None
    if of != spoken or not (_is_whole(client_id) and _fits(value, sort)):
        raise InputError(Said("problem.said.cursor"))
    return Position(value, client_id)


def _is_whole(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**63


def _fits(value: Any, sort: Sort) -> bool:
    """Whether a value is one that the order goes by."""
    if value is None:
        return True
    if sort.by in (ROLE, DECISION):
        return value in (ROLES if sort.by == ROLE else OUTCOMES)
    if sort.by in DICTIONARY and DICTIONARY[sort.by].kind == "category":
        return isinstance(value, str)
    return isinstance(value, float) or _is_whole(value)
