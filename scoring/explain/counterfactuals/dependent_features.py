"""Which features follow a request, and their values for many requests at once, by their own declared expressions.

The rule: a feature follows where its expression reads a column of the request, which is found by taking the column
away, not by a list kept beside. It moves only where one of its columns moves; anywhere else the client keeps its own
value, to the last digit.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import MappingProxyType

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.exceptions import ColumnNotFoundError
from numpy.typing import NDArray
from polars.io.plugins import register_io_source

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, Feature
from scoring.data.features.declaration import APPLICATION
from scoring.data.features.ratios import rounded, scale_column
from scoring.data.tables import RawTables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.tables.schema import HISTORY, TABLES
from scoring.explain.counterfactuals.request import DOCUMENTS, Request
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Floats

CREDIT, ANNUITY, GOODS, INCOME = "AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL"
_FLAG = "FLAG_DOCUMENT_"
_ALL_FLAGS = tuple(f"{_FLAG}{i}" for i in range(2, 22))
_OWN_FLAGS = {name: f"{_FLAG}{name.removeprefix('document_')}" for name in DOCUMENTS}
_COUNTED_FLAGS = tuple(flag for flag in _ALL_FLAGS if flag not in _OWN_FLAGS.values())
_DTYPES = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}


class Asked:
    """Many requests of one client as columns: credit, annuity, goods (NaN where unknown) and the flags of documents."""

    def __init__(self, credit: Floats, annuity: Floats, goods: Floats, like: Request) -> None:
        self.columns: dict[str, Floats] = {CREDIT: credit, ANNUITY: annuity, GOODS: goods}
        self.flags = flags_of(like)

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """One request."""
        annuity = np.nan if request.annuity is None else request.annuity
        goods = np.nan if request.goods is None else request.goods
        return cls(np.array([request.credit]), np.array([annuity]), np.array([goods]), request)

    def __len__(self) -> int:
        return len(self.columns[CREDIT])


def flags_of(request: Request) -> dict[str, float]:
    """The flags of an application that comes with these documents."""
    own = {flag: float(name in request.documents) for name, flag in _OWN_FLAGS.items()}
    return own | {flag: float(i < request.other_documents) for i, flag in enumerate(_COUNTED_FLAGS)}


class Following:
    """The features, among those wanted, that follow a request.

    Parameters
    ----------
    wanted : names of features, in the order in which they are to be given

    Attributes
    ----------
    features : those of them that follow, in that order
    needs : features that some of them are computed from, beside the request, and that a client's facts must hold
    """

    def __init__(self, wanted: Sequence[str]) -> None:
        combined = [DICTIONARY[name] for name in wanted if DICTIONARY[name].needs]
        direct = dict.fromkeys([*wanted, *(need for feature in combined for need in feature.needs)])
        self._read = {name: columns for name in direct if (columns := _columns_read(name))}
        for feature in combined:
            moving = [self._read[name] for name in feature.needs if name in self._read]
            if moving:
                self._read[feature.name] = frozenset().union(*moving)
        self.features = tuple(name for name in wanted if name in self._read)
        self._direct = [DICTIONARY[name] for name in self._read if not DICTIONARY[name].needs]
        self._combined = [DICTIONARY[name] for name in self.features if DICTIONARY[name].needs]
        self._of_thread = threading.local()
        self.needs = tuple(
            sorted({name for feature in self._combined for name in feature.needs if name not in self._read})
        )

    def of(self, facts: Mapping[str, Value], now: Request, requests: Asked) -> pl.DataFrame:
        """The features that follow, one row a request; `facts` and `now` are the client's own."""
        stays = _unmoved(now, requests)
        computed = self._compute(facts, requests)
        columns = []
        for name in self.features:
            still = np.logical_and.reduce([stays[column] for column in self._read[name]])
            own = facts.get(name)
            column = computed[name]
            if np.any(still):
                unmoved = pl.Series(name, [own], dtype=column.dtype).new_from_index(0, len(requests))
                column = unmoved.zip_with(pl.Series(still), column)
            columns.append(column)
        return pl.DataFrame(columns)

    def _compute(self, facts: Mapping[str, Value], requests: Asked) -> pl.DataFrame:
        # True columns, not constants: Polars divides by a constant in another way, which misses the nearest number.
        known = {INCOME: facts.get("income_total"), **{name: facts.get(name) for name in self.needs}}
        constants = {name: _as_float(value) for name, value in known.items()} | requests.flags
        columns = [pl.Series(name, values, nan_to_null=True) for name, values in requests.columns.items()]
        columns += [_repeated(name, value, len(requests)) for name, value in constants.items()]
        rows = pl.DataFrame([pl.Series(ID_COLUMN, np.zeros(len(requests), dtype=np.int64)), *columns])
        if not hasattr(self._of_thread, "planned"):
            self._of_thread.planned = _Planned(self._direct, self._combined, self.needs)
        planned: _Planned = self._of_thread.planned
        return planned.run(rows)


