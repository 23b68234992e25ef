"""Each shock does to the tables what it says, and nothing else."""

import numpy as np
import polars as pl
import pytest

from scoring.data.tables.column_types import ID_COLUMN
from scoring.service import Service
from training.experiments.drift_simulation.kinds import (
    DOWNTURN,
    EXTERNAL,
    NEW_CODE,
    NONE,
    SILENT,
    TARGET,
    Shock,
    shocks_for,
)

CLIENTS = 4_000


@pytest.fixture(scope="module")
def shocks(demo: Service) -> dict[str, Shock]:
    return {one.name: one for one in shocks_for(demo.model)}


@pytest.fixture(scope="module")
def frame(demo: Service) -> pl.DataFrame:
    generator = np.random.default_rng(1)
    scores = {name: generator.random(CLIENTS) for name in EXTERNAL}
    text = pl.Series(generator.choice(["a", "b", "c"], CLIENTS, p=[0.6, 0.3, 0.1]))
    named = ("NAME_INCOME_TYPE", "OCCUPATION_TYPE", "ORGANIZATION_TYPE", "NAME_CONTRACT_TYPE")
    return pl.DataFrame(
        {
            ID_COLUMN: np.arange(CLIENTS),
            TARGET: np.zeros(CLIENTS, dtype=np.int64),
            "AMT_INCOME_TOTAL": generator.lognormal(12.0, 0.5, CLIENTS),
            "TRUE_LOG_ODDS": generator.normal(-2.5, 1.0, CLIENTS),
            **scores,
            **dict.fromkeys(named, text),
        }
    )


def changed(shock: Shock, frame: pl.DataFrame) -> pl.DataFrame:
    return shock.apply(frame, np.random.default_rng(7))


def differing(one: pl.DataFrame, other: pl.DataFrame) -> set[str]:
    return {name for name in one.columns if not one[name].equals(other[name])}


def test_without_a_shock_nothing_changes(shocks: dict[str, Shock], frame: pl.DataFrame) -> None:
    assert changed(shocks[NONE], frame).equals(frame)


def test_the_income_comes_by_month(shocks: dict[str, Shock], frame: pl.DataFrame) -> None:
    found = changed(shocks["monthly_income"], frame)
    assert differing(found, frame) == {"AMT_INCOME_TOTAL"}
    assert (found["AMT_INCOME_TOTAL"] * 12.0).to_numpy() == pytest.approx(frame["AMT_INCOME_TOTAL"].to_numpy())


def test_the_bureau_is_silent_for_the_same_clients_in_both_scores(
    shocks: dict[str, Shock], frame: pl.DataFrame
) -> None:
    found = changed(shocks["silent_bureau"], frame)
    assert differing(found, frame) == set(EXTERNAL[1:])
    assert found[EXTERNAL[1]].is_null().equals(found[EXTERNAL[2]].is_null())
    assert found[EXTERNAL[1]].is_null().mean() == pytest.approx(SILENT, abs=0.03)


def test_the_most_frequent_code_of_a_column_that_the_model_uses_is_renamed(
    shocks: dict[str, Shock], frame: pl.DataFrame
) -> None:
    found = changed(shocks["renamed_code"], frame)
    (column,) = differing(found, frame)
    assert column in shocks["renamed_code"].words.en
    assert (found[column] == NEW_CODE).equals(frame[column] == "a")


def test_a_lost_key_gives_everyone_the_scores_of_one_other_client(
    shocks: dict[str, Shock], frame: pl.DataFrame
) -> None:
    found = changed(shocks["mixed_up"], frame)
    assert differing(found, frame) == set(EXTERNAL)
    assert set(found.select(EXTERNAL).rows()) == set(frame.select(EXTERNAL).rows())


def test_a_new_channel_leaves_strong_clients_out(shocks: dict[str, Shock], frame: pl.DataFrame) -> None:
    found = changed(shocks["other_clients"], frame)
    assert set(found.rows()) < set(frame.rows())
    assert found[EXTERNAL[1]].mean() < frame[EXTERNAL[1]].mean()  # type: ignore[operator]


def test_a_downturn_raises_the_odds_and_touches_no_file(shocks: dict[str, Shock], frame: pl.DataFrame) -> None:
    found = changed(shocks["downturn"], frame)
    assert differing(found, frame) == {TARGET}
    odds = np.exp(frame["TRUE_LOG_ODDS"].to_numpy()) * DOWNTURN
    assert found[TARGET].mean() == pytest.approx((odds / (1.0 + odds)).mean(), abs=0.02)
    unlabelled = frame.drop(TARGET)
    assert changed(shocks["downturn"], unlabelled).equals(unlabelled)
