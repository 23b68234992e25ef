"""Portfolios of any size for the benchmarks: the demo's clients again and again, each time under new numbers.

Made-up clients beside made-up clients: for speed and memory alone, never for a figure about people.
"""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.artefacts import (
    CHAMPION_FILE,
    PORTFOLIO_FILE,
    Champion,
    PortfolioFacts,
    digest_of_file,
    read_artefacts,
    write_champion,
)
from scoring.service import Service
from scoring.settings import DEMO

FIRST = 100_001


def service_of(clients: int, folder: Path) -> Service:
    """A service over so many clients, its artefacts written to a folder that exists."""
    demo = read_artefacts(DEMO)
    held = pl.read_parquet(demo.portfolio)
    with pq.ParquetWriter(folder / PORTFOLIO_FILE, held.to_arrow().schema, compression="zstd") as file:
        for start in range(0, clients, held.height):
            some = held.head(clients - start)
            numbers = pl.int_range(FIRST + start, FIRST + start + some.height, dtype=held.schema[ID_COLUMN], eager=True)
            file.write_table(some.with_columns(numbers.alias(ID_COLUMN)).to_arrow())
    for made in DEMO.glob("*.json"):
        shutil.copy(made, folder)
    write_choice(demo.champion, folder)
    return Service(read_artefacts(folder))


def write_choice(champion: Champion, folder: Path, **other: Any) -> None:
    """Write the choice of a training over the synthetic clients that lie in a folder, with what else is `other`."""
    path = folder / PORTFOLIO_FILE
    facts = PortfolioFacts(digest=digest_of_file(path), clients=pq.read_metadata(path).num_rows, synthetic=True)
    write_champion(champion.model_copy(update={"portfolio": facts, **other}), folder / CHAMPION_FILE)
