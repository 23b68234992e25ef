"""``python -m training simplicity``: what few terms cost, on a folder of tables.

The rule: the report holds no client, only figures over all of them; a study that was stopped goes on where it was.
"""

from pathlib import Path

from rich.table import Table

from scoring.files import files_aside
from training.checkpoints import Checkpoints
from training.config import Settings
from training.data.dataset import read_clients
from training.experiments.simplicity import MOST_ROWS, Simplicity, draw, steps, study_simplicity
from training.parallel import Notice
from training.reporting.documents import PARTS, About, study_document, study_fingerprint, write_json


def write_simplicity(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> Simplicity:
    """Run the study and write ``simplicity.json`` and ``simplicity.png``.

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
    key = {
        "data": clients.fingerprint,
        "code": study_fingerprint("simplicity"),
        "rows": MOST_ROWS,
        "settings": settings.as_dict(),
    }
    matrix = clients.matrix()
    study = study_simplicity(matrix, settings, remaining=Checkpoints(out / PARTS, "simplicity", key), notice=notice)
    about = About(clients.fingerprint, clients.synthetic, len(matrix), settings.seed)
    with files_aside(out) as aside:
        write_json(study_document("simplicity", about, study.as_dict()), aside / "simplicity.json")
        (aside / "simplicity.png").write_bytes(draw(study))
    notice("report written")
    return study


def notices(settings: Settings) -> int:
    """How many notices the verb gives."""
    return steps(settings) + 2


def printed(study: Simplicity) -> Table:
    """The curve as a table for the terminal; the last lines price the refit of questioned curves, and directions."""
    table = Table(title=f"The price of simplicity, {study.clients:,} clients, {study.folds} folds")
    for heading in ("model", "terms", "AUC", "cost per client", "cost − that of the largest"):
        table.add_column(heading)
    for point in study.points:
        change = point.from_largest
        table.add_row(
            point.model,
            f"{point.terms:.1f}",
            f"{point.auc:.4f} ± {point.auc_error:.4f}",
            f"{point.cost:.4f}",
            f"{change.mean:+.4f} ({change.low:+.4f} to {change.high:+.4f})",
        )
    refit = study.refit
    table.add_row(
        f"refit of {sum(refit.questions)} curves",
        "",
        f"{refit.auc_before:.4f} → {refit.auc_after:.4f}",
        "",
        f"{refit.cost.mean:+.4f} ({refit.cost.low:+.4f} to {refit.cost.high:+.4f})",
    )
    for price in study.directions:
        table.add_row(
            f"{price.model}, directions of {price.freed}",
            "",
            f"{price.auc_free:.4f} → {price.auc_declared:.4f}",
            "",
            f"{price.cost.mean:+.4f} ({price.cost.low:+.4f} to {price.cost.high:+.4f})",
        )
    return table
