"""From clean tables to one matrix: one row a client, one column a feature, on whatever engine the tables are.

The rule: each table is aggregated once, to one frame of one row a client, and joined once; nothing is collected. What
is dated after the application day is not looked at. A client without rows in a table gets missing values, and 0 for
counts.

Amounts, counts and shares are Float64, categories String.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

import narwhals as nw

from scoring.data.cleaning import CleanTables
from scoring.data.features import (
    application,
    bureau,
    bureau_balance,
    combined,
    credit_card,
    installments,
    pos_cash,
    previous_application,
    situation,
)
from scoring.data.features.declaration import APPLICATION, Feature
from scoring.data.features.installments import instalments
from scoring.data.features.ratios import rounded, scale_column
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TableError

# The dictionary: every feature, by name, in the order of the matrix.


def _by_name(features: tuple[Feature, ...]) -> Mapping[str, Feature]:
    names = [feature.name for feature in features]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"a feature's name must be unique; got {', '.join(twice)} twice. Rename one")
    return MappingProxyType({feature.name: feature for feature in features})


DICTIONARY: Mapping[str, Feature] = _by_name(
    (
        *application.FEATURES,
        *situation.FEATURES,
        *previous_application.FEATURES,
        *pos_cash.FEATURES,
        *installments.FEATURES,
        *credit_card.FEATURES,
        *bureau.FEATURES,
        *bureau_balance.FEATURES,
        *combined.FEATURES,
    )
)
"""All features by name: the request, the person, the history with us, the history elsewhere, then combinations."""


Frames = Mapping[str, nw.LazyFrame]
Span = tuple[int | None, int | None]
"""Clients from a number on, and below another; None is unbounded."""


class Hold(Protocol):
    """What computes and keeps the parts of a matrix; `scoring.data.features.parts.Parts` does so on DuckDB."""

    def spans(self, clients: nw.LazyFrame, rows: nw.LazyFrame) -> Sequence[Span]:
        """Cut the clients into spans, in order, of whose rows those of one can be put together at a time."""

    def __call__(self, parts: Sequence[Sequence[nw.LazyFrame]]) -> nw.LazyFrame:
        """Compute frames that each have one row a client, SK_ID_CURR first, sorted by it.

        Those of one part go below one another; the parts' columns side by side, SK_ID_CURR once.
        """


def _months_of_clients(frames: Frames) -> nw.LazyFrame:
    """Give each month of a credit elsewhere the client of its credit."""
    owners = frames["bureau"].select("SK_ID_BUREAU", ID_COLUMN)
    return frames["bureau_balance"].join(owners, on="SK_ID_BUREAU", how="inner")


_DATED: Mapping[str, str] = {
    "bureau": "DAYS_CREDIT",
    "bureau_balance": "MONTHS_BALANCE",
    "previous_application": "DAYS_DECISION",
    "POS_CASH_balance": "MONTHS_BALANCE",
    "installments_payments": "DAYS_INSTALMENT",
    "credit_card_balance": "MONTHS_BALANCE",
}
"""The column that says when a row of a history table happened, from the application day."""


def _known_then(frames: Frames) -> Frames:
    """Leave out the rows from after the application day, which nobody knew on that day."""
    return {
        name: frame.filter(~(nw.col(_DATED[name]) > 0).fill_null(value=False)) if name in _DATED else frame
        for name, frame in frames.items()
    }


_PREPARED: Mapping[str, Callable[[Frames], nw.LazyFrame]] = {
    "bureau_balance": _months_of_clients,
    "installments_payments": lambda frames: instalments(frames["installments_payments"]),
}
"""Rows to aggregate, for the tables whose rows are not aggregated as they are."""

_TOGETHER = frozenset({"installments_payments"})
"""The tables of which several rows are one event, known by client: putting them together takes much memory."""

_ALSO_NEEDED: Mapping[str, tuple[str, ...]] = {"bureau_balance": ("bureau",)}


def _is_absent(feature: Feature, absent: Sequence[str]) -> bool:
    tables = {feature.table, *_ALSO_NEEDED.get(feature.table, ())}
    tables |= {DICTIONARY[name].table for name in feature.needs}
    return not tables.isdisjoint(absent)


def available(tables: CleanTables) -> tuple[Feature, ...]:
    """Return the features that these tables allow, in dictionary order."""
    return tuple(feature for feature in DICTIONARY.values() if not _is_absent(feature, tables.absent))


def left_out(tables: CleanTables) -> tuple[Feature, ...]:
    """Return the features that these tables do not allow: those of absent history tables."""
    return tuple(feature for feature in DICTIONARY.values() if _is_absent(feature, tables.absent))


def build(tables: CleanTables, features: Sequence[Feature] | None = None) -> nw.LazyFrame:
    """Build the matrix, lazily.

    Parameters
    ----------
    tables
        From `scoring.data.cleaning.clean`.
    features
        The features wanted, all available ones by default. Only the tables that they need are read.

    Returns
    -------
    narwhals.LazyFrame
        One row a client of ``application``, sorted by SK_ID_CURR, which comes first; then the features in
        dictionary order.

    Raises
    ------
    TableError
        When a feature is asked for whose table is absent.
    """
    wanted = chosen(tables, features)
    direct, combined = _with_needs(wanted)
    scales = {d: nw.col(f"__scale_{d}") for d in sorted({f.decimals for f in (*direct, *combined)}) if d > 0}
    frames = _known_then(tables.frames)
    matrix = frames[APPLICATION].select(
        ID_COLUMN,
        *(scale_column(nw.col(ID_COLUMN), d).alias(f"__scale_{d}") for d in scales),
        *_named([feature for feature in direct if feature.table == APPLICATION]),
    )
    for features_of_table in _by_table(direct):
        if features_of_table[0].table != APPLICATION:
            matrix = _joined(matrix, frames, features_of_table)
    categories = [feature.name for feature in direct if feature.kind == "category"]
    matrix = matrix.select(ID_COLUMN, *scales.values(), *categories, *_rounded(direct, scales))
    return _finished(matrix, wanted, combined, scales).sort(ID_COLUMN)


def build_in_parts(
    tables: CleanTables,
    hold: Hold,
    features: Sequence[Feature] | None = None,
) -> nw.LazyFrame:
    """Build the same matrix one table after another, so that no more than one is in work at a time.

    On a large portfolio this takes a fraction of the time and memory of one plan that joins all.

    Parameters
    ----------
    tables
        From `scoring.data.cleaning.clean`.
    hold
        What computes and keeps the parts: `scoring.data.features.parts.Parts`.
    features
        As for `build`.

    Returns
    -------
    narwhals.LazyFrame
        As from `build`; its order is the order in which `hold` gives rows.

    Raises
    ------
    TableError
        When a feature is asked for whose table is absent.
    """
    wanted = chosen(tables, features)
    direct, combined = _with_needs(wanted)
    parts = [
        [build(part, features_of_table) for part in _in_spans(tables, features_of_table[0].table, hold)]
        for features_of_table in _by_table(direct)
    ]
    matrix = hold(parts or [[build(tables, ())]])
    scales = {d: nw.col(f"__scale_{d}") for d in sorted({f.decimals for f in combined}) if d > 0}
    if scales:
        matrix = matrix.with_columns(*(scale_column(nw.col(ID_COLUMN), d).alias(f"__scale_{d}") for d in scales))
    return _finished(matrix, wanted, combined, scales)


def chosen(tables: CleanTables, features: Sequence[Feature] | None) -> tuple[Feature, ...]:
    """Return the features asked for, in dictionary order: all that the tables allow where None are named.

    Raises
    ------
    TableError
        When a feature is asked for whose table is absent.
    """
    if features is None:
        return available(tables)
    missing = [feature.name for feature in features if _is_absent(feature, tables.absent)]
    if missing:
        raise TableError(
            f"the tables must hold what the features need; got none of {', '.join(tables.absent)}, "
            f"needed by {', '.join(missing[:5])}{'…' if len(missing) > 5 else ''}. "
            f"Add the tables, or leave these features out"
        )
    names = {feature.name for feature in features}
    return tuple(feature for feature in DICTIONARY.values() if feature.name in names)


def _in_spans(tables: CleanTables, table: str, hold: Hold) -> list[CleanTables]:
    """Cut the tables by client where a table's rows are put together before they are aggregated."""
    if table not in _TOGETHER:
        return [tables]
    spans = hold.spans(tables.frames[APPLICATION], tables.frames[table])
    return [
        dataclasses.replace(
            tables,
            frames=MappingProxyType({name: _within(tables.frames[name], span) for name in (APPLICATION, table)}),
        )
        for span in spans
    ]


