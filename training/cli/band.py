"""``python -m training band``: how many spreads make a band that covers as often as it says, measured again.

The rule: only synthetic tables, whose true risk is beside them, can tell; what is measured becomes part of the product.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from rich.table import Table

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TrainingError
from training.config import Settings
from training.data.dataset import read_clients
from training.evaluation.band import TABLE
from training.experiments.band import steps, study_band
from training.parallel import Notice, one_thread
from training.reporting.documents import write_json


def write_band(tables: Path, out: Path | None, settings: Settings, notice: Notice = lambda _: None) -> dict[str, Any]:
    """Run the study and write its table.

    Parameters
    ----------
    out : JSON file; None for the one that trainings read

    Raises
    ------
    TrainingError
        When the tables are not synthetic, or too few.
    """
    truth = tables / "truth.parquet"
    with one_thread():
        clients = read_clients(tables)
        notice("tables read, features built")
        if not clients.synthetic or clients.origin is None or not truth.is_file():
            raise TrainingError(
                f"The study of the band must have synthetic tables with their truth; got {tables}. Write some with "
                "`python -m training portfolio`."
            )
        matrix = clients.matrix()
        true = pl.DataFrame({ID_COLUMN: matrix.ids}).join(
            pl.read_parquet(truth, columns=[ID_COLUMN, "log_odds"]), on=ID_COLUMN, how="left", maintain_order="left"
        )
        found = study_band(matrix, true["log_odds"].to_numpy(), settings, notice=notice)
    report = {"portfolio": dict(clients.origin), "seed": settings.seed, **found}
    write_json(report, out or TABLE)
    return report


def notices() -> int:
    """How many notices the verb gives."""
    return steps() + 1


def printed(report: Mapping[str, Any]) -> Table:
    """The table for the terminal."""
    table = Table(title=f"Spreads that cover {report['coverage']:.0%} of the scores")
    for heading in ("model", "clients", "positives", "samples", "k", "error", "spread", "truth covered"):
        table.add_column(heading)
    for kind, rows in report["sizes"].items():
        for row in rows:
            table.add_row(
                kind,
                f"{row['clients']:,}",
                f"{row['positives']:,}",
                str(row["samples"]),
                f"{row['k']:.2f} ({row['k_low']:.2f} to {row['k_high']:.2f})",
                f"{row['error']:.3f}",
                f"{row['spread']:.3f}",
                f"{row['true_covered']:.0%}",
            )
    return table
