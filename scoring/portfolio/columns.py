"""Whole columns of the portfolio as arrays, read once and kept while in use: what groups and charts are computed from.

The rule: every array has one entry a client, in the order of the clients' numbers, so that a group is a mask over them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.model.additive_model import Lookup
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Floats
from scoring.portfolio.clients import Portfolio

KEPT = 48
"""Columns kept at a time: those that a day's work looks at, without holding all of them twice."""


@dataclass(frozen=True, eq=False)
class Codes:
    """A category of every client: the place of its code in `levels`, −1 where missing."""

    places: NDArray[np.int32]
    levels: tuple[str, ...]


class Columns:
    """The columns of a portfolio, and what the model's terms contribute for each client."""

    def __init__(self, portfolio: Portfolio, lookup: Lookup) -> None:
        self._portfolio, self._lookup = portfolio, lookup
        self.numbers = lru_cache(maxsize=KEPT)(self._numbers)
        self.codes = lru_cache(maxsize=KEPT)(self._codes)

    def __len__(self) -> int:
        return len(self._portfolio)

    @property
    def features(self) -> Sequence[str]:
        """Features that there is a column for and that the dictionary describes, in the dictionary's order."""
        held = set(self._portfolio.features)
        return [name for name in DICTIONARY if name in held]

    @property
    def ids(self) -> NDArray[np.int64]:
        """The clients' numbers."""
        return self._portfolio.ids

    def place_of(self, client_id: int) -> int:
        """A client's place in every column.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        return self._portfolio.place_of(client_id)

    def value(self, place: int, feature: str) -> Value:
        """One client's value, None where missing."""
        if DICTIONARY[feature].kind == "category":
            codes = self.codes(feature)
            at = int(codes.places[place])
            return codes.levels[at] if at >= 0 else None
        number = float(self.numbers(feature)[place])
        return None if np.isnan(number) else number

    def _numbers(self, name: str) -> Floats:
        """A number of every client, NaN where missing: a feature's, or ``points``."""
        return _kept(self._column(name).cast(float).fill_null(np.nan).to_numpy())

    def _codes(self, name: str) -> Codes:
        """A category of every client: a feature's, or ``decision``."""
        column = self._column(name).cast(pl.String)
        levels = column.drop_nulls().unique().sort().to_list()
        places = column.replace_strict(levels, range(len(levels)), default=-1, return_dtype=pl.Int32)
        return Codes(_kept(places.to_numpy()), tuple(levels))

    def _column(self, name: str) -> pl.Series:
        return self._portfolio.frame([name]).to_series()

    @cached_property
    def difficulties(self) -> Floats:
        """Known outcomes, NaN where unknown: for groups only."""
        return _kept(self._portfolio.outcomes().cast(float).fill_null(np.nan).to_numpy())

    @cached_property
    def contributions(self) -> NDArray[np.float32]:
        """What each term of the model adds to each client's log-odds, one row a client."""
        frame = self._portfolio.frame(list(self._lookup.features))
        return _kept(self._lookup.sum_many(frame).contributions.astype(np.float32, order="C"))


def _kept(array: NDArray) -> NDArray:
    """An array that many share: not to be written to."""
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array
