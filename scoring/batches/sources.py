"""Whom a batch is about: clients of the portfolio by number, or raw applications with their histories.

The rule: a row that can't be decided on is told in its place, and stops no other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import polars as pl

from scoring.errors import ClairscoreError, InputError, UnknownClientError
from scoring.language import Said, shown
from scoring.portfolio import ID
from scoring.service import Service
from scoring.tables import HISTORY, TABLES

MOST_CHARACTERS = 200
"""Characters of a name or a code in a row."""
_OWN_ID = "SK_ID_BUREAU"
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
    """Whom a batch is about."""

    def __len__(self) -> int:
        """How many rows were asked for."""
        ...

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        ...


class KnownClients:
    """Clients of a portfolio, by number; a number may come twice.

    Parameters
    ----------
    service : whose portfolio, and whose features
    """

    def __init__(self, service: Service, ids: Sequence[int]) -> None:
        self._portfolio = service.portfolio
        self._features = list(service.model.features)
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        accepted, refused, places = [], [], []
        for row, client_id in enumerate(self._ids[first:last], first):
            try:
                places.append(self._portfolio.place_of(client_id))
                accepted.append((row, client_id))
            except UnknownClientError as error:
                refused.append(Refused(row, client_id, error))
        frame = self._portfolio.frame(self._features)[np.asarray(places, dtype=np.uint32)]
        return Part(frame, accepted, refused)


class RawApplications:
    """Raw applications, with the rows of their history tables.

    Raises
    ------
    InputError
        When there are histories, and applications that can't be told apart by number.
    """

    def __init__(
        self, service: Service, applications: Sequence[Cells], history: Mapping[str, Sequence[Cells]] | None = None
    ) -> None:
        self._service = service
        self._applications = applications
        self._history = _by_owner(history or {})
        if self._history:
            numbers = [row.get(ID) for row in applications]
            if None in numbers or len(set(numbers)) < len(numbers):
                raise InputError(Said("problem.said.batch-history"))
            owners = set(numbers)
            for table, of_owner in self._history.items():
                if table != "bureau_balance" and (strangers := sorted(set(of_owner) - owners, key=str)):
                    raise InputError(Said("problem.said.batch-stranger", table=table, client=strangers[0]))

    def __len__(self) -> int:
        return len(self._applications)

    def part(self, first: int, last: int) -> Part:
        """The rows from `first` to before `last`."""
        rows = list(enumerate(self._applications[first:last], first))
        refused: list[Refused] = []
        good = self._sound(rows, refused)
        frame = self._features([row for row, _ in good]) if good else pl.DataFrame()
        return Part(frame, [(row, application.get(ID)) for row, application in good], refused)

    def _sound(self, rows: list[tuple[int, Cells]], refused: list[Refused]) -> list[tuple[int, Cells]]:
        """The rows that are as their schema says; the others are found by halves, for few are wrong."""
        try:
            self._features([row for row, _ in rows])
        except InputError as error:
            if len(rows) == 1:
                row, application = rows[0]
                number = application.get(ID)
                refused.append(Refused(row, number if isinstance(number, int) else None, error))
                return []
            half = len(rows) // 2
            return self._sound(rows[:half], refused) + self._sound(rows[half:], refused)
        return rows

    def _features(self, places: Sequence[int]) -> pl.DataFrame:
        """Features of some applications in their order: each is numbered by its place, so that all differ."""
        applications: list[Cells] = []
        history: dict[str, list[Cells]] = {name: [] for name in self._history}
        for place in places:
            application = self._applications[place]
            for name, value in application.items():
                if isinstance(value, str) and len(value) > MOST_CHARACTERS:
                    raise InputError(Said("problem.said.batch-cell", most=MOST_CHARACTERS, column=shown(name)))
            number, own = application.get(ID), {ID: place + 1}
            usable = number is None or (isinstance(number, int) and not isinstance(number, bool) and number > 0)
            applications.append({**application, **own} if usable else application)
            for table, of_owner in self._history.items():
                if table != "bureau_balance":
                    history[table] += [{**row, **own} for row in of_owner.get(number, ())]
        if "bureau_balance" in history:
            balances = self._history["bureau_balance"]
            credits_here = [row.get(_OWN_ID) for row in history.get("bureau", ())]
            history["bureau_balance"] = [row for one in credits_here for row in balances.get(one, ())]
        return self._service.features_of(applications, history)


def _by_owner(history: Mapping[str, Sequence[Cells]]) -> dict[str, dict[Any, list[Cells]]]:
    found: dict[str, dict[Any, list[Cells]]] = {}
    for table, rows in history.items():
        if table not in HISTORY:
            raise InputError(Said("problem.said.table", known=", ".join(HISTORY), found=table))
        key = ID if any(column.name == ID for column in TABLES[table].columns) else _OWN_ID
        of_owner = found.setdefault(table, {})
        for row in rows:
            of_owner.setdefault(row.get(key), []).append(row)
    return found
