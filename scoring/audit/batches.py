"""Many clients decided in one batch: part by part, each recorded before it is given, in flat memory."""

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import orjson
import polars as pl
from sqlalchemy import Connection, select

from scoring.audit.audited_decisions import BatchRecord, PartRecord, Recorder
from scoring.audit.idempotency import Key, RepeatedError, claim
from scoring.audit.reader import opened
from scoring.audit.record import Row
from scoring.audit.store.database import PARTS, PAYLOADS
from scoring.data.cleaning import ColumnFinding, check_findings, count_findings
from scoring.data.tables import RawTables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ClairscoreError, ConflictError, ErasedError, InputError, TableError, UnknownClientError
from scoring.explain.batch_scoring import Client, decide_and_explain
from scoring.i18n import Said, shown
from scoring.model.additive_model import AdditiveModel
from scoring.reports.findings import read_shares
from scoring.reports.monitoring.distribution_shift import feature_shifts, known_value_shifts
from scoring.reports.monitoring.thresholds import FEWEST
from scoring.reports.monitoring_document import FeatureShift
from scoring.server.identity import Identity
from scoring.service import Service

# Whom a batch is about: clients of the portfolio by number, or raw applications with their histories.

MOST_CHARACTERS = 200
"""Characters of a name or a code in a row."""
MOST_HISTORY_AT_ONCE = 20_000
"""Rows of history tables after which a part is computed before it is continued: they are held as Python objects."""
_OF_CREDITS = "bureau_balance"
"""The one table whose rows say the credit, not the client."""
Cells = Mapping[str, Any]


@dataclass(frozen=True)
class Refused:
    """A row that can't be decided on, and why."""

    row: int
    client_id: int | None
    error: ClairscoreError


@dataclass(frozen=True)
class Part:
    """Rows ready to be decided on: their features, their places and numbers; and those that are refused."""

    frame: pl.DataFrame
    accepted: Sequence[tuple[int, int | None]]
    refused: Sequence[Refused]


class Source(Protocol):
    """Whom a batch is about.

    Attributes
    ----------
    unknown_history : history tables that the model uses and nobody gave, so that a person must look at every row
    """

    unknown_history: tuple[str, ...]

    def __len__(self) -> int:
        """How many rows were asked for."""
        ...

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        ...


class KnownClients:
    """Clients of a portfolio, by number; a number may come twice, and what is no number is its row's fault.

    Parameters
    ----------
    service : whose portfolio, and whose features
    """

    unknown_history: tuple[str, ...] = ()

    def __init__(self, service: Service, ids: Sequence[Any]) -> None:
        self._portfolio = service.portfolio
        self._features = list(service.model.features)
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        accepted, refused, places = [], [], []
        for row, client_id in enumerate(self._ids[first:last], first):
            if not isinstance(client_id, int) or isinstance(client_id, bool):
                given = Said("problem.said.batch-number", row=row, found=shown(client_id))
                refused.append(Refused(row, None, InputError(given)))
                continue
            try:
                places.append(self._portfolio.place_of(client_id))
                accepted.append((row, client_id))
            except UnknownClientError as error:
                refused.append(Refused(row, client_id, error))
        frame = self._portfolio.frame(self._features)[np.asarray(places, dtype=np.uint32)]
        return Part(frame, accepted, refused)


@dataclass(frozen=True)
class RawClient:
    """A raw application with the rows of its history tables.

    Attributes
    ----------
    error : why it can't be decided on, where that is known already
    """

    application: Cells
    history: Mapping[str, Sequence[Cells]]
    error: ClairscoreError | None = None

    @property
    def number(self) -> Any:
        """The client's number as it was given."""
        return self.application.get(ID_COLUMN)


class RawApplications:
    """Raw applications, read as they are needed.

    Parameters
    ----------
    clients : each application, with the rows of its history tables
    tables : history tables that were given, be they empty
    """

    def __init__(self, service: Service, clients: Sequence[RawClient], tables: Collection[str] = ()) -> None:
        self._service, self._clients = service, clients
        self.unknown_history = service.unknown_history(tables)

    def __len__(self) -> int:
        return len(self._clients)

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        refused: list[Refused] = []
        frames, accepted = [], []
        for rows in self._some(first, min(last, len(self))):
            good = self._sound(_apart(rows, refused), refused)
            if good:
                frames.append(self._features(good))
                accepted += [(row, client.number) for row, client in good]
        return Part(pl.concat(frames) if frames else pl.DataFrame(), accepted, refused)

    def _some(self, first: int, last: int) -> Iterator[list[tuple[int, RawClient]]]:
        """Rows in groups whose histories together are not long."""
        some: list[tuple[int, RawClient]] = []
        weight = 0
        for row in range(first, last):
            client: RawClient = self._clients[row]
            weight += sum(map(len, client.history.values()))
            some.append((row, client))
            if weight > MOST_HISTORY_AT_ONCE:
                yield some
                some, weight = [], 0
        if some:
            yield some

    def _sound(self, rows: list[tuple[int, RawClient]], refused: list[Refused]) -> list[tuple[int, RawClient]]:
        """The rows that are as their schema says; the others are found by halves, for few are wrong."""
        if not rows:
            return []
        try:
            self._features(rows)
        except InputError as error:
            if len(rows) == 1:
                row, client = rows[0]
                refused.append(Refused(row, _number_of(client), _at(row, error)))
                return []
            half = len(rows) // 2
            return self._sound(rows[:half], refused) + self._sound(rows[half:], refused)
        return rows

    def _features(self, rows: Sequence[tuple[int, RawClient]]) -> pl.DataFrame:
        """Features of some applications in their order: each is numbered by its place, so that all differ."""
        applications: list[Cells] = []
        history: dict[str, list[Cells]] = {}
        for row, client in rows:
            number, own = client.number, {ID_COLUMN: row + 1}
            usable = number is None or (isinstance(number, int) and not isinstance(number, bool) and number > 0)
            applications.append({**client.application, **own} if usable else client.application)
            for table, given in client.history.items():
                owned = given if table == _OF_CREDITS else ({**one, **own} for one in given)
                history.setdefault(table, []).extend(owned)
        return self._service.features_of(applications, history)


