"""The page: made from the board's data, byte for byte."""

import re

import pytest

from scoring.errors import SettingsError
from training.data.problems import COUNTS_FILE, PAGE_FILE, Counts, State, read_board, read_counts, render

BOARD = read_board()
COUNTS = read_counts(COUNTS_FILE)
PAGE = render(BOARD, COUNTS)


def test_the_committed_page_is_fresh() -> None:
    assert PAGE_FILE.read_bytes() == PAGE.encode(), "the page is stale: run `python -m training problems`"


def test_synthetic_and_real_stand_side_by_side() -> None:
    kinds = [data_set.synthetic for data_set in COUNTS.data_sets]
    assert kinds[0] is True
    assert False in kinds
    for data_set in COUNTS.data_sets:
        assert ("synthetic" in data_set.name) is data_set.synthetic
        if data_set.synthetic:
            assert f"| synthetic (seed {data_set.seed}): no real person |" in PAGE


def test_every_card_stands_in_its_column_and_once_below() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"^\|.*\]\(#", line)]
    columns = [
        re.findall(r"\]\(#([^)]+)\)", line)
        for line in ("\n".join(row[i] for row in rows if i < len(row)) for i in range(3))
    ]
    states = (State.TO_DO, State.IN_PROGRESS, State.DONE)
    listed = {card for column in columns for card in column}
    assert listed == {card.id for card in BOARD.cards}
    counts = [sum(card.state is state for card in BOARD.cards) for state in states]
    assert f"| To do ({counts[0]}) | In progress ({counts[1]}) | Done ({counts[2]}) |" in PAGE
    for card in BOARD.cards:
        assert PAGE.count(f'<a id="{card.id}"></a>') == 1


def test_tables_have_as_many_cells_as_their_head() -> None:
    width = 0
    for line in PAGE.splitlines():
        cells = line.count("|") - 1 if line.startswith("|") else 0
        assert not (width and cells) or cells == width, line
        width = cells


def test_counts_of_older_cards_are_refused() -> None:
    first = BOARD.cards[0]
    evidence = first.evidence[0].model_copy(update={"where": "true"})
    changed = first.model_copy(update={"evidence": (evidence, *first.evidence[1:])})
    with pytest.raises(SettingsError, match=f"got older counts of {first.id} on 'synthetic portfolio'"):
        render(BOARD.model_copy(update={"cards": (changed, *BOARD.cards[1:])}), COUNTS)


def test_a_card_without_counts_is_refused() -> None:
    stranger = BOARD.cards[0].model_copy(update={"id": "new"})
    with pytest.raises(SettingsError, match="got older counts of new"):
        render(BOARD.model_copy(update={"cards": (*BOARD.cards, stranger)}), COUNTS)


def test_no_counts_still_make_a_page() -> None:
    assert "# Problems of the data: the board" in render(BOARD, Counts())


@pytest.mark.parametrize(
    ("touched", "total", "words"),
    [
        (0, 10, "0 of 10 rows (0%)"),
        (10, 10, "10 of 10 rows (100%)"),
        (1, 100_000, "1 of 100,000 rows (under 0.01%)"),
        (99_999, 100_000, "99,999 of 100,000 rows (over 99.9%)"),
        (5, 1_000, "5 of 1,000 rows (0.50%)"),
        (1_234, 10_000, "1,234 of 10,000 rows (12.3%)"),
        (0, 0, "no rows"),
    ],
)
def test_words_of_a_count(touched: int, total: int, words: str) -> None:
    card = BOARD.cards[0]
    evidence = card.evidence[0].model_copy(update={"unit": "rows"})
    changed = card.model_copy(update={"evidence": (evidence,)})
    data_set = COUNTS.data_sets[0]
    found = data_set.found[card.id][0].model_copy(update={"touched": touched, "total": total, "outcomes": None})
    counts = Counts(data_sets=(data_set.model_copy(update={"found": {card.id: (found,)}}),))
    assert f"| {words} |" in render(BOARD.model_copy(update={"cards": (changed,)}), counts)
