"""Series of features over a client's rows in one history table, declared in one line each.

The rule: a declaration names a quantity, the rows, the statistics and the direction of each; values, rounding and
words in both languages follow. Hand-made features go through `History.feature`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from scoring.data.features import wording
from scoring.data.features.declaration import Direction, Feature, Unit
from scoring.data.features.ratios import ratio
from scoring.data.features.wording import Quantity, Rows, Statistic
from scoring.i18n import Words

FREE = Direction.FREE


@dataclass(frozen=True)
class History:
    """One history table as a source of features.

    Parameters
    ----------
    table
        The table's published name.
    prefix
        First part of the features' names.
    group
        Group of the features.
    according
        Who says so, for the explanations of counts: "d'après nos dossiers", "by our records".
    """

    table: str
    prefix: str
    group: str
    according: Words

    def feature(
        self,
        name: str,
        expression: nw.Expr,
        label: Words,
        explanation: Words,
        unit: Unit,
        decimals: int,
        direction: Direction = FREE,
        empty: float | None = None,
    ) -> Feature:
        """Declare one hand-made aggregate."""
        return Feature(
            name=f"{self.prefix}_{name}",
            table=self.table,
            expression=expression,
            label=label,
            explanation=explanation,
            group=self.group,
            unit=unit,
            decimals=decimals,
            direction=direction,
            empty=empty,
        )

    def statistics(
        self, quantity: Quantity, rows: Rows, directions: Mapping[Statistic, Direction]
    ) -> tuple[Feature, ...]:
        """Declare statistics of a quantity over rows, one for each direction given."""
        return tuple(
            self.feature(
                _joined(rows.name, quantity.name, statistic) + rows.suffix,
                aggregate(quantity, rows, statistic),
                *wording.statistic_words(quantity, statistic, rows),
                quantity.unit,
                0 if statistic == "sum" else quantity.decimals,
                direction,
            )
            for statistic, direction in directions.items()
        )

    def count(self, rows: Rows, direction: Direction = FREE) -> Feature:
        """Declare the number of rows: 0 for a client without any."""
        return self.feature(
            _joined(rows.name, "count") + rows.suffix,
            number_of(rows.condition),
            *wording.count_words(rows, self.according),
            "count",
            0,
            direction,
            empty=0.0,
        )

    def share(self, name: str, part: nw.Expr, rows: Rows, which: Words, direction: Direction = FREE) -> Feature:
        """Declare the share of rows for which `part` holds; `which` is the clause: "sont refusées"."""
        return self.feature(
            _joined(rows.name, name, "share") + rows.suffix,
            share_of(part, rows.condition),
            *wording.share_words(rows, which),
            "share",
            3,
            direction,
        )

    def trend(self, quantity: Quantity, recent: nw.Expr, months: int, direction: Direction = FREE) -> Feature:
        """Declare the mean of the recent rows against the mean of those before.

        A quotient for amounts, so that it has no currency; a difference for the rest.
        """
        as_ratio = quantity.unit == "amount"
        now = _where(recent, quantity.value).mean()
        before = _where(~recent, quantity.value).mean()
        return self.feature(
            _joined(quantity.name, "trend") + f"_{months}m",
            ratio(now, before) if as_ratio else now - before,
            *wording.trend_words(quantity, months, as_ratio=as_ratio),
            "ratio" if as_ratio else quantity.unit,
            3 if as_ratio else quantity.decimals,
            direction,
        )


def aggregate(quantity: Quantity, rows: Rows, statistic: Statistic) -> nw.Expr:
    """Aggregate a quantity over rows; a total of which nothing is known is missing, one of no rows is 0."""
    values = _where(rows.condition, quantity.value)
    if statistic == "mean":
        return values.mean()
    if statistic == "max":
        return values.max()
    if statistic == "min":
        return values.min()
    if quantity.always_known:
        return values.sum()
    return nw.when((values.count() > 0) | (number_of(rows.condition) == 0)).then(values.sum())


def number_of(condition: nw.Expr | None) -> nw.Expr:
    """Count the rows for which a condition holds."""
    return nw.len() if condition is None else nw.when(condition).then(nw.lit(1)).count()


def total_where(condition: nw.Expr | None, value: nw.Expr) -> nw.Expr:
    """Sum a column over the rows for which a condition holds, missing values left aside."""
    return _where(condition, value).sum()


def share_of(part: nw.Expr, condition: nw.Expr | None = None) -> nw.Expr:
    """Share of the rows under a condition for which `part` holds; missing where there are no such rows."""
    if condition is None:
        return nw.when(part).then(nw.lit(1.0)).otherwise(nw.lit(0.0)).mean()
    return ratio(number_of(condition & part), number_of(condition))


def _where(condition: nw.Expr | None, value: nw.Expr) -> nw.Expr:
    return value if condition is None else nw.when(condition).then(value)


def _joined(*parts: str) -> str:
    return "_".join(part for part in parts if part)
