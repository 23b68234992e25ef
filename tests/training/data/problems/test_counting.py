"""Counts of evidence: right by hand, on every card's SQL, and never of a few people's outcomes."""

from pathlib import Path

import polars as pl
import pytest

from scoring.data.cleaning import count_touched
from scoring.data.tables import read_tables
from scoring.errors import ArtefactError, SettingsError
from tests import SAMPLE
from training.data.problems import (
    COUNTS_FILE,
    Board,
    Card,
    Counts,
    DataSet,
    count_evidence,
    read_board,
    read_counts,
    with_data_set,
    write_counts,
)
from training.data.problems.counting import FEWEST_OUTCOMES
from training.data.synthetic import write_portfolio
from training.provenance import write_marker

BOARD = read_board()
CARDS = {card.id: card for card in BOARD.cards}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio") / "tables"
    write_portfolio(600, 3, folder)
    write_marker(folder, clients=600, seed=3)
    return folder


@pytest.fixture(scope="module")
def counted(tables: Path) -> DataSet:
    return count_evidence(BOARD, tables, "made up")


def one(card: Card, where: str) -> Board:
    evidence = card.evidence[0].model_copy(update={"where": where, "source": "", "needs": ()})
    return BOARD.model_copy(update={"cards": (card.model_copy(update={"evidence": (evidence,)}),)})


def test_every_card_is_counted_where_all_tables_are_there(counted: DataSet) -> None:
    assert set(counted.found) == set(CARDS)
    for card, found in counted.found.items():
        assert all(one is not None and 0 <= one.touched <= one.total for one in found), card


def test_the_set_is_known_as_synthetic(counted: DataSet) -> None:
    assert (counted.synthetic, counted.seed) == (True, 3)
    assert counted.clients == counted.rows["application"] == 600


def test_counts_by_hand(tables: Path, counted: DataSet) -> None:
    names = [tables / f"application_{part}.parquet" for part in ("train", "test")]
    days = pl.concat(pl.read_parquet(name, columns=["DAYS_EMPLOYED"]) for name in names)["DAYS_EMPLOYED"]
    found = counted.found["employment-365243"][0]
    assert (found.touched, found.total) == ((days == 365243).sum(), 600)
    train = pl.read_parquet(names[0], columns=["DAYS_EMPLOYED", "TARGET"])
    without = train.filter(pl.col("DAYS_EMPLOYED") == 365243)["TARGET"]
    if len(without) >= FEWEST_OUTCOMES:
        assert (found.outcomes.labelled, found.outcomes.difficulties) == (len(without), without.sum())
    else:
        assert found.outcomes is None


def test_evidence_agrees_with_the_rule(tables: Path, counted: DataSet) -> None:
    """Where the first piece of evidence is what the rule touches, board and cleaning count the same."""
    touched = {count.rule.name: count.touched for count in count_touched(read_tables(tables))}
    same = {
        "employment-365243": "employment_none",
        "car-age-spike": "car_age_coded",
        "phone-never-changed": "phone_never_changed",
        "bureau-open-end": "bureau_end_open",
        "bureau-currency": "bureau_other_currency",
        "previous-rates": "interest_rates_missing",
        "previous-zero": "previous_credit_zero",
        "pos-tolerance": "pos_dpd_tolerated",
        "instalment-parts": "instalment_in_parts",
        "instalment-unpaid": "instalment_unpaid",
    }
    assert {card: counted.found[card][0].touched for card in same} == {
        card: touched[rule] for card, rule in same.items()
    }


def test_absent_tables_are_not_counted_as_zero(tables: Path, tmp_path: Path) -> None:
    (tmp_path / "application_test.parquet").symlink_to(tables / "application_test.parquet")
    found = count_evidence(BOARD, tmp_path, "applications").found
    assert found["bureau-ancient"] == (None,)
    assert found["rare-positives"] == (None,)
    assert found["employment-365243"][0].outcomes is None


@pytest.mark.parametrize(("least", "retained"), [(FEWEST_OUTCOMES, True), (FEWEST_OUTCOMES - 1, False)])
@pytest.mark.parametrize("inside", [True, False])
def test_outcomes_of_a_few_are_not_kept(tables: Path, least: int, retained: bool, inside: bool) -> None:
    """Neither of a small group, nor of a group that leaves a small one: the difference would tell."""
    numbers = pl.read_parquet(tables / "application_train.parquet", columns=["SK_ID_CURR"])["SK_ID_CURR"].sort()
    where = f"SK_ID_CURR {'<=' if inside else '>'} {numbers[least - 1]}"
    found = count_evidence(one(CARDS["employment-365243"], where), tables, "few").found["employment-365243"][0]
    assert (found.outcomes is not None) is retained


def test_a_missing_value_meets_no_condition(tables: Path) -> None:
    either = "OWN_CAR_AGE >= 0"
    found = count_evidence(one(CARDS["car-age-spike"], either), tables, "either").found["car-age-spike"][0]
    neither = count_evidence(one(CARDS["car-age-spike"], f"NOT ({either})"), tables, "n").found["car-age-spike"][0]
    assert neither.touched == 0
    assert 0 < found.touched < found.total


def test_sql_that_does_not_run_is_refused(tables: Path) -> None:
    with pytest.raises(SettingsError, match="SQL that runs; got, in car-age-spike: Binder Error"):
        count_evidence(one(CARDS["car-age-spike"], "NO_SUCH_COLUMN = 1"), tables, "wrong")


def test_a_set_of_the_same_name_is_replaced_and_synthetic_ones_come_first(counted: DataSet) -> None:
    real = counted.model_copy(update={"name": "a real one", "seed": None})
    counts = with_data_set(with_data_set(with_data_set(Counts(), real), counted), counted)
    assert [data_set.name for data_set in counts.data_sets] == ["made up", "a real one"]


def test_counts_survive_the_file(counted: DataSet, tmp_path: Path) -> None:
    counts = Counts(data_sets=(counted,))
    write_counts(counts, tmp_path / "counts.json")
    assert read_counts(tmp_path / "counts.json") == counts


@pytest.mark.parametrize("text", ["", "{}", '{"format": "clairscore/problem-counts", "version": 1, "data_sets": 3}'])
def test_a_damaged_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "counts.json"
    path.write_text(text)
    with pytest.raises(ArtefactError, match=r"counts\.json must be"):
        read_counts(path)


def test_the_committed_counts_of_the_real_sample_are_true() -> None:
    if not (SAMPLE / "joint" / "application_train.parquet").exists():
        pytest.skip("the real sample is not there: set CLAIRSCORE_SAMPLE to its folder")
    committed = {data_set.name: data_set for data_set in read_counts(COUNTS_FILE).data_sets if not data_set.synthetic}
    for name, folder in (("real sample, histories", SAMPLE / "joint"), ("real sample, applications", SAMPLE)):
        assert count_evidence(BOARD, folder, name) == committed[name]
