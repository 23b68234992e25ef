"""The raw rows of a few clients, in memory, to be changed and read again: what a metamorphic test works on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import narwhals as nw
import polars as pl

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, build
from scoring.data.tables import RawTables
from scoring.data.tables.column_types import ID_COLUMN

CREDIT = "SK_ID_BUREAU"


@dataclass(frozen=True)
class RawSample:
    """Raw tables of a few clients.

    Attributes
    ----------
    frames : ``application`` and each history table that is there
    absent : history tables that are not there
    """

    frames: Mapping[str, pl.DataFrame]
    absent: tuple[str, ...]

    @property
    def ids(self) -> pl.Series:
        """The clients' numbers, increasing."""
        return self.frames["application"][ID_COLUMN].sort()

    def changed(self, table: str, frame: pl.DataFrame) -> "RawSample":
        """The same clients with another frame for one table."""
        return RawSample({**self.frames, table: frame}, self.absent)

    def features(self, names: Sequence[str]) -> pl.DataFrame:
        """Clean the rows and build features: one row a client, sorted by number, as a training does."""
        tables = RawTables(
            frames=MappingProxyType({name: nw.from_native(frame.lazy()) for name, frame in self.frames.items()}),
            absent=self.absent,
            labels=None,
            sources=MappingProxyType({}),
        )
        return build(clean(tables), [DICTIONARY[name] for name in names]).collect("polars").to_native().sort(ID_COLUMN)


def sample_rows(raw: RawTables, ids: pl.Series) -> RawSample:
    """Collect the rows of these clients from every table that is there."""
    wanted = ids.to_list()
    frames: dict[str, pl.DataFrame] = {}
    for name, frame in raw.frames.items():
        if name != "bureau_balance":
            frames[name] = frame.filter(nw.col(ID_COLUMN).is_in(wanted)).collect("polars").to_native()
    if "bureau_balance" in raw.frames:
        credit_ids = frames["bureau"][CREDIT].to_list() if "bureau" in frames else []
        months = raw.frames["bureau_balance"].filter(nw.col(CREDIT).is_in(credit_ids))
        frames["bureau_balance"] = months.collect("polars").to_native()
    return RawSample(frames, raw.absent)
