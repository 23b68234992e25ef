"""Whom a batch is about: clients of the portfolio by number, or raw applications with their histories.

The rule: a row that can't be decided on is told in its place, and stops no other.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ClairscoreError, InputError, UnknownClientError
from scoring.i18n import Said, shown
from scoring.service import Service

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
                said = Said("problem.said.batch-number", row=row, found=shown(client_id))
                refused.append(Refused(row, None, InputError(said)))
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
    said = error.message
    if not isinstance(said, Said) or "place" not in said.values:
        return error
    place = str(said.values["place"]).replace("application[0]", f"application[{row}]", 1)
    return InputError(Said(said.key, **{**said.values, "place": place}))
