"""The true risk is what the tables say, to the last digits; nothing of it is hidden, nothing of it is random."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.training.data.synthetic.recompute import quantities
from training.data.synthetic import PortfolioSummary
from training.data.synthetic.truth import INTERCEPT, LEVELS, PAIRS, SHAPES, Shape


@pytest.fixture(scope="module")
def truth(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "truth.parquet").sort("SK_ID_CURR")


def test_pd_recomputed_from_the_files_is_the_truth(folder: Path, truth: pl.DataFrame) -> None:
    known = quantities(folder)
    values = {name: known[name].cast(pl.Float64).fill_null(float("nan")).to_numpy() for name in SHAPES}
    applications = pl.concat(
        [
            pl.read_parquet(folder / f"application_{part}.parquet").select("SK_ID_CURR", *LEVELS)
            for part in ("train", "test")
        ]
    ).sort("SK_ID_CURR")
    log_odds = np.full(len(known), INTERCEPT)
    for name, shape in SHAPES.items():
        log_odds += shape.at(values[name])
    for name, levels in LEVELS.items():
        log_odds += (
            applications[name].replace_strict(levels, default=0.0, return_dtype=pl.Float64).fill_null(0).to_numpy()
        )
    for (a, of_a), (b, of_b) in PAIRS.values():
        log_odds += of_a.at(values[a]) * of_b.at(values[b])
    assert known["SK_ID_CURR"].to_list() == truth["SK_ID_CURR"].to_list()
    np.testing.assert_allclose(log_odds, truth["log_odds"].to_numpy(), rtol=0, atol=1e-9)
    np.testing.assert_allclose(1 / (1 + np.exp(-log_odds)), truth["pd"].to_numpy(), rtol=0, atol=1e-9)


def test_terms_add_up(truth: pl.DataFrame) -> None:
    names = [name for name in truth.columns if name not in {"SK_ID_CURR", "log_odds", "pd"}]
    assert set(names) == {*SHAPES, *PAIRS, *(name.lower() for name in LEVELS)}
    total = truth.select(pl.sum_horizontal(names)).to_series().to_numpy() + INTERCEPT
    np.testing.assert_allclose(total, truth["log_odds"].to_numpy(), rtol=0, atol=1e-9)


def test_every_quantity_varies_and_is_there(folder: Path) -> None:
    known = quantities(folder)
    for name in SHAPES:
        assert known[name].drop_nulls().n_unique() > 1, name
        assert known[name].is_not_null().mean() > 0.15, name


def test_the_label_is_drawn_with_the_true_probability(folder: Path, truth: pl.DataFrame) -> None:
    drawn = (
        pl.read_parquet(folder / "application_train.parquet")
        .select("SK_ID_CURR", "TARGET")
        .join(truth, on="SK_ID_CURR")
    )
    pd, target = drawn["pd"].to_numpy(), drawn["TARGET"].to_numpy()
    # The number of defaults is a sum of independent draws: within four standard deviations, in each risk quarter.
    for part in np.array_split(np.argsort(pd), 4):
        spread = np.sqrt(np.sum(pd[part] * (1 - pd[part])))
        assert abs(target[part].sum() - pd[part].sum()) < 4 * spread


def test_bayes_auc_and_rate_are_those_aimed_at(summary: PortfolioSummary, truth: pl.DataFrame) -> None:
    assert summary.mean_pd == pytest.approx(truth["pd"].mean())
    assert 0.074 < summary.mean_pd < 0.088
    pd = np.sort(truth["pd"].to_numpy())
    # The expected AUC of the true probability: over pairs, how often the one that defaults is the riskier.
    auc = float(np.sum(np.cumsum(1 - pd) * pd) / (pd.sum() * (1 - pd).sum()))
    assert 0.78 < auc < 0.82


def test_a_shape_is_flat_outside_and_knows_missing() -> None:
    shape = Shape((0.0, 1.0), (-1.0, 1.0), 0.3)
    assert shape.at(np.array([-5.0, 0.0, 0.5, 1.0, 9.0, np.nan])).tolist() == [-1.0, -1.0, 0.0, 1.0, 1.0, 0.3]
