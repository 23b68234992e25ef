"""``python -m training select``: the path from all features to the few and the cost of each step, in a report.

The rule: it lies outside the repository when the tables are real; it holds no client, only figures of columns.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from scoring.files import files_aside
from training.config import Settings
from training.data.dataset import Clients, read_clients
from training.data.matrix import check_classes
from training.evaluation.splits import hold_out
from training.parallel import Notice, one_thread
from training.search.selection import NOTICES, PICTURE, document, draw, html, price, select

STEPS = NOTICES + 3


def write_selection(tables: Path, out: Path, settings: Settings, notice: Notice = lambda _: None) -> dict[str, Any]:
    """Walk the path on a folder of tables and write ``selection.json``, ``selection.html`` and ``selection.png``.

    Parameters
    ----------
    notice : told of each step as it ends; there are `STEPS`

    Returns
    -------
    dict
        The document.

    Raises
    ------
    TableError
        When a table is not as declared.
    TrainingError
        When nothing can be learnt.
    """
    with one_thread():
        clients = read_clients(tables)
        notice("tables read, features built")
        matrix = clients.matrix()
        check_classes(matrix, settings.fewest_of_a_class)
        most = settings.selection.most_rows
        if len(matrix) > most:
            matrix = matrix.take(hold_out(matrix.target, most / len(matrix), settings.seed).held)
        found = select(matrix, settings.selection, seed=settings.seed, declared=clients.features)
        notice("path walked")
        prices = price(matrix, settings, notice)
    report = document(found, prices, settings.selection, data=_data(clients, settings.seed))
    with files_aside(out) as aside:
        text = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False)
        (aside / "selection.json").write_text(text + "\n", encoding="utf-8", newline="\n")
        (aside / "selection.html").write_text(html(report), encoding="utf-8", newline="\n")
        (aside / PICTURE).write_bytes(draw(prices))
    notice("report written")
    return report


def printed(report: Mapping[str, Any]) -> Table:
    """The price of each step, as a table for the terminal."""
    table = Table(title=f"Selection on {report['clients']:,} labelled clients, {report['folds']} folds")
    for heading in ("after", "features", "AUC of trees", "change", "from all", "AUC of the glass box"):
        table.add_column(heading, justify="left" if heading == "after" else "right")
    for one in report["prices"]:
        few, most = min(one["features"]), max(one["features"])
        table.add_row(
            one["step"],
            str(few) if few == most else f"{few}–{most}",
            f"{one['auc']:.4f} ± {one['error']:.4f}",
            "" if one["step"] == "all" else f"{one['change']:+.4f} ± {one['change_error']:.4f}",
            "" if one["step"] == "all" else f"{one['whole']:+.4f} ± {one['whole_error']:.4f}",
            "" if one["own_auc"] is None else f"{one['own_auc']:.4f} ± {one['own_error']:.4f}",
        )
    return table


def _data(clients: Clients, seed: int) -> dict[str, Any]:
    return {
        "synthetic": clients.synthetic,
        "fingerprint": clients.fingerprint,
        "labelled": len(clients.target),
        "declared": len(clients.features),
        "absent_tables": list(clients.absent),
        "seed": seed,
    }
