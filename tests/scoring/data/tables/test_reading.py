"""The same frames from Parquet, CSV and zip; whatever is wrong ends in one message that says what and
where.
"""

import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import narwhals as nw
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.data.tables import APPLICATION_SET, HISTORY, TABLES, RawTables, fingerprint, read_tables
from scoring.errors import TableError


def frames(tables: RawTables) -> dict[str, pl.DataFrame]:
    out = {name: frame.collect("polars").to_native() for name, frame in tables.frames.items()}
    if tables.labels is not None:
        out["labels"] = tables.labels.collect("polars").to_native()
    return out


def as_csv(portfolio: Path, folder: Path, ending: str = "\n", bom: bytes = b"") -> None:
    folder.mkdir(exist_ok=True)
    for name in TABLES:
        text = pl.read_parquet(portfolio / f"{name}.parquet").write_csv(line_terminator=ending)
        (folder / f"{name}.csv").write_bytes(bom + text.encode())


def test_what_is_read(portfolio: Path) -> None:
    tables = read_tables(portfolio, labels=True)
    assert tables.absent == ()
    assert set(tables.frames) == {"application", *HISTORY}
    assert set(tables.sources) == set(TABLES)
    for name, frame in tables.frames.items():
        declared = TABLES["application_test" if name == "application" else name].names
        assert frame.collect_schema().names() == [*declared, *([APPLICATION_SET] if name == "application" else [])]
    read = frames(tables)
    assert len(read["application"]) == 150
    train = read["application"].filter(pl.col(APPLICATION_SET) == "train")
    assert set(train["SK_ID_CURR"]) == set(read["labels"]["SK_ID_CURR"])
    assert set(read["application"][APPLICATION_SET]) == {"train", "test"}
    stored = pl.read_parquet(portfolio / "application_train.parquet")
    assert read["labels"]["TARGET"].sum() == stored["TARGET"].sum()


def test_labels_only_when_asked(portfolio: Path) -> None:
    tables = read_tables(portfolio)
    assert tables.labels is None
    assert "TARGET" not in tables.frames["application"].collect_schema().names()


def test_csv_is_the_same(portfolio: Path, tmp_path: Path) -> None:
    as_csv(portfolio, tmp_path / "csv")
    expected = read_tables(portfolio, labels=True)
    with read_tables(tmp_path / "csv", labels=True) as tables:
        for name, frame in frames(tables).items():
            assert_frame_equal(frame, frames(expected)[name])
        assert fingerprint(tables) == fingerprint(expected)


