"""With the past policy only granted loans are labelled, and nothing else of the portfolio changes."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from scoring.data.tables import HISTORY, read_tables
from training.__main__ import app
from training.data.synthetic import PortfolioSummary, write_portfolio
from training.data.synthetic.policy import KNOWN, REFUSED
from training.data.synthetic.truth import SHAPES
from training.provenance import MARKER

from .conftest import CLIENTS, SEED


@pytest.fixture(scope="module")
def granted(tmp_path_factory: pytest.TempPathFactory) -> PortfolioSummary:
    """The shared portfolio, with the policy."""
    return write_portfolio(CLIENTS, SEED, tmp_path_factory.mktemp("policy") / "tables", policy=True)


@pytest.fixture(scope="module")
def refused(granted: PortfolioSummary) -> pl.DataFrame:
    return pl.read_parquet(granted.folder / f"{REFUSED}.parquet")


@pytest.mark.parametrize("name", [*HISTORY, "application_test", "truth"])
def test_the_rest_is_the_same_to_the_byte(folder: Path, granted: PortfolioSummary, name: str) -> None:
    assert (granted.folder / f"{name}.parquet").read_bytes() == (folder / f"{name}.parquet").read_bytes()


def test_granted_and_refused_are_the_labelled_of_before(
    folder: Path, granted: PortfolioSummary, refused: pl.DataFrame
) -> None:
    before = pl.read_parquet(folder / "application_train.parquet")
    after = pl.read_parquet(granted.folder / "application_train.parquet")
    gone = pl.col("SK_ID_CURR").is_in(refused["SK_ID_CURR"].implode())
    assert_frame_equal(after, before.filter(~gone))
    assert_frame_equal(refused, before.filter(gone).drop("TARGET"))
    assert granted.refused == len(refused) == len(before) - granted.rows["application_train"]


def test_about_a_fifth_is_refused_and_they_are_riskier(
    summary: PortfolioSummary, granted: PortfolioSummary, refused: pl.DataFrame
) -> None:
    assert refused.height / summary.rows["application_train"] == pytest.approx(0.2, abs=0.025)
    pd = pl.read_parquet(granted.folder / "truth.parquet", columns=["SK_ID_CURR", "pd"])
    theirs = pd.join(refused, on="SK_ID_CURR", how="semi")["pd"].to_numpy()
    assert theirs.mean() > 1.8 * granted.mean_pd
    assert granted.positive_rate < 0.85 * summary.positive_rate
    # The clerk's judgement: some of the refused would have been safe.
    assert np.quantile(theirs, 0.05) < granted.mean_pd


def test_the_old_scorecard_knew_terms_of_the_truth() -> None:
    assert set(KNOWN) < set(SHAPES)


def test_the_tables_are_read_without_the_refused(granted: PortfolioSummary) -> None:
    with read_tables(granted.folder, labels=True) as tables:
        assert REFUSED not in tables.sources
        assert tables.labels is not None
        labels = tables.labels.collect("polars").to_native()
    assert len(labels) == granted.rows["application_train"]


def test_a_smaller_portfolio_begins_a_larger_one(tmp_path: Path, refused: pl.DataFrame) -> None:
    write_portfolio(2300, SEED, tmp_path / "small", policy=True)
    small = pl.read_parquet(tmp_path / "small" / f"{REFUSED}.parquet")
    assert_frame_equal(small, refused.head(len(small)))


def test_a_portfolio_without_policy_leaves_no_refused_of_before(tmp_path: Path) -> None:
    write_portfolio(40, 1, tmp_path / "p", policy=True)
    assert (tmp_path / "p" / f"{REFUSED}.parquet").exists()
    assert write_portfolio(40, 1, tmp_path / "p").refused == 0
    assert not (tmp_path / "p" / f"{REFUSED}.parquet").exists()


def test_the_switch_of_the_command_line(tmp_path: Path) -> None:
    markers = []
    for switch in ([], ["--policy"]):
        out = tmp_path / f"p{len(switch)}"
        done = CliRunner().invoke(app, ["portfolio", "--clients", "60", "--seed", "1", "--out", str(out), *switch])
        assert done.exit_code == 0, done.output
        assert ("refused" in done.output) is bool(switch)
        assert (out / f"{REFUSED}.parquet").exists() is bool(switch)
        markers.append(json.loads((out / MARKER).read_text(encoding="utf-8")))
    assert [marker.get("policy") for marker in markers] == [None, True]