def _apart(rows: list[tuple[int, RawClient]], refused: list[Refused]) -> list[tuple[int, RawClient]]:
    """The rows without a fault that is seen without reading them as a table: a file may hold it in every row."""
    good = []
    for row, client in rows:
        error = client.error or next(
            (
                InputError(Said("problem.said.batch-cell", most=MOST_CHARACTERS, column=shown(name)))
                for name, value in client.application.items()
                if isinstance(value, str) and len(value) > MOST_CHARACTERS
            ),
            None,
        )
        if error is None:
            good.append((row, client))
        else:
            refused.append(Refused(row, _number_of(client), error))
    return good


def _number_of(client: RawClient) -> int | None:
    return client.number if isinstance(client.number, int) else None


def _at(row: int, error: InputError) -> InputError:
    """The same error, of the row in what was sent rather than of the one in what was looked at alone."""
    given = error.message
    if not isinstance(given, Said) or "place" not in given.values:
        return error
    place = str(given.values["place"]).replace("application[0]", f"application[{row}]", 1)
    return InputError(Said(given.key, **{**given.values, "place": place}))


# What a batch of raw tables holds that training did not see: refused values of columns, features that moved.

FAR: Final = 1.0
"""Population stability index from which a feature moved so far that nothing is decided on it; red is 0.25."""
_NAMED: Final = 3


@dataclass
class BatchFindings:
    """The findings of one batch, collected on its way.

    Parameters
    ----------
    artefacts : folder of the training
    where : folder of the tables, for messages
    accepted : whether whoever runs the batch accepts the findings
    """

    artefacts: Path
    where: Path
    accepted: bool = False
    columns: Sequence[ColumnFinding] = ()
    features: Sequence[FeatureShift] = field(default=())

    def look_at_tables(self, tables: RawTables) -> None:
        """Count what the rules refuse.

        Raises
        ------
        TableError
            When a column holds more of it than training saw, and findings are not accepted.
        """
        self.columns = count_findings(tables)
        check_findings(self.columns, read_shares(self.artefacts), accepted=self.accepted, where=str(self.where))

    def look_at_features(self, model: AdditiveModel, frame: pl.DataFrame) -> None:
        """Hold the features against those of training, where clients are enough to tell.

        Raises
        ------
        TableError
            When a feature came in another unit or moved beyond `FAR`, and findings are not accepted.
        """
        if frame.height < FEWEST:
            return
        found = {one.feature: one for one in feature_shifts(model, frame) if one.shift.level == "red"}
        for one in known_value_shifts(model, frame):
            if one.shift.level == "red" and (
                one.feature not in found or one.shift.index > found[one.feature].shift.index
            ):
                found[one.feature] = one
        self.features = list(found.values())
        far = [one for one in self.features if one.movement == "unit" or one.shift.index >= FAR]
        if far and not self.accepted:
            raise TableError(
                f"features must have a population stability index below {FAR:g}, in their own unit; got "
                f"{'; '.join(map(feature_said, far[:_NAMED]))}, in {self.where}. "
                "Correct the columns that they are made of (sign, unit), or accept them with --accept-findings"
            )

    def lines(self) -> list[str]:
        """The findings in words, one a line."""
        return [*map(str, self.columns), *map(feature_said, self.features)]

    def document(self) -> dict[str, Any] | None:
        """The findings as JSON values; None where there is none."""
        if not self.columns and not self.features:
            return None
        return {
            "accepted": self.accepted,
            "columns": [one.document() for one in self.columns],
            "features": [
                {"feature": one.feature, "index": one.shift.index, "movement": one.movement, "factor": one.factor}
                for one in self.features
            ],
        }


def feature_said(one: FeatureShift) -> str:
    """Return how a feature moved, in words."""
    unit = f", as if multiplied by {one.factor:,.6g}" if one.factor is not None else ""
    return f"{one.feature} with a population stability index of {one.shift.index:.2f} against training{unit}"


FIRST_PART, PART = 250, 2_000
"""Clients of the first part, so that an answer begins at once, and of the others."""