def _within(frame: nw.LazyFrame, span: Span) -> nw.LazyFrame:
    low, high = span
    frame = frame if low is None else frame.filter(nw.col(ID_COLUMN) >= low)
    return frame if high is None else frame.filter(nw.col(ID_COLUMN) < high)


def _with_needs(wanted: Sequence[Feature]) -> tuple[list[Feature], list[Feature]]:
    """Return what is computed from tables, and what from other features, with all that the wanted ones need."""
    needed = {feature.name for feature in wanted} | {name for feature in wanted for name in feature.needs}
    ordered = [feature for feature in DICTIONARY.values() if feature.name in needed]
    return [feature for feature in ordered if not feature.needs], [feature for feature in ordered if feature.needs]


def _by_table(direct: Sequence[Feature]) -> list[list[Feature]]:
    tables = dict.fromkeys(feature.table for feature in direct)
    return [[feature for feature in direct if feature.table == table] for table in tables]


def _finished(
    matrix: nw.LazyFrame, wanted: Sequence[Feature], combined: Sequence[Feature], scales: Mapping[int, nw.Expr]
) -> nw.LazyFrame:
    """Add the features made of others, and put all in order."""
    if combined:
        matrix = matrix.with_columns(
            *(
                rounded(f.expression, f.decimals, scales.get(f.decimals, nw.col(ID_COLUMN))).alias(f.name)
                for f in combined
            )
        )
    return matrix.select(ID_COLUMN, *(feature.name for feature in wanted))


def _joined(matrix: nw.LazyFrame, frames: Frames, features: Sequence[Feature]) -> nw.LazyFrame:
    """Aggregate one history table to a row a client, and join it."""
    table = features[0].table
    rows = _PREPARED[table](frames) if table in _PREPARED else frames[table]
    aggregated = rows.group_by(ID_COLUMN).agg(*_named(features))
    return matrix.join(aggregated, on=ID_COLUMN, how="left")


def _named(features: Sequence[Feature]) -> list[nw.Expr]:
    return [feature.expression.alias(feature.name) for feature in features]


def _rounded(features: Sequence[Feature], scales: Mapping[int, nw.Expr]) -> list[nw.Expr]:
    """Round the numbers: one expression for all that are rounded and filled alike, which saves time."""
    alike: dict[tuple[int, float | None], list[str]] = {}
    for feature in features:
        if feature.kind == "number":
            alike.setdefault((feature.decimals, feature.empty), []).append(feature.name)
    return [
        value if empty is None else value.fill_null(empty)
        for (decimals, empty), names in alike.items()
        for value in [rounded(nw.col(*names), decimals, scales.get(decimals, nw.col(ID_COLUMN)))]
    ]
