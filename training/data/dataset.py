"""The clients of a folder of tables: their features, outcomes and roles, read once for training and for the portfolio.

The rule: the features are built by `scoring`, exactly as the service builds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.cleaning import ColumnFinding, clean
from scoring.data.features import Feature, available, build, left_out
from scoring.data.tables import fingerprint, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TrainingError
from training.data.findings import look_at
from training.data.matrix import Matrix, make_matrix
from training.provenance import synthetic_origin

ROLE, OUTCOME = "ROLE", "OUTCOME"


@dataclass(frozen=True)
class Clients:
    """Every client of a folder of tables.

    Attributes
    ----------
    frame : one row a client, sorted by SK_ID_CURR: the number, then every feature that could be built
    target : TARGET of each labelled client, by number
    absent : history tables that are not there
    left_out : names of the features that want an absent table
    fingerprint : digest of the tables
    origin : how the tables were made, where a marker proves that they are synthetic
    findings : what the rules refused in the tables
    """

    frame: pl.DataFrame
    features: tuple[Feature, ...]
    target: dict[int, int]
    absent: tuple[str, ...]
    left_out: tuple[str, ...]
    fingerprint: str
    origin: Mapping[str, int] | None
    findings: tuple[ColumnFinding, ...] = ()

    @property
    def synthetic(self) -> bool:
        """Whether a marker proves that every table is synthetic."""
        return self.origin is not None

    def matrix(self) -> Matrix:
        """The labelled clients, with the features that a model may use."""
        return make_matrix(self.frame, self.target, self.features)


def read_clients(folder: Path) -> Clients:
    """Read, clean and build the features of every client of a folder of tables.

    Raises
    ------
    TableError
        When a table is not as declared, or nothing is labelled.
    TrainingError
        When the tables give no row, or a synthetic marker does not fit them.
    """
    with read_tables(folder, labels=True) as raw:
        origin = synthetic_origin(folder, raw.sources)
        findings = look_at(raw, folder)
        digest = fingerprint(raw)
        tables = clean(raw)
        features = available(tables)
        frame = build(tables, features).collect("polars").to_native().sort(ID_COLUMN)
        if tables.labels is None:
            raise TrainingError(f"Training must have TARGET; got none in {folder}. Add application_train.")
        labels = tables.labels.collect("polars").to_native()
        absent, without = tables.absent, tuple(feature.name for feature in left_out(tables))
    target = dict(zip(labels[ID_COLUMN].to_list(), labels["TARGET"].to_list(), strict=True))
    return Clients(frame, tuple(features), target, absent, without, digest, origin, findings)


def write_clients(clients: Clients, held_out: NDArray[np.int64], path: Path) -> None:
    """Write the portfolio: every client with its role, the outcome of the held-out ones, and every feature.

    Parameters
    ----------
    held_out : numbers of the labelled clients that no model was fitted on
    """
    held = pl.Series(ID_COLUMN, held_out)
    labels = pl.DataFrame(
        {ID_COLUMN: list(clients.target), OUTCOME: list(clients.target.values())},
        schema={ID_COLUMN: pl.Int64, OUTCOME: pl.Int8},
    )
    role = (
        pl.when(pl.col(ID_COLUMN).is_in(held.implode()))
        .then(pl.lit("test"))
        .when(pl.col(OUTCOME).is_not_null())
        .then(pl.lit("train"))
        .otherwise(pl.lit("new"))
        .alias(ROLE)
    )
    names = [feature.name for feature in clients.features]
    frame = (
        clients.frame.join(labels, on=ID_COLUMN, how="left", maintain_order="left")
        .with_columns(role)
        .with_columns(pl.when(pl.col(ROLE) == "test").then(pl.col(OUTCOME)).alias(OUTCOME))
        .select(ID_COLUMN, ROLE, OUTCOME, *names)
    )
    frame.write_parquet(path, compression="zstd", row_group_size=20_000, statistics=True)
