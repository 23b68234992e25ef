"""Looking up: by hand, one row as many rows, every cell reached."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.model.additive_model import Lookup
from tests.scoring.model.additive_model.models import small_model

MODEL = small_model()
LOOKUP = Lookup(MODEL)
numbers = st.one_of(st.none(), st.floats(allow_infinity=True), st.sampled_from([25.0, 40.0, 60.0, 0.5, 20.0, 70.0]))
codes = st.sampled_from([None, "a", "b", "c", "never seen"])
rows = st.fixed_dictionaries({"age": numbers, "job": codes, "ratio": numbers})


def test_a_client_by_hand() -> None:
    scored = LOOKUP.score({"age": 40.0, "job": "c", "ratio": 0.2})
    # age 40 is on an edge: the bin to its right; job c is cell 2; the pair's row 1 (below 0.5), column 2
    assert scored.cells == (3, 2, 6)
    assert scored.contributions == (-0.2, 0.3, pytest.approx(-0.01))
    assert scored.log_odds == pytest.approx(-2.4 - 0.2 + 0.3 - 0.01)
    assert scored.spread == pytest.approx(np.std([-2.5 + 0.9 * 0.09, -2.3 + 1.1 * 0.09], ddof=1))
    assert scored.outside == ()


@pytest.mark.parametrize(
    ("age", "cell"),
    [(None, 0), (math.nan, 0), (-math.inf, 1), (24.999, 1), (25.0, 2), (59.0, 3), (60.0, 4), (math.inf, 4)],
)
def test_bins_are_closed_on_the_left(age: float | None, cell: int) -> None:
    assert LOOKUP.score({"age": age, "job": "a", "ratio": 0.0}).cells[0] == cell


@pytest.mark.parametrize(("job", "cell"), [(None, 0), ("a", 1), ("b", 1), ("c", 2), ("never seen", 3)])
def test_codes_have_their_cells(job: str | None, cell: int) -> None:
    assert LOOKUP.score({"age": 30.0, "job": job, "ratio": 0.0}).cells[1] == cell


@given(st.lists(rows, min_size=1, max_size=30))
def test_many_rows_are_each_row_to_the_bit(clients: list[dict[str, float | str | None]]) -> None:
    schema = {"age": pl.Float64, "job": pl.String, "ratio": pl.Float64}
    many = LOOKUP.score_many(pl.DataFrame(clients, schema=schema))
    each = [LOOKUP.score(client) for client in clients]
    assert many.log_odds.tolist() == [one.log_odds for one in each]
    assert many.contributions.tolist() == [list(one.contributions) for one in each]
    assert many.cells.tolist() == [list(one.cells) for one in each]
    assert many.spread == pytest.approx([one.spread for one in each], abs=1e-15)
    assert many.outside.tolist() == [bool(one.outside) for one in each]


@given(rows)
def test_contributions_and_intercept_add_up(client: dict[str, float | str | None]) -> None:
    scored = LOOKUP.score(client)
    assert MODEL.intercept + sum(scored.contributions) == pytest.approx(scored.log_odds, abs=1e-12)


@pytest.mark.parametrize(
    ("client", "outside"),
    [
        ({"age": 19.0, "job": "a", "ratio": 0.5}, ("age",)),
        ({"age": 71.0, "job": "never seen", "ratio": math.inf}, ("age", "job", "ratio")),
        ({"age": 20.0, "job": None, "ratio": None}, ()),
        ({"age": None, "job": "a", "ratio": 0.5}, ("age",)),  # no training client was without an age
        ({"age": math.nan, "job": "never seen", "ratio": 0.5}, ("age", "job")),
    ],
)
def test_values_that_training_never_saw_are_named(
    client: dict[str, float | str | None], outside: tuple[str, ...]
) -> None:
    assert LOOKUP.score(client).outside == outside


def test_a_feature_is_always_known_when_no_cell_of_a_missing_one_holds_a_client() -> None:
    assert [(term.name, [term.missing(name) for name in term.features]) for term in MODEL.terms] == [
        ("age", [0]),
        ("job", [0]),
        ("ratio × job", [0 + 1 + 2 + 3, 0 + 4 + 8 + 12]),
    ]
    assert MODEL.always_known == {"age"}


def test_a_row_without_a_feature_is_a_programming_error() -> None:
    with pytest.raises(KeyError, match="ratio"):
        LOOKUP.score({"age": 30.0, "job": "a"})
