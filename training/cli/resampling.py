"""``python -m training resampling``: does resampling help, on a folder of tables?

The rule: the report holds no client, only figures over all of them; a study that was stopped goes on where it was.
"""

from pathlib import Path

from rich.table import Table

from scoring.files import files_aside
from training.checkpoints import Checkpoints
from training.config import Settings
from training.data.dataset import read_clients
from training.experiments.resampling.page import html
from training.experiments.resampling.study import Study, key_of, steps, study_resampling
from training.experiments.resampling.words import COLUMNS, cells, note
from training.parallel import Notice
from training.reporting.documents import PARTS, About, study_document, study_fingerprint, write_json


def write_resampling(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> Study:
    """Run the study and write ``resampling.json`` and ``resampling.html``.

    Parameters
    ----------
    notice : told of each step as it ends; `notices` says how many there are

    Raises
    ------
    TableError
        When a table is not as declared.
    TrainingError
        When nothing can be learnt.
    """
    clients = read_clients(tables)
    notice("tables read, features built")
    key = key_of(settings, data=clients.fingerprint, code=study_fingerprint("resampling"))
    matrix = clients.matrix()
    study = study_resampling(matrix, settings, remaining=Checkpoints(out / PARTS, "resampling", key), notice=notice)
    about = About(clients.fingerprint, clients.synthetic, len(matrix), settings.seed)
    found = {**study.as_dict(), "note": {lang: note(study, lang) for lang in ("fr", "en")}}
    with files_aside(out) as aside:
        write_json(study_document("resampling", about, found), aside / "resampling.json")
        (aside / "resampling.html").write_text(html(study), encoding="utf-8", newline="\n")
    notice("report written")
    return study


def notices(settings: Settings) -> int:
    """How many notices the verb gives."""
    return steps(settings) + 2


def printed(study: Study) -> Table:
    """The study as a table for the terminal."""
    table = Table(title=f"Resampling, {study.clients:,} clients, {study.folds} folds")
    for words in COLUMNS.values():
        table.add_column(words.say("en"), overflow="fold")
    for row in study.rows:
        table.add_row(*cells(row, "en"))
    return table
