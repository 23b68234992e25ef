from pathlib import Path

import pytest

from training.reporting.documents import write_json
from training.reporting.report import comparison_table


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_an_error_and_leaves_no_file(tmp_path: Path, number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json({"models": {"ebm": {"auc": number}}}, tmp_path / "evaluation.json")
    assert not list(tmp_path.iterdir())


def test_the_table_has_a_row_for_each_model_and_part() -> None:
    numbers = {"auc": 0.75, "cost": 0.5, "cost_best": 0.49, "declined": 0.3}
    assert comparison_table({"ebm": {"oof": numbers, "test": numbers}}, title="x").row_count == 2