class _Planned:
    """The features' expressions over whatever rows are held when it is run.

    Planned once: turning the expressions into the engine's own takes several times as long as computing them.
    """

    def __init__(self, direct: Sequence[Feature], combined: Sequence[Feature], needs: Sequence[str]) -> None:
        self._held = pl.DataFrame()
        numbers = (CREDIT, ANNUITY, GOODS, INCOME, *needs, *_ALL_FLAGS)
        schema = pl.Schema({ID_COLUMN: pl.Int64(), **dict.fromkeys(numbers, pl.Float64())})
        digits = sorted({feature.decimals for feature in (*direct, *combined)})
        scales = {d: nw.col(f"__scale_{d}") for d in digits}
        frame = nw.from_native(register_io_source(self._rows, schema=schema))
        frame = frame.with_columns(scale_column(nw.col(ID_COLUMN), d).alias(f"__scale_{d}") for d in digits)
        frame = frame.select(*scales.values(), *needs, *(f.expression.alias(f.name) for f in direct))
        frame = frame.with_columns(_rounded(feature, nw.col(feature.name), scales) for feature in direct)
        # The request is all that moves: what else the combined ones need is the client's own.
        frame = frame.with_columns(_rounded(feature, feature.expression, scales) for feature in combined)
        self._plan: pl.LazyFrame = frame.to_native()

    def run(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The features of these rows."""
        self._held = rows
        return self._plan.collect(engine="in-memory")

    def _rows(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del predicate, n_rows, batch_size  # the plan filters nothing and takes all
        yield self._held if with_columns is None else self._held.select(with_columns)


def _rounded(feature: Feature, value: nw.Expr, scales: Mapping[int, nw.Expr]) -> nw.Expr:
    return rounded(value, feature.decimals, scales[feature.decimals]).alias(feature.name)


def _unmoved(now: Request, requests: Asked) -> dict[str, NDArray[np.bool_]]:
    """Where each column of the request is the client's own."""
    own = Asked.of(now).columns
    same = {
        name: (values == own[name]) | (np.isnan(values) & np.isnan(own[name]))
        for name, values in requests.columns.items()
    }
    flags = flags_of(now)
    return same | {name: np.full(len(requests), value == flags[name]) for name, value in requests.flags.items()}


def _repeated(name: str, value: float | None, times: int) -> pl.Series:
    return pl.Series(name, np.full(times, np.nan if value is None else value), nan_to_null=True)


def _as_float(value: Value) -> float | None:
    return None if value is None or value != value else float(value)  # noqa: PLR0124  # NaN


_REQUEST = (CREDIT, ANNUITY, GOODS, *_ALL_FLAGS)


@cache
def _columns_read(name: str) -> frozenset[str]:
    """The columns of the request that a feature of the application reads; found once, since no model changes it."""
    feature, frame = DICTIONARY[name], _empty_applications()
    if feature.table != APPLICATION or feature.needs or _evaluates(feature, frame.drop(_REQUEST)):
        return frozenset()
    if not _evaluates(feature, frame.select(ID_COLUMN, INCOME, *_REQUEST)):
        raise ValueError(
            f"a feature of the request must be computed from the request and the income alone; got {name}. "
            "Give scoring.explain.counterfactuals the column that it reads"
        )
    return frozenset(column for column in _REQUEST if not _evaluates(feature, frame.drop(column)))


def _evaluates(feature: Feature, frame: pl.DataFrame) -> bool:
    try:
        nw.from_native(frame).select(feature.expression.alias(feature.name))
    except ColumnNotFoundError:
        return False
    return True


@cache
def _empty_applications() -> pl.DataFrame:
    """Clean applications, none of them."""
    empty = pl.DataFrame(schema={c.name: _DTYPES[c.dtype] for c in TABLES["application_test"].columns})
    frames = MappingProxyType({APPLICATION: nw.from_native(empty.lazy())})
    cleaned = clean(RawTables(frames=frames, absent=HISTORY, labels=None, sources=MappingProxyType({})))
    frame: pl.DataFrame = cleaned.frames[APPLICATION].collect("polars").to_native()
    return frame
