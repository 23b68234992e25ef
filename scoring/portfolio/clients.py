"""The clients whose decisions can be shown: their features as training wrote them, with today's scores beside.

The rule: what was checked at the start is what is served. The file is kept in memory as it is, compressed; a column is
taken out of it when somebody asks for it, so that whoever changes the file on the disk changes nothing here.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray
from polars import selectors

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ArtefactError, InputError, UnknownClientError
from scoring.i18n import Said, shown
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Value
from scoring.model.decision import OUTCOMES, Outcome, decide_many
from scoring.portfolio.filters import CLIENT_ID, DECISION, LEVEL, OWN, PD, POINTS, ROLE, ROLES, Filters, Position, Sort

ROLE_COLUMN = "ROLE"
OUTCOME = "OUTCOME"
"""Known outcomes of the test clients: for groups only, never shown for one client."""
LARGEST_ID = 2**63 - 1
_MOST_HELD = 96
"""Columns, and orders, that are kept ready beside those that every client is described by."""
_Key = TypeVar("_Key")
_BY_NUMBER, _EVERYONE = Sort(), Filters()


@dataclass(frozen=True)
class Listing:
    """One page of clients.

    Attributes
    ----------
    rows : ``client_id``, ``role``, ``points``, ``pd``, ``decision``, ``level`` and the features asked for
    total : how many clients the filters leave
    counts : how many of them each decision has
    last : the place of the page's last client, behind which the next page starts; None where this is the last page
    """

    rows: tuple[Mapping[str, Value], ...]
    total: int
    counts: Mapping[Outcome, int]
    last: Position | None

    @property
    def clients(self) -> tuple[int, ...]:
        """Numbers of the page's clients."""
        return tuple(int(cast("int", row[CLIENT_ID])) for row in self.rows)


