"""Numbers as each language writes them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.i18n import LANGUAGES, is_singular, number, percent, read_number

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


@pytest.mark.parametrize(
    ("typed", "fr", "en"),
    [
        ("200000", 200_000, 200_000),
        (" -200 000 ", -200_000, -200_000),
        ("\u2212200\u202f000", -200_000, -200_000),
        ("1\u00a0234\u00a0567", 1_234_567, 1_234_567),
        ("200,000", None, 200_000),
        ("1,234,567.5", None, 1_234_567.5),
        ("200.000", None, None),
        ("1.234.567", None, None),
        ("200,5", 200.5, None),
        ("12,50", 12.5, None),
        ("0.125", 0.125, 0.125),
        ("200 000,125", 200_000.125, None),
        ("1,234 567", None, None),
        ("12 5", None, None),
        ("1e5", None, None),
        ("1_000", None, None),
        ("\u0663", None, None),
        ("nan", None, None),
        ("", None, None),
    ],
)
def test_a_number_that_could_be_two_is_refused(typed, fr, en):
    for lang, value in (("fr", fr), ("en", en)):
        if value is None:
            with pytest.raises(ValueError, match="a number must be"):
                read_number(typed, lang)
        else:
            assert read_number(typed, lang) == value


@given(value=SANE, decimals=st.integers(0, 2), lang=st.sampled_from(LANGUAGES))
def test_what_a_page_writes_it_reads(value, decimals, lang):
    assert read_number(number(value, lang, decimals), lang) == pytest.approx(round(value, decimals), rel=1e-15)


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
