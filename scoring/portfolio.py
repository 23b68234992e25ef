"""The clients whose decisions can be shown: their features as training wrote them, with today's scores beside.

The rule: every value that comes from a user reaches SQL as a parameter, never as text.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import polars as pl

from scoring.additive_model import AdditiveModel, Lookup
from scoring.additive_model.lookup import Value
from scoring.decision import OUTCOMES, Outcome, decide_many
from scoring.errors import ArtefactError, UnknownClientError

ID = "SK_ID_CURR"
ROLE = "ROLE"
OUTCOME = "OUTCOME"
"""Known outcomes of the test clients: for groups only, never shown for one client."""

Role = Literal["new", "test", "train"]
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Listing:
    """One page of clients: rows of ``client_id``, ``role``, ``points``, ``decision`` and the features asked for."""

    rows: tuple[Mapping[str, Value], ...]
    total: int


class Portfolio:
    """Clients held in a DuckDB table, found by number.

    Parameters
    ----------
    path : the Parquet file that a training wrote, one row a client
    model : the model that scores them
    """

    def __init__(self, path: Path, model: AdditiveModel) -> None:
        try:
            clients = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise ArtefactError(
                f"The clients' file must be readable Parquet; got {path}: {error}."
            ) from error
        absent = [name for name in (ID, ROLE, OUTCOME, *model.features) if name not in clients.columns]
        if absent:
            raise ArtefactError(
                f"The clients' file must hold every feature of the model; {path} lacks {absent}. Train again."
            )
        scores = decide_many(model, Lookup(model).score_many(clients))
        self.features = tuple(name for name in clients.columns if name not in (ID, ROLE, OUTCOME))
        self._points = np.sort(scores["points"].to_numpy())
        self._connection = duckdb.connect()
        scored = clients.with_columns(
            scores["points"].alias("_points"), scores["decision"].alias("_decision")
        ).sort(ID)
        self._connection.register("scored", scored)
        self._connection.execute("CREATE TABLE clients AS SELECT * FROM scored")
        self._connection.execute(f"CREATE UNIQUE INDEX by_id ON clients ({ID})")
        self._connection.unregister("scored")

    def __len__(self) -> int:
        return len(self._points)

    def features_of(self, client_id: int) -> dict[str, Value]:
        """Every feature of one client.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        row = None
        if 0 <= client_id <= LARGEST_ID:
            cursor = self._connection.cursor().execute(f"SELECT * FROM clients WHERE {ID} = ?", [client_id])  # noqa: S608
            names = [column[0] for column in cursor.description]
            row = cursor.fetchone()
        if row is None:
            raise UnknownClientError(
                f"A client's number must be one of the portfolio's {len(self)} clients; got {client_id}. Check the number."
            )
        values = dict(zip(names, row, strict=True))
        return {name: values[name] for name in self.features}

    def listing(
        self,
        *,
        starts_with: str = "",
        role: Role | None = None,
        decision: Outcome | None = None,
        offset: int = 0,
        limit: int = 25,
        columns: tuple[str, ...] = (),
    ) -> Listing:
        """Clients in the order of their numbers, filtered by the first digits, role and decision."""
        unknown = [name for name in columns if name not in self.features]
        if unknown:
            raise ValueError(f"a listed column must be a feature of the portfolio; got {unknown}")
        where = "($1 = '' OR starts_with(CAST(SK_ID_CURR AS VARCHAR), $1)) AND ($2 IS NULL OR ROLE = $2) AND ($3 IS NULL OR _decision = $3)"
        parameters = [starts_with, role, decision]
        cursor = self._connection.cursor()
        counted = cursor.execute(f"SELECT count(*) FROM clients WHERE {where}", parameters).fetchone()  # noqa: S608
        chosen = ", ".join(f'"{name}"' for name in columns)
        rows = cursor.execute(
            f"SELECT {ID} AS client_id, ROLE AS role, _points AS points, _decision AS decision{', ' + chosen if chosen else ''} "  # noqa: S608
            f"FROM clients WHERE {where} ORDER BY {ID} LIMIT $4 OFFSET $5",
            [*parameters, limit, offset],
        )
        names = [column[0] for column in rows.description]
        found = tuple(dict(zip(names, row, strict=True)) for row in rows.fetchall())
        return Listing(rows=found, total=int(counted[0]) if counted else 0)

    def examples(self) -> dict[Outcome, int]:
        """One client of each decision that occurs: new applicants first, of the middle score among theirs."""
        found: dict[Outcome, int] = {}
        for outcome in OUTCOMES:
            row = (
                self._connection.cursor()
                .execute(
                    f"SELECT {ID} FROM clients WHERE _decision = $1 "  # noqa: S608
                    "ORDER BY ROLE = 'new' DESC, abs(_points - (SELECT median(_points) FROM clients WHERE _decision = $1)), 1 LIMIT 1",
                    [outcome],
                )
                .fetchone()
            )
            if row is not None:
                found[outcome] = int(row[0])
        return found

    def share_below(self, points: float) -> float:
        """Share of the clients, 0 to 1, who have fewer points."""
        return float(np.searchsorted(self._points, points, side="left") / len(self._points))
