"""The product says of the demo what it said when its answers were stored: ``make golden`` stores them again."""

import pytest

from tests.golden_answers import FEW_ASKED, FEW_SHOWN, answers, stored

# What Gradio keeps of queued events is its own affair, and not ready for the next pandas.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")]


def test_everything_is_said_as_it_was_stored() -> None:
    found, before = answers(FEW_ASKED, FEW_SHOWN), stored()
    assert found.keys() <= before.keys()
    assert len(found) > 0.9 * len(before)
    assert {name: (before[name], said) for name, said in found.items() if said != before[name]} == {}