@dataclass(frozen=True)
class Given:
    """A client of a batch, decided on and recorded.

    Attributes
    ----------
    row : the place in what was asked, from 0
    """

    row: int
    client_id: int | None
    decision_id: str
    client: Client


class Batch:
    """A batch: who asks, for whom, to what end.

    Parameters
    ----------
    inputs : fingerprint of what was sent; by default the portfolio's file
    key : the caller's idempotency key
    """

    def __init__(
        self,
        recorder: Recorder,
        source: Source,
        *,
        who: Identity,
        purpose: str = "",
        inputs: str = "",
        key: Key | None = None,
    ) -> None:
        self._recorder, self._source, self._key = recorder, source, key
        # One model for the whole of it, whatever is put in its place meanwhile.
        self.model, self._lookup = recorder.service.model, recorder.service.lookup
        self._around: dict[str, Any] = {
            "who": who,
            "purpose": purpose,
            "inputs": inputs,
            "unknown_history": source.unknown_history,
        }
        self._record: BatchRecord = recorder.batch(**self._around)

    def __len__(self) -> int:
        return len(self._source)

    @property
    def batch_id(self) -> str:
        """The name that its decisions share; settled with the first part."""
        return self._record.batch_id

    def parts(self) -> Generator[list[Given | Refused], None, None]:
        """The decisions, part by part, in the order of what was asked; each part is on the disk when it is given.

        Raises
        ------
        JournalError
            When a part can't be recorded.
        KeyInUseError
            When a batch under the key is running, or another service has gone on with this one.
        KeyReusedError, ErasedError, ConflictError
            When the key stands for another batch, or for one that was erased, or made by another model.
        """
        held = nullcontext() if self._key is None else self._recorder.journal.running_keys.hold(self._key)
        with held:
            yield from self._parts()

    def _parts(self) -> Iterator[list[Given | Refused]]:
        first = self._begun(0, FIRST_PART)
        if first is None:
            return
        yield first.settle()
        # The next part is computed while the one before goes to the disk.
        at, before = FIRST_PART, None
        while (now := self._begun(at, PART)) is not None:
            if before is not None:
                yield before.settle()
            at, before = at + PART, now
        if before is not None:
            yield before.settle()

    def _begun(self, first: int, size: int) -> "_Begun | None":
        """A part that is decided on and on its way to the disk; None behind the last."""
        if first >= len(self._source):
            return None
        part = self._source.part(first, first + size)
        decided = partial(decide_and_explain, history_unknown=bool(self._source.unknown_history))
        clients = decided(self.model, self._lookup, part.frame) if part.accepted else []
        rows = [_row(number, one) for (_, number), one in zip(part.accepted, clients, strict=True)]
        return _Begun(part, clients, self._recorded(rows))

    def _recorded(self, rows: list[Row]) -> PartRecord:
        key, claiming = self._key, self._record
        if key is None or not rows:
            return self._record.begin(rows)
        self._key = None  # claimed once, with the first rows

        def claimed(connection: Connection) -> None:
            claim(connection, key, claiming.batch_id)

        try:
            begun = self._record.begin(rows, inside=claimed)
            begun.wait()
        except RepeatedError as before:
            self._record = self._gone_on_with(before.entry_id)
            begun = self._record.begin(rows)
        return begun

    def _gone_on_with(self, batch_id: str) -> BatchRecord:
        """A batch that was begun before, from what the journal holds of it."""
        with opened(self._recorder.journal.engine) as connection:
            found = connection.execute(
                select(PAYLOADS.c.payload, PARTS.c.next)
                .select_from(PARTS)
                .outerjoin(PAYLOADS, PAYLOADS.c.seq == PARTS.c.seq)
                .where(PARTS.c.batch_id == batch_id)
            ).all()
        if any(payload is None for payload, _ in found):
            raise ErasedError(Said("problem.said.key-erased"))
        before = [orjson.loads(payload) for payload, _ in found]
        if any(one["model"]["digest"] != self.model.digest for one in before):
            raise ConflictError(Said("problem.said.batch-model"))
        # What is recorded is given again by the values of now: they must be those of then.
        if any(one["inputs"] != self._record.inputs for one in before):
            raise ConflictError(Said("problem.said.batch-inputs"))
        written = max((end for _, end in found), default=0)  # the next part is refused where this has changed
        return self._recorder.batch(**self._around, batch_id=batch_id, written=written)


@dataclass(frozen=True)
class _Begun:
    part: Part
    clients: list[Client]
    record: PartRecord

    def settle(self) -> list[Given | Refused]:
        """The part as it may be given, as soon as it is on the disk."""
        given = [
            Given(row, number, name, client)
            for (row, number), name, client in zip(self.part.accepted, self.record.wait(), self.clients, strict=True)
        ]
        if not self.part.refused:
            return list(given)
        return sorted([*given, *self.part.refused], key=lambda one: one.row)


def _row(client_id: int | None, client: Client) -> Row:
    return Row(
        client_id,
        client.values,
        client.pd,
        client.log_odds,
        client.points,
        client.decision,
        client.review_because,
        client.reasons,
    )
