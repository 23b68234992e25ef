"""A probability as a count that never ties with the limit by rounding alone."""

from dataclasses import replace

import pytest

from scoring.web.decision_summary import count_of, dots_svg
from tests.scoring.web.test_gauge import AT_600


@pytest.mark.parametrize(
    ("pd", "of", "bad", "limit"),
    [
        (0.12, 100, 12, 9),
        (0.0, 100, 0, 9),
        (1.0, 100, 100, 9),
        (0.0885, 1_000, 88, 91),
        (0.09095, 10_000, 910, 909),
        (1 / 11, 10_000, 909, 909),
    ],
)
def test_as_many_clients_as_it_takes(pd: float, of: int, bad: int, limit: int) -> None:
    count = count_of(replace(AT_600, pd=pd))
    assert (count.of, count.bad, count.limit) == (of, bad, limit)
    assert count.good + count.bad == count.of


@pytest.mark.parametrize("pd", [0.0, 0.12, 0.5, 1.0])
def test_one_dot_for_each_of_a_hundred(pd: float) -> None:
    count = count_of(replace(AT_600, pd=pd))
    svg = dots_svg(count)
    assert svg.count("cs-dot-good") == count.good
    assert svg.count("cs-dot-bad") == count.bad


def test_finer_counts_have_no_picture() -> None:
    assert dots_svg(count_of(replace(AT_600, pd=0.0885))) == ""
