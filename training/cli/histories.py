"""``python -m training histories``: what the histories add to the application, on a folder of tables."""

import json
from pathlib import Path

import polars as pl
from rich.table import Table

from scoring.data.tables.column_types import ID_COLUMN
from scoring.files import file_aside
from scoring.model.statistics import Interval
from training.config import Settings
from training.data.dataset import read_clients
from training.experiments.histories import Histories, steps, study_histories
from training.parallel import Notice
from training.validation.subject import TRUTH_FILE


def write_histories(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> Histories:
    """Run the study and write it as JSON.

    Parameters
    ----------
    tables : raw tables; where they are proved synthetic and ``truth.parquet`` lies beside them, the Bayes AUC is added
    out : the file
    notice : told of each step as it ends; `notices` says how many there are

    Raises
    ------
    TableError
        When a table is not as declared.
    TrainingError
        When nothing can be learnt.
    """
    clients = read_clients(tables)
    matrix = clients.matrix()
    notice("tables read, features built")
    true_pd = None
    if clients.synthetic and (tables / TRUTH_FILE).is_file():
        truth = pl.read_parquet(tables / TRUTH_FILE, columns=[ID_COLUMN, "pd"])
        ids = pl.DataFrame({ID_COLUMN: matrix.ids})
        true_pd = ids.join(truth, on=ID_COLUMN, how="left", maintain_order="left")["pd"].to_numpy()
    study = study_histories(matrix, settings, true_pd=true_pd, notice=notice)
    data = {"synthetic": clients.synthetic, "fingerprint": clients.fingerprint, "absent_tables": clients.absent}
    text = json.dumps({"data": data, **study.as_dict()}, indent=1, ensure_ascii=False, allow_nan=False)
    with file_aside(out) as aside:
        aside.write_text(text + "\n", encoding="utf-8", newline="\n")
    return study


def notices(settings: Settings) -> int:
    """How many notices the verb gives."""
    return steps(settings) + 1


def printed(study: Histories) -> Table:
    """The study as a table for the terminal."""
    title = f"{study.clients:,} clients, {study.positives:,} with difficulties, {study.folds} folds"
    table = Table(title=title)
    for heading in ("score", "features", "AUC"):
        table.add_column(heading)
    own, every = study.features
    table.add_row("boosted trees, the application alone", str(own), _text(study.application))
    table.add_row("boosted trees, histories too", str(every), _text(study.everything))
    table.add_row("what the histories add", str(every - own), _text(study.added, "+"))
    if study.bayes is not None:
        table.add_row("true probability of default", "", _text(study.bayes))
    return table


def _text(found: Interval, sign: str = "") -> str:
    return f"{found.value:{sign}.4f} ({found.low:{sign}.4f} to {found.high:{sign}.4f})"
