"""A folder of synthetic tables with a shock done to its applications."""

import shutil
from pathlib import Path

import numpy as np
import polars as pl

from scoring.data.tables import APPLICATIONS
from scoring.data.tables.column_types import ID_COLUMN
from training.experiments.drift_simulation.kinds import Shock
from training.provenance import write_marker

TRUTH, TRUE_LOG_ODDS = "truth", "TRUE_LOG_ODDS"


def write_shocked(tables: Path, out: Path, shock: Shock, *, seed: int) -> None:
    """Write the tables again, with the shock done to both application tables.

    Parameters
    ----------
    tables : folder of a synthetic portfolio, with its truth
    out : folder to make
    """
    out.mkdir(parents=True)
    truth = pl.read_parquet(tables / f"{TRUTH}.parquet", columns=[ID_COLUMN, "log_odds"]).rename(
        {"log_odds": TRUE_LOG_ODDS}
    )
    clients = 0
    for path in sorted(tables.glob("*.parquet")):
        if path.stem not in APPLICATIONS:
            shutil.copyfile(path, out / path.name)
            continue
        frame = pl.read_parquet(path).join(truth, on=ID_COLUMN, how="left", maintain_order="left")
        generator = np.random.default_rng([seed, APPLICATIONS.index(path.stem)])
        changed = shock.apply(frame, generator).drop(TRUE_LOG_ODDS)
        changed.write_parquet(out / path.name)
        clients += changed.height
    write_marker(out, clients=clients, seed=seed)
