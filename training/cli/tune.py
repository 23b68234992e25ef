"""``python -m training tune``: the search for settings on a folder of tables, and what it gains on fresh folds.

The rule: the search and its judges see the training part alone, as in a run; the test clients stay untouched.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from scoring.files import files_aside
from training.config import Settings
from training.data.dataset import read_clients
from training.data.matrix import check_classes
from training.evaluation.splits import hold_out
from training.parallel import Notice, cores, one_thread
from training.reporting.documents import PARTS, About, study_document, write_json
from training.search.tuning import KINDS, draw, gains, read_trials, trials_file, tune, tuning_report


def write_tuning(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> dict[str, Any]:
    """Search, judge, and write ``tuning.json`` and ``tuning.png``; the trials are kept below ``parts``.

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
    parts, processes = out / PARTS, cores()
    with one_thread():
        clients = read_clients(tables)
        notice("tables read, features built")
        matrix = clients.matrix()
        check_classes(matrix, settings.fewest_of_a_class)
        train = matrix.take(hold_out(matrix.target, settings.test_share, settings.seed).fit)
        found = tune(train, settings, data=clients.fingerprint, folder=parts, notice=notice, processes=processes)
        judged = gains(train, settings, found, notice, processes=processes)
    searches = {kind: read_trials(trials_file(parts, kind)) for kind in KINDS}
    about = About(clients.fingerprint, clients.synthetic, len(train), settings.seed)
    report = study_document("tuning", about, tuning_report(settings, found, judged, searches))
    with files_aside(out) as aside:
        write_json(report, aside / "tuning.json")
        (aside / "tuning.png").write_bytes(draw(searches))
    notice("report written")
    return report


def notices(settings: Settings) -> int:
    """How many notices the verb gives."""
    return 2 + len(KINDS) * (settings.trials + 2 * settings.folds)


def printed(report: Mapping[str, Any]) -> Table:
    """What each search gained, as a table for the terminal."""
    table = Table(title=f"Gain of {report['trials']} trials over the defaults, on fresh folds")
    for heading in (
        "model",
        "gain, cost per client",
        "AUC before",
        "AUC after",
        "change of AUC",
        "log-loss",
        "clients",
        "adopted",
    ):
        table.add_column(heading)
    for gain in report["gains"]:
        cost = gain["cost"]
        table.add_row(
            gain["kind"],
            f"{cost['mean']:+.4f} ({cost['low']:+.4f} to {cost['high']:+.4f})",
            f"{gain['auc_before']:.4f}",
            f"{gain['auc_after']:.4f}",
            f"{gain['auc_low']:+.4f} to {gain['auc_high']:+.4f}",
            f"{gain['log_loss_before']:.5f} → {gain['log_loss_after']:.5f}",
            "unseen by the search" if gain["unseen"] else "the same, other folds",
            "yes" if gain["adopted"] else "no",
        )
    return table
