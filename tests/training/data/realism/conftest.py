"""Two small synthetic portfolios: one stands for the real tables, since a test may not want them."""

from pathlib import Path

import pytest

from training.data.realism import Labelled, read_labelled
from training.data.synthetic import write_portfolio
from training.provenance import write_marker

CLIENTS = 300


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("realism") / "synthetic"
    write_portfolio(CLIENTS, 3, folder)
    write_marker(folder, clients=CLIENTS, seed=3)
    return folder


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tables without a marker, and without instalments."""
    folder = tmp_path_factory.mktemp("realism") / "stand_in"
    write_portfolio(CLIENTS, 4, folder)
    (folder / "installments_payments.parquet").unlink()
    return folder


@pytest.fixture(scope="session")
def ours(synthetic: Path) -> Labelled:
    return read_labelled(synthetic)


@pytest.fixture(scope="session")
def theirs(stand_in: Path) -> Labelled:
    return read_labelled(stand_in)
