"""The shares that later tables are held against: a training's own, its quality report's, or the demo's."""

import json
import shutil
from pathlib import Path

import pytest

from scoring.data.cleaning import ColumnFinding, Refusal
from scoring.errors import ArtefactError
from scoring.reports.findings import FILE, findings_document, read_shares
from scoring.reports.quality import FILE as QUALITY
from scoring.settings import DEMO

KEY = ("bureau", "AMT_CREDIT_SUM_DEBT", Refusal.IMPOSSIBLE)
FINDING = ColumnFinding(*KEY, "at least 0", 3, 200)


def test_what_a_training_wrote_is_read_back(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(json.dumps(findings_document([FINDING], accepted=False)))
    assert read_shares(tmp_path) == {KEY: 0.015}


def test_an_older_training_is_read_from_its_quality_report(tmp_path: Path) -> None:
    report = json.loads((DEMO / QUALITY).read_text())
    column = next(one for one in report["findings"] if (one["check"], one["column"]) == ("missing", "EXT_SOURCE_1"))
    column["count"], column["of"] = 3, 4
    (tmp_path / QUALITY).write_text(json.dumps(report))
    assert read_shares(tmp_path)["application", "EXT_SOURCE_1", Refusal.MISSING] == 0.75


def test_a_folder_without_reports_has_the_shares_of_the_demo(tmp_path: Path) -> None:
    shutil.copy(DEMO / "champion.json", tmp_path)
    assert read_shares(tmp_path) == read_shares(DEMO) if not (DEMO / FILE).exists() else read_shares(tmp_path)
    assert all(
        share == 0.0 for (*_, refusal), share in read_shares(tmp_path).items() if refusal is Refusal.UNKNOWN_CODE
    )


def test_a_damaged_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(ArtefactError, match=r"findings\.json must be of format"):
        read_shares(tmp_path)
