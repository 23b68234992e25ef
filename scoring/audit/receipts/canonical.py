"""JSON in the one form of RFC 8785, over which a receipt's digest is taken.

The rule: the form is of the values, not of their writing, so that a receipt that was read and written again by any
program, in any language, keeps its digest. ``10.0`` and ``10`` are one number.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def canonical(value: Any) -> str:
    """Write a value of JSON in the form of RFC 8785.

    Raises
    ------
    ValueError
        When a number is not finite.

    >>> canonical({"b": [1.0, 1e-7, 1e21, "é"], "a": None})
    '{"a":null,"b":[1,1e-7,1e+21,"é"]}'
    """
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{_text(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        return _number(value)
    return _text(value)


def digest_of(receipt: Mapping[str, Any]) -> str:
    """SHA-256 of a receipt's canonical form, without the digest that it states."""
    told = canonical({name: value for name, value in receipt.items() if name != "digest"})
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def _text(value: str | int | None) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript writes a number: the shortest digits that give it back."""
    if value != value or value in (float("inf"), float("-inf")):  # noqa: PLR0124  # NaN
        raise ValueError(f"a number of a receipt must be finite; got {value!r}")
    if value == 0.0:
        return "0"
    sign, digits, power = Decimal(repr(value)).normalize().as_tuple()
    figures, point = "".join(map(str, digits)), len(digits) + int(power)
    minus = "-" if sign else ""
    if len(figures) <= point <= 21:
        return minus + figures + "0" * (point - len(figures))
    if 0 < point <= 21:
        return f"{minus}{figures[:point]}.{figures[point:]}"
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{figures}"
    rest = f".{figures[1:]}" if len(figures) > 1 else ""
    return f"{minus}{figures[0]}{rest}e{point - 1:+d}"
