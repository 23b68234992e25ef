"""The chain's own arithmetic: every part of a link changes its digest; the salt hides what it commits to."""

import hashlib
import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.audit.store.chain import GENESIS, Head, Link, canonical, commitment, new_salt

LINK = Link(1, "2026-01-01T00:00:00.000000+00:00", "decision", "id", "c" * 64, GENESIS)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@pytest.mark.parametrize("name", [field.name for field in fields(Link)])
def test_every_part_of_a_link_is_in_its_digest(name: str) -> None:
    other = 2 if name == "seq" else "other"
    assert replace(LINK, **{name: other}).digest != LINK.digest


def test_a_digest_is_that_of_the_documented_json() -> None:
    text = (
        '{"at":"2026-01-01T00:00:00.000000+00:00","commitment":"' + "c" * 64 + '","decision_id":"id",'
        '"kind":"decision","previous":"' + "0" * 64 + '","seq":1}'
    )
    assert LINK.digest == hashlib.sha256(text.encode()).hexdigest()


@given(VALUES)
def test_canonical_json_gives_the_value_back_and_is_one(value: object) -> None:
    text = canonical(value)
    assert json.loads(text) == value
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        canonical({"pd": value})


def test_the_same_payload_commits_otherwise_each_time() -> None:
    assert commitment(new_salt(), "{}") != commitment(new_salt(), "{}")


def test_a_head_is_said_in_one_word() -> None:
    assert str(Head()) == f"0:{GENESIS}"
