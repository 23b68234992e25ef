"""``python -m training refused``: what a model loses by seeing granted loans only, on a synthetic portfolio.

The rule: the portfolio is written twice from one seed, with the past policy and without; the first says whom it
refused, the second holds every outcome.
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from rich.table import Table

from scoring.data.tables.column_types import ID_COLUMN
from scoring.files import file_aside
from training.config import Settings
from training.data.dataset import read_clients
from training.data.synthetic import write_portfolio
from training.data.synthetic.policy import REFUSED
from training.data.synthetic.writing import TRUTH
from training.experiments.refused import FITTED_ON, Refused, study_refused
from training.experiments.refused_page import page
from training.parallel import Notice
from training.provenance import write_marker

FORMAT, VERSION = "clairscore/refused-loans", 1
PAGE = Path("docs/refused-loans.md")


def write_refused(
    clients: int, out: Path, settings: Settings, *, publish: Path | None = None, notice: Notice = lambda _: None
) -> Refused:
    """Make the portfolios, run the study, write it as JSON.

    Parameters
    ----------
    clients : of the portfolio
    out : the file
    publish : where the page is written too
    notice : told of each step as it ends; `notices` says how many there are

    Raises
    ------
    SettingsError
        When the portfolio cannot be made.
    TrainingError
        When nothing can be learnt.
    """
    seed = settings.seed
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=out.parent, prefix=".refused-") as folder:
        whole, granted = Path(folder) / "all", Path(folder) / "granted"
        write_portfolio(clients, seed, granted, policy=True)
        ids = pl.read_parquet(granted / f"{REFUSED}.parquet", columns=[ID_COLUMN])[ID_COLUMN].to_list()
        write_portfolio(clients, seed, whole)
        write_marker(whole, clients=clients, seed=seed)
        notice("portfolios written")
        matrix = read_clients(whole).matrix()
        truth = pl.read_parquet(whole / f"{TRUTH}.parquet", columns=[ID_COLUMN, "pd"])
    notice("features built")
    of_clients = pl.DataFrame({ID_COLUMN: matrix.ids}).join(truth, on=ID_COLUMN, how="left", maintain_order="left")
    refused = of_clients[ID_COLUMN].is_in(ids).to_numpy()
    study = study_refused(matrix, refused, of_clients["pd"].to_numpy(), settings, notice)
    document: dict[str, Any] = {"format": FORMAT, "version": VERSION, "seed": seed, **study.as_dict()}
    texts = {out: json.dumps(document, indent=1, allow_nan=False) + "\n"}
    if publish is not None:
        texts[publish] = page(document)
    for path, text in texts.items():
        with file_aside(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
    return study


def notices() -> int:
    """How many notices the verb gives."""
    return 2 + len(FITTED_ON)


def printed(study: Refused) -> Table:
    """The study as a table for the terminal."""
    table = Table(title=f"{study.clients:,} labelled clients, {study.refused:,} refused by the past policy")
    for heading in ("applicants", "fitted on", "clients", "mean pd", "true", "AUC", "cost", "least cost"):
        table.add_column(heading)
    for fitted, groups in study.groups.items():
        for name, found in groups.items():
            figures = (found.predicted, found.true, found.auc, found.cost, found.least)
            table.add_row(name, fitted, f"{found.clients:,}", *(f"{figure:.4f}" for figure in figures))
    return table
