"""What many tests share: the demo as committed, served; and how hypothesis tries its examples."""

import os
from collections.abc import Iterator

import hypothesis
import pytest

from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.model.artefacts import read_artefacts
from scoring.service import Service
from scoring.settings import DEMO

# Two workers of pytest fill two cores: a training that starts processes of its own would only load its libraries again.
os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")

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


@pytest.fixture(scope="session")
def journal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """A journal of the tests' own."""
    opened = Journal(f"sqlite:///{tmp_path_factory.mktemp('journal') / 'journal.sqlite'}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def recorder(demo: Service, journal: Journal) -> Recorder:
    """The demo and the tests' journal."""
    return Recorder(demo, journal)
