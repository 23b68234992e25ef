"""Values of data libraries as plain JSON: NumPy's numbers, NaN and NA, rows and frames of pandas and Polars.

The rule: no such library is imported; each value is known by what it can do. Whatever is missing, under any name, is
``null``. What is neither a number, a text nor missing is an error that names its column.
"""

import math
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def plain_value(value: Any, name: str) -> bool | int | float | str | None:
    """One cell: a number, a text, true or false, or None for what is missing.

    >>> plain_value(float("nan"), "AMT_ANNUITY"), plain_value(2.5, "AMT_ANNUITY")
    (None, 2.5)
    """
    if hasattr(value, "item") and not getattr(value, "shape", ()):  # a scalar of NumPy
        value = value.item()
    if value is None or _is_missing(value):
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        if math.isinf(number):
            raise ValueError(f"{name} must be finite; got {number}. Send nothing where the value is not known.")
        return number
    raise TypeError(
        f"{name} must be a number, a text or missing; got {value!r} of type {type(value).__name__}. Convert it first."
    )


def plain_row(row: Any) -> dict[str, bool | int | float | str | None]:
    """One row: a mapping, or a row of a pandas frame (a Series)."""
    cells = row if isinstance(row, Mapping) else row.to_dict() if hasattr(row, "to_dict") else None
    if cells is None:
        raise TypeError(f"A row must be a mapping or a row of a frame; got {type(row).__name__}. Give a dict.")
    return {str(name): plain_value(value, str(name)) for name, value in cells.items()}


def plain_rows(rows: Any) -> list[dict[str, bool | int | float | str | None]]:
    """Many rows: a frame of pandas or Polars, or rows one by one."""
    return [plain_row(row) for row in _records(rows)]


def plain_whom(whom: Any) -> list[int | dict[str, bool | int | float | str | None]]:
    """Clients' numbers, or rows of raw applications."""
    return [
        plain_row(one) if isinstance(one, Mapping) or hasattr(one, "to_dict") else plain_id(one)
        for one in _records(whom)
    ]


def plain_id(value: Any) -> int:
    """A client's number, also where a library made a decimal of it.

    >>> plain_id(100002.0)
    100002
    """
    number = plain_value(value, "A client's number")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"A client's number must be a whole number; got {value!r}. Give SK_ID_CURR.")
    return number


def _records(rows: Any) -> Iterable[Any]:
    if hasattr(rows, "to_dicts"):  # Polars
        return list(rows.to_dicts())
    if hasattr(rows, "columns") and hasattr(rows, "to_dict"):  # pandas
        return list(rows.to_dict("records"))
    return list(rows)


def _is_missing(value: Any) -> bool:
    """NaN and NaT differ from themselves; NA does not even say whether it does."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        return True
    except ValueError:  # an array: it says so for each of its values
        return False
