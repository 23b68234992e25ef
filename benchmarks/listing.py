"""Lists of clients by filters and orders, at the size of the real new applicants and of all real applicants.

The rule: the clients are the demo's, repeated under numbers of their own, two amounts stirred so that values differ.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import Figure, median_seconds
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.artefacts import read_artefacts
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filters import Filters, Range, Sort
from scoring.service import Service
from scoring.settings import DEMO

SIZES = (48_744, 356_255)
MOST_MS = 100
COLUMNS = ("age_years", "income_total", "credit_amount", "annuity", "credit_per_annuity")
LISTS = {
    "all, by number": (Filters(), Sort()),
    "by first digits": (Filters(starts_with="1000"), Sort()),
    "six filters, by amount": (
        Filters(
            roles=("new", "test"),
            decisions=("accept", "review"),
            levels=(2, 3, 4),
            numbers={"income_total": Range(50_000, 400_000), "age_years": Range(25, 60)},
            codes={"education": ("Higher education", "Secondary / secondary special")},
        ),
        Sort("credit_amount", descending=True),
    ),
    "most instalments first": (
        Filters(numbers={"installments_count": Range(2, None)}),
        Sort("installments_count", descending=True),
    ),
}


def figures() -> Iterator[Figure]:
    """Time the first look and the next ones, and the page behind."""
    service = Service(read_artefacts(DEMO))
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "portfolio.parquet"
            _clients(service.artefacts.portfolio, size).write_parquet(path)
            began = time.perf_counter()
            portfolio = Portfolio(path, service.model, list(service.portfolio.features_of(100002)))
            yield Figure(f"{size:,} clients: read and scored", time.perf_counter() - began, "s")
        for name, (filters, sort) in LISTS.items():
            yield from _list(portfolio, f"{size:,} clients: {name}", filters, sort)


def _list(portfolio: Portfolio, name: str, filters: Filters, sort: Sort) -> Iterator[Figure]:
    began = time.perf_counter()
    first = portfolio.listing(filters, sort=sort, columns=COLUMNS)
    yield Figure(f"{name}, first time", 1e3 * (time.perf_counter() - began), "ms", MOST_MS)
    again: Callable[[], object] = lambda: portfolio.listing(filters, sort=sort, columns=COLUMNS)  # noqa: E731
    yield Figure(f"{name}, again", 1e3 * median_seconds(again), "ms", MOST_MS)
    behind: Callable[[], object] = lambda: portfolio.listing(filters, sort=sort, after=first.last)  # noqa: E731
    yield Figure(f"{name}, next page", 1e3 * median_seconds(behind), "ms", MOST_MS)


def _clients(demo: Path, size: int) -> pl.DataFrame:
    clients, rng = pl.read_parquet(demo), np.random.default_rng(0)
    some = clients[rng.integers(0, clients.height, size)]
    stirred = [(pl.col(name) * pl.Series(rng.uniform(0.9, 1.1, size))).round(0) for name in COLUMNS[1:3]]
    return some.with_columns(pl.Series(ID_COLUMN, np.arange(100_001, 100_001 + size)), *stirred)
