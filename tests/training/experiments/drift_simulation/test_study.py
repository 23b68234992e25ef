"""The study: what is certain is seen at once and told where; a smaller check counts what the real one counts."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from scoring.data.tables import check_quality, read_tables
from scoring.reports.drift_simulation import read_shock
from scoring.reports.monitoring_document import SECTIONS
from scoring.service import Service
from scoring.settings import DEMO
from training.data.synthetic import write_portfolio
from training.experiments.drift_simulation import Study, study_shocks
from training.experiments.drift_simulation.study import APPLICATION, ApplicationChecks, _first, steps
from training.monitoring.later import read_trained
from training.provenance import write_marker

CLIENTS, SIZES, LOOKS = 900, (150, 400), 2


@pytest.fixture(scope="module")
def stated() -> list[str]:
    return []


@pytest.fixture(scope="module")
def study(stated: list[str]) -> Study:
    trained = read_trained(DEMO)[1]
    found = study_shocks(trained, seed=3, clients=CLIENTS, sizes=SIZES, looks=LOOKS, notice=stated.append)
    assert len(stated) == steps(trained)
    return found


def test_bad_data_is_seen_at_once_and_where(study: Study) -> None:
    shocks = {one.name: one for one in study.shocks}
    for name in ("monthly_income", "silent_bureau", "renamed_code"):
        assert shocks[name].first == SIZES[1]
        assert shocks[name].sizes[-1].advice == {"repair": LOOKS}
        assert any(one.section == "data" and one.share == 1.0 for one in shocks[name].signals)
    assert {one.section for each in study.shocks for one in each.signals} <= set(SECTIONS)


def test_under_two_hundred_clients_nothing_is_called_seen(study: Study) -> None:
    for shock in study.shocks:
        few = shock.sizes[0]
        assert (few.clients, few.red, few.advice) == (SIZES[0], 0.0, {"wait": LOOKS})


def test_where_nothing_changes_nothing_is_said_to_be_found(study: Study) -> None:
    calm = study.shocks[0]
    assert (calm.name, calm.first, calm.first_after) == ("none", None, None)
    assert calm.sizes[-1].red == 0.0


@pytest.mark.parametrize(
    ("shares", "first"),
    [
        ([(200, 0.5), (300, 0.95), (500, 0.9)], 300),
        ([(200, 1.0), (300, 0.8), (500, 1.0)], 500),  # seen by luck once, and then not
        ([(200, 1.0), (300, 0.8)], None),
        ([], None),
    ],
)
def test_a_shock_is_seen_from_the_size_on_at_which_it_stays_seen(
    shares: list[tuple[int, float]], first: int | None
) -> None:
    assert _first(shares) == first


def test_some_clients_are_checked_as_whole_tables_are(tmp_path: Path) -> None:
    write_portfolio(300, 5, tmp_path / "tables")
    write_marker(tmp_path / "tables", clients=300, seed=5)
    with read_tables(tmp_path / "tables") as raw:
        rows = raw.frames[APPLICATION].collect("polars").to_native()
        whole = {
            (one["column"], one["check"]): one["count"]
            for one in check_quality(raw).document()["findings"]
            if one["table"] == APPLICATION
        }
    odd = rows.with_columns(
        pl.when(pl.int_range(300) < 40).then(None).otherwise(pl.col("EXT_SOURCE_2")).alias("EXT_SOURCE_2")
    )
    checks = ApplicationChecks(odd)
    every = checks.of(np.arange(300))
    found = {(one.column, one.check): one.count for one in every.findings}
    assert found["EXT_SOURCE_2", "missing"] == 40 + rows["EXT_SOURCE_2"][40:].null_count()
    assert all(found[key] == whole[key] for key in found if key[0] != "EXT_SOURCE_2")
    some = {(one.column, one.check): one.count for one in checks.of(np.arange(40)).findings}
    assert some["EXT_SOURCE_2", "missing"] == 40


class TestDemo:
    def test_the_page_shows_the_study_of_its_own_model_alone(self, tmp_path: Path, demo: Service) -> None:
        found = read_shock(DEMO)
        assert found is not None
        assert found.model == demo.model.model_version
        assert found.calm.sizes[-1].red <= 0.2
        assert read_shock(tmp_path) is None
