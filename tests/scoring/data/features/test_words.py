"""Values in words, in both languages, for every unit."""

import dataclasses
import math

import pytest

from scoring.data.features import DICTIONARY, UNITS, say
from scoring.i18n import LANGUAGES

FEATURES = tuple(DICTIONARY.values())
ANY = DICTIONARY["income_total"]


def spoken(unit, value, lang, decimals=2):
    feature = dataclasses.replace(ANY, unit=unit, decimals=decimals)
    return say(feature, value, lang).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("unit", "value", "fr", "en"),
    [
        ("amount", 310_000.0, "310 000", "310,000"),
        ("amount", -50.0, "−50", "−50"),
        ("years", 6.9, "6 ans", "6 years"),
        ("years", 1.0, "1 an", "1 year"),
        ("years", 0.58, "7 mois", "7 months"),
        ("years", 0.08, "1 mois", "1 month"),
        ("years", 0.99, "11 mois", "11 months"),
        ("years", 0.01, "moins d'un mois", "less than a month"),
        ("months", 3.0, "3 mois", "3 months"),
        ("months", 2.5, "2,5 mois", "2.5 months"),
        ("days", 0.0, "0 jour", "0 days"),
        ("days", 1.0, "1 jour", "1 day"),
        ("days", 1.5, "1,5 jour", "1.5 days"),
        ("days", 12.4, "12 jours", "12 days"),
        ("payments", 24.0, "24 mensualités", "24 monthly payments"),
        ("payments", 1.0, "1 mensualité", "1 monthly payment"),
        ("count", 3.0, "3", "3"),
        ("count", 1234.0, "1 234", "1,234"),
        ("count", 2.5, "2,5", "2.5"),
        ("share", 0.12, "12 %", "12%"),
        ("share", 0.004, "0,4 %", "0.4%"),
        ("share", 0.0, "0 %", "0%"),
        ("ratio", 2.5, "2,50", "2.50"),
        ("score", 0.312, "0,31", "0.31"),
        ("score", 1.0, "1,00", "1.00"),
        ("yes_no", 1.0, "oui", "yes"),
        ("yes_no", 0.0, "non", "no"),
    ],
)
def test_each_unit_has_its_words(unit, value, fr, en):
    assert (spoken(unit, value, "fr"), spoken(unit, value, "en")) == (fr, en)


def test_every_unit_is_tried_above():
    tried = {mark.args[1][i][0] for mark in test_each_unit_has_its_words.pytestmark for i in range(len(mark.args[1]))}
    assert tried | {"category"} == set(UNITS)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_missing_says_what_it_means_and_zero_is_said(feature):
    meaning = ("inconnu", "unknown") if feature.absence is None else (feature.absence.fr, feature.absence.en)
    for missing in (None, math.nan):
        assert (say(feature, missing, "fr"), say(feature, missing, "en")) == meaning
    if feature.kind == "number":
        assert all(say(feature, 0.0, lang) for lang in LANGUAGES)


def test_what_a_missing_value_means():
    assert say(DICTIONARY["years_employed"], None, "fr") == "aucun emploi en cours"
    assert say(DICTIONARY["installments_late_share"], None, "en") == "no such record"
    assert say(DICTIONARY["ext_source_1"], None, "en") == "unknown"


@pytest.mark.parametrize("feature", [f for f in FEATURES if f.kind == "category"], ids=lambda f: f.name)
def test_no_code_is_said_raw(feature):
    for code in feature.levels:
        fr = say(feature, code, "fr")
        assert fr and say(feature, code, "en")
        assert fr == feature.levels[code].fr
        assert fr != code
    assert say(feature, "a code of tomorrow", "fr") == "inconnu"


def test_a_text_for_a_number_is_an_error():
    with pytest.raises(ValueError, match="the value of income_total must be a number; got 'much'"):
        say(ANY, "much", "en")


def test_an_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="language must be one of fr, en; got lang='de'"):
        say(ANY, 1.0, "de")
