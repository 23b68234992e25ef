"""What many tests share: the demo as committed, served."""

import pytest

from scoring.artefacts import read_artefacts
from scoring.service import Service
from scoring.settings import DEMO


@pytest.fixture(scope="session")
def demo() -> Service:
    """The service over the committed demo."""
    return Service(read_artefacts(DEMO))
