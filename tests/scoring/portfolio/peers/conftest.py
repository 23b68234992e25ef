"""What the tests of groups share: the demo's clients, and the same by hand."""

import polars as pl
import pytest

from scoring.data.tables.column_types import ID_COLUMN
from scoring.portfolio.peers import Peers
from scoring.service import Service


@pytest.fixture(scope="session")
def peers(demo: Service) -> Peers:
    return demo.peers


@pytest.fixture(scope="session")
def clients(demo: Service) -> pl.DataFrame:
    """The clients' file, in the order of the numbers."""
    return pl.read_parquet(demo.artefacts.portfolio).sort(ID_COLUMN)
