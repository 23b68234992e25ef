"""Same seed, same bytes; a smaller portfolio begins a larger one; nothing is left half written."""

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from scoring.data.tables import HISTORY, TABLES, read_tables
from scoring.errors import SettingsError
from training.data.synthetic import PortfolioSummary, block, write_portfolio, writing

from .conftest import CLIENTS, SEED


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_same_seed_same_bytes_whatever_the_threads(folder: Path, tmp_path: Path) -> None:
    write_portfolio(CLIENTS, SEED, tmp_path / "again", threads=1)
    assert digests(tmp_path / "again") == digests(folder)


def test_another_seed_is_another_portfolio(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_portfolio(30, seed, tmp_path / str(seed))
    first, second = digests(tmp_path / "1"), digests(tmp_path / "2")
    assert all(first[name] != second[name] for name in first)


def test_a_smaller_portfolio_begins_a_larger_one(folder: Path, tmp_path: Path) -> None:
    write_portfolio(2300, SEED, tmp_path / "small")
    strangers = pl.col("SK_ID_CURR") < block.FIRST_STRANGER
    last = pl.col("SK_ID_CURR") < block.FIRST_CLIENT + 2300
    for name in [*TABLES, "truth"]:
        small = pl.read_parquet(tmp_path / "small" / f"{name}.parquet")
        large = pl.read_parquet(folder / f"{name}.parquet")
        if name == "bureau_balance":
            ours = pl.read_parquet(tmp_path / "small" / "bureau.parquet").filter(strangers)["SK_ID_BUREAU"].implode()
            small, large = (f.filter(pl.col("SK_ID_BUREAU").is_in(ours)) for f in (small, large))
        else:
            small, large = small.filter(strangers), large.filter(last)
        assert_frame_equal(small, large)


def test_what_is_written_passes_the_checks(summary: PortfolioSummary) -> None:
    tables = read_tables(summary.folder, labels=True)
    assert tables.absent == ()
    assert set(summary.rows) == set(TABLES)
    for name in TABLES:
        frame = pl.read_parquet(summary.folder / f"{name}.parquet")
        assert len(frame) == summary.rows[name]
        assert frame.columns == list(TABLES[name].names)
        for column in TABLES[name].columns:
            values = frame[column.name].drop_nulls()
            assert column.nullable or len(values) == len(frame), (name, column.name)
            if column.codes:
                assert set(values) <= set(column.codes), (name, column.name)
                continue
            low = -np.inf if column.low is None else column.low
            high = np.inf if column.high is None else column.high
            known = (values >= low) & (values <= high) | values.cast(pl.Float64).is_in(
                [float(s) for s in column.specials]
            )
            assert known.all(), (name, column.name, values.filter(~known).head(3).to_list())


def test_ids_are_those_of_the_published_tables(folder: Path) -> None:
    train = pl.read_parquet(folder / "application_train.parquet")["SK_ID_CURR"]
    test = pl.read_parquet(folder / "application_test.parquet")["SK_ID_CURR"]
    assert sorted([*train, *test]) == list(range(100_001, 100_001 + CLIENTS))
    assert 100_001 in set(test)
    assert 100_002 in set(train)
    assert 0.12 < len(test) / CLIENTS < 0.155


def test_history_hangs_together(folder: Path) -> None:
    frames = {name: pl.read_parquet(folder / f"{name}.parquet") for name in HISTORY}
    assert frames["bureau_balance"]["SK_ID_BUREAU"].is_in(frames["bureau"]["SK_ID_BUREAU"].implode()).all()
    for name in ("bureau_balance", "POS_CASH_balance", "credit_card_balance"):
        assert not frames[name].select(TABLES[name].key).is_duplicated().any(), name
    owners = frames["previous_application"].select("SK_ID_PREV", owner="SK_ID_CURR")
    for name in ("POS_CASH_balance", "credit_card_balance", "installments_payments"):
        joined = frames[name].join(owners, on="SK_ID_PREV")
        assert (joined["SK_ID_CURR"] == joined["owner"]).all(), name
        known = frames[name]["SK_ID_PREV"].unique().is_in(owners["SK_ID_PREV"].implode()).mean()
        assert 0.85 < known < 0.97, name  # some applications are not in previous_application, as published


def test_strangers_are_in_histories_only(folder: Path) -> None:
    for name in ("bureau", "previous_application", "installments_payments"):
        owners = pl.read_parquet(folder / f"{name}.parquet")["SK_ID_CURR"]
        assert (owners >= block.FIRST_STRANGER).any(), name


def test_progress_counts_clients(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_portfolio(2100, 1, tmp_path / "p", progress=lambda done, of: seen.append((done, of)))
    assert seen == [(2048, 2100), (2100, 2100)]


def test_nothing_is_left_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = writing.make_block

    def fail_later(seed: int, number: int, clients: int, *, policy: bool) -> block.Block:
        if number == 1:
            raise MemoryError("no more")
        return real(seed, number, clients, policy=policy)

    monkeypatch.setattr(writing, "make_block", fail_later)
    with pytest.raises(MemoryError):
        write_portfolio(2100, 1, tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_keeps_other_files(tmp_path: Path) -> None:
    out = tmp_path / "p"
    out.mkdir()
    (out / "notes.txt").write_text("keep")
    (out / "bureau.parquet").write_text("old")
    write_portfolio(20, 1, out)
    assert (out / "notes.txt").read_text() == "keep"
    assert len(pl.read_parquet(out / "bureau.parquet")) > 0
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize(
    ("clients", "seed", "message"),
    [(0, 1, r"clients must be 1 or more; got 0"), (-3, 1, r"got -3"), (5, -1, r"seed must be 0 or more; got -1")],
)
def test_wrong_numbers(tmp_path: Path, clients: int, seed: int, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        write_portfolio(clients, seed, tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_out_must_be_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match=r"out folder must be a folder; got the file"):
        write_portfolio(5, 1, tmp_path / "file")


def test_one_client(tmp_path: Path) -> None:
    summary = write_portfolio(1, 1, tmp_path / "p")
    assert summary.rows["application_test"] == 1
    assert np.isnan(summary.positive_rate)
