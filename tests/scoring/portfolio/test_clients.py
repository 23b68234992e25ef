"""The portfolio: filters and pages against the same done by hand, examples, ranks, and what is refused."""

import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ArtefactError, InputError, UnknownClientError
from scoring.model.additive_model import Lookup
from scoring.model.decision import OUTCOMES, decide_many
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filters import Filters, Position, Range, Sort
from scoring.service import Service


@pytest.fixture(scope="module")
def by_hand(demo: Service) -> pl.DataFrame:
    clients = pl.read_parquet(demo.artefacts.portfolio).sort(ID_COLUMN)
    return pl.concat([clients, decide_many(demo.model, Lookup(demo.model).score_many(clients))], how="horizontal")


def test_listing_is_the_filter_by_hand(demo: Service, by_hand: pl.DataFrame) -> None:
    for digits, role, decision in (
        ("", None, None),
        ("1001", "new", None),
        ("10", "test", "decline"),
        ("9", None, None),
    ):
        kept = by_hand.filter(pl.col(ID_COLUMN).cast(pl.String).str.starts_with(digits))
        kept = kept.filter(pl.col("ROLE") == role) if role else kept
        kept = kept.filter(pl.col("decision") == decision) if decision else kept
        filters = Filters(digits, (role,) if role else (), (decision,) if decision else ())
        found = demo.portfolio.listing(filters, offset=2, limit=7, columns=("credit_amount",))
        assert found.total == kept.height
        assert [row["client_id"] for row in found.rows] == kept[ID_COLUMN].slice(2, 7).to_list()
        assert [row["points"] for row in found.rows] == kept["points"].slice(2, 7).to_list()
        assert [row["credit_amount"] for row in found.rows] == kept["credit_amount"].slice(2, 7).to_list()


@pytest.fixture(scope="module")
def rows(by_hand: pl.DataFrame) -> list[dict[str, Any]]:
    return by_hand.to_dicts()


NUMBERS = ("income_total", "ext_source_1", "owns_car", "installments_count")
CODES = ("education", "occupation")
SORTS = ("client_id", "points", "level", "decision", *NUMBERS, *CODES)


@st.composite
def wanted(draw: st.DrawFn) -> tuple[Filters, Sort]:
    bound = st.none() | st.sampled_from([0.0, 0.3, 1.0, 40.0, 90_000.0, 200_000.0, math.inf])
    ranges = st.builds(Range, bound, bound)
    codes = st.lists(
        st.sampled_from(["Higher education", "Secondary / secondary special", "Laborers", "'; --", None]),
        min_size=1,
        max_size=3,
    )
    filters = Filters(
        draw(st.sampled_from(["", "1", "1001", "10000", "100002", "0", "01", "x"])),
        tuple(draw(st.sets(st.sampled_from(["new", "test", "train"])))),
        tuple(draw(st.sets(st.sampled_from(["accept", "review", "decline"])))),
        tuple(draw(st.sets(st.integers(1, 5)))),
        draw(st.builds(Range, st.none() | st.floats(400, 700), st.none() | st.floats(400, 700))),
        draw(st.dictionaries(st.sampled_from(NUMBERS), ranges, max_size=2)),
        {name: tuple(some) for name, some in draw(st.dictionaries(st.sampled_from(CODES), codes, max_size=2)).items()},
    )
    return filters, Sort(draw(st.sampled_from(SORTS)), draw(st.booleans()))


def is_wanted(filters: Filters, row: dict[str, Any]) -> bool:
    def within(bounds: Range, value: float | None) -> bool:
        if not bounds:
            return True
        low, high = (-math.inf if bounds.low is None else bounds.low, math.inf if bounds.high is None else bounds.high)
        return value is not None and low <= value <= high

    return (
        str(row[ID_COLUMN]).startswith(filters.starts_with)
        and (not filters.roles or row["ROLE"] in filters.roles)
        and (not filters.decisions or row["decision"] in filters.decisions)
        and (not filters.levels or row["level"] in filters.levels)
        and within(filters.points, row["points"])
        and all(within(bounds, row[name]) for name, bounds in filters.numbers.items())
        and all(row[name] in codes for name, codes in filters.codes.items())
    )


def in_order(rows: list[dict[str, Any]], sort: Sort) -> list[dict[str, Any]]:
    by = {"client_id": ID_COLUMN}.get(sort.by, sort.by)
    key = {"decision": OUTCOMES.index}.get(sort.by, lambda value: value)
    known = [row for row in rows if row[by] is not None]  # sorted by number already, and sorting is stable
    known.sort(key=lambda row: key(row[by]), reverse=sort.descending)
    if sort.descending:  # which turns equals around too, so by number again within each value
        known.sort(key=lambda row: row[ID_COLUMN])
        known.sort(key=lambda row: key(row[by]), reverse=True)
    return known + [row for row in rows if row[by] is None]


