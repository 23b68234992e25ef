"""Damage is put right and counted, or refused in one message; rows in are rows out and rows counted."""

from __future__ import annotations

import gzip
import re
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal, assert_series_equal

from scoring.data.tables import TABLES, Check, Damage, RawTables, check_quality, fingerprint, read_tables
from scoring.errors import TableError

BOM = b"\xef\xbb\xbf"


@pytest.fixture(scope="module")
def bureau(portfolio: Path) -> pl.DataFrame:
    return pl.read_parquet(portfolio / "bureau.parquet")


@pytest.fixture
def folder(portfolio: Path, tmp_path: Path) -> Path:
    """A folder that holds the labelled applications only."""
    out = tmp_path / "tables"
    out.mkdir()
    (out / "application_train.parquet").symlink_to(portfolio / "application_train.parquet")
    return out


def read(folder: Path, table: str = "bureau") -> tuple[pl.DataFrame, dict[Damage, int]]:
    with read_tables(folder) as raw:
        frame = raw.frames[table].collect("polars").to_native()
    return frame, counted(raw, table)


def counted(raw: RawTables, table: str = "bureau") -> dict[Damage, int]:
    return {repair.damage: repair.count for repair in raw.repairs if repair.table == table}


def german(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def as_floats(text: str) -> str:
    """Write the ids of the first column as decimals."""
    head, *lines = text.splitlines()
    return "\n".join([head, *(line.replace(",", ".0,", 1) for line in lines)]) + "\n"


def at(line: int, new: str) -> Callable[[str], bytes]:
    return lambda text: "\n".join([*text.split("\n")[:line], new, *text.split("\n")[line:]]).encode()


def quoted(text: str, lines: range) -> str:
    """Quote some lines as a whole, as spreadsheets do when they read a CSV as one column."""
    rows = text.split("\n")
    return "\n".join('"' + row.replace('"', '""') + '"' if i in lines else row for i, row in enumerate(rows))


def marked(text: str, mark: str) -> str:
    """Write a mark in each empty cell."""
    return "\n".join(",".join(cell or mark for cell in row.split(",")) for row in text.strip().split("\n")) + "\n"


REPAIRED = {
    "byte order mark": (lambda text: BOM + text.encode(), {Damage.BYTE_ORDER_MARK: 1}),
    "UTF-16 with a mark": (lambda text: text.encode("utf-16"), {Damage.ENCODING: 1}),
    "UTF-16 without a mark": (lambda text: text.encode("utf-16-be"), {Damage.ENCODING: 1}),
    "UTF-32": (lambda text: text.encode("utf-32"), {Damage.ENCODING: 1}),
    "tabs": (lambda text: text.replace(",", "\t").encode(), {Damage.SEPARATOR: 1}),
    "bars": (lambda text: text.replace(",", "|").encode(), {Damage.SEPARATOR: 1}),
    "mixed line ends": (lambda text: text.replace("\n", "\r\n", 4).encode(), {Damage.MIXED_LINE_ENDS: 4}),
    "lines of old Macs": (lambda text: text.replace("\n", "\r").encode(), {}),
    "no end to the last line": (lambda text: text.rstrip("\n").encode(), {Damage.UNFINISHED_LINE: 1}),
    "blank lines": (lambda text: text.replace("\n", "\n\n", 3).encode() + b"\n\r\n", {Damage.BLANK_LINE: 5,
                                                                                      Damage.MIXED_LINE_ENDS: 1}),
    "blank lines first": (lambda text: b"\n\n" + text.encode(), {Damage.BLANK_LINE: 2}),
    "empty rows": (at(4, "," * 16), {Damage.EMPTY_ROW: 1}),
    "a header again": (lambda text: at(5, text.split("\n", 1)[0])(text), {Damage.REPEATED_HEADER: 1}),
    "names in other case": (lambda text: text.replace("SK_ID_CURR", " sk_id_curr ", 1).encode(),
                            {Damage.COLUMN_NAME: 1}),
    "row numbers": (lambda text: "\n".join(f"{i or ''},{line}" if line else "" for i, line in
                                           enumerate(text.split("\n"))).encode(), {Damage.UNNAMED_COLUMN: 1}),
    "spaces": (lambda text: text.replace("Closed", " Closed ").encode(), {Damage.SPACES: -1}),
    "ids as floats": (lambda text: as_floats(text).encode(), {Damage.WHOLE_AS_DECIMAL: -1}),
    "semicolons, decimal commas": (lambda text: german(text).encode(), {Damage.SEPARATOR: 1, Damage.DECIMAL_COMMA: -1}),
    "quotation marks": (lambda text: "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.strip().split("\n")).encode() + b"\n", {}),
    "lines quoted as a whole": (lambda text: quoted(text, range(3, 9)).encode(), {Damage.QUOTED_LINE: 6}),
    "a header quoted as a whole": (lambda text: BOM + quoted(text, range(2)).replace("\n", "\r\n").encode(),
                                   {Damage.BYTE_ORDER_MARK: 1, Damage.QUOTED_LINE: 2}),
    "a line that names the separator": (lambda text: ("sep=;\n" + text.replace(",", ";")).encode(),
                                        {Damage.SEPARATOR: 1, Damage.SEPARATOR_LINE: 1}),
    "the usual separator, named": (lambda text: ("\nSEP=,\n\n" + text).encode(),
                                   {Damage.SEPARATOR_LINE: 1, Damage.BLANK_LINE: 2}),
    "marks of a database": (lambda text: marked(text, r"\N").encode(), {Damage.MISSING_MARK: -1}),
    "marks of a spreadsheet": (lambda text: marked(text, "#N/A").encode(), {Damage.MISSING_MARK: -1}),
    "codes in other case": (lambda text: text.replace("Consumer credit", "CONSUMER  CREDIT").encode(),
                            {Damage.CODE_SPELLING: -1}),
}  # fmt: skip


@pytest.mark.parametrize("kind", REPAIRED)
def test_what_is_put_right(folder: Path, bureau: pl.DataFrame, kind: str) -> None:
    damage, expected = REPAIRED[kind]
    (folder / "bureau.csv").write_bytes(damage(bureau.write_csv()))
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert {key: expected.get(key) if expected.get(key) == -1 else count for key, count in found.items()} == expected
    if kind == "ids as floats":
        assert found[Damage.WHOLE_AS_DECIMAL] == len(bureau)
    if kind == "spaces":
        assert found[Damage.SPACES] == bureau["CREDIT_ACTIVE"].eq("Closed").sum()


REFUSED = {
    "a column too many": (lambda text: text.replace("\n", ",9\n").encode(), r"no other columns .* got 9 in"),
    "a row too long": (at(3, ",".join("1" * 18)), r"Expected 17 columns, got 18"),
    "a row too short": (at(3, "1,2,3"), r"Expected 17 columns, got 3"),
    "an open quotation mark": (lambda text: text.replace("Active", '"Active', 1).encode(), r"bureau must .*; got"),
    "two decimal marks": (lambda text: german(text).replace(",", ".", 3).encode(), r"decimals in one way; got commas"),
    "thousands": (lambda text: text.replace(",", ";").replace("\n1", "\n1,1", 1).encode(), r"must be|decimals in one"),
    "a date": (at(3, "1,2,Active,currency 1,2018-03-01" + "," * 12), r"DAYS_CREDIT must be a number; got '2018-03-01'"),
    "an infinite amount": (lambda text: at(3, infinite(text))(text), r"AMT_CREDIT_SUM must be finite"),
    "an infinite id": (at(3, "inf,2" + "," * 15), r"SK_ID_CURR must be a whole number; got 'inf' in row 3 of"),
    "a row without id": (at(3, ",2" + "," * 15), r"SK_ID_CURR must never be missing; got 1 rows"),
    "half of UTF-16": (lambda text: text.encode("utf-16")[:-1], r"got bytes that are not utf-16"),
    "a header only": (lambda text: text.split("\n", 1)[0].encode(), r"at least one row; got 0 rows"),
    "nothing": (lambda _: b"", r"at least one row; got an empty file"),
    "blank lines only": (lambda _: b"\n\r\n \n", r"at least one row; got an empty file"),
    "zeros": (lambda _: bytes(5000), r"bureau must"),
    "another separator than named": (lambda text: b"sep=:\n" + text.encode(), r"got the line 'sep=:' in"),
    "a pointer": (lambda _: b"version https://git-lfs.github.com/spec/v1\n", r"got a Git LFS pointer.*pull"),
    "a web page": (lambda _: b"\n<!DOCTYPE html><html>", r"got a web page, such as a login, in .*Download"),
    "another table": (lambda _: "a,b\n".join([",".join(TABLES["POS_CASH_balance"].names), ""]).encode(),
                      r"got what looks like POS_CASH_balance in"),
    "a column twice": (lambda text: text.replace("DAYS_CREDIT,", "sk_id_curr,", 1).replace("\n", ",1\n")
                       .replace(",1\n", ",DAYS_CREDIT\n", 1).encode(), r"each column once; got SK_ID_CURR twice"),
}  # fmt: skip


def infinite(text: str) -> str:
    head, row = (line.split(",") for line in text.split("\n")[:2])
    row[head.index("SK_ID_BUREAU")] = "7"
    row[head.index("AMT_CREDIT_SUM")] = "inf"
    return ",".join(row)


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_refused(folder: Path, bureau: pl.DataFrame, kind: str) -> None:
    damage, message = REFUSED[kind]
    (folder / "bureau.csv").write_bytes(damage(bureau.write_csv()))
    with pytest.raises(TableError, match=message) as raised:
        read_tables(folder)
    assert "bureau.csv" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_code_of_another_encoding_is_kept(folder: Path, bureau: pl.DataFrame) -> None:
    text = bureau.write_csv()
    # Beyond the head that is looked at, too.
    for place in (0, text.rindex("Consumer credit") - 10):
        changed = text[:place] + text[place:].replace("Consumer credit", "Crédit à la conso", 1)
        (folder / "bureau.csv").write_bytes(changed.encode("cp1252"))
        frame, found = read(folder)
        assert frame["CREDIT_TYPE"].eq("Crédit à la conso").sum() == 1
        assert found == {Damage.ENCODING: 1}


def test_rows_that_are_wholly_alike_go_once(folder: Path, bureau: pl.DataFrame) -> None:
    pl.concat([bureau, bureau.head(4), bureau.head(1)]).write_parquet(folder / "bureau.parquet")
    frame, found = read(folder)
    assert_frame_equal(frame, bureau, check_row_order=False)
    assert found == {Damage.DUPLICATE_ROW: 5}


def test_days_in_the_future_are_counted(folder: Path, bureau: pl.DataFrame) -> None:
    later = bureau.with_columns(DAYS_CREDIT=pl.when(pl.int_range(pl.len()) < 3).then(30).otherwise("DAYS_CREDIT"))
    later.write_csv(folder / "bureau.csv")
    with read_tables(folder) as raw:
        (found,) = (f for f in check_quality(raw).warnings if f.column == "DAYS_CREDIT")
    assert (found.check, found.count) == (Check.OUT_OF_RANGE, 3)


def test_decimals_and_names_in_parquet(folder: Path, bureau: pl.DataFrame) -> None:
    changed = bureau.with_columns(pl.col("SK_ID_CURR").cast(pl.Float64)).rename({"DAYS_CREDIT": "days_credit"})
    changed.write_parquet(folder / "bureau.parquet")
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert found == {Damage.WHOLE_AS_DECIMAL: len(bureau), Damage.COLUMN_NAME: 1}


@pytest.mark.parametrize("name", ["bureau", "bureau.parquet", "bureau.csv", "BUREAU"])
def test_a_folder_of_parts(folder: Path, bureau: pl.DataFrame, name: str) -> None:
    parts = folder / name / "deep"
    parts.mkdir(parents=True)
    for i in range(3):
        part = bureau.slice(i * 50, 50 if i < 2 else None)
        if name.endswith(".csv"):
            part.write_csv(parts / f"part-{i}.csv")
        else:
            part.write_parquet(parts / f"part-{i}.parquet")
    (folder / name / "_SUCCESS").touch()
    (parts / ".part-0.csv.crc").write_bytes(b"\0")
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert found == {}


def test_parts_that_differ(folder: Path, bureau: pl.DataFrame) -> None:
    parts = folder / "bureau"
    parts.mkdir()
    bureau.head(40).select(reversed(bureau.columns)).write_parquet(parts / "a.parquet")
    bureau.slice(40).with_columns(pl.col("SK_ID_CURR").cast(pl.Float64)).write_parquet(parts / "b.parquet")
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert found == {Damage.WHOLE_AS_DECIMAL: len(bureau) - 40}
    bureau.head(5).write_csv(parts / "c.csv")
    with pytest.raises(TableError, match=r"bureau must have parts of one kind, .*; got \.csv and \.parquet in"):
        read_tables(folder)


def test_an_empty_folder_of_parts(folder: Path) -> None:
    (folder / "bureau").mkdir()
    with pytest.raises(TableError, match=r"bureau must have parts of one kind, .*; got none in"):
        read_tables(folder)


def test_lines_quoted_because_a_code_holds_a_comma(folder: Path, portfolio: Path) -> None:
    # Five public copies of the applications are so.
    frame = pl.read_parquet(portfolio / "application_test.parquet")
    text = frame.write_csv()
    lines = [i for i, line in enumerate(text.split("\n")) if '"' in line]
    (folder / "application_test.csv").write_text(
        "\n".join('"' + row.replace('"', '""') + '"' if i in lines else row for i, row in enumerate(text.split("\n")))
    )
    with read_tables(folder) as raw:
        found = raw.frames["application"].collect("polars").to_native().filter(pl.col("APPLICATION_SET") == "test")
    assert_frame_equal(found.drop("APPLICATION_SET"), frame)
    assert counted(raw, "application_test") == {Damage.QUOTED_LINE: len(lines)}
    assert lines


@pytest.mark.parametrize("key", ["dt=2018-03-01", "CREDIT_ACTIVE=Sold", "SK_ID_CURR=7"])
def test_names_of_folders_say_nothing_of_rows(tmp_path: Path, portfolio: Path, bureau: pl.DataFrame, key: str) -> None:
    # Above the folder of tables, and below it.
    folder = tmp_path / "CODE_GENDER=F"
    (folder / "bureau" / key).mkdir(parents=True)
    applications = pl.read_parquet(portfolio / "application_train.parquet")
    applications.write_parquet(folder / "application_train.parquet")
    bureau.write_parquet(folder / "bureau" / key / "part.parquet")
    with read_tables(folder) as raw:
        found = {name: frame.collect("polars").to_native() for name, frame in raw.frames.items()}
    assert_frame_equal(found["bureau"], bureau)
    assert_series_equal(found["application"]["CODE_GENDER"], applications["CODE_GENDER"])
    assert raw.repairs == ()


def test_a_column_that_only_a_folder_names_is_refused(folder: Path, bureau: pl.DataFrame) -> None:
    part = folder / "bureau" / "CREDIT_ACTIVE=Sold"
    part.mkdir(parents=True)
    bureau.drop("CREDIT_ACTIVE").write_parquet(part / "part.parquet")
    with pytest.raises(TableError, match=r"without CREDIT_ACTIVE\. Write CREDIT_ACTIVE into the files"):
        read_tables(folder)


@pytest.mark.parametrize("name", ["bureau.csv.gz", "bureau.pq", "BUREAU.CSV.GZ", "bureau.parq"])
def test_other_endings_are_read(folder: Path, bureau: pl.DataFrame, name: str) -> None:
    if name.lower().endswith(".gz"):
        (folder / name).write_bytes(gzip.compress(bureau.write_csv().encode()))
    else:
        bureau.write_parquet(folder / name)
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert found == {}


@pytest.mark.parametrize(
    "name",
    ["bureau (1).csv", "bureau - Copy.csv", "bureau.xlsx", "bureau", "bureau.tsv", "Bureau_2019.csv", "bureau.csv.bz2",
     "bureau.csv.crdownload", "bureau (2).parquet"],
)  # fmt: skip
def test_a_name_that_is_nearly_right_is_never_absent(folder: Path, bureau: pl.DataFrame, name: str) -> None:
    (folder / name).write_bytes(b"x")
    with pytest.raises(TableError, match=rf"bureau must be in a file named bureau\.csv, .*; got {re.escape(name)} in"):
        read_tables(folder)
    bureau.write_csv(folder / "bureau.csv")
    if "(" in name or "Copy" in name:
        with pytest.raises(TableError, match=rf"there once; got bureau\.csv and {re.escape(name)} in"):
            read_tables(folder)
    else:
        assert read(folder)[1] == {Damage.LEFT_ASIDE: 1}


def test_other_files_of_the_download_are_not_near(folder: Path) -> None:
    for name in ("sample_submission.csv", "bureaucracy.csv", "bureau.md", ".bureau.csv.swp", "HomeCredit_columns.csv"):
        (folder / name).write_bytes(b"x")
    assert "bureau" in read_tables(folder).absent


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ("bureau.csv.zip", r"tables as \.csv under their own names; got bureau\.csv\.zip for bureau in .*all\.zip"),
        ("deep/bureau.parquet", r"got deep/bureau\.parquet for bureau in"),
        ("inner.zip", r"must hold the tables themselves; got inner\.zip inside .*all\.zip\. Unpack it"),
    ],
)
def test_a_zip_that_holds_its_tables_otherwise(folder: Path, member: str, message: str) -> None:
    packed(folder / "all.zip", {member: "x"})
    with pytest.raises(TableError, match=message):
        read_tables(folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bureau.parquet", b"version https://git-lfs.github.com/spec/v1\n", r"got a Git LFS pointer"),
        ("bureau.zip", b"version https://git-lfs.github.com/spec/v1\n", r"got a Git LFS pointer"),
        ("bureau.csv.gz", b"version https://git-lfs.github.com/spec/v1\n", r"got a Git LFS pointer"),
        ("bureau.csv", b"PK\x03\x04 and more", r"got a zip or a spreadsheet"),
        ("bureau.csv", b"PAR1 and more", r"got a Parquet file"),
        ("bureau.csv", gzip.compress(b"SK_ID_CURR", mtime=0), r"got a gzip file"),
        ("bureau.csv.gz", b"SK_ID_CURR", r"in a readable gzip"),
        ("bureau.csv.gz", gzip.compress(b"SK_ID_CURR" * 99, mtime=0)[:-9], r"in a readable gzip"),
    ],
)
def test_a_file_is_named_for_what_it_is(folder: Path, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(TableError, match=rf"bureau must be .*{message}.*{re.escape(name)}"):
        read_tables(folder)


def packed(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


def test_an_odd_zip(folder: Path, bureau: pl.DataFrame) -> None:
    text = bureau.write_csv()
    packed(folder / "all.zip", {"a/b/bureau.csv": text, "__MACOSX/a/b/._bureau.csv": "x", "__MACOSX/bureau.csv": "x",
                                "a/HomeCredit_columns_description.csv": "Row,é\x85"})  # fmt: skip
    frame, found = read(folder)
    assert_frame_equal(frame, bureau)
    assert found == {}


def test_a_table_beside_its_download(folder: Path, bureau: pl.DataFrame) -> None:
    packed(folder / "all.zip", {"bureau.csv": bureau.write_csv()})
    bureau.head(9).write_csv(folder / "bureau.csv")
    frame, found = read(folder)
    assert len(frame) == 9
    assert found == {Damage.LEFT_ASIDE: 1}


def test_a_table_in_two_places_of_zips(folder: Path) -> None:
    packed(folder / "one.zip", {"a/bureau.csv": "x", "b/bureau.csv": "x"})
    with pytest.raises(TableError, match=r"bureau must be there once; got a/bureau\.csv and b/bureau\.csv in .*one"):
        read_tables(folder)
    packed(folder / "one.zip", {"bureau.csv": "x"})
    packed(folder / "two.zip", {"bureau.csv": "x"})
    with pytest.raises(TableError, match=r"bureau must be there once; got it in one\.zip and two\.zip"):
        read_tables(folder)


@pytest.mark.parametrize("name", ["../bureau.csv", "/etc/bureau.csv", "C:\\bureau.csv", "a/../../bureau.csv"])
def test_a_zip_that_leaves_its_folder(folder: Path, name: str) -> None:
    packed(folder / "one.zip", {name: "x"})
    with pytest.raises(TableError, match=r"names below its own folder; got .*bureau\.csv in .*Do not use it"):
        read_tables(folder)


def test_a_zip_bomb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.data.tables.file_discovery._BOMB_BYTES", 10_000)
    packed(folder / "one.zip", {"bureau.csv": "0" * 100_000})
    with pytest.raises(TableError, match=r"shrink its tables less than 200 times; got bureau\.csv of 100,000 bytes"):
        read_tables(folder)


def test_a_client_of_100_000_rows(folder: Path, portfolio: Path) -> None:
    row = pl.read_parquet(portfolio / "POS_CASH_balance.parquet").head(1)
    many = pl.concat([row] * 100_000)
    # The repair path as well: its blocks must not change a row.
    for text, repairs in ((many.write_csv(), {}), (german(many.write_csv()), None)):
        (folder / "POS_CASH_balance.csv").write_text(text, encoding="utf-8")
        frame, found = read(folder, "POS_CASH_balance")
        assert_frame_equal(frame, many)
        assert repairs is None or found == repairs


def test_repairs_are_logged(folder: Path, bureau: pl.DataFrame, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "bureau.csv").write_bytes(BOM + bureau.write_csv().encode())
    read_tables(folder).close()
    assert "bureau: byte order mark: 1 files left out" in caplog.text


def test_a_wholesome_folder_has_no_repairs(portfolio: Path) -> None:
    assert read_tables(portfolio).repairs == ()


SHAPES: dict[str, Callable[[list[str], int, str], list[str]]] = {
    "blank": lambda rows, i, _: [*rows[:i], "", *rows[i:]],
    "empty": lambda rows, i, mark: [*rows[:i], mark * 7, *rows[i:]],
    "header": lambda rows, i, _: [*rows[:i], rows[0], *rows[i:]],
    "spaces": lambda rows, i, mark: [*rows[: i - 1], rows[i - 1].replace(mark, f" {mark} "), *rows[i:]],
    "decimal": lambda rows, i, mark: [*rows[: i - 1], rows[i - 1].replace(mark, f".0{mark}", 1), *rows[i:]],
    "quote": lambda rows, i, _: [*rows[: i - 1], '"' + rows[i - 1], *rows[i:]],
    "extra": lambda rows, i, mark: [*rows[: i - 1], rows[i - 1] + mark, *rows[i:]],
    "text": lambda rows, i, mark: [*rows[: i - 1], rows[i - 1].replace(mark, f"much{mark}", 1), *rows[i:]],
    "lost": lambda rows, i, mark: [*rows[: i - 1], rows[i - 1].rpartition(mark)[0], *rows[i:]],
}
BYTES: dict[str, Callable[[bytes, int], bytes]] = {
    "no end": lambda content, _: content.rstrip(b"\r\n"),
    "cut": lambda content, i: content[: i % len(content)],
    "byte": lambda content, i: content[: i % len(content)] + bytes([i % 256]) + content[i % len(content) + 1 :],
}
SURE = {"blank", "empty", "header", "spaces"}
"""Damage that leaves no doubt of the values: the same frame must come out."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shapes=st.lists(st.tuples(st.sampled_from(list(SHAPES)), st.integers(0, 99)), max_size=3),
    damage=st.none() | st.tuples(st.sampled_from(list(BYTES)), st.integers(0, 5000)),
    first=st.integers(0, 50),
    count=st.integers(1, 9),
    encoding=st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    separator=st.sampled_from([",", ",", ";", "\t", "|"]),
    comma=st.booleans(),
    ending=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_damage_is_counted_or_refused(
    portfolio: Path,
    shapes: list[tuple[str, int]],
    damage: tuple[str, int] | None,
    first: int,
    count: int,
    encoding: str,
    separator: str,
    comma: bool,
    ending: str,
) -> None:
    table = "installments_payments"
    frame = pl.read_parquet(portfolio / f"{table}.parquet").slice(first, count)
    text = frame.write_csv().strip()
    if separator != ",":
        text = text.replace(",", separator).replace(".", "," if comma else ".")
    rows = text.split("\n")
    for shape, place in shapes:
        rows = SHAPES[shape](rows, 1 + place % len(rows), separator)
    content = (ending.join(rows) + ending).encode(encoding)
    if damage is not None:
        content = BYTES[damage[0]](content, damage[1])
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "application_train.parquet").symlink_to(portfolio / "application_train.parquet")
        (folder / f"{table}.csv").write_bytes(content)
        try:
            raw = read_tables(folder)
        except TableError as error:
            assert table in str(error)
            assert "\n" not in str(error)
            untouched = not shapes and damage is None
            assert not untouched
            return
        with raw:
            found = raw.frames[table].collect("polars").to_native()
        dropped = sum(repair.dropped for repair in raw.repairs)
    assert tuple(found.columns) == TABLES[table].names
    if damage is None:
        assert len(found) + dropped + 1 == len(rows)
        if {shape for shape, _ in shapes} <= SURE:
            assert_frame_equal(found, frame)


def test_the_same_data_have_the_same_fingerprint(folder: Path, portfolio: Path, bureau: pl.DataFrame) -> None:
    (folder / "bureau.csv").write_bytes(german(bureau.write_csv()).encode("utf-16"))
    with read_tables(folder) as mended:
        (folder.parent / "plain").mkdir()
        for name in ("application_train", "bureau"):
            (folder.parent / "plain" / f"{name}.parquet").symlink_to(portfolio / f"{name}.parquet")
        assert fingerprint(mended) == fingerprint(read_tables(folder.parent / "plain"))
