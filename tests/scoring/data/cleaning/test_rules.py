"""Every rule meets its problem, leaves the rest alone, and never loses a row."""

import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.data.cleaning import RULES, Rule, clean, count_touched, rules_of
from scoring.data.tables import HISTORY, TABLES, RawTables

FLAGS = {
    "application": {
        "DAYS_EMPLOYED_NONE": ("DAYS_EMPLOYED", 365_243),
        "OWN_CAR_AGE_CODED": ("OWN_CAR_AGE", 64),
        "DAYS_LAST_PHONE_CHANGE_NEVER": ("DAYS_LAST_PHONE_CHANGE", 0),
    },
    "previous_application": {
        f"DAYS_{what}_NONE": (f"DAYS_{what}", 365_243)
        for what in ("FIRST_DRAWING", "FIRST_DUE", "LAST_DUE_1ST_VERSION", "LAST_DUE", "TERMINATION")
    },
}
"""Flag to (column, raw value) that it remembers."""


def native(frame: nw.LazyFrame) -> pl.DataFrame:
    return frame.collect("polars").to_native()


def test_names_are_unique_and_columns_exist() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        table = TABLES["application_test" if rule.table == "application" else rule.table]
        assert set(rule.columns) <= set(table.names), rule.name
        assert rule.problem.endswith(".") and rule.strategy.endswith("."), rule.name


@pytest.mark.parametrize("table", ["application", *HISTORY])
def test_engines_agree_and_rows_stay(raw: RawTables, raw_on_polars: RawTables, table: str) -> None:
    before = native(raw.frames[table])
    on_duckdb = native(clean(raw).frames[table])
    assert_frame_equal(on_duckdb, native(clean(raw_on_polars).frames[table]), check_exact=True)
    assert len(on_duckdb) == len(before)
    key = [column.name for column in TABLES.get(table, TABLES["application_test"]).columns if column.kind.value == "id"]
    assert_frame_equal(on_duckdb.select(key), before.select(key))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_only_touched_rows_and_named_columns_change(raw_on_polars: RawTables, rule: Rule) -> None:
    before = raw_on_polars.frames[rule.table]
    after = native(before.with_columns(rule.touches.alias("__touched"), *rule.expressions))
    assert after["__touched"].null_count() == 0
    untouched = ~after["__touched"]
    names = before.collect_schema().names()
    assert_frame_equal(after.filter(untouched).select(names), native(before).filter(untouched))
    others = [name for name in names if name not in rule.columns]
    assert_frame_equal(after.select(others), native(before).select(others))


def test_every_rule_meets_its_problem(raw: RawTables) -> None:
    # counts_impossible needs a 348 beside the accidents; all others are in the portfolio or among the
    # accidents.
    touched = {count.rule.name: count.touched for count in count_touched(raw)}
    assert [name for name, count in touched.items() if not count] == []


def test_counts_are_of_rows_and_the_same_on_both_engines(raw: RawTables, raw_on_polars: RawTables) -> None:
    counts = count_touched(raw)
    assert counts == count_touched(raw_on_polars)
    for count in counts:
        assert 0 <= count.touched <= count.rows == len(native(raw.frames[count.table]))


@pytest.mark.parametrize("table", FLAGS)
def test_a_flag_remembers_what_became_missing(raw: RawTables, table: str) -> None:
    before, after = native(raw.frames[table]), native(clean(raw).frames[table])
    for flag, (column, value) in FLAGS[table].items():
        was = (before[column] == value).fill_null(value=False)
        # Ages of 64 and of 65 are the same code.
        was = was | ((before[column] == 65).fill_null(value=False) if flag == "OWN_CAR_AGE_CODED" else False)
        assert after[flag].cast(pl.Boolean).to_list() == was.to_list()
        assert after.filter(was)[column].null_count() == was.sum() > 0


def test_cleaning_twice_changes_no_value(raw_on_polars: RawTables) -> None:
    once = clean(raw_on_polars)
    for name, raw in raw_on_polars.frames.items():
        columns = raw.collect_schema().names()
        again = once.frames[name].select(columns)
        for rule in rules_of(name):
            again = again.with_columns(*rule.expressions) if rule.expressions else again
        assert_frame_equal(native(again.select(columns)), native(once.frames[name].select(columns)))


def test_status_level(raw: RawTables) -> None:
    frame = native(clean(raw).frames["bureau_balance"])
    levels = dict(frame.group_by("STATUS").agg(pl.col("STATUS_LEVEL").unique()).rows())
    expected = {"C": [0], "X": [None], **{str(i): [i] for i in range(6)}}
    assert {status: levels[status] for status in levels} == {status: expected[status] for status in levels}


def test_labels_pass_through(raw: RawTables) -> None:
    assert clean(raw).labels is None
    assert clean(raw).absent == raw.absent
