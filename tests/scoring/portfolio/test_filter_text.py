"""Filters come back from their words as they were, and what is none is refused with a reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.model.decision import OUTCOMES
from scoring.portfolio.filter_text import LEVELS, read_filters, write_filters
from scoring.portfolio.filters import ROLES, Filters, Range

NUMBERS = [name for name, feature in DICTIONARY.items() if feature.unit != "category"]
CATEGORIES = [name for name, feature in DICTIONARY.items() if feature.unit == "category"]
bounds = st.none() | st.floats(-1e9, 1e9)
ranges = st.tuples(bounds, bounds).map(
    lambda pair: Range(*(sorted(pair) if None not in pair else pair))  # type: ignore[type-var]
)


def some(known: tuple) -> st.SearchStrategy:
    return st.lists(st.sampled_from(known), unique=True).map(tuple)


codes = st.sampled_from(CATEGORIES).flatmap(
    lambda name: st.tuples(st.just(name), some((*DICTIONARY[name].levels, None)).filter(bool))
)
filters = st.builds(
    Filters,
    starts_with=st.text("0123456789", max_size=7),
    roles=some(ROLES),
    decisions=some(OUTCOMES),
    levels=some(LEVELS),
    points=ranges,
    numbers=st.dictionaries(st.sampled_from(NUMBERS), ranges.filter(bool), max_size=3),
    codes=st.lists(codes, max_size=2).map(dict),
)


@given(filters)
def test_filters_come_back_from_their_words(wanted: Filters) -> None:
    assert read_filters(write_filters(wanted)) == wanted


def test_three_decimals_are_written_so_that_they_are_no_thousands() -> None:
    assert write_filters(Filters(points=Range(512.125, 0.125 + 600))) == {"points": "512.1250..600.1250"}


@pytest.mark.parametrize("name", CATEGORIES)
def test_no_code_holds_what_separates_codes(name: str) -> None:
    assert not any("|" in code or code == "~" for code in DICTIONARY[name].levels)


@pytest.mark.parametrize(
    ("name", "words", "message"),
    [
        ("number", "12a", "must hold the first digits of a client's number; got 12a"),
        ("decision", "accept|maybe", "must be among accept, review, decline; got maybe"),
        ("level", "6", "must be among 1, 2, 3, 4, 5; got 6"),
        ("housing", "castle", "for none; got castle"),
        ("age_years", "40..30", "must go from low to high; got 40..30. Turn it round"),
        ("age_years", "old", "must be LOW..HIGH, LOW.. or ..HIGH, in plain numbers such as 200000 or 0.5; got old"),
        ("age_years", "nan..", "must be LOW..HIGH"),
        ("points", "..inf", "must be LOW..HIGH"),
        ("income_total", "..200.000", "in plain numbers such as 200000 or 0.5; got ..200.000"),
        ("income_total", "..200,000", "got ..200,000. Leave out what separates thousands"),
        ("income_total", "200 000..", "got 200 000"),
        ("income_total", "200\u202f000..", "in plain numbers"),
        ("income_total", "1.234.567..", "in plain numbers"),
        ("income_total", "1_000..", "in plain numbers"),
        ("income_total", "\u0663..", "in plain numbers"),
        ("income_total", "0,5..", "in plain numbers"),
        ("SK_ID_CURR", "1", "must be number, role, decision, level, points or a feature"),
    ],
)
def test_what_is_no_filter_is_refused(name: str, words: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_filters({name: words})


def test_one_number_alone_is_that_number() -> None:
    assert read_filters({"children": "2"}).numbers["children"] == Range(2.0, 2.0)
