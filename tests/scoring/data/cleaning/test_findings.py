"""What the rules refuse is counted the same on both engines, and stops above the share that training saw."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import polars as pl
import pytest

from scoring.data.cleaning import RULES, ColumnFinding, Refusal, check_findings, count_findings
from scoring.data.tables import TABLES, RawTables, read_tables
from scoring.errors import TableError

IMPOSSIBLE, MISSING, UNKNOWN = Refusal.IMPOSSIBLE, Refusal.MISSING, Refusal.UNKNOWN_CODE


def changed(damaged: Path, folder: Path, **columns: pl.Expr) -> RawTables:
    for path in damaged.glob("*.parquet"):
        (folder / path.name).symlink_to(path)
    (folder / "application_train.parquet").unlink()
    frame = pl.read_parquet(damaged / "application_train.parquet")
    frame.with_columns(**columns).write_parquet(folder / "application_train.parquet")
    return read_tables(folder)


def counts(raw: RawTables) -> dict[tuple[str, str, Refusal], int]:
    return {finding.key: finding.count for finding in count_findings(raw)}


def test_both_engines_count_the_same(raw: RawTables, raw_on_polars: RawTables) -> None:
    found = count_findings(raw)
    assert found == count_findings(dataclasses.replace(raw_on_polars, unknown_codes=raw.unknown_codes))
    assert found == count_findings(dataclasses.replace(raw, extremes={}))


def test_the_accidents_of_every_rule_are_found(raw: RawTables) -> None:
    found = counts(raw)
    for rule in RULES:
        for column in rule.possible:
            if column in {"DAYS_REGISTRATION", "AMT_DOWN_PAYMENT", "DAYS_CREDIT_UPDATE", "AMT_PAYMENT_CURRENT"}:
                assert found[rule.table, column, IMPOSSIBLE] >= 1
    assert ("application", "DAYS_EMPLOYED", IMPOSSIBLE) not in found  # 365243 is published


def test_a_sign_is_found(damaged: Path, tmp_path: Path) -> None:
    days = pl.col("DAYS_EMPLOYED")
    raw = changed(damaged, tmp_path, DAYS_EMPLOYED=pl.when(days < 0).then(-days).otherwise(days))
    before = pl.read_parquet(damaged / "application_train.parquet")
    assert counts(raw)["application", "DAYS_EMPLOYED", IMPOSSIBLE] == before.filter(days < 0).height


def test_missing_values_and_unknown_codes_are_found(damaged: Path, tmp_path: Path) -> None:
    first = pl.int_range(pl.len()) < 4
    raw = changed(
        damaged,
        tmp_path,
        DAYS_EMPLOYED=pl.when(~first).then("DAYS_EMPLOYED"),
        OCCUPATION_TYPE=pl.when(first).then(pl.lit("Astronaut")).otherwise("OCCUPATION_TYPE"),
    )
    found = {finding.key: finding for finding in count_findings(raw)}
    assert found["application", "DAYS_EMPLOYED", MISSING].count == 4
    codes = found["application", "OCCUPATION_TYPE", UNKNOWN]
    assert (codes.count, codes.of, codes.examples) == (4, 200, ("Astronaut",))
    assert "4 of 200 rows (2.00%) hold unknown codes, such as Astronaut" in str(codes)


def finding(count: int, *, of: int = 1000) -> ColumnFinding:
    return ColumnFinding("application", "DAYS_EMPLOYED", IMPOSSIBLE, "-50,000 to 0, or 365,243", count, of)


@pytest.mark.parametrize(("count", "share", "stops"), [(10, 0.0, False), (11, 0.0, True), (30, 0.02, False),
                                                       (31, 0.02, True), (0, 0.0, False)])  # fmt: skip
def test_a_share_above_that_of_training_stops(count: int, share: float, *, stops: bool) -> None:
    shares = {finding(count).key: share}
    check_findings([finding(count)], shares, accepted=True, where="here")
    if not stops:
        check_findings([finding(count)], shares, accepted=False, where="here")
        return
    with pytest.raises(
        TableError, match=r"got application\.DAYS_EMPLOYED: \d+ of 1,000 rows .* in here\. Correct .*--acc"
    ):
        check_findings([finding(count)], shares, accepted=False, where="here")


def test_a_long_list_is_cut() -> None:
    many = [dataclasses.replace(finding(500), column=column) for column in TABLES["application_test"].names[:9]]
    with pytest.raises(TableError, match=r"; and 6 more columns, in here"):
        check_findings(many, {}, accepted=False, where="here")
