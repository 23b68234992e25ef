"""Every entry is complete in both languages, and every code of the schema has words."""

import re

import pytest

from scoring.data.features import DICTIONARY, GROUPS, UNITS, Direction, Feature
from scoring.data.tables import HISTORY, TABLES
from scoring.i18n import LANGUAGES

FEATURES = tuple(DICTIONARY.values())
ENGLISH = frozenset(
    [
        "the",
        "of",
        "with",
        "and",
        "loan",
        "loans",
        "share",
        "average",
        "highest",
        "lowest",
        "payment",
        "payments",
        "income",
        "elsewhere",
        "unknown",
        "number",
        "how",
        "many",
        "your",
        "was",
        "were",
        "is",
        "are",
        "what",
        "which",
        "instalments",
        "statement",
        "statements",
        "month",
        "months",
    ]
)
FRENCH = frozenset(
    [
        "le",
        "la",
        "les",
        "des",
        "du",
        "de",
        "chez",
        "avec",
        "et",
        "crédit",
        "crédits",
        "nombre",
        "combien",
        "vous",
        "votre",
        "est",
        "sont",
    ]
)


def words_of(text: str) -> set[str]:
    return set(re.findall(r"[a-zà-ÿœ]+", text.lower()))


def texts(feature: Feature, lang: str) -> list[str]:
    return [feature.label.say(lang), feature.explanation.say(lang), *(w.say(lang) for w in feature.levels.values())]


def test_there_are_enough_features_over_all_tables():
    tables = {feature.table for feature in FEATURES}
    assert tables == {"application", *HISTORY}
    assert len(FEATURES) >= 180


@pytest.mark.parametrize("lang", LANGUAGES)
def test_labels_are_unique(lang):
    labels = [feature.label.say(lang).casefold() for feature in FEATURES]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_an_entry_is_complete(feature):
    assert re.fullmatch(r"[a-z][a-z0-9_]*", feature.name)
    assert feature.group in GROUPS
    assert feature.unit in UNITS
    assert feature.kind == ("category" if feature.unit == "category" else "number")
    assert (feature.unit == "category") == bool(feature.levels) == bool(feature.source)
    assert 0 <= feature.decimals <= 4
    assert isinstance(feature.direction, Direction)
    assert not (feature.sensitive and feature.direction is not Direction.FREE)
    for lang in LANGUAGES:
        label, explanation = feature.label.say(lang), feature.explanation.say(lang)
        assert label[0].isupper() and explanation[0].isupper()
        assert explanation.endswith(".") and not label.endswith(".")
        assert len(label) <= 100
        assert not re.search(r"\s{2,}|~|\bx\b|\{|\}", label + explanation)
        assert ":" not in label, "a label is followed by a colon in a reason"


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_each_language_is_its_own(feature):
    for text in texts(feature, "fr"):
        assert not words_of(text) & ENGLISH, text
        assert not re.search(r"[^\u00a0][:;?!%]", text), f"no-break space missing in {text!r}"
        assert not re.search(r"\b(de le|de les|à le|à les|de [aeiouyéè])", text), text
    for text in texts(feature, "en"):
        assert not words_of(text) & FRENCH, text
        assert not re.search(r"\s[:;?!%]", text)


def test_every_declared_code_has_words():
    columns = TABLES["application_test"].by_name
    for feature in FEATURES:
        if feature.unit == "category":
            assert set(columns[feature.source].codes) <= set(feature.levels), feature.name


def test_what_is_sensitive_is_marked():
    sensitive = {feature.name for feature in FEATURES if feature.sensitive}
    columns = "CODE_GENDER|NAME_FAMILY_STATUS|DAYS_BIRTH|CNT_CHILDREN|CNT_FAM_MEMBERS|SOCIAL_CIRCLE|ORGANIZATION_TYPE"
    touched = {f.name for f in FEATURES if re.search(columns, repr(f.expression))}
    assert touched, "an expression must show its columns"
    assert touched == sensitive


def test_only_the_request_is_actionable():
    actionable = {feature.name for feature in FEATURES if feature.actionable}
    assert {"credit_amount", "annuity", "goods_price", "credit_per_annuity", "documents_given"} <= actionable
    for name in actionable:
        sources = DICTIONARY[name].needs or (name,)
        assert any(DICTIONARY[source].table == "application" for source in sources)
    assert not actionable & {"income_total", "years_employed", "education", "ext_source_2"}


def test_counts_start_at_zero_and_nothing_else_does():
    for feature in FEATURES:
        assert feature.empty in (None, 0.0)
        if feature.empty == 0.0:
            assert feature.unit == "count" and feature.table != "application"


def test_a_combination_needs_features_that_exist():
    for feature in FEATURES:
        assert all(name in DICTIONARY and not DICTIONARY[name].needs for name in feature.needs)
        assert not any(DICTIONARY[name].sensitive for name in feature.needs)


def test_a_wrong_group_or_unit_is_refused():
    good = DICTIONARY["income_total"]
    arguments = {name: getattr(good, name) for name in ("name", "table", "expression", "label", "explanation")}
    with pytest.raises(ValueError, match=r"group must be one of income, .*; got 'money'"):
        Feature(**arguments, group="money", unit="amount", decimals=0)
    with pytest.raises(ValueError, match=r"unit must be one of amount, .*; got 'euro'"):
        Feature(**arguments, group="income", unit="euro", decimals=0)


def test_a_combination_can_be_acted_on_where_one_of_its_features_can():
    for feature in FEATURES:
        if feature.needs:
            assert feature.actionable == any(DICTIONARY[name].actionable for name in feature.needs), feature.name


def test_entries_are_values():
    feature = DICTIONARY["income_total"]
    assert hash(feature) == hash(DICTIONARY["income_total"])
    assert feature != DICTIONARY["credit_amount"]
