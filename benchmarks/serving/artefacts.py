"""What is served while it is measured: an EBM that interpret fitted, and as many clients as the real tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks import fitted
from scoring.additive_model import write_model
from scoring.artefacts import (
    CHAMPION_FILE,
    PORTFOLIO_FILE,
    PortfolioFacts,
    digest_of_file,
    read_artefacts,
    write_champion,
)
from scoring.portfolio import ID
from scoring.settings import DEMO

CLIENTS = 48_744
"""New applicants of the real tables."""
FIRST = 100_001


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
        numbers = pl.Series(ID, range(FIRST, FIRST + CLIENTS), dtype=clients[ID].dtype)
        many.with_columns(numbers).write_parquet(folder / PORTFOLIO_FILE)
        facts = PortfolioFacts(digest=digest_of_file(folder / PORTFOLIO_FILE), clients=CLIENTS, synthetic=True)
        chosen = {"serves": "ebm", "models": {"ebm": twin.compiled.digest}, "portfolio": facts}
        write_champion(demo.champion.model_copy(update=chosen), folder / CHAMPION_FILE)
        yield Served(folder, twin)
