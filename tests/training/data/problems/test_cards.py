"""The board's data: what it names exists, and what is wrong is refused."""

from pathlib import Path

import pytest

from scoring.data.cleaning import RULES
from scoring.data.features import DICTIONARY
from scoring.data.tables import TABLES
from scoring.errors import SettingsError
from tests import ROOT
from training.data.problems import Board, State, read_board

BOARD = read_board()
SPRINT = '[[sprint]]\nnumber = 1\nname = "one"\ngoal = "a goal"\n'
CARD = """[[card]]
id = "a-card"
title = "A title"
titre = "Un titre"
table = "bureau"
columns = []
problem = "A problem."
evidence = [{ says = "it", where = "true" }]
strategy = "A strategy."
dropped = ["Another."]
rules = ["bureau_end_open"]
state = "done"
sprint = 1
learnt = "Something."
"""


@pytest.fixture
def written(tmp_path: Path):
    def write(card: str, sprint: str = SPRINT) -> Board:
        (tmp_path / "cards").mkdir()
        (tmp_path / "cards" / "some.toml").write_text(card, encoding="utf-8")
        (tmp_path / "board.toml").write_text(sprint, encoding="utf-8")
        return read_board(tmp_path)

    return write


@pytest.mark.parametrize("card", BOARD.cards, ids=lambda card: card.id)
def test_what_a_card_names_exists(card) -> None:
    tables = {"application", "labels", *TABLES}
    assert card.table in tables
    assert set(card.rules) <= {rule.name for rule in RULES}
    assert set(card.features) <= set(DICTIONARY)
    assert [path for path in card.files if not (ROOT / path).is_file()] == []
    for evidence in card.evidence:
        assert set(card.needs_of(evidence)) <= tables
    columns = {"TARGET"} if card.table == "labels" else None
    known = columns or TABLES["application_test" if card.table == "application" else card.table].by_name
    assert set(card.columns) <= set(known)


def test_every_rule_has_a_card() -> None:
    named = {name for card in BOARD.cards for name in card.rules}
    assert {rule.name for rule in RULES} - named == set()


def test_a_rules_card_is_of_its_table() -> None:
    tables = {rule.name: rule.table for rule in RULES}
    assert [(card.id, name) for card in BOARD.cards for name in card.rules if tables[name] != card.table] == []


def test_the_board_is_one() -> None:
    assert len(BOARD.cards) >= 25
    assert {card.state for card in BOARD.cards} <= set(State)
    for sprint in BOARD.sprints:
        cards = [card for card in BOARD.cards if card.sprint == sprint.number]
        assert cards
        # a sprint that was reviewed left nothing open
        assert not sprint.review or all(card.state is State.DONE for card in cards)


def test_a_card_that_is_right_is_read(written) -> None:
    assert [card.id for card in written(CARD).cards] == ["a-card"]


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (CARD + CARD, "id must be unique; got a-card twice"),
        (CARD.replace("sprint = 1", "sprint = 2"), r"sprint must be one of \[1\]; got 2 in a-card"),
        (CARD.replace('state = "done"', 'state = "soon"'), r"must be as declared; got, at cards\.0\.state"),
        (CARD.replace('titre = "Un titre"', 'titre = ""'), r"got, at cards\.0\.titre"),
        (CARD.replace('"it"', '"a | b"'), r"got, at cards\.0\.evidence\.0\.says"),
        (CARD.replace('dropped = ["Another."]', "dropped = []"), r"got, at cards\.0\.dropped"),
        (CARD + 'colour = "red"\n', r"got, at cards\.0\.colour"),
        (CARD.replace('rules = ["bureau_end_open"]\n', ""), "done must say where; got nothing in a-card"),
        (CARD + "[[", "some.toml must be readable TOML"),
    ],
)
def test_what_is_wrong_is_refused(written, card: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        written(card)


def test_sprints_are_numbered(written) -> None:
    with pytest.raises(SettingsError, match=r"numbered from 1 up; got \[2\]"):
        written(CARD, SPRINT.replace("number = 1", "number = 2"))
