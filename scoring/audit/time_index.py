"""Numbers of entries by their time, found by bisection: no index over times is kept for the few who ask.

The rule: times follow numbers but for a clock that was set back, by less than `SLACK`. A bound found here never leaves
an entry out for that; whoever uses it compares the times too.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from scoring.audit.store.database import ENTRIES, head_of

SLACK = timedelta(days=1)


def written(time: datetime) -> str:
    """A time as entries bear it."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def first_since(connection: Connection, time: datetime) -> int:
    """A number before which no entry was written at a time or later."""
    return _first_at(connection, _moved(time, -SLACK))


def last_before(connection: Connection, time: datetime) -> int:
    """A number behind which no entry was written before a time."""
    return _first_at(connection, _moved(time, SLACK)) - 1


def _first_at(connection: Connection, time: str) -> int:
    """Number of the first entry that was written at a time or later, as if no clock was ever set back."""
    low, high = 1, head_of(connection).seq + 1
    while low < high:
        middle = (low + high) // 2
        query = select(ENTRIES.c.seq, ENTRIES.c.at).where(ENTRIES.c.seq >= middle).order_by(ENTRIES.c.seq).limit(1)
        found = connection.execute(query).one()
        if found.at >= time:
            high = middle
        else:
            low = found.seq + 1
    return low


def _moved(time: datetime, by: timedelta) -> str:
    try:
        return written(time + by)
    except OverflowError:  # the first or the last days that there are
        return written(time)
