"""The product says of the demo what it said when its answers were stored: ``make golden`` stores them again."""

import pytest

from tests.golden_answers import answers, stored

# What Gradio keeps of queued events is its own affair, and not ready for the next pandas.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]


def test_everything_is_said_as_it_was_stored() -> None:
    found, before = answers(), stored()
    assert sorted(found) == sorted(before)
    assert {name: (said, found[name]) for name, said in before.items() if found[name] != said} == {}
