"""The labelled clients of a folder and their histories, in memory: at most a stated number of clients."""

from __future__ import annotations
from scoring.data.tables.column_types import ID_COLUMN

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import polars as pl

from scoring.errors import TableError
from scoring.data.tables import APPLICATION_SET, read_tables
from training.provenance import is_synthetic

CLIENTS = 20_000
"""Labelled clients at most; of more, those whose id is a multiple of two, three…"""
CREDIT = "SK_ID_BUREAU"


@dataclass(frozen=True)
class Labelled:
    """What is compared.

    Attributes
    ----------
    frames : ``application`` and each history table, rows of the labelled clients alone, each with SK_ID_CURR
    target : SK_ID_CURR and TARGET
    synthetic : whether the tables are proved synthetic
    """

    frames: Mapping[str, pl.DataFrame]
    target: pl.DataFrame
    synthetic: bool


def read_labelled(folder: Path, *, clients: int = CLIENTS) -> Labelled:
    """Read the labelled clients of a folder of raw tables.

    Parameters
    ----------
    folder : raw tables, application_train among them
    clients : at most so many

    Raises
    ------
    TableError
        When a table is not as declared, or the clients' outcomes are all alike.
    """
    with read_tables(folder, labels=True) as raw:
        if raw.labels is None:
            raise TableError(f"labels need application_train; got none in {folder}. Add it.")
        labels = _native(raw.labels).sort(ID_COLUMN)
        every = -(-len(labels) // clients)
        # By the id, in the engine: rows of other clients are never held.
        chosen = raw.labels.filter(nw.col(ID_COLUMN) % every == 0).select(ID_COLUMN)
        labels = labels.filter(pl.col(ID_COLUMN) % every == 0)
        if labels["TARGET"].n_unique() < 2:
            raise TableError(
                f"the labelled clients must have both outcomes; got {labels['TARGET'].unique().to_list()} in {folder}. "
                "Give tables of more clients"
            )
        frames = {}
        for name, frame in raw.frames.items():
            rows = frame
            if name == "bureau_balance":
                if "bureau" not in raw.frames:
                    continue
                rows = frame.join(raw.frames["bureau"].select(CREDIT, ID_COLUMN), on=CREDIT, how="inner")
            frames[name] = _native(rows.join(chosen, on=ID_COLUMN, how="semi")).drop(APPLICATION_SET, strict=False)
        return Labelled(frames, labels, is_synthetic(folder, raw.sources))


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    native: pl.DataFrame = frame.collect("polars").to_native()
    return native
