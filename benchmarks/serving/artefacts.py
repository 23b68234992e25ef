"""What is served while it is measured: an EBM that interpret fitted, and as many clients as the real tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks import fitted
from benchmarks.portfolios import FIRST, write_choice
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import write_model
from scoring.model.artefacts import PORTFOLIO_FILE, read_artefacts
from scoring.settings import DEMO

CLIENTS = 48_744
"""New applicants of the real tables."""


@dataclass(frozen=True)
class Served:
    """A folder of artefacts, and the library's model that it was compiled from."""

    folder: Path
    twin: fitted.Twin

    @property
    def clients(self) -> range:
        """The clients' numbers."""
        return range(FIRST, FIRST + CLIENTS)


@contextmanager
def artefacts() -> Iterator[Served]:
    """Make a folder to serve."""
    twin, demo = fitted.ebm(), read_artefacts(DEMO)
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_model(twin.compiled, folder / "ebm.json")
        clients = pl.read_parquet(demo.portfolio)
        many = pl.concat([clients] * (CLIENTS // clients.height + 1)).head(CLIENTS)
        numbers = pl.Series(ID_COLUMN, range(FIRST, FIRST + CLIENTS), dtype=clients[ID_COLUMN].dtype)
        many.with_columns(numbers).write_parquet(folder / PORTFOLIO_FILE)
        write_choice(demo.champion, folder, serves="ebm", models={"ebm": twin.compiled.digest})
        yield Served(folder, twin)
