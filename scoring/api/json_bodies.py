"""How much a JSON body may hold, counted before it is parsed: a parser allocates many times what it reads.

The rule: every operation that takes JSON alone is bounded here (`scoring.api.request_validation` asks); batches are
read by `scoring.data.uploads`, which has bounds of its own.
"""

from typing import Final

from scoring.data.uploads.limits import MOST_HISTORY_OF_ONE
from scoring.errors import InputError
from scoring.i18n import Said

MOST_ROWS: Final = MOST_HISTORY_OF_ONE
"""Rows of history; a hundred brackets more are for what stands around them."""
MOST_VALUES: Final = 250_000
"""Values in all: twelve in each of so many rows."""
_BRACKETS: Final = MOST_ROWS + 100


def check_json(body: bytes) -> None:
    """Refuse a body that holds more rows or values than any application has.

    Raises
    ------
    InputError
        When it does.
    """
    if body.count(b"{") + body.count(b"[") > _BRACKETS or body.count(b",") > MOST_VALUES:
        raise InputError(Said("problem.said.json-parts", values=MOST_VALUES, rows=MOST_ROWS))