@pytest.mark.parametrize("shape", ["one zip", "NAME.csv.zip", "NAME.zip", "a folder inside a zip"])
def test_zip_is_the_same(portfolio: Path, tmp_path: Path, shape: str) -> None:
    as_csv(portfolio, tmp_path / "csv")
    folder = tmp_path / "zipped"
    folder.mkdir()
    for name in TABLES:
        target, inner = {
            "one zip": ("home-credit-default-risk.zip", f"{name}.csv"),
            "NAME.csv.zip": (f"{name}.csv.zip", f"{name}.csv"),
            "NAME.zip": (f"{name}.zip", f"{name}.csv"),
            "a folder inside a zip": ("download.zip", f"data/{name}.csv"),
        }[shape]
        with zipfile.ZipFile(folder / target, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.write(tmp_path / "csv" / f"{name}.csv", inner)
    with read_tables(folder, labels=True) as tables:
        assert fingerprint(tables) == fingerprint(read_tables(portfolio, labels=True))


def test_windows_lines_and_a_byte_order_mark(portfolio: Path, tmp_path: Path) -> None:
    as_csv(portfolio, tmp_path / "csv", ending="\r\n", bom=b"\xef\xbb\xbf")
    # And a few lines that end otherwise.
    path = tmp_path / "csv" / "bureau.csv"
    path.write_bytes(path.read_bytes().replace(b"\r\n", b"\n", 5))
    with read_tables(tmp_path / "csv", labels=True) as tables:
        assert fingerprint(tables) == fingerprint(read_tables(portfolio, labels=True))


def test_rows_shuffled_and_files_split_change_nothing(portfolio: Path, tmp_path: Path) -> None:
    for name in TABLES:
        frame = pl.read_parquet(portfolio / f"{name}.parquet").sample(fraction=1.0, shuffle=True, seed=3)
        folder = tmp_path / f"{name}.parquet"
        folder.mkdir()
        frame.head(20).write_parquet(folder / "part-0.parquet")
        frame.tail(-20).write_parquet(folder / "part-1.parquet")
    assert fingerprint(read_tables(tmp_path)) == fingerprint(read_tables(portfolio))


def test_a_fingerprint_sees_one_number(portfolio: Path, changed: Callable[..., Path]) -> None:
    folder = changed(
        application_train=lambda frame: frame.with_columns(
            AMT_CREDIT=pl.when(pl.int_range(pl.len()) == 4).then(pl.col("AMT_CREDIT") + 0.5).otherwise("AMT_CREDIT")
        )
    )
    shutil.copytree(portfolio, folder.parent / "same")
    assert fingerprint(read_tables(folder)) != fingerprint(read_tables(portfolio))
    assert fingerprint(read_tables(folder.parent / "same")) == fingerprint(read_tables(portfolio))


def test_absent_histories_are_named(changed: Callable[..., Path]) -> None:
    tables = read_tables(changed(bureau=lambda frame: frame))
    assert tables.absent == tuple(name for name in HISTORY if name != "bureau")
    assert set(tables.frames) == {"application", "bureau"}


def test_a_connection_may_be_given(portfolio: Path) -> None:
    connection = duckdb.connect()
    tables = read_tables(portfolio, connection=connection)
    assert connection.sql("SELECT 1").fetchall() == [(1,)]
    assert tables.frames["bureau"].select(nw.len()).collect().item() > 0


def test_columns_in_another_order_and_a_row_number_are_fine(portfolio: Path, changed: Callable[..., Path]) -> None:
    folder = changed(bureau=lambda frame: frame.select(reversed(frame.columns)).with_row_index("Unnamed: 0"))
    read = frames(read_tables(folder))["bureau"]
    assert_frame_equal(read, pl.read_parquet(portfolio / "bureau.parquet"))


def test_nan_is_missing(changed: Callable[..., Path]) -> None:
    folder = changed(application_train=lambda frame: frame.with_columns(pl.col("EXT_SOURCE_1").fill_null(float("nan"))))
    scores = frames(read_tables(folder))["application"]["EXT_SOURCE_1"]
    assert scores.null_count() > 0
    assert not scores.is_nan().any()


def test_target_is_not_needed_unless_asked(changed: Callable[..., Path]) -> None:
    folder = changed(application_train=lambda frame: frame.drop("TARGET"))
    assert read_tables(folder).labels is None
    with pytest.raises(TableError, match=r"application_train must have .* without TARGET"):
        read_tables(folder, labels=True)


def rename(old: str, new: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.rename({old: new})


def as_type(name: str, dtype: type[pl.DataType]) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(pl.col(name).cast(dtype))


def put(name: str, value: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
    )


def again(rows: int) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Give the first ids a second row that says something else."""
    return lambda frame: pl.concat([frame, frame.head(rows).with_columns(pl.col("^AMT_CREDIT(_SUM)?$") + 1)])


@pytest.mark.parametrize(
    ("table", "change", "message"),
    [
        ("application_train", lambda f: f.drop("AMT_CREDIT"), r"without AMT_CREDIT\. Rename or add"),
        ("bureau", rename("AMT_CREDIT_SUM", "AMT_CREDIT_SUMM"), r"AMT_CREDIT_SUM \(is it AMT_CREDIT_SUMM\?\)"),
        ("bureau", rename("DAYS_CREDIT", "credit_days"), r"without DAYS_CREDIT\. Rename"),
        ("bureau", lambda f: f.with_columns(EXTRA=1), r"bureau must have no other columns .* got EXTRA in .*bureau"),
        (
            "application_train",
            as_type("AMT_CREDIT", pl.String),
            r"AMT_CREDIT must be a number \(float64\); got VARCHAR",
        ),
        ("bureau", put("SK_ID_CURR", 1.5), r"SK_ID_CURR must be a whole number \(int64\); got 1 values that are none"),
        ("bureau", as_type("SK_ID_CURR", pl.String), r"SK_ID_CURR must be a whole number \(int64\); got VARCHAR"),
        ("bureau", as_type("CREDIT_DAY_OVERDUE", pl.String), r"CREDIT_DAY_OVERDUE must be a whole number"),
        ("application_train", lambda f: f.head(0), r"application_train must have at least one row; got 0 rows"),
        ("bureau", lambda f: f.head(0), r"bureau must have at least one row; got 0 rows in .*bureau\.parquet"),
        ("application_train", again(3), r"SK_ID_CURR must be unique; got 3 repeated ids"),
        ("bureau", again(1), r"bureau\.SK_ID_BUREAU must be unique; got 1 repeated"),
        ("bureau", put("SK_ID_CURR", None), r"bureau\.SK_ID_CURR must never be missing; got 1 rows"),
        ("bureau", put("AMT_CREDIT_SUM", float("inf")), r"AMT_CREDIT_SUM must be finite; got an infinite value"),
        ("application_train", put("TARGET", 2), r"TARGET must be 0 or 1; got 2"),
        ("application_train", put("TARGET", None), r"TARGET must be 0 or 1; got missing"),
        ("bureau", lambda f: f.select("SK_ID_CURR"), r"without SK_ID_BUREAU.* and 11 more"),
    ],
)
def test_a_wrong_table(changed: Callable[..., Path], table: str, change: Callable, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_tables(changed(**{table: change}), labels=True)


def test_the_wrong_table_under_a_right_name(portfolio: Path, changed: Callable[..., Path]) -> None:
    folder = changed()
    shutil.copy(portfolio / "bureau_balance.parquet", folder / "bureau.parquet")
    with pytest.raises(TableError, match=r"got what looks like bureau_balance in .*\. Give the file the name"):
        read_tables(folder)


def test_a_client_in_both_sets(portfolio: Path, changed: Callable[..., Path]) -> None:
    train = pl.read_parquet(portfolio / "application_train.parquet").drop("TARGET")
    folder = changed(application_test=lambda frame: pl.concat([frame, train.head(2)]))
    with pytest.raises(TableError, match=r"must share no SK_ID_CURR; got 2 in both"):
        read_tables(folder)


@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"not at all Parquet" * 50])
def test_a_corrupt_parquet(changed: Callable[..., Path], content: bytes) -> None:
    folder = changed()
    (folder / "bureau.parquet").write_bytes(content)
    with pytest.raises(TableError, match=r"bureau must be a readable Parquet file; got .* in .*bureau\.parquet"):
        read_tables(folder)


def test_a_parquet_damaged_in_the_middle(changed: Callable[..., Path]) -> None:
    folder = changed(bureau=lambda frame: frame)
    path = folder / "bureau.parquet"
    content = bytearray(path.read_bytes())
    content[100 : len(content) // 2] = bytes(len(content) // 2 - 100)
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"bureau must be readable to its end; got .* in .*bureau\.parquet"):
        read_tables(folder)


def zipped(portfolio: Path, folder: Path) -> Path:
    folder.mkdir()
    text = pl.read_parquet(portfolio / "application_train.parquet").write_csv()
    with zipfile.ZipFile(folder / "download.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("application_train.csv", text)
    return folder / "download.zip"


@pytest.mark.parametrize("part", [0.2, 0.9, 0.999])
def test_a_truncated_zip(portfolio: Path, tmp_path: Path, part: float) -> None:
    path = zipped(portfolio, tmp_path / "zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(TableError, match=r"download\.zip must be a readable zip; got .*Fetch the file again"):
        read_tables(tmp_path / "zip")


def test_a_zip_damaged_in_the_middle(portfolio: Path, tmp_path: Path) -> None:
    path = zipped(portfolio, tmp_path / "zip")
    content = bytearray(path.read_bytes())
    content[5000:6000] = bytes(1000)
    path.write_bytes(content)
    with pytest.raises(TableError, match=r"application_train must be .*; got .* in .*download\.zip"):
        read_tables(tmp_path / "zip")


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bureau.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(TableError, match=r"bureau\.zip must hold bureau\.csv; got no table"):
        read_tables(tmp_path)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text.replace("\n1", "\nx1", 1), r"SK_ID_\w+ must be a number; got 'x1\d+' in row 1 of"),
        (lambda text: text.replace("\n1", "\n1.5", 1), r"SK_ID_\w+ must be a whole number; got '1\.5\d+' in row 1"),
        (lambda text: text.rstrip("\n").rsplit(",", 3)[0], r"got .*Expected 17 columns, got 14"),
        (lambda text: text.split("\n", 1)[0] + "\n", r"bureau must have at least one row; got 0 rows"),
        (lambda text: "", r"bureau must have at least one row; got an empty file"),
        (lambda text: text.replace("SK_ID_BUREAU", "SK_ID", 1), r"without SK_ID_BUREAU"),
    ],
)
def test_a_wrong_csv(changed: Callable[..., Path], portfolio: Path, damage: Callable, message: str) -> None:
    folder = changed()
    text = pl.read_parquet(portfolio / "bureau.parquet").write_csv()
    (folder / "bureau.csv").write_text(damage(text), encoding="utf-8")
    with pytest.raises(TableError, match=message) as raised:
        read_tables(folder)
    assert "bureau.csv" in str(raised.value)


def test_a_header_that_is_not_text(changed: Callable[..., Path]) -> None:
    folder = changed()
    (folder / "bureau.csv").write_bytes(b"SK_ID_CURR,\x81\x8d")
    with pytest.raises(TableError, match=r"bureau must be UTF-8 text"):
        read_tables(folder)


def test_folders_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TableError, match=r"folder of tables must exist; got .*nowhere"):
        read_tables(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(TableError, match=r"must be a folder; got the file"):
        read_tables(tmp_path / "file")
    with pytest.raises(TableError, match=r"must hold application_train or application_test .* got file in"):
        read_tables(tmp_path)

    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(TableError, match=r"must be readable; got .*Permission denied"):
        read_tables(tmp_path)


def test_labels_need_the_labelled_set(portfolio: Path, tmp_path: Path) -> None:
    shutil.copy(portfolio / "application_test.parquet", tmp_path)
    assert read_tables(tmp_path).labels is None
    with pytest.raises(TableError, match=r"labels need application_train; got application_test"):
        read_tables(tmp_path, labels=True)


def test_a_table_given_twice(portfolio: Path, changed: Callable[..., Path]) -> None:
    folder = changed()
    pl.read_parquet(portfolio / "application_train.parquet").write_csv(folder / "application_train.csv")
    with pytest.raises(TableError, match=r"application_train must be there once; got .*csv and .*parquet"):
        read_tables(folder)


def test_names_with_brackets_and_quotes(changed: Callable[..., Path]) -> None:
    folder = changed()
    odd = folder.rename(folder.parent / "l'an [2018] *")
    assert read_tables(odd).frames["application"].select(nw.len()).collect().item() > 0


def test_temporary_files_go(portfolio: Path, tmp_path: Path) -> None:
    zipped(portfolio, tmp_path / "zip")
    with read_tables(tmp_path / "zip") as tables:
        scratch = tables.scratch.folder
        assert list(scratch.iterdir())
    assert not scratch.exists()


def test_messages_keep_to_one_line(changed: Callable[..., Path]) -> None:
    folder = changed()
    (folder / "bureau.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TableError) as raised:
        read_tables(folder)
    assert re.fullmatch(r"bureau must .*; got .*\. [A-Z].*", str(raised.value))
