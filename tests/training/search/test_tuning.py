import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from training.config import Settings
from training.data.matrix import Matrix
from training.search.tuning import KINDS, tune
from training.search.tuning import search as tuning

SETTINGS = Settings(seed=3, trials=6)


@pytest.fixture(autouse=True)
def made_up_costs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """The objective is a bowl over two settings, so that a search takes milliseconds; calls are recorded."""
    calls: list[tuple[str, float]] = []

    def bowl(search: Any, point: dict[str, float]) -> dict[str, Any]:
        value = point["max_correlation"] if search.kind == "scorecard" else point["learning_rate"] * 10
        calls.append((search.kind, value))
        return {"status": "ok", "loss": (value - 0.6) ** 2, "standard_error": 0.0, "log_loss": value}

    monkeypatch.setattr(tuning, "_objective", bowl)
    return calls


def _tune(matrix: Matrix, folder: Path, trials: int = 6, data: str = "sha256:a") -> Settings:
    return tune(matrix, replace(SETTINGS, trials=trials), data=data, folder=folder, notice=lambda _: None)


def _of_ebm(calls: list[tuple[str, float]]) -> list[float]:
    return [value for kind, value in calls if kind == "ebm"]


def test_the_same_seed_finds_the_same_and_trials_are_written_as_they_end(matrix: Matrix, tmp_path: Path) -> None:
    first, second = _tune(matrix, tmp_path / "a"), _tune(matrix, tmp_path / "b")
    assert first == second
    for kind in KINDS:
        lines = (tmp_path / "a" / f"trials-{kind}.jsonl").read_text().splitlines()
        assert [json.loads(line)["tid"] for line in lines[1:]] == list(range(6))


def test_the_first_trial_is_the_settings_as_they_are(matrix: Matrix, tmp_path: Path) -> None:
    assert _tune(matrix, tmp_path, trials=1) == replace(SETTINGS, trials=1)


def test_the_lowest_cost_wins(matrix: Matrix, tmp_path: Path, made_up_costs: list[tuple[str, float]]) -> None:
    found = _tune(matrix, tmp_path)
    best = min(_of_ebm(made_up_costs), key=lambda value: (value - 0.6) ** 2)
    assert found.ebm.learning_rate * 10 == pytest.approx(best)
    assert isinstance(found.ebm.terms, int)


def test_costs_that_tie_go_to_the_log_loss(
    matrix: Matrix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made_up_costs: list[tuple[str, float]]
) -> None:
    plain = tuning._objective
    monkeypatch.setattr(tuning, "_objective", lambda s, p: plain(s, p) | {"standard_error": 10.0})
    assert _tune(matrix, tmp_path).ebm.learning_rate * 10 == pytest.approx(min(_of_ebm(made_up_costs)))


@pytest.mark.parametrize("cut", [0, 7])
def test_a_stopped_search_resumes_to_the_same_end(
    matrix: Matrix, tmp_path: Path, cut: int, made_up_costs: list[tuple[str, float]]
) -> None:
    whole = _tune(matrix, tmp_path / "whole")
    stopped = tmp_path / "stopped"
    stopped.mkdir()
    lines = (tmp_path / "whole" / "trials-ebm.jsonl").read_text().splitlines(keepends=True)
    broken = lines[4][:cut]  # a last line that a stop cut short
    (stopped / "trials-ebm.jsonl").write_text("".join(lines[:4]) + broken)
    made_up_costs.clear()
    assert _tune(matrix, stopped) == whole
    assert len(made_up_costs) == 3 + 6 + 6
    assert (stopped / "trials-ebm.jsonl").read_text() == "".join(lines)


def test_trials_of_other_data_are_not_resumed(
    matrix: Matrix, tmp_path: Path, made_up_costs: list[tuple[str, float]]
) -> None:
    _tune(matrix, tmp_path)
    made_up_costs.clear()
    _tune(matrix, tmp_path, data="sha256:b")
    assert len(made_up_costs) == 18


def test_more_trials_go_on_from_those_that_are_there(
    matrix: Matrix, tmp_path: Path, made_up_costs: list[tuple[str, float]]
) -> None:
    _tune(matrix, tmp_path, trials=4)
    made_up_costs.clear()
    _tune(matrix, tmp_path, trials=6)
    assert len(made_up_costs) == 6


def test_the_real_objective_is_finite_for_both_models(
    made: Callable[[int, int], Matrix], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    settings = Settings(seed=1, trials=1)
    tune(made(700, 9), settings, data="x", folder=tmp_path, notice=lambda _: None)
    for kind in KINDS:
        result = json.loads((tmp_path / f"trials-{kind}.jsonl").read_text().splitlines()[1])["result"]
        assert 0 < result["loss"] < 1.0
        assert result["standard_error"] > 0
