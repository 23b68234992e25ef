"""A small synthetic portfolio, and ways to store its tables."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from training.data.synthetic import write_portfolio


@pytest.fixture(scope="session")
def portfolio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a portfolio of 150 clients, as Parquet."""
    folder = tmp_path_factory.mktemp("portfolio") / "tables"
    write_portfolio(150, 11, folder)
    return folder


Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture
def changed(portfolio: Path, tmp_path: Path) -> Callable[..., Path]:
    """Copy some tables into a new folder, changed."""

    def make(**changes: Change) -> Path:
        folder = tmp_path / "changed"
        folder.mkdir()
        for name, change in ({"application_train": lambda frame: frame} | changes).items():
            change(pl.read_parquet(portfolio / f"{name}.parquet")).write_parquet(folder / f"{name}.parquet")
        return folder

    return make
