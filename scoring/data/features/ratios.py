"""The few calculations that every feature shares, so that engines agree to the last bit.

The rule: a ratio whose denominator is missing or zero is missing, never infinite; and every value is rounded as its
last step, so that sums taken in another order by another engine end in the same number.
"""

import narwhals as nw

DAYS_A_YEAR = 365.25
DAYS_A_MONTH = 30.4375
_NUDGE = 1e-6
"""Lifts values that stand exactly half-way, up to noise in the last bits, to the same side on every engine."""


def ratio(numerator: nw.Expr, denominator: nw.Expr) -> nw.Expr:
    """Numerator over denominator; missing when either is missing or the denominator is 0.

    Formula: ``numerator / denominator``. Both may be columns or aggregates.
    """
    return nw.when(denominator != 0).then(numerator.cast(nw.Float64) / denominator)


def rounded(value: nw.Expr, decimals: int, scale: nw.Expr) -> nw.Expr:
    """Round to a number of decimals, halves up, as Float64.

    Formula: ``floor(x · 10^d + 0.5 + 1e-6) / 10^d``.

    Parameters
    ----------
    value
        One column or several at once (``nw.col("a", "b")``), which saves time.
    decimals
        ``d``.
    scale
        ``10^d`` as a column (`scale_column`), not as a constant: Polars multiplies by the inverse of a constant
        divisor, which misses the nearest number (0.175 becomes 0.17500000000000002).
    """
    number = value.cast(nw.Float64)
    if decimals == 0:
        return (number + (0.5 + _NUDGE)).floor()
    return (number * 10.0**decimals + (0.5 + _NUDGE)).floor() / scale


def scale_column(anything: nw.Expr, decimals: int) -> nw.Expr:
    """Return 10^d on every row, as a true column; `anything` is an integer column without missing values."""
    return anything * 0.0 + 10.0**decimals


def one_if(condition: nw.Expr) -> nw.Expr:
    """1.0 where the condition holds, 0.0 where it does not or cannot be known."""
    return nw.when(condition).then(nw.lit(1.0)).otherwise(nw.lit(0.0))


def one_if_yes(column: str) -> nw.Expr:
    """1.0 where a flag is ``Y``, 0.0 where it is ``N``, missing where it is neither."""
    flag = nw.col(column)
    return nw.when(flag == "Y").then(nw.lit(1.0)).when(flag == "N").then(nw.lit(0.0))


REFUSED_YEARS = -1.0
"""Years of a day that is missing where none may be: below zero as a day in the future gives, so that both lie outside
what a training sees and are told as refused."""


def years_ago_or_refused(column: str, known: nw.Expr) -> nw.Expr:
    """Years before the application day, where a missing day has a meaning; `REFUSED_YEARS` where it has none.

    Parameters
    ----------
    known
        Whether it is known that there is, or is not, such a day.
    """
    return nw.when(nw.col(column).is_null() & ~known).then(nw.lit(REFUSED_YEARS)).otherwise(years_ago(nw.col(column)))


def years_ago(days: nw.Expr) -> nw.Expr:
    """Years before the application day, from days counted from it (negative before it)."""
    return days * (-1.0 / DAYS_A_YEAR)


def months_ago(days: nw.Expr) -> nw.Expr:
    """Months before the application day, from days counted from it (negative before it)."""
    return days * (-1.0 / DAYS_A_MONTH)
