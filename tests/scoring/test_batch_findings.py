"""A batch of tables under another convention stops; accepted, it says so, records it, and tells no false fact."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import select

import scoring.__main__ as command_line
from scoring.audit.batches import BatchFindings
from scoring.audit.store.chain import BATCH
from scoring.audit.store.database import ENTRIES, PAYLOADS, engine_of
from scoring.errors import TableError
from scoring.service import Service
from scoring.settings import DEMO
from training.data.synthetic import write_portfolio

EMPLOYED = pl.col("DAYS_EMPLOYED")
TURNED = pl.when(EMPLOYED < 0).then(-EMPLOYED).otherwise(EMPLOYED)
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("portfolio") / "tables"
    write_portfolio(220, 5, folder)
    return folder


@pytest.fixture
def batch(
    portfolio: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., tuple[str, pl.DataFrame | None]]]:
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.sqlite'}")

    def run(change: Change, *options: str) -> tuple[str, pl.DataFrame | None]:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        for path in portfolio.glob("*.parquet"):
            (folder / path.name).unlink(missing_ok=True)
            frame = pl.read_parquet(path)
            (change(frame) if "DAYS_EMPLOYED" in frame.columns else frame).write_parquet(folder / path.name)
        out = tmp_path / "out.csv"
        arguments = ["scoring", "batch", "--artefacts", str(DEMO), "--tables", str(folder), "--out", str(out)]
        monkeypatch.setattr(sys, "argv", [*arguments, *options, "--lang", "en"])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        written = pl.read_csv(out) if out.exists() else None
        assert (ended.value.code == 2) == (written is None)
        return capsys.readouterr().err, written

    yield run


def recorded(tmp_path: Path) -> list[dict[str, object]]:
    import orjson  # noqa: PLC0415

    with engine_of(f"sqlite:///{tmp_path / 'journal.sqlite'}").connect() as connection:
        found = connection.execute(
            select(PAYLOADS.c.payload).join(ENTRIES, PAYLOADS.c.seq == ENTRIES.c.seq).where(ENTRIES.c.kind == BATCH)
        ).scalars()
        return [orjson.loads(text) for text in found]


def test_another_sign_stops_before_anything_is_recorded(
    batch: Callable[..., tuple[str, pl.DataFrame | None]], tmp_path: Path
) -> None:
    message, written = batch(lambda frame: frame.with_columns(DAYS_EMPLOYED=TURNED))
    assert written is None
    assert "application.DAYS_EMPLOYED: " in message
    assert "hold impossible values; it must be -50,000 to 0, or 365,243" in message
    assert message.count("\n") <= 2  # progress, and one message
    assert not (tmp_path / "journal.sqlite").exists() or recorded(tmp_path) == []


def test_accepted_findings_are_told_recorded_and_no_fact(
    batch: Callable[..., tuple[str, pl.DataFrame | None]], tmp_path: Path
) -> None:
    _, usual = batch(lambda frame: frame)
    (before,) = recorded(tmp_path)
    told, written = batch(lambda frame: frame.with_columns(DAYS_EMPLOYED=TURNED), "--accept-findings")
    assert usual is not None
    assert written is not None
    assert "Found: application.DAYS_EMPLOYED: " in told
    assert "DAYS_EMPLOYED" not in str(before.get("findings"))
    findings = recorded(tmp_path)[-1]["findings"]
    assert isinstance(findings, dict)
    assert findings["accepted"] is True
    assert "DAYS_EMPLOYED" in {column["column"] for column in findings["columns"]}
    # Whose days were refused goes to a person, and nobody is said to have no job for it.
    changed = usual.join(written, on="SK_ID_CURR").filter(pl.col("pd") != pl.col("pd_right"))
    assert changed.height
    assert set(changed["decision_right"]) == {"review"}
    assert written["reasons"].str.contains("Time in job: value refused").any()
    none = usual["reasons"].str.contains("no present job").sum()
    assert written["reasons"].str.contains("no present job").sum() == none


def test_another_unit_stops(batch: Callable[..., tuple[str, pl.DataFrame | None]]) -> None:
    years = pl.when(EMPLOYED < 0).then((EMPLOYED / 365.25).cast(pl.Int64)).otherwise(EMPLOYED)
    message, written = batch(lambda frame: frame.with_columns(DAYS_EMPLOYED=years))
    assert written is None
    assert "got years_employed with a population stability index of" in message


def test_days_of_no_job_that_were_emptied_before_stop(
    batch: Callable[..., tuple[str, pl.DataFrame | None]],
) -> None:
    message, written = batch(lambda frame: frame.with_columns(pl.when(EMPLOYED < 0).then(EMPLOYED)))
    assert written is None
    assert "application.DAYS_EMPLOYED: " in message
    assert "hold missing values; it must be there in every row" in message


def test_few_clients_are_not_held_against_training(demo: Service) -> None:
    few = demo.portfolio.frame([*demo.model.features]).head(50)
    findings = BatchFindings(DEMO, Path("here"))
    findings.look_at_features(demo.model, few.with_columns(pl.lit(0.0).alias("years_employed")))
    assert findings.document() is None
    many = demo.portfolio.frame([*demo.model.features]).head(400)
    with pytest.raises(TableError, match=r"years_employed with a population stability index of"):
        findings.look_at_features(demo.model, many.with_columns(pl.lit(0.0).alias("years_employed")))
