"""Places of a template lead to results, or say why not."""

import pytest

from scoring.errors import TrainingError
from training.reporting.publishing.filling import fill, table, written

RESULTS = {"model": {"auc": {"value": 0.75, "low": 0.7, "high": 0.8}, "name": "EBM", "costs": [10, 1]}}


@pytest.mark.parametrize(
    ("template", "lang", "expected"),
    [
        ("{{ model.name }}", "fr", "EBM"),
        ("{{model.costs.0 | number 1}}", "fr", "10,0"),
        ("{{ model.auc | interval 2 }}", "fr", "0,75 [0,70; 0,80]"),
        ("{{ model.auc.low | percent 1 }}", "en", "70.0%"),
        ("{{ model.auc.low | signed 1 }}", "en", "+0.7"),
        ("{{ model.auc.low | scientific 1 }}", "fr", "7,0e-01"),
        ("{{ block shout }}", "fr", "EBM !"),
        ("no place {at} all", "fr", "no place {at} all"),
    ],
)
def test_a_place_is_filled(template: str, lang: str, expected: str) -> None:
    assert fill(template, RESULTS, {"shout": lambda results, _: f"{results['model']['name']} !"}, lang) == expected


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ model.acu | number 3 }}", "there is no 'acu' among .'auc', 'costs', 'name'."),
        ("{{ model.costs.7 | number 3 }}", "there is no '7' among list"),
        ("{{ model.name | number 3 }}", "must fit the form 'number 3'; got 'EBM'"),
        ("{{ model.auc | number 3 }}", "must fit the form 'number 3'"),
        ("{{ model.name | loud }}", "form must be one of number, percent"),
        ("{{ block nothing }}", "block must be one of"),
    ],
)
def test_a_place_that_leads_nowhere_is_an_error(template: str, message: str) -> None:
    with pytest.raises(TrainingError, match=message):
        fill(template, RESULTS, {}, "fr")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), True, None])
def test_what_is_no_number_is_never_written_as_one(value: object) -> None:
    with pytest.raises(TrainingError, match="must fit the form"):
        written(value, "number 2", "fr")


def test_a_cell_does_not_end_its_column() -> None:
    assert table(["a"], [["x|y"]], numbers_from=1).splitlines()[-1] == "| x\\|y |"
