"""The clients whose decisions can be shown: their features as training wrote them, with today's scores beside.

The rule: every value that comes from a user reaches SQL as a parameter, never as text.
"""

from collections.abc import Mapping, Sequence
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
_FILTERED = """
    WHERE ($1 = '' OR starts_with(CAST(SK_ID_CURR AS VARCHAR), $1))
    AND ($2 IS NULL OR ROLE = $2) AND ($3 IS NULL OR _decision = $3)
"""
_EXAMPLE = """
    WITH theirs AS (SELECT * FROM clients WHERE _decision = $1)
    SELECT SK_ID_CURR FROM theirs
    ORDER BY ROLE = 'new' DESC, abs(_points - (SELECT median(_points) FROM theirs)), SK_ID_CURR LIMIT 1
"""


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
    described : features that a client is described by, beside the model's; those that the file lacks are left out
    """

    def __init__(self, path: Path, model: AdditiveModel, described: Sequence[str] = ()) -> None:
        try:
            clients = pl.read_parquet(path)
        except (OSError, pl.exceptions.PolarsError) as error:
            raise ArtefactError(f"The clients' file must be readable Parquet; got {path}: {error}.") from error
        absent = [name for name in (ID, ROLE, OUTCOME, *model.features) if name not in clients.columns]
        if absent:
            raise ArtefactError(
                f"The clients' file must hold every feature of the model; {path} lacks {absent}. Train again."
            )
        clients = clients.sort(ID)
        scores = decide_many(model, Lookup(model).score_many(clients))
        self.features = tuple(name for name in clients.columns if name not in (ID, ROLE, OUTCOME))
        self._ids = clients[ID].to_numpy()
        self._points = np.sort(scores["points"].to_numpy())
        # One client is read from memory, in microseconds; lists are queries.
        wanted = dict.fromkeys([*model.features, *described])
        self._described = clients.select(name for name in wanted if name in self.features).rechunk()
        self._connection = duckdb.connect()
        scored = clients.with_columns(scores["points"].alias("_points"), scores["decision"].alias("_decision"))
        self._connection.register("scored", scored)
        self._connection.execute("CREATE TABLE clients AS SELECT * FROM scored")
        self._connection.unregister("scored")
        self._examples = self._find_examples()

    def __len__(self) -> int:
        return len(self._points)

    def features_of(self, client_id: int) -> dict[str, Value]:
        """The described features of one client.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        at = int(np.searchsorted(self._ids, client_id)) if 0 <= client_id <= LARGEST_ID else len(self)
        if at == len(self) or self._ids[at] != client_id:
            raise UnknownClientError(
                f"A client's number must be one of the portfolio's {len(self)}; got {client_id}. Check the number."
            )
        return self._described.row(at, named=True)

    def values_of(self, client_id: int, names: Sequence[str]) -> dict[str, Value]:
        """Any features of one client, those of a model that does not serve among them.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        self.features_of(client_id)  # says who is unknown
        absent = [name for name in names if name not in self.features]
        if absent:
            raise ValueError(f"a client's value must be of a feature of the portfolio; got {absent}")
        chosen = ", ".join(f'"{name}"' for name in names)
        # Names of columns are ours, checked above.
        sql = f"SELECT {chosen} FROM clients WHERE SK_ID_CURR = $1"  # noqa: S608
        row = self._connection.cursor().execute(sql, [client_id]).fetchone()
        return dict(zip(names, row or (), strict=True))

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
        cursor = self._connection.cursor()
        parameters = [starts_with, role, decision]
        counted = cursor.execute(f"SELECT count(*) FROM clients {_FILTERED}", parameters).fetchone()  # noqa: S608
        unknown = [name for name in columns if name not in self.features]
        if unknown:
            raise ValueError(f"a listed column must be a feature of the portfolio; got {unknown}")
        # Names of columns are ours, checked above; everything else that a caller sends is a parameter.
        chosen = ", ".join(["client_id: SK_ID_CURR", "role: ROLE", "points: _points", "decision: _decision", *columns])
        rows = cursor.execute(
            f"SELECT {chosen} FROM clients {_FILTERED} ORDER BY SK_ID_CURR LIMIT $4 OFFSET $5",  # noqa: S608
            [*parameters, limit, offset],
        )
        names = [column[0] for column in rows.description]
        found = tuple(dict(zip(names, row, strict=True)) for row in rows.fetchall())
        return Listing(rows=found, total=int(counted[0]) if counted else 0)

    def spans(self, by: str, of: Sequence[str]) -> dict[str, dict[str, tuple[float, float]]]:
        """The smallest and largest value of each feature of `of`, for each code of the feature `by`.

        Raises
        ------
        ArtefactError
            When the clients' file lacks one of the features.
        """
        absent = [name for name in (by, *of) if name not in self.features]
        if absent:
            raise ArtefactError(f"The clients' file must hold {', '.join((by, *of))}; it lacks {absent}. Train again.")
        ends = ", ".join(f"min({name}), max({name})" for name in of)  # names checked above
        rows = self._connection.cursor().execute(
            f"SELECT {by}, {ends} FROM clients WHERE {by} IS NOT NULL GROUP BY {by} ORDER BY {by}"  # noqa: S608
        )
        found = {str(code): list(zip(ends[::2], ends[1::2], strict=True)) for code, *ends in rows.fetchall()}
        known = {code: pairs for code, pairs in found.items() if all(low is not None for low, _ in pairs)}
        return {code: dict(zip(of, pairs, strict=True)) for code, pairs in known.items()}

    def examples(self) -> Mapping[Outcome, int]:
        """One client of each decision that occurs: new applicants first, of the middle score among theirs."""
        return self._examples

    def _find_examples(self) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        for outcome in OUTCOMES:
            row = self._connection.cursor().execute(_EXAMPLE, [outcome]).fetchone()
            if row is not None:
                found[outcome] = int(row[0])
        return found

    def share_below(self, points: float) -> float:
        """Share of the clients, 0 to 1, who have fewer points."""
        return float(np.searchsorted(self._points, points, side="left") / len(self._points))
