"""What many tests share: the demo as committed, served; and how hypothesis tries its examples."""

import os

import hypothesis
import pytest

from scoring.artefacts import read_artefacts
from scoring.service import Service
from scoring.settings import DEMO

# Speed is for the benchmarks: a test must not fail for a slow machine. Continuous integration tries the same examples
# each time; elsewhere new ones are tried.
hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("house")


@pytest.fixture(scope="session")
def demo() -> Service:
    """The service over the committed demo."""
    return Service(read_artefacts(DEMO))