@given(wanted())
@settings(max_examples=60)
def test_filters_order_and_counts_are_those_of_a_loop(
    demo: Service, rows: list[dict[str, Any]], one: tuple[Filters, Sort]
) -> None:
    filters, sort = one
    expected = in_order([row for row in rows if is_wanted(filters, row)], sort)
    found = demo.portfolio.listing(filters, sort=sort, limit=len(rows) + 1, columns=NUMBERS)
    assert [row["client_id"] for row in found.rows] == [row[ID_COLUMN] for row in expected]
    assert found.total == len(expected) == sum(found.counts.values())
    assert dict(found.counts) == {one: sum(row["decision"] == one for row in expected) for one in OUTCOMES}
    assert found.last is None
    for shown, row in zip(found.rows[:5], expected, strict=False):
        assert {name: shown[name] for name in NUMBERS} == {name: row[name] for name in NUMBERS}


@pytest.mark.parametrize("by", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_pages_one_behind_the_other_are_the_whole(demo: Service, by: str, descending: bool) -> None:
    filters, sort = Filters(roles=("new",)), Sort(by, descending)
    whole = [row["client_id"] for row in demo.portfolio.listing(filters, sort=sort, limit=10_000).rows]
    leafed, after = [], None
    while True:
        page = demo.portfolio.listing(filters, sort=sort, after=after, limit=100)
        assert page.total == len(whole)
        leafed += [row["client_id"] for row in page.rows]
        if page.last is None:
            break
        after = Position(page.last.value, page.last.client_id)
    assert leafed == whole


@pytest.mark.parametrize("typed", ["%", "_", "' OR 1=1 --", "1' OR '1'='1", "१", "1_0", "-1", "1" * 30])
def test_what_is_typed_is_never_code(demo: Service, typed: str) -> None:
    assert demo.portfolio.listing(Filters(starts_with=typed)).total == 0


def test_a_column_that_is_none_of_ours_is_refused(demo: Service) -> None:
    for wrong in ({"columns": ("OUTCOME",)}, {"sort": Sort("OUTCOME")}):
        with pytest.raises(ValueError, match="must be a feature of the portfolio; got"):
            demo.portfolio.listing(**wrong)
    # The dictionary knows more than a portfolio may hold: what an address filters by is the asker's.
    with pytest.raises(InputError, match="got x"):
        demo.portfolio.listing(Filters(numbers={"x": Range(1)}))
    with pytest.raises(ValueError, match="bounds must be numbers"):
        Range(math.nan)


def test_a_file_changed_on_the_disk_changes_nothing(demo: Service, by_hand: pl.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "portfolio.parquet"
    shuffled = pl.read_parquet(demo.artefacts.portfolio).sample(fraction=1.0, shuffle=True, seed=1)
    shuffled.write_parquet(path)
    opened = Portfolio(path, demo.model)
    path.write_bytes(b"cut short")
    for name in ("installments_count", "occupation", "SK_ID_CURR"):
        if name in opened.features:
            assert opened.frame([name])[name].to_list() == by_hand[name].to_list()
    assert opened.outcomes().to_list() == by_hand["OUTCOME"].to_list()
    assert opened.values_of(100002, ["installments_count", "gender"]) == {
        name: by_hand.row(by_predicate=pl.col(ID_COLUMN) == 100002, named=True)[name]
        for name in ("installments_count", "gender")
    }


def test_spans_are_those_of_each_code(demo: Service, by_hand: pl.DataFrame) -> None:
    spans = demo.portfolio.spans("contract_type", ("credit_amount", "credit_per_annuity"))
    for code, ends in spans.items():
        theirs = by_hand.filter(pl.col("contract_type") == code)
        for name, (low, high) in ends.items():
            assert (low, high) == (theirs[name].min(), theirs[name].max())
    assert set(spans) == set(by_hand["contract_type"].drop_nulls())


def test_no_outcome_is_among_what_one_client_shows(demo: Service) -> None:
    assert not {"OUTCOME", "TARGET"} & set(demo.portfolio.features_of(100002))


def test_every_client_is_found_and_no_other(demo: Service, by_hand: pl.DataFrame) -> None:
    features = demo.model.features
    for row in by_hand.sample(50, seed=1).iter_rows(named=True):
        found = demo.portfolio.features_of(row[ID_COLUMN])
        assert {name: found[name] for name in features} == {name: row[name] for name in features}
    for number in (-1, 0, 100000, by_hand[ID_COLUMN].max() + 1, 2**63, 2**80):
        with pytest.raises(UnknownClientError, match=f"got {number}"):
            demo.portfolio.features_of(number)


def test_examples_are_new_applicants_of_each_decision(demo: Service, by_hand: pl.DataFrame) -> None:
    examples = demo.portfolio.examples()
    assert set(examples) == {"accept", "review", "decline"}
    for outcome, client_id in examples.items():
        row = by_hand.row(by_predicate=pl.col(ID_COLUMN) == client_id, named=True)
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
