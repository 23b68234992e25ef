"""The crowd of officers notices an answer that is somebody else's."""

import pytest

from benchmarks.crowd import Officer

MINE, OTHERS = 100002, 100016


@pytest.fixture
def officer() -> Officer:
    return Officer(None, {}, "somebody", [MINE])  # type: ignore[arg-type]


@pytest.mark.parametrize("what", ["choose a client", "open What if", "move a slider"])
@pytest.mark.parametrize(
    ("answer", "mine"),
    [
        (f'<a href=\\"?client={MINE}\\">', True),
        (f'<a href=\\"?client={OTHERS}\\">', False),
        (f'<h1>Client {MINE}</h1><a href=\\"../api/clients/{OTHERS}/letter\\">', False),
        (f'<i data-for=\\"{OTHERS}/0/1\\"></i><h1>Client {MINE}</h1>', False),
        ("", False),
    ],
)
def test_an_answer_of_somebody_elses_is_noticed(officer: Officer, what: str, answer: str, mine: bool) -> None:
    assert officer._is_mine(what, MINE, answer) is mine


def test_another_filter_is_noticed(officer: Officer) -> None:
    assert officer._is_mine("change a filter", MINE, f"income_total={MINE}..")
    assert not officer._is_mine("change a filter", MINE, f"income_total={OTHERS}..")
