"""Outcomes and periods by client, as files are in the wild: read as what they say, or refused with one message."""

from pathlib import Path

import polars as pl
import pytest

from scoring.errors import TableError
from training.monitoring.by_client import check_periods, read_id, read_outcomes, read_periods

IDS = list(range(100_001, 100_401))
SPELLINGS: list[tuple[str, str]] = [
    ("0", "1"),
    ("0.0", "1.0"),
    ("False", "True"),
    ("FALSE", "TRUE"),
    ("f", "t"),
    ("N", "Y"),
    ("no", "yes"),
    ("non", "oui"),
    (" 0 ", " 1 "),
]


def csv(path: Path, rows: list[tuple[str, str]], *, header: str = "SK_ID_CURR,TARGET", separator: str = ",") -> Path:
    lines = [header.replace(",", separator), *(separator.join(row) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("no", "yes"), SPELLINGS)
def test_every_spelling_of_an_outcome_is_read(tmp_path: Path, no: str, yes: str) -> None:
    path = csv(tmp_path / "o.csv", [(str(one), yes if one % 4 == 0 else no) for one in IDS])
    assert read_outcomes(path).match(IDS).values == {one: int(one % 4 == 0) for one in IDS}


@pytest.mark.parametrize("dtype", [pl.Int64, pl.Int8, pl.Float64, pl.Boolean, pl.String, pl.Categorical])
def test_every_type_of_parquet_is_read(tmp_path: Path, dtype: type[pl.DataType]) -> None:
    outcome = pl.Series([one % 2 for one in IDS])
    outcome = outcome.cast(pl.String).cast(dtype) if dtype in (pl.String, pl.Categorical) else outcome.cast(dtype)
    pl.DataFrame({"SK_ID_CURR": pl.Series(IDS, dtype=pl.Float64), "TARGET": outcome}).write_parquet(tmp_path / "o.pq")
    assert read_outcomes(tmp_path / "o.pq").match(IDS).values == {one: one % 2 for one in IDS}


@pytest.mark.parametrize("mark", ["", "NaN", "nan", "NULL", "<NA>", r"\N"])
def test_an_outcome_that_is_missing_is_not_known(tmp_path: Path, mark: str) -> None:
    path = csv(tmp_path / "o.csv", [(str(one), mark if one % 4 == 0 else "1.0") for one in IDS])
    matched = read_outcomes(path).match(IDS)
    assert matched.values == {one: 1 for one in IDS if one % 4}
    assert (matched.matched, matched.lines) == (400, 400)


@pytest.mark.parametrize("odd", ["2", "0.5", "bad", "-1", "1;0"])
def test_what_is_no_outcome_is_refused_by_name(tmp_path: Path, odd: str) -> None:
    path = csv(tmp_path / "o.csv", [(str(IDS[0]), "0"), (str(IDS[1]), odd)])
    with pytest.raises(TableError, match=f"TARGET must be 0 or 1 .* got '{odd}' in .*o.csv"):
        read_outcomes(path)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100002", 100_002),
        (" 100002 ", 100_002),
        ("100002.0", 100_002),
        ("0100002", 100_002),
        ("C100002", None),
        ("100002.5", None),
        ("100,002", None),
        ("1e5", None),
        ("-100002", None),
        ("\u0661", None),
        ("9" * 19, None),
        ("", None),
        ("nan", None),
    ],
)
def test_an_id_is_digits(text: str, number: int | None) -> None:
    assert read_id(text) == number


def test_ids_of_nobody_stop_with_what_matched(tmp_path: Path) -> None:
    for name, write, stated in (
        ("letters", "C{}".format, "got 0 of 400 .*not 'C100001', for instance; 400 ids are no whole numbers"),
        ("nobody", lambda one: str(one + 900_000), "got 0 of 400 .*not '1000001', for instance"),
    ):
        path = csv(tmp_path / f"{name}.csv", [(write(one), "0") for one in IDS])
        with pytest.raises(TableError, match=f"at least 99% .* {stated}"):
            read_outcomes(path).match(IDS)


@pytest.mark.parametrize(("others", "stops"), [(0, False), (4, False), (5, True)])
def test_one_line_in_a_hundred_may_be_of_nobody(tmp_path: Path, others: int, stops: bool) -> None:
    lines = [*IDS[others:], *range(others)]
    outcomes = read_outcomes(csv(tmp_path / "o.csv", [(str(one), "0") for one in lines]))
    if stops:
        with pytest.raises(TableError, match="got 395 of 400"):
            outcomes.match(IDS)
    else:
        assert outcomes.match(IDS).matched == 400 - others


