"""The board as the model app reads it: fresh, whole in both languages, and no French left behind by its English."""

import pytest

from scoring.errors import SettingsError
from scoring.reports.problems import STATES, read_problems
from training.data.problems import (
    BOARD_FILE,
    COUNTS_FILE,
    board_json,
    left_behind,
    read_board,
    read_counts,
    read_french,
)

BOARD, COUNTS, FRENCH = read_board(), read_counts(COUNTS_FILE), read_french()


def test_the_committed_document_is_fresh() -> None:
    expected = board_json(BOARD, COUNTS, FRENCH)
    assert BOARD_FILE.read_text(encoding="utf-8") == expected, "the board is stale: run `python -m training problems`"


def test_every_card_is_read_back() -> None:
    read = read_problems()
    assert [card.id for card in read.cards] == [card.id for card in BOARD.cards]
    assert {card.state for card in read.cards} <= set(STATES)
    for card, source in zip(read.cards, BOARD.cards, strict=True):
        assert (card.title.fr, card.title.en) == (source.titre, source.title)
        assert card.problem.fr != card.problem.en
        assert all(len(one.found) == len(read.data_sets) for one in card.evidence)


def test_no_french_is_left_behind() -> None:
    assert left_behind(BOARD, FRENCH) == []


def test_french_of_other_english_is_named() -> None:
    first, *others = BOARD.cards
    changed = BOARD.model_copy(update={"cards": (first.model_copy(update={"learnt": "Something else."}), *others)})
    assert left_behind(changed, FRENCH) == [first.id]
    with pytest.raises(SettingsError, match=f"got older words, or none, of {first.id}"):
        board_json(changed, COUNTS, FRENCH)
