"""What is odd is counted, each kind on its own, and the same on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import narwhals as nw
import polars as pl
import pytest

from scoring.data.tables import (
    HISTORY,
    TABLES,
    Check,
    Finding,
    QualityReport,
    RawTables,
    check_quality,
    read_rows,
    read_tables,
)
from scoring.data.tables.column_types import Column, Kind
from scoring.data.tables.quality import FORMAT, parents, said_range

Frames = Mapping[str, pl.DataFrame]


@pytest.fixture(scope="module")
def raw(portfolio: Path) -> RawTables:
    return read_tables(portfolio)


@pytest.fixture(scope="module")
def frames(raw: RawTables) -> dict[str, pl.DataFrame]:
    return {name: frame.collect("polars").to_native() for name, frame in raw.frames.items()}


def on_polars(frames: Frames) -> RawTables:
    lazy = {name: nw.from_native(frame.lazy()) for name, frame in frames.items()}
    return RawTables(lazy, tuple(name for name in HISTORY if name not in frames), None, {})


@pytest.fixture(scope="module")
def report(raw: RawTables) -> QualityReport:
    return check_quality(raw)


def find(tables: RawTables | QualityReport, check: Check, table: str, column: str) -> Finding:
    report = check_quality(tables) if isinstance(tables, RawTables) else tables
    (found,) = (f for f in report.findings if (f.check, f.table, f.column) == (check, table, column))
    return found


def put(frame: pl.DataFrame, column: str, *values: object) -> pl.DataFrame:
    """Return the frame with the first rows of a column replaced."""
    series = pl.Series(column, [*values, *frame[column][len(values) :]], dtype=frame.schema[column])
    return frame.with_columns(series)


def test_both_engines_count_the_same(report: QualityReport, frames: Frames) -> None:
    assert check_quality(on_polars(frames)) == report


def test_the_order_of_rows_changes_nothing(report: QualityReport, frames: Frames) -> None:
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=1) for name, frame in frames.items()}
    assert check_quality(on_polars(shuffled)) == report


@pytest.mark.parametrize("table", ["bureau", "previous_application"])
def test_rows_alike_but_for_their_number_are_counted(report: QualityReport, frames: Frames, table: str) -> None:
    key = TABLES[table].key[0]
    before = find(report, Check.REPEATED_ROW, table, key)
    again = frames[table].head(3).with_columns(pl.col(key) + 10**9)
    after = find(on_polars({**frames, table: pl.concat([frames[table], again])}), Check.REPEATED_ROW, table, key)
    assert after.count == before.count + 3
    assert after.is_warning


def test_every_column_is_checked_for_missing_values(report: QualityReport) -> None:
    found = {(f.table, f.column) for f in report.findings if f.check is Check.MISSING}
    declared = {(name, column) for name in HISTORY for column in TABLES[name].names}
    assert found == declared | {("application", column) for column in TABLES["application_test"].names}


def test_missing_shares(report: QualityReport, frames: Frames) -> None:
    for finding in report.findings:
        if finding.check is Check.MISSING:
            series = frames[finding.table][finding.column]
            assert (finding.count, finding.of) == (series.null_count(), len(series))
            assert (
                finding.warns
                is not TABLES.get(finding.table, TABLES["application_test"]).by_name[finding.column].nullable
            )


@pytest.mark.parametrize(
    ("table", "column", "values", "count"),
    [
        ("application", "EXT_SOURCE_2", (1.5, -0.1, 1.0, 0.0, None), 2),
        ("application", "REGION_RATING_CLIENT_W_CITY", (-1, 0, 4, 3), 2),  # -1 is a published special
        ("bureau_balance", "MONTHS_BALANCE", (1, -97, -96), 2),
        ("bureau", "AMT_CREDIT_SUM", (-1.0, 0.0), 1),
        ("previous_application", "DAYS_TERMINATION", (365_243.0, 365_244.0), 1),
    ],
)
def test_values_out_of_range(
    report: QualityReport, frames: Frames, table: str, column: str, values: tuple[object, ...], count: int
) -> None:
    before = find(report, Check.OUT_OF_RANGE, table, column)
    assert before.count == 0
    damaged = {**frames, table: put(frames[table], column, *values)}
    after = find(on_polars(damaged), Check.OUT_OF_RANGE, table, column)
    assert after.count == count
    assert after.is_warning


def test_unknown_codes_are_counted_and_named(frames: Frames) -> None:
    damaged = {**frames, "bureau": put(frames["bureau"], "CREDIT_TYPE", "Zebra", "Alpaca", "Zebra", None)}
    report = check_quality(on_polars(damaged))
    found = find(report, Check.UNKNOWN_CODE, "bureau", "CREDIT_TYPE")
    assert (found.count, found.examples) == (3, ("Alpaca", "Zebra"))
    assert find(report, Check.MISSING, "bureau", "CREDIT_TYPE").is_warning


@pytest.mark.parametrize("table", ["bureau_balance", "POS_CASH_balance", "credit_card_balance"])
def test_repeated_keys_of_monthly_tables(report: QualityReport, frames: Frames, table: str) -> None:
    key = ", ".join(TABLES[table].key)
    assert find(report, Check.REPEATED_KEY, table, key).count == 0
    again = pl.concat([frames[table], frames[table].head(3), frames[table].head(1)])
    assert find(on_polars({**frames, table: again}), Check.REPEATED_KEY, table, key).count == 4


def test_instalments_may_repeat_their_key(report: QualityReport) -> None:
    repeated = {f.table for f in report.findings if f.check is Check.REPEATED_KEY}
    assert repeated == {"bureau_balance", "POS_CASH_balance", "credit_card_balance"}


@pytest.mark.parametrize(
    ("table", "column"), [(name, column) for name in HISTORY for _, column in parents(TABLES[name])]
)
def test_orphans(report: QualityReport, frames: Frames, table: str, column: str) -> None:
    before = find(report, Check.ORPHAN, table, column).count
    known = frames[{c: p for p, c in parents(TABLES[table])}[column]][column]
    ours = frames[table].with_row_index("_i").filter(pl.col(column).is_in(known.implode()))["_i"].head(2)
    lost = pl.int_range(pl.len()).is_in(ours.implode())
    changed = frames[table].with_columns(pl.when(lost).then(pl.lit(7)).otherwise(pl.col(column)).alias(column))
    assert before is not None
    assert find(on_polars({**frames, table: changed}), Check.ORPHAN, table, column).count == before + 2


def test_an_absent_parent_is_not_counted(frames: Frames) -> None:
    less = {name: frame for name, frame in frames.items() if name not in {"previous_application", "bureau"}}
    report = check_quality(on_polars(less))
    found = find(report, Check.ORPHAN, "POS_CASH_balance", "SK_ID_PREV")
    assert found.count is None
    assert not found.is_warning
    assert find(report, Check.NO_HISTORY, "bureau_balance", "SK_ID_CURR").count is None


def test_clients_without_history(report: QualityReport, frames: Frames) -> None:
    ids = set(frames["application"]["SK_ID_CURR"])
    with_any: set[int] = set()
    for name in HISTORY:
        rows = frames[name]
        if name == "bureau_balance":
            rows = rows.join(frames["bureau"].select("SK_ID_BUREAU", "SK_ID_CURR"), on="SK_ID_BUREAU")
        owners = ids & set(rows["SK_ID_CURR"])
        with_any |= owners
        assert find(report, Check.NO_HISTORY, name, "SK_ID_CURR").count == len(ids) - len(owners)
    found = find(report, Check.NO_HISTORY, "application", "SK_ID_CURR")
    assert found.count == len(ids - with_any)
    assert not found.is_warning


def test_one_client_without_a_past(frames: Frames) -> None:
    row = {k: v for k, v in frames["application"].row(0, named=True).items() if k in TABLES["application_test"].names}
    report = check_quality(read_rows({"application": [row]}))
    assert [f.count for f in report.findings if f.check is Check.NO_HISTORY] == [1] * 7
    assert all(finding.of == 0 and finding.share == 0 for finding in report.findings if finding.table == "bureau"
               and finding.check is Check.MISSING)  # fmt: skip


def test_the_document_is_json_and_holds_every_finding(report: QualityReport) -> None:
    document = json.loads(json.dumps(report.document(), allow_nan=False))
    assert document["format"] == FORMAT
    assert len(document["findings"]) == len(report.findings)
    assert document["warnings"] == sum(finding["warning"] for finding in document["findings"])


@pytest.mark.parametrize(
    ("low", "high", "specials", "said"),
    [
        (0, 20, (), "0 to 20"),
        (None, 0, (365_243,), "at most 0, or 365,243"),
        (1, None, (), "at least 1"),
        (1, 3, (-1,), "1 to 3, or -1"),
    ],
)
def test_ranges_in_words(low: float | None, high: float | None, specials: tuple[float, ...], said: str) -> None:
    assert said_range(Column("X", Kind.NUMBER, nullable=False, low=low, high=high, specials=specials)) == said


def test_the_published_kinds_of_damage_pass_and_are_counted(changed: Callable[..., Path]) -> None:
    folder = changed(bureau_balance=lambda frame: pl.concat([frame, frame.head(5)]))
    found = find(read_tables(folder), Check.REPEATED_KEY, "bureau_balance", "SK_ID_BUREAU, MONTHS_BALANCE")
    assert found.count == 5
