"""Numbers as each language writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.language import LANGUAGES, is_singular, number, percent

SANE = st.floats(min_value=-1e12, max_value=1e12)


@pytest.mark.parametrize(
    ("value", "decimals", "fr", "en"),
    [
        (1234.5, 2, "1\u202f234,50", "1,234.50"),
        (-1234567, 0, "\u22121\u202f234\u202f567", "\u22121,234,567"),
        (0, 0, "0", "0"),
        (-0.4, 0, "0", "0"),
        (-0.0, 1, "0,0", "0.0"),
        (999.999, 2, "1\u202f000,00", "1,000.00"),
    ],
)
def test_numbers(value, decimals, fr, en):
    assert (number(value, "fr", decimals), number(value, "en", decimals)) == (fr, en)


def test_percent():
    assert percent(0.125, "fr", 1) == "12,5\u00a0%"
    assert percent(-0.5, "en") == "\u221250%"


@given(value=SANE, decimals=st.integers(0, 4), lang=st.sampled_from(LANGUAGES))
def test_a_written_number_reads_back(value, decimals, lang):
    written = number(value, lang, decimals).replace("\u2212", "-")
    plain = written.replace("\u202f", "").replace(",", ".") if lang == "fr" else written.replace(",", "")
    assert float(plain) == pytest.approx(round(value, decimals), abs=1e-9 + abs(value) * 1e-15)


@given(value=SANE, lang=st.sampled_from(LANGUAGES))
def test_plural_is_the_same_for_a_number_and_its_writing(value, lang):
    whole = float(round(value))
    assert is_singular(whole, lang) == is_singular(number(whole, lang), lang)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_an_error(value):
    with pytest.raises(ValueError, match="must be finite; got value="):
        number(value, "fr")


def test_a_word_is_not_counted():
    with pytest.raises(ValueError, match="a counted value must be a number; got 'many'"):
        is_singular("many", "en")


def test_an_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="language must be one of fr, en"):
        number(1, "xx")
