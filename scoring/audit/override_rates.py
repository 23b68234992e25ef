"""How often people overruled the decisions of one model: what monitoring asks of the journal.

The rule: counts alone leave the journal, never whom they are about nor who overruled.
"""

import json
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from scoring.audit.reader import opened
from scoring.audit.store.chain import BATCH, DECISION, OVERRIDE
from scoring.audit.store.database import PAYLOADS, ROWS


@dataclass(frozen=True)
class Overruled:
    """Decisions of one model, and how many people changed, by (outcome as decided, outcome that stands)."""

    decisions: int
    moves: dict[tuple[str, str], int]


def overruled(engine: Engine, model_version: str) -> Overruled:
    """Count the decisions of a model that are not erased, and what people said instead.

    Raises
    ------
    JournalError
        When the journal does not answer, or there is none.
    """
    one_by_one = (
        select(func.count()).select_from(PAYLOADS).where(PAYLOADS.c.model == model_version, PAYLOADS.c.kind == DECISION)
    )
    rows = (
        select(func.count())
        .select_from(ROWS)
        .join(PAYLOADS, PAYLOADS.c.seq == ROWS.c.seq)
        .where(PAYLOADS.c.model == model_version, PAYLOADS.c.kind == BATCH, ROWS.c.row.is_not(None))
    )
    overrides = (
        select(PAYLOADS.c.payload)
        .where(PAYLOADS.c.model == model_version, PAYLOADS.c.kind == OVERRIDE)
        .order_by(PAYLOADS.c.seq)
    )
    with opened(engine) as connection:
        decisions = sum(int(connection.execute(query).scalar_one()) for query in (one_by_one, rows))
        overridden = [json.loads(payload) for (payload,) in connection.execute(overrides)]
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for one in overridden:
        first.setdefault(one["about"], str(one["instead_of"]))
        last[one["about"]] = str(one["outcome"])
    moves = Counter((first[about], outcome) for about, outcome in last.items() if outcome != first[about])
    return Overruled(decisions, dict(moves))
