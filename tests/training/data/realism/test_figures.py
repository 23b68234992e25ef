"""Distances and correlations mean what they say; small groups are not shown; labelled clients alone are compared."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from training.data.realism import Labelled, compare_tables, draw, html, read_labelled, tell_apart
from training.data.realism.figures import FEWEST, FEWEST_OF_LEVEL, OTHERS, distance


def test_a_column_is_at_no_distance_from_itself(ours: Labelled) -> None:
    for table in compare_tables(ours, ours):
        for column in table.columns:
            assert column.distance in {0.0, None}, column.name
            real, synthetic = asdict(column.real), asdict(column.synthetic)
            # Sums over threads may differ in the last bit.
            correlations = [side.pop("correlation") for side in (real, synthetic)]
            if None in correlations:
                assert correlations == [None, None]
            else:
                assert correlations[0] == pytest.approx(correlations[1], rel=1e-12)
            assert real == synthetic


def test_distance_of_numbers_is_the_largest_gap() -> None:
    numbers = pl.Series(np.arange(1000.0))
    assert distance(numbers, numbers + 100) == pytest.approx(0.1)
    assert distance(numbers, numbers + 5000) == 1
    assert distance(numbers, numbers * 3) == distance(numbers * 3, numbers)


def test_distance_of_categories_is_half_the_difference_of_shares() -> None:
    first, second = pl.Series(["a"] * 60 + ["b"] * 40), pl.Series(["a"] * 45 + ["b"] * 40 + ["c"] * 15)
    assert distance(first, second) == pytest.approx(0.15)


def test_missing_values_and_few_values_have_no_part() -> None:
    numbers = pl.Series([*np.arange(200.0), *[None] * 50])
    assert distance(numbers, numbers.drop_nulls()) == 0
    assert distance(numbers.head(FEWEST - 1), numbers) is None


def test_small_groups_are_not_shown(theirs: Labelled, ours: Labelled) -> None:
    for table in compare_tables(theirs, ours):
        frame = theirs.frames[table.name]
        for column in table.columns:
            if len(frame) - frame[column.name].null_count() < FEWEST:
                assert column.real.quantiles is None
                assert column.real.levels is None
            for level in column.real.levels or ():
                assert level == OTHERS or (frame[column.name] == level).sum() >= FEWEST_OF_LEVEL


def test_correlations_are_those_of_the_clients(ours: Labelled) -> None:
    (table,) = (t for t in compare_tables(ours, ours) if t.name == "POS_CASH_balance")
    (column,) = (c for c in table.columns if c.name == "CNT_INSTALMENT")
    means = ours.frames[table.name].group_by("SK_ID_CURR").agg(pl.col("CNT_INSTALMENT").mean()).drop_nulls()
    joined = means.join(ours.target, on="SK_ID_CURR")
    expected = joined.select(pl.corr("CNT_INSTALMENT", "TARGET")).item()
    assert column.real.correlation == pytest.approx(expected, abs=1e-12)


def test_only_labelled_clients_are_compared(synthetic: Path, ours: Labelled) -> None:
    train = pl.read_parquet(synthetic / "application_train.parquet")
    assert ours.target["SK_ID_CURR"].to_list() == sorted(train["SK_ID_CURR"])
    assert "TARGET" not in ours.frames["application"].columns
    for name, frame in ours.frames.items():
        assert set(frame["SK_ID_CURR"]) <= set(train["SK_ID_CURR"]), name


def test_many_clients_are_thinned_out(synthetic: Path, ours: Labelled) -> None:
    fewer = read_labelled(synthetic, clients=100)
    assert 50 < len(fewer.target) <= 110
    assert set(fewer.target["SK_ID_CURR"]) < set(ours.target["SK_ID_CURR"])
    for frame in fewer.frames.values():
        assert set(frame["SK_ID_CURR"]) <= set(fewer.target["SK_ID_CURR"])


def test_what_is_alike_cannot_be_told_apart(ours: Labelled, theirs: Labelled) -> None:
    alike = tell_apart(theirs.frames["application"], ours.frames["application"])
    assert alike.auc == pytest.approx(0.5, abs=0.12)
    assert alike == tell_apart(theirs.frames["application"], ours.frames["application"])


def test_what_is_different_is_told_apart_and_named(ours: Labelled, theirs: Labelled) -> None:
    moved = ours.frames["application"].with_columns(pl.col("AMT_CREDIT") + 1e8)
    stated = tell_apart(theirs.frames["application"], moved)
    assert stated.auc > 0.99
    assert stated.gain[0][0] == "AMT_CREDIT"


def test_each_table_has_a_picture_and_a_place_in_the_page(ours: Labelled, theirs: Labelled) -> None:
    tables = compare_tables(theirs, ours)
    text = html(tables, tell_apart(theirs.frames["application"], ours.frames["application"]))
    for table in tables:
        assert f"src='{table.name}.png'" in text
        assert all(f"<td>{column.name}</td>" in text for column in table.columns)
    picture = draw(tables[0])
    assert picture.startswith(b"\x89PNG")
    assert picture == draw(tables[0])
    assert len(picture) < 150_000
