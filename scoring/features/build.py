"""From clean tables to one matrix: one row a client, one column a feature, on whatever engine the tables are.

The rule: each table is aggregated once, to one frame of one row a client, and joined once; nothing is collected. A
client without rows in a table gets missing values, and 0 for counts.

Amounts, counts and shares are Float64, categories String.
"""

from collections.abc import Callable, Mapping, Sequence

import narwhals as nw

from scoring.cleaning import CleanTables
from scoring.errors import TableError
from scoring.features.declaration import APPLICATION, Feature
from scoring.features.dictionary import DICTIONARY
from scoring.features.installments import instalments
from scoring.features.ratios import rounded, scale_column

KEY = "SK_ID_CURR"
Frames = Mapping[str, nw.LazyFrame]


def _months_of_clients(frames: Frames) -> nw.LazyFrame:
    """Give each month of a credit elsewhere the client of its credit."""
    owners = frames["bureau"].select("SK_ID_BUREAU", KEY)
    return frames["bureau_balance"].join(owners, on="SK_ID_BUREAU", how="inner")


_PREPARED: Mapping[str, Callable[[Frames], nw.LazyFrame]] = {
    "bureau_balance": _months_of_clients,
    "installments_payments": lambda frames: instalments(frames["installments_payments"]),
}
"""Rows to aggregate, for the tables whose rows are not aggregated as they are."""

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
        From `scoring.cleaning.clean`.
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
    wanted = available(tables) if features is None else tuple(features)
    missing = [feature.name for feature in wanted if _is_absent(feature, tables.absent)]
    if missing:
        raise TableError(
            f"the tables must hold what the features need; got none of {', '.join(tables.absent)}, "
            f"needed by {', '.join(missing[:5])}{'…' if len(missing) > 5 else ''}. "
            f"Add the tables, or leave these features out"
        )
    names = {feature.name for feature in wanted}
    needed = names | {name for feature in wanted for name in feature.needs}
    ordered = [feature for feature in DICTIONARY.values() if feature.name in needed]
    direct = [feature for feature in ordered if not feature.needs]
    direct = [feature for feature in ordered if not feature.needs]
    matrix = tables.frames[APPLICATION].select(KEY, *_named([f for f in direct if f.table == APPLICATION]))
    for table in dict.fromkeys(feature.table for feature in direct if feature.table != APPLICATION):
        matrix = _joined(matrix, tables.frames, [feature for feature in direct if feature.table == table])
    scales = sorted({feature.decimals for feature in ordered if feature.decimals > 0})
    if scales:
        matrix = matrix.with_columns(*(scale_column(nw.col(KEY), d).alias(_scale(d)) for d in scales))
    matrix = _rounded(matrix, direct)
    counts = [feature.name for feature in direct if feature.empty is not None]
    if counts:
        matrix = matrix.with_columns(nw.col(*counts).fill_null(0.0))
    combined = [feature for feature in ordered if feature.needs]
    if combined:
        matrix = _rounded(matrix.with_columns(*_named(combined)), combined)
    return matrix.select(KEY, *(feature.name for feature in ordered if feature.name in names)).sort(KEY)


def _joined(matrix: nw.LazyFrame, frames: Frames, features: Sequence[Feature]) -> nw.LazyFrame:
    """Aggregate one history table to a row a client, and join it."""
    table = features[0].table
    rows = _PREPARED[table](frames) if table in _PREPARED else frames[table]
    aggregated = rows.group_by(KEY).agg(*_named(features))
    return matrix.join(aggregated, on=KEY, how="left")


def _named(features: Sequence[Feature]) -> list[nw.Expr]:
    return [feature.expression.alias(feature.name) for feature in features]


def _rounded(frame: nw.LazyFrame, features: Sequence[Feature]) -> nw.LazyFrame:
    """Round each number to its decimals: one expression for all columns of as many decimals, which saves time."""
    by_decimals: dict[int, list[str]] = {}
    for feature in features:
        if feature.kind == "number":
            by_decimals.setdefault(feature.decimals, []).append(feature.name)
    expressions = [rounded(names, d, nw.col(_scale(d) if d else KEY)) for d, names in by_decimals.items()]
    return frame.with_columns(*expressions) if expressions else frame


def _scale(decimals: int) -> str:
    return f"__scale_{decimals}"
