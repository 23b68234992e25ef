"""A batch recorded part by part, each before it is given.

The rule: what is on the disk already is not written again, and keeps its names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.audit.record import Row, batch_payload
from scoring.audit.store.chain import BATCH
from scoring.audit.store.decision_ids import name_in_batch, new_id
from scoring.audit.store.entries import Salted
from scoring.audit.writer import Inside, Journal, Recording
from scoring.model.additive_model import AdditiveModel


class BatchRecord:
    """A batch under way.

    Parameters
    ----------
    batch_id, written : of a batch that is gone on with, and how many of its rows are on the disk already
    """

    def __init__(
        self, model: AdditiveModel, journal: Journal, around: Mapping[str, Any], *, batch_id: str = "", written: int = 0
    ) -> None:
        self.batch_id = batch_id or new_id()
        self._model, self._journal, self._around = model, journal, around
        self._given, self._written = 0, written

    @property
    def inputs(self) -> str:
        """Fingerprint of what its values are made from."""
        return str(self._around["inputs"])

    def add(self, rows: Sequence[Row], *, inside: Inside | None = None) -> list[str]:
        """Record the decisions of one part; return their ids as soon as they are on the disk (see `begin`)."""
        return self.begin(rows, inside=inside).wait()

    def begin(self, rows: Sequence[Row], *, inside: Inside | None = None) -> PartRecord:
        """Begin to record the decisions of one part, which may not be given before `PartRecord.wait` is done.

        Parameters
        ----------
        inside : what is done in the transaction that records them, before (see `journal.writing.Inside`)

        Raises
        ------
        JournalError
            When they can't be recorded.
        """
        first, self._given = self._given, self._given + len(rows)
        new = rows[max(self._written - first, 0) :]
        recording = None
        if new:
            # As plain tuples: what is named is written more slowly.
            salted = [Salted.of(row.client_id, tuple(row)) for row in new]
            payload = batch_payload(self._model, self._around, self._written, (one.commitment for one in salted))
            recording = self._journal.record(
                BATCH, payload, model=self._model, rows=salted, entry_id=self.batch_id, inside=inside
            )
            self._written += len(new)
        return PartRecord(self.batch_id, range(first, self._given), recording)


@dataclass(frozen=True)
class PartRecord:
    """A part on its way to the disk; `recording` is None where it was there already."""

    batch_id: str
    places: range
    recording: Recording | None

    def wait(self) -> list[str]:
        """The names of its decisions, as soon as they are on the disk.

        Raises
        ------
        JournalError
            When they can't be recorded.
        """
        if self.recording is not None:
            self.recording.wait()
        return [name_in_batch(self.batch_id, place) for place in self.places]
