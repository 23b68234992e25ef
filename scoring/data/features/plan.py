"""The way from the rows of one request to features, planned once and run for each request.

The rule: a plan depends on the tables' columns alone, never on a client's values, so that one plan serves all. Planning
364 features takes longer than computing them for one client.
"""

import dataclasses
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

import narwhals as nw
import polars as pl
from polars.io.plugins import register_io_source

from scoring.data.cleaning import clean
from scoring.data.features.build import build
from scoring.data.features.declaration import Feature
from scoring.data.tables import RawTables

Rows = dict[str, pl.DataFrame]


class Plan:
    """Features of rows in memory: the same values as ``build(clean(tables), features)``, sooner.

    Safe to share between threads: each makes a plan of its own at its first call.

    Parameters
    ----------
    features
        As for `build`.
    """

    def __init__(self, features: Sequence[Feature] | None = None) -> None:
        self._features = features
        self._of_thread = threading.local()

    def __call__(self, tables: RawTables) -> pl.DataFrame:
        """Compute the features of tables that `read_rows` made.

        Returns
        -------
        polars.DataFrame
            One row a client, sorted by SK_ID_CURR, which comes first; then the features.

        Raises
        ------
        TableError
            When a feature is asked for whose table is absent.
        """
        if not hasattr(self._of_thread, "planned"):
            self._of_thread.planned = _Planned(tables, self._features)
        planned: _Planned = self._of_thread.planned
        return planned.run(tables)


class _Planned:
    """A lazy frame over sources that give whatever rows are held when it is run."""

    def __init__(self, tables: RawTables, features: Sequence[Feature] | None) -> None:
        self._held: Rows = {}
        frames = {
            name: nw.from_native(
                register_io_source(_source(name, self._held), schema=frame.collect_schema().to_polars())
            )
            for name, frame in tables.frames.items()
        }
        lazy = build(clean(dataclasses.replace(tables, frames=MappingProxyType(frames))), features)
        self._plan: pl.LazyFrame = lazy.to_native()

    def run(self, tables: RawTables) -> pl.DataFrame:
        self._held.update({name: frame.collect("polars").to_native() for name, frame in tables.frames.items()})
        try:
            # One client's rows are too few for the streaming engine to pay.
            return self._plan.collect(engine="in-memory")
        finally:
            self._held.clear()


def _source(name: str, held: Mapping[str, pl.DataFrame]) -> Callable[..., Iterator[pl.DataFrame]]:
    def rows(
        with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        del batch_size
        frame = held[name].lazy() if with_columns is None else held[name].lazy().select(with_columns)
        frame = frame if predicate is None else frame.filter(predicate)
        yield (frame if n_rows is None else frame.head(n_rows)).collect()

    return rows
