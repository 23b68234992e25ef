"""Raw tables of a small synthetic portfolio."""

from pathlib import Path

import pytest

from training.data.synthetic import write_portfolio
from training.provenance import write_marker

CLIENTS, SEED = 120, 8


@pytest.fixture(scope="session")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder, with its marker."""
    folder = tmp_path_factory.mktemp("portfolio") / "tables"
    write_portfolio(CLIENTS, SEED, folder)
    write_marker(folder, clients=CLIENTS, seed=SEED)
    return folder
