"""The shared calculations, on both engines."""

import duckdb
import narwhals as nw
import polars as pl
import pytest

from scoring.data.features.ratios import months_ago, one_if, ratio, rounded, scale_column, years_ago


@pytest.fixture(params=["polars", "duckdb"])
def lazy(request):
    def make(data):
        frame = pl.DataFrame(data)
        if request.param == "polars":
            return nw.from_native(frame.lazy())
        return nw.from_native(duckdb.connect().from_arrow(frame.to_arrow()))

    return make


def column(frame, expression):
    return frame.select(expression.alias("x")).collect("polars").to_native()["x"].to_list()


def test_a_ratio_is_missing_without_a_denominator(lazy):
    frame = lazy({"a": [6.0, 6.0, 6.0, None, 0.0], "b": [4.0, 0.0, None, 2.0, 3.0]})
    assert column(frame, ratio(nw.col("a"), nw.col("b"))) == [1.5, None, None, None, 0.0]


def test_a_ratio_of_whole_numbers_is_not_whole(lazy):
    assert column(lazy({"a": [1], "b": [4]}), ratio(nw.col("a"), nw.col("b"))) == [0.25]


@pytest.mark.parametrize("decimals", [0, 1, 2, 3])
def test_rounding_gives_the_nearest_decimal_number(lazy, decimals):
    whole = list(range(-700, 701, 7))
    values = [n / 10**decimals for n in whole]
    noisy = [value + sign * 1e-12 for value in values for sign in (-1, 0, 1)]
    frame = lazy({"key": list(range(len(noisy))), "x": noisy})
    frame = frame.with_columns(scale_column(nw.col("key"), decimals).alias("scale"))
    expected = [value for value in values for _ in range(3)]
    assert column(frame, rounded(nw.col("x"), decimals, nw.col("scale"))) == expected


def test_halves_go_up_even_with_noise_in_the_last_bits(lazy):
    frame = lazy({"key": [1, 2, 3], "x": [0.125 - 1e-15, 0.125, -0.125], "scale": [100.0] * 3})
    assert column(frame, rounded(nw.col("x"), 2, nw.col("scale"))) == [0.13, 0.13, -0.12]


def test_rounding_keeps_missing(lazy):
    frame = lazy({"x": [None, 1.26], "scale": [10.0, 10.0]})
    assert column(frame, rounded(nw.col("x"), 1, nw.col("scale"))) == [None, 1.3]


def test_one_if_takes_missing_as_no(lazy):
    assert column(lazy({"x": [1, 0, None]}), one_if(nw.col("x") == 1)) == [1.0, 0.0, 0.0]


def test_days_become_years_and_months(lazy):
    frame = lazy({"d": [-1461, 0, None]})
    assert column(frame, years_ago(nw.col("d"))) == pytest.approx([4.0, 0.0, None])
    assert column(frame, months_ago(nw.col("d"))) == pytest.approx([48.0, 0.0, None])
