"""A synthetic portfolio that the tests share."""

from pathlib import Path

import pytest

from training.data.synthetic import PortfolioSummary, write_portfolio

CLIENTS, SEED = 5000, 20


@pytest.fixture(scope="session")
def summary(tmp_path_factory: pytest.TempPathFactory) -> PortfolioSummary:
    """A portfolio of 5,000 clients: three blocks, the last one cut."""
    return write_portfolio(CLIENTS, SEED, tmp_path_factory.mktemp("portfolio") / "tables")


@pytest.fixture(scope="session")
def folder(summary: PortfolioSummary) -> Path:
    """Where it is."""
    return summary.folder