def test_a_client_has_one_line_however_it_is_written(tmp_path: Path) -> None:
    path = csv(tmp_path / "o.csv", [("100001", "0"), ("100001.0", "1")])
    with pytest.raises(TableError, match="must name each client once; got 1 of them more than once, such as 100001"):
        read_outcomes(path).match(IDS)


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("header", ["SK_ID_CURR,TARGET", "sk_id_curr,target", " SK_ID_CURR , TARGET "])
def test_files_are_read_as_tables_are(tmp_path: Path, separator: str, encoding: str, header: str) -> None:
    path = csv(tmp_path / "o.csv", [(str(one), "1") for one in IDS], header=header, separator=separator)
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    assert len(read_outcomes(path).match(IDS).values) == 400


def test_the_index_that_pandas_writes_is_left_aside(tmp_path: Path) -> None:
    lines = [f"{at},{one},1" for at, one in enumerate(IDS)]
    (tmp_path / "o.csv").write_text("\n".join([",SK_ID_CURR,TARGET", *lines]) + "\n", encoding="utf-8")
    assert len(read_outcomes(tmp_path / "o.csv").match(IDS).values) == 400


def test_a_file_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="must have at least one line"):
        read_outcomes(csv(tmp_path / "o.csv", []))
    with pytest.raises(TableError, match=r"must be in a readable file.*No such file"):
        read_outcomes(tmp_path / "absent.csv")


DATES = [("2026-03-15", ""), ("2026-03-15 10:20:00", ""), ("03/15/2026", "%m/%d/%Y"), ("15.03.2026", "%d.%m.%Y")]


@pytest.mark.parametrize(("written", "date_format"), [*DATES, ("20260315", "%Y%m%d"), ("15 Mar 2026", "%d %b %Y")])
def test_dates_are_told_by_month(tmp_path: Path, written: str, date_format: str) -> None:
    path = csv(tmp_path / "p.csv", [(str(one), written) for one in IDS], header="SK_ID_CURR,DAY")
    assert set(read_periods(path, date_format).match(IDS).values.values()) == {"2026-03"}


@pytest.mark.parametrize("written", ["03/15/2026", "03/04/2026", "15/03/26", "15-03-2026", "2026/03/15", "20260315"])
def test_dates_of_another_form_are_refused_unless_it_is_declared(tmp_path: Path, written: str) -> None:
    rows = [(str(one), "2026-03-15") for one in IDS[:-1]] + [(str(IDS[-1]), written)]
    path = csv(tmp_path / "p.csv", rows, header="SK_ID_CURR,DAY")
    with pytest.raises(TableError, match=f"dates must be written as 2026-03-15; got '{written}' .* --date-format"):
        read_periods(path)


def test_a_date_that_is_not_of_the_declared_form_is_refused(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", [(str(IDS[0]), "03/15/2026")], header="SK_ID_CURR,DAY")
    with pytest.raises(TableError, match=r"as --date-format says \(%d/%m/%Y\); got '03/15/2026'"):
        read_periods(path, "%d/%m/%Y")


def test_parquet_dates_and_names_are_read(tmp_path: Path) -> None:
    days = pl.Series(["2026-03-15"] * 400).str.to_datetime()
    pl.DataFrame({"SK_ID_CURR": IDS, "DAY": days}).write_parquet(tmp_path / "p.parquet")
    assert set(read_periods(tmp_path / "p.parquet").match(IDS).values.values()) == {"2026-03"}
    names = csv(tmp_path / "n.csv", [(str(one), "2026 Q1") for one in IDS], header="SK_ID_CURR,QUARTER")
    assert set(read_periods(names).match(IDS).values.values()) == {"2026 Q1"}


def test_periods_of_which_none_can_be_judged_are_refused(tmp_path: Path) -> None:
    path = csv(tmp_path / "p.csv", [(str(one), f"week {one % 50}") for one in IDS], header="SK_ID_CURR,WEEK")
    with pytest.raises(TableError, match=r"must have 200 clients to be judged; got 50 periods in p\.csv, the largest"):
        check_periods(read_periods(path).match(IDS), len(IDS))
