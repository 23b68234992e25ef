"""The portfolio: filters and pages against the same done by hand, examples, ranks, and what is refused."""

from pathlib import Path

import polars as pl
import pytest

from scoring.additive_model import Lookup
from scoring.decision import decide_many
from scoring.errors import ArtefactError, UnknownClientError
from scoring.portfolio import ID, Portfolio
from scoring.service import Service


@pytest.fixture(scope="module")
def by_hand(demo: Service) -> pl.DataFrame:
    clients = pl.read_parquet(demo.artefacts.portfolio).sort(ID)
    return pl.concat([clients, decide_many(demo.model, Lookup(demo.model).score_many(clients))], how="horizontal")


def test_listing_is_the_filter_by_hand(demo: Service, by_hand: pl.DataFrame) -> None:
    for digits, role, decision in (
        ("", None, None),
        ("1001", "new", None),
        ("10", "test", "decline"),
        ("9", None, None),
    ):
        kept = by_hand.filter(pl.col(ID).cast(pl.String).str.starts_with(digits))
        kept = kept.filter(pl.col("ROLE") == role) if role else kept
        kept = kept.filter(pl.col("decision") == decision) if decision else kept
        found = demo.portfolio.listing(
            starts_with=digits, role=role, decision=decision, offset=2, limit=7, columns=("credit_amount",)
        )
        assert found.total == kept.height
        assert [row["client_id"] for row in found.rows] == kept[ID].slice(2, 7).to_list()
        assert [row["points"] for row in found.rows] == kept["points"].slice(2, 7).to_list()
        assert [row["credit_amount"] for row in found.rows] == kept["credit_amount"].slice(2, 7).to_list()


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "1' OR '1'='1"])
def test_what_is_typed_is_never_sql(demo: Service, typed: str) -> None:
    assert demo.portfolio.listing(starts_with=typed).total == 0


def test_a_column_that_is_none_of_ours_is_refused(demo: Service) -> None:
    with pytest.raises(ValueError, match="must be a feature of the portfolio; got"):
        demo.portfolio.listing(columns=("OUTCOME",))


def test_no_outcome_is_among_what_one_client_shows(demo: Service) -> None:
    assert not {"OUTCOME", "TARGET"} & set(demo.portfolio.features_of(100002))


def test_every_client_is_found_and_no_other(demo: Service, by_hand: pl.DataFrame) -> None:
    features = demo.model.features
    for row in by_hand.sample(50, seed=1).iter_rows(named=True):
        found = demo.portfolio.features_of(row[ID])
        assert {name: found[name] for name in features} == {name: row[name] for name in features}
    for number in (-1, 0, 100000, by_hand[ID].max() + 1, 2**63, 2**80):
        with pytest.raises(UnknownClientError, match=f"got {number}"):
            demo.portfolio.features_of(number)


def test_examples_are_new_applicants_of_each_decision(demo: Service, by_hand: pl.DataFrame) -> None:
    examples = demo.portfolio.examples()
    assert set(examples) == {"accept", "review", "decline"}
    for outcome, client_id in examples.items():
        row = by_hand.row(by_predicate=pl.col(ID) == client_id, named=True)
        assert row["decision"] == outcome
        assert row["ROLE"] == "new"


def test_the_rank_is_the_share_below(demo: Service, by_hand: pl.DataFrame) -> None:
    points = by_hand["points"]
    for value in (points.min(), points.median(), points.max()):
        assert demo.portfolio.share_below(value) == (points < value).mean()


def test_a_file_without_the_models_features_is_refused(demo: Service, by_hand: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "portfolio.parquet"
    by_hand.drop(next(iter(demo.model.features))).write_parquet(path)
    with pytest.raises(ArtefactError, match="must hold every feature of the model"):
        Portfolio(path, demo.model)
    path.write_bytes(b"PAR1")
    with pytest.raises(ArtefactError, match="must be readable Parquet"):
        Portfolio(path, demo.model)
