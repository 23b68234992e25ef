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
    scales = {d: nw.col(f"__scale_{d}") for d in sorted({feature.decimals for feature in ordered}) if d > 0}
    matrix = tables.frames[APPLICATION].select(
        KEY,
        *(scale_column(nw.col(KEY), d).alias(f"__scale_{d}") for d in scales),
        *_named([feature for feature in direct if feature.table == APPLICATION]),
    )
    for table in dict.fromkeys(feature.table for feature in direct if feature.table != APPLICATION):
        matrix = _joined(matrix, tables.frames, [feature for feature in direct if feature.table == table])
    categories = [feature.name for feature in direct if feature.kind == "category"]
    matrix = matrix.select(KEY, *scales.values(), *categories, *_rounded(direct, scales))
    combined = [feature for feature in ordered if feature.needs]
    if combined:
        matrix = matrix.with_columns(
            *(rounded(f.expression, f.decimals, scales.get(f.decimals, nw.col(KEY))).alias(f.name) for f in combined)
        )
    return matrix.select(KEY, *(feature.name for feature in ordered if feature.name in names)).sort(KEY)


def _joined(matrix: nw.LazyFrame, frames: Frames, features: Sequence[Feature]) -> nw.LazyFrame:
    """Aggregate one history table to a row a client, and join it."""
    table = features[0].table
    rows = _PREPARED[table](frames) if table in _PREPARED else frames[table]
    aggregated = rows.group_by(KEY).agg(*_named(features))
    return matrix.join(aggregated, on=KEY, how="left")


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
        for value in [rounded(nw.col(*names), decimals, scales.get(decimals, nw.col(KEY)))]
    ]
