"""The form of RFC 8785: its own examples, one form for one value, whatever wrote it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.audit.receipts.receipt import canonical, digest_of


@pytest.mark.parametrize(
    ("value", "written"),
    [  # appendix B of RFC 8785, and ECMAScript's bounds
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.33333329, "333333333.3333333"),
        (10.0, "10"),
        (10, "10"),
        (0.1, "0.1"),
    ],
)
def test_a_number_is_written_as_ecmascript_writes_it(value: float, written: str) -> None:
    assert canonical(value) == written


def test_keys_are_sorted_as_utf_16() -> None:
    assert canonical({"\ufb33": 1, "😀": 2, "a": 3, "€": 4}) == '{"a":3,"€":4,"😀":2,"\ufb33":1}'


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_given_back(value: float) -> None:
    assert float(canonical(value)) == value


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text())
)
def test_one_form_for_one_value(value: dict) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text == canonical(json.loads(json.dumps(value, indent=3)))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        canonical(value)


def test_a_digest_is_of_all_but_itself() -> None:
    told = {"b": 1.0, "a": "x"}
    assert digest_of(told) == digest_of({"a": "x", "b": 1, "digest": "anything"}) != digest_of({"a": "y", "b": 1})