class Portfolio:
    """Clients held in memory, found by number, listed by filters.

    Parameters
    ----------
    path : the Parquet file that a training wrote, one row a client
    model : the model that scores them
    described : features that a client is described by, beside the model's; those that the file lacks are left out
    """

    def __init__(self, path: Path, model: AdditiveModel, described: Sequence[str] = ()) -> None:
        try:
            self._file = path.read_bytes()
            names = pl.read_parquet_schema(BytesIO(self._file))
            self._order: pl.Series | None = None
            absent = [name for name in (ID_COLUMN, ROLE_COLUMN, OUTCOME, *model.features) if name not in names]
            if absent:
                raise ArtefactError(
                    f"The clients' file must hold every feature of the model; {path} lacks {absent}. Train again."
                )
            self.features = tuple(name for name in names if name not in (ID_COLUMN, ROLE_COLUMN, OUTCOME))
            wanted = [name for name in dict.fromkeys([*model.features, *described]) if name in self.features]
            frame = self._read([ID_COLUMN, ROLE_COLUMN, *wanted])
        except (OSError, pl.exceptions.PolarsError) as error:
            raise ArtefactError(f"The clients' file must be readable Parquet; got {path}: {error}.") from error
        if not frame[ID_COLUMN].is_sorted():
            self._order = frame[ID_COLUMN].arg_sort()
            frame = self._in_order(frame)
        self._ids = frame[ID_COLUMN].to_numpy()
        self._most_digits = len(str(self._ids[-1])) if len(self._ids) else 1
        self._described, self._wanted = frame.select(wanted).rechunk(), wanted
        scores = decide_many(model, Lookup(model).score_many(self._described))
        self._points = np.sort(scores["points"].to_numpy())
        self._own = pl.DataFrame(
            {
                CLIENT_ID: frame[ID_COLUMN],
                ROLE: frame[ROLE_COLUMN].cast(pl.Enum(ROLES)),
                POINTS: scores["points"],
                PD: scores["pd"],
                DECISION: scores["decision"].cast(pl.Enum(OUTCOMES)),
                LEVEL: scores["level"],
            }
        )
        self._lock = threading.Lock()
        self._held: dict[str, pl.Series] = {}
        self._orders: dict[Sort, pl.Series] = {}
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
        return dict(zip(self._wanted, self._described.row(self.place_of(client_id)), strict=True))

    def facts_of(self, client_id: int) -> dict[str, Value]:
        """What every client has beside the features: number, role, points, pd, decision, level.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        return self._own.row(self.place_of(client_id), named=True)

    def values_of(self, client_id: int, names: Sequence[str]) -> dict[str, Value]:
        """Any features of one client, those of a model that does not serve among them.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        at = self.place_of(client_id)
        return {name: self._column(name)[at] for name in names}

    def place_of(self, client_id: int) -> int:
        """A client's place in the order of the numbers, which is that of every column.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        at = int(np.searchsorted(self._ids, client_id)) if 0 <= client_id <= LARGEST_ID else len(self)
        if at == len(self) or self._ids[at] != client_id:
            raise UnknownClientError(Said("problem.said.client", clients=len(self), client=client_id))
        return at

    @property
    def ids(self) -> NDArray[np.int64]:
        """The clients' numbers, in their order."""
        return self._ids

    def matching(self, filters: Filters) -> pl.Series:
        """Whether each client is among those that filters leave, in the order of their numbers.

        Raises
        ------
        InputError
            When the clients' file lacks a feature that is filtered by.
        """
        unknown = [name for name in filters.features if name not in self.features]
        if unknown:
            raise InputError(Said("problem.said.describing", found=shown(", ".join(unknown))))
        looked_at = self.frame([*OWN, *filters.features])
        wanted = filters.expression(most_digits=self._most_digits)
        return looked_at.select((pl.repeat(value=True, n=pl.len()) & wanted).fill_null(value=False)).to_series()

    def frame(self, columns: Sequence[str]) -> pl.DataFrame:
        """Columns of every client, in the order of their numbers; `filters.OWN` and all features are columns."""
        return pl.DataFrame([self._column(name) for name in dict.fromkeys(columns)])

    def listing(
        self,
        filters: Filters = _EVERYONE,
        *,
        sort: Sort = _BY_NUMBER,
        after: Position | None = None,
        offset: int = 0,
        limit: int = 25,
        columns: Sequence[str] = (),
    ) -> Listing:
        """One page of the clients that filters leave, in an order.

        Parameters
        ----------
        after : the place behind which the page starts; None for the beginning
        offset : clients left out from there on
        columns : features to give beside `filters.OWN`
        """
        looked_at = self.frame([*OWN, sort.by])
        matches = self.matching(filters)
        counts = self._own[DECISION].filter(matches).to_physical().value_counts()
        of_code = dict(counts.iter_rows())
        if after is not None:
            matches &= looked_at.select(after.is_before(sort).fill_null(value=False)).to_series()
        order = self._sorted(sort)
        ranked = order.filter(matches.gather(order))
        here = ranked.slice(offset, limit)
        rows = self.frame([*OWN, *columns])[here]
        last = None
        if offset + limit < len(ranked) and len(here):
            last = Position(looked_at[sort.by][here[-1]], int(self._ids[here[-1]]))
        return Listing(
            rows=tuple(rows.iter_rows(named=True)),
            total=sum(of_code.values()),
            counts={outcome: int(of_code.get(code, 0)) for code, outcome in enumerate(OUTCOMES)},
            last=last,
        )

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
        ends = [one for name in of for one in (pl.min(name).alias(f"{name}<"), pl.max(name).alias(f"{name}>"))]
        found = self.frame([by, *of]).drop_nulls(by).group_by(by).agg(ends).drop_nulls().sort(by)
        return {str(row[by]): {name: (row[f"{name}<"], row[f"{name}>"]) for name in of} for row in found.to_dicts()}

    def outcomes(self) -> pl.Series:
        """Whether each client had trouble paying, null where nobody knows: for groups only, never for one client."""
        return self._in_order(self._read([OUTCOME]))[OUTCOME]

    def examples(self) -> Mapping[Outcome, int]:
        """One client of each decision that occurs: new applicants first, of the middle score among theirs."""
        return self._examples

    def share_below(self, points: float) -> float:
        """Share of the clients, 0 to 1, who have fewer points."""
        return float(np.searchsorted(self._points, points, side="left") / len(self._points))

    def _find_examples(self) -> dict[Outcome, int]:
        found: dict[Outcome, int] = {}
        for outcome in OUTCOMES:
            theirs = self._own.filter(pl.col(DECISION) == outcome)
            if theirs.height:
                near = (pl.col(POINTS) - pl.col(POINTS).median()).abs()
                first = theirs.with_columns(near.alias("near")).sort(pl.col(ROLE) != "new", "near", CLIENT_ID)
                found[outcome] = first[CLIENT_ID][0]
        return found

    def _sorted(self, sort: Sort) -> pl.Series:
        """The places of all clients in an order."""
        found = self._orders.get(sort)
        return self._keep(self._orders, sort, _order_of(self._column(sort.by), sort)) if found is None else found

    def _column(self, name: str) -> pl.Series:
        if name in OWN:
            return self._own[name]
        if name in self._described.columns:
            return self._described[name]
        if name not in self.features:
            raise ValueError(f"a listed column must be a feature of the portfolio; got {name!r}")
        found = self._held.get(name)
        if found is None:
            found = self._keep(self._held, name, self._in_order(self._read([name]))[name])
        return found

    def _in_order(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame if self._order is None else frame[self._order]

    def _read(self, names: list[str]) -> pl.DataFrame:
        frame = pl.read_parquet(BytesIO(self._file), columns=names)
        return frame.with_columns(selectors.float().fill_nan(None))

    def _keep(self, held: dict[_Key, pl.Series], key: _Key, found: pl.Series) -> pl.Series:
        """Keep what was made, in place of what was made first where there is too much."""
        with self._lock:
            while len(held) >= _MOST_HELD:
                held.pop(next(iter(held)))
            held[key] = found
        return found


def _order_of(column: pl.Series, sort: Sort) -> pl.Series:
    """The places of a column's values in an order; equal ones stay as they are, by number, and missing ones end it."""
    if column.dtype == pl.String:
        column = column.cast(pl.Enum(column.drop_nulls().unique().sort()))
    known = column.is_not_null()
    values = column.filter(known).to_physical().to_numpy()
    if sort.descending:
        values = -values if values.dtype.kind == "f" else -values.astype(np.int64)
    ranked = known.arg_true().to_numpy()[np.argsort(values, kind="stable")]
    return pl.Series("order", np.concatenate([ranked, (~known).arg_true().to_numpy()]), dtype=pl.UInt32)
