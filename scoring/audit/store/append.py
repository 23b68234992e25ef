"""A group of entries added to the chain, inside one transaction.

The rule: the head is read under the store's lock and must go on from the head that the writer knows; each entry holds
the one before it, and each part of a batch begins where the recorded ones end. Whatever the size of the
group, its rows go in by one statement a table: the interpreter is held up once, not once an entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from scoring.audit.store.chain import BATCH, PROBE, REVIEW_ASKED, Head, commitment, new_salts
from scoring.audit.store.database import ENTRIES, MODELS, PARTS, PAYLOADS, ROWS, check_goes_on
from scoring.audit.store.entries import Answer, Entry, Model, Written
from scoring.errors import ClairscoreError, KeyInUseError
from scoring.i18n import Said

_MOST_PLACES = 30_000
"""Values of one statement: both stores take a few more."""
_ENTRY = ("seq", "at", "kind", "decision_id", "commitment", "previous", "digest")
_PAYLOAD = ("seq", "salt", "payload", "client_id", "asked_by", "model", "about", "kind", "waits")
_ROW = ("seq", "position", "client_id", "salt", "row")


class Adder:
    """Adds entries on one connection of the store.

    Parameters
    ----------
    connection : held by the one who writes; each call of `add` is inside a transaction of its own
    known : the head that the chain must hold
    """

    def __init__(self, connection: Connection, known: Head) -> None:
        self._connection, self._known = connection, known
        self._raw: Any = connection.connection.driver_connection
        self._place = "?" if connection.dialect.name == "sqlite" else "%s"
        self._entries: list[object] = []
        self._payloads: list[object] = []
        self._rows: list[object] = []

    def add(self, group: Sequence[Entry]) -> tuple[Head, list[Answer]]:
        """Add a group; return the new head, and what each entry became: written, or refused by its own check.

        Raises
        ------
        JournalError
            When the chain does not hold the known head.
        """
        head = self._head()
        check_goes_on(self._connection, self._known, head)
        answers: list[Answer] = []
        for one, salt in zip(group, new_salts(len(group)), strict=True):
            text, found = one.text, one.found
            if one.kind == PROBE:
                answers.append(Written(head.seq, "", "", head.digest))
                continue
            part = one.kind == BATCH and bool(one.rows)
            if one.inside is not None or part:
                self._insert()  # what came before in the group counts
                try:
                    with self._connection.begin_nested():  # what is refused leaves nothing behind
                        given = None if one.inside is None else one.inside(self._connection)
                        if part:
                            self._claim_positions(one, head.seq + 1)
                except ClairscoreError as refused:
                    answers.append(refused)
                    continue
                if given is not None:
                    text, found = given
            written = Written(
                head.seq + 1, datetime.now(UTC).isoformat(timespec="microseconds"), commitment(salt, text), head.digest
            )
            head = Head(written.seq, written.link(one.kind, one.entry_id).digest)
            seq, at, committed, previous = written
            self._entries += (seq, at, one.kind, one.entry_id, committed, previous, head.digest)
            self._payloads += (seq, salt, text, *found, one.kind, 1 if one.kind == REVIEW_ASKED else None)
            for position, row in enumerate(one.rows, one.first):
                self._rows += (seq, position, row.client_id, row.salt, row.row)
            answers.append(written)
        self._insert()
        return head, answers

    def keep(self, model: Model) -> None:
        """Keep a document once."""
        there = select(MODELS.c.digest).where(MODELS.c.digest == model.digest)
        if self._connection.execute(there).first() is None:
            self._connection.execute(insert(MODELS).values(digest=model.digest, document=model.document()))

    def _claim_positions(self, part: Entry, seq: int) -> None:
        """Take the positions of a batch's part, which must begin where the recorded ones end.

        Raises
        ------
        KeyInUseError
            When another has recorded parts of the same batch meanwhile.
        """
        ends = select(PARTS.c.next).where(PARTS.c.batch_id == part.entry_id).order_by(PARTS.c.first.desc()).limit(1)
        recorded = self._connection.execute(ends).scalar_one_or_none() or 0
        if part.first != recorded:
            raise KeyInUseError(Said("problem.key-in-use.page"))
        self._connection.execute(
            insert(PARTS).values(batch_id=part.entry_id, first=part.first, next=part.first + len(part.rows), seq=seq)
        )

    def _head(self) -> Head:
        found = self._raw.execute(f"SELECT seq, digest FROM {ENTRIES.name} ORDER BY seq DESC LIMIT 1").fetchone()  # noqa: S608
        return Head() if found is None else Head(*found)

    def _insert(self) -> None:
        for table, names, values in (
            (ENTRIES, _ENTRY, self._entries),
            (PAYLOADS, _PAYLOAD, self._payloads),
            (ROWS, _ROW, self._rows),
        ):
            at_once = _MOST_PLACES // len(names) * len(names)
            for first in range(0, len(values), at_once):
                some = values[first : first + at_once]
                self._raw.execute(self._statement(table, names, len(some) // len(names)), some)
            values.clear()

    def _statement(self, table: Table, names: Sequence[str], rows: int) -> str:
        one = f"({','.join([self._place] * len(names))})"
        return f"INSERT INTO {table.name} ({','.join(names)}) VALUES {','.join([one] * rows)}"  # noqa: S608
