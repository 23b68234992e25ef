"""The portfolio looks like the published tables: sizes, missing shares, problems, and histories that carry signal."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.data.cleaning import count_touched
from scoring.data.tables import read_tables
from training.data.synthetic import PortfolioSummary
from training.data.synthetic.calibrate import LEVELS, common, levels, normal_scores, number
from training.data.synthetic.marginals import calibration

PER_CLIENT = {
    "bureau": 4.82,
    "bureau_balance": 76.6,
    "previous_application": 4.69,
    "POS_CASH_balance": 28.07,
    "installments_payments": 38.19,
    "credit_card_balance": 10.78,
}
"""Rows of the full published tables, over 356,255 clients."""


def test_rows_per_client(summary: PortfolioSummary) -> None:
    for name, published in PER_CLIENT.items():
        assert summary.rows[name] / summary.clients == pytest.approx(published, rel=0.12), name


def test_clients_without_a_past(folder: Path) -> None:
    ids = pl.concat(
        [pl.read_parquet(folder / f"application_{part}.parquet").select("SK_ID_CURR") for part in ("train", "test")]
    )["SK_ID_CURR"]
    for name, share in (
        ("bureau", 0.86),
        ("previous_application", 0.96),
        ("credit_card_balance", 0.29),
        ("POS_CASH_balance", 0.95),
    ):
        owners = pl.read_parquet(folder / f"{name}.parquet")["SK_ID_CURR"].unique()
        assert ids.is_in(owners.implode()).mean() == pytest.approx(share, abs=0.03), name


def test_missing_shares_of_the_main_table(folder: Path) -> None:
    train = pl.read_parquet(folder / "application_train.parquet")
    table = calibration()["application"]
    for name, column in [*table["numbers"].items(), *table["levels"].items()]:
        # DAYS_EMPLOYED is calibrated without its 365243.
        if name in train.columns and name != "DAYS_EMPLOYED":
            # Whether a building is known is drawn given what was drawn before, and comes out a little too seldom.
            most = 0.075 if column["missing"] > 0.45 else 0.035
            assert train[name].is_null().mean() == pytest.approx(column["missing"], abs=most), name


def test_medians_of_the_main_table(folder: Path) -> None:
    train = pl.read_parquet(folder / "application_train.parquet")
    for name, column in calibration()["application"]["numbers"].items():
        if name in train.columns and name != "DAYS_EMPLOYED":
            wide = np.ptp(column["quantiles"])
            assert train[name].median() == pytest.approx(column["median"], abs=0.06 * wide), name


@pytest.fixture(scope="module")
def rates(folder: Path) -> dict[str, float]:
    """The share of rows that each cleaning rule touches."""
    return {count.rule.name: count.touched / count.rows for count in count_touched(read_tables(folder))}


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("employment_none", 0.16, 0.20),
        ("car_age_coded", 0.006, 0.016),
        ("phone_never_changed", 0.09, 0.15),
        ("bureau_end_open", 0.012, 0.035),
        ("bureau_amounts_negative", 0.002, 0.006),
        ("bureau_annuity_missing", 0.6, 0.76),
        ("status_unknown", 0.15, 0.28),
        ("previous_days_none", 0.5, 0.66),
        ("seller_area_unknown", 0.4, 0.55),
        ("not_last_of_contract", 0.002, 0.008),
        ("previous_credit_zero", 0.17, 0.27),
        ("instalment_unpaid", 5e-5, 2e-3),
        ("card_drawings_missing", 0.15, 0.28),
    ],
)
def test_problems_are_there_at_their_rates(rates: dict[str, float], rule: str, low: float, high: float) -> None:
    assert low < rates[rule] < high


def auc(score: np.ndarray, target: np.ndarray) -> float:
    known = np.isfinite(score)
    ranks = pl.Series(score[known]).rank().to_numpy()
    bad = target[known] == 1
    return float((ranks[bad].sum() - bad.sum() * (bad.sum() + 1) / 2) / (bad.sum() * (~bad).sum()))


def test_the_external_scores_are_the_strongest(folder: Path) -> None:
    train = pl.read_parquet(folder / "application_train.parquet")
    target = train["TARGET"].to_numpy()
    strength = {
        name: 1 - auc(train[name].fill_null(float("nan")).to_numpy().astype(float), target)
        for name in ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3", "AMT_INCOME_TOTAL", "DAYS_REGISTRATION")
    }
    for name in ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"):
        assert 0.62 < strength[name] < 0.74, name
        assert strength[name] > max(strength["AMT_INCOME_TOTAL"], 1 - strength["DAYS_REGISTRATION"])


def test_a_bad_past_goes_with_a_bad_end(folder: Path) -> None:
    target = pl.read_parquet(folder / "application_train.parquet").select("SK_ID_CURR", "TARGET")
    payments = pl.read_parquet(folder / "installments_payments.parquet")
    late = payments.group_by("SK_ID_CURR").agg(
        late=(pl.col("DAYS_ENTRY_PAYMENT") > pl.col("DAYS_INSTALMENT")).mean(),
    )
    joined = target.join(late, on="SK_ID_CURR")
    assert 0.55 < auc(joined["late"].to_numpy(), joined["TARGET"].to_numpy()) < 0.72


def test_no_latent_is_written(folder: Path) -> None:
    names = {name for path in folder.glob("*.parquet") for name in pl.read_parquet_schema(path)}
    assert not names & {"discipline", "affluence", "stability", "appetite", "stress"}


def test_statistics_are_coarse() -> None:
    table = calibration()["application"]
    assert table["rows"] > 10_000
    for name, column in table["numbers"].items():
        assert len(column["quantiles"]) == len(LEVELS), name
        # Half a percent of the known values lies beyond the outermost quantile: some fifteen or more.
        assert table["rows"] * (1 - column["missing"]) * LEVELS[0] > 15, name
        assert all(float(f"{q:.3g}") == q for q in column["quantiles"]), name
    assert len(json.dumps(calibration())) < 200_000


def test_common_values_are_shared_by_many() -> None:
    values = np.array([*([5.0] * 30), *([7.0] * 23), *np.linspace(10, 20, 947)])
    column = common(values)
    assert column["common"] == {"share": 0.03, "values": {"5": 1.0}}
    assert column["median"] == 14.7


def test_rare_levels_are_pooled() -> None:
    values = pl.Series(["a"] * 100 + ["b"] * 50 + ["once"])
    assert levels(values)["levels"] == {"a": 0.6667, "b": 0.3333}


def test_quantiles_are_rounded_and_count_missing() -> None:
    column = number(np.array([np.nan, *np.linspace(0, 1000, 999)]))
    assert column["missing"] == 0.001
    assert column["quantiles"][LEVELS.index(0.5)] == 500


def test_normal_scores_of_two_halves() -> None:
    scores, spread = normal_scores(np.array([0.0] * 50 + [1.0] * 50 + [np.nan]))
    assert scores[0] == pytest.approx(-np.sqrt(2 / np.pi))
    assert scores[60] == pytest.approx(np.sqrt(2 / np.pi))
    assert np.isnan(scores[-1])
    assert spread == pytest.approx(np.sqrt(2 / np.pi))
