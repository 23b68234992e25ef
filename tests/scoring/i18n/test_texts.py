"""Both languages hold the same texts, and a text says what it lacks."""

import re

import pytest

from scoring.i18n import LANGUAGES, keys, placeholders, text


def test_both_files_hold_the_same_keys_in_the_same_order():
    assert keys("fr") == keys("en")
    assert len(keys("fr")) > 20


def filled(lang, key):
    return text(lang, key, **dict.fromkeys(placeholders(lang, key), 2))


def test_a_text_wants_the_same_values_in_both_languages():
    assert [key for key in keys("fr") if placeholders("fr", key) != placeholders("en", key)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_text_can_be_filled(lang):
    texts = {key: filled(lang, key) for key in keys(lang)}
    assert {key: said for key, said in texts.items() if not said or said.strip() != said or "{" in said} == {}


def test_french_has_its_no_break_spaces():
    missing = re.compile(r"(?<![\u00a0/\w])[:;?!%]|[^\u00a0\w/][;?!]|\w[;?!]")
    texts = {key: filled("fr", key).replace("://", "") for key in keys("fr")}
    assert {key: said for key, said in texts.items() if missing.search(said)} == {}


def test_the_reasons_sentence_of_the_product():
    fact = text("fr", "reason.fact", label="Durée dans l'emploi", value="2 ans", usual="6 ans")
    assert fact == "Durée dans l'emploi\u00a0: 2 ans (d'ordinaire 6 ans)."
    assert text("fr", "reason.takes", points="12") == "Cela retire 12 points."
    assert text("fr", "reason.takes", points="1") == "Cela retire 1 point."
    assert text("fr", "reason.gives", points="1,5") == "Cela ajoute 1,5 point."
    assert text("en", "reason.gives", points="1.5") == "This gives 1.5 points."
    assert text("en", "reason.missing", label="Time in job") == "We do not have: time in job."


def test_counts_decide_on_the_plural():
    sentence = text("en", "probability.sentence", of=100, good=99, bad=1, limit=9)
    assert sentence == (
        "Of 100 clients at this score level, about 99 repay without difficulty and 1 has some. Our limit is 9."
    )
    sentence = text("fr", "probability.sentence", of=100, good=88, bad=12, limit=9)
    assert sentence == (
        "Sur 100 clients à ce niveau de score, environ 88 remboursent sans difficulté et 12 en rencontrent. "
        "Notre limite est 9."
    )


def test_the_offers_clause_stands_apart():
    assert "offres" not in text("fr", "level.5")
    assert text("fr", "level.5.offers").endswith("et profitez des offres choisies pour vous.")


def test_an_unknown_key_is_an_error():
    with pytest.raises(KeyError, match=r"a text's key must be in fr/\*.toml; got 'no.such.key'"):
        text("fr", "no.such.key")


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError, match=r"the text 'reason.takes' must be given a value for 'points'"):
        text("fr", "reason.takes")


def test_an_unknown_language_is_an_error():
    with pytest.raises(ValueError, match="language must be one of fr, en; got lang='de'"):
        text("de", "heading.for")


def test_values_stay_literal():
    assert "{bad}" in text("en", "reason.missing", label="X{bad}")
