"""``python -m training realism``: a synthetic portfolio beside real tables, as HTML, JSON and pictures.

The rule: the report holds real clients' summary statistics, so it lies outside the repository unless asked otherwise;
only the short summary is published in it.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from scoring.errors import TableError
from scoring.files import file_aside, files_aside
from training.data.realism import (
    PAGE_FILE,
    SUMMARY_FILE,
    compare_tables,
    draw,
    html,
    page,
    read_labelled,
    summarise,
    tell_apart,
)

FORMAT, VERSION = "clairscore/realism", 1


def write_realism(tables: Path, sample: Path, out: Path, *, publish: bool = False, seed: int = 42) -> dict[str, Any]:
    """Compare a synthetic portfolio with real tables, and write the report.

    Written are ``realism.html``, ``realism.json`` and ``TABLE.png`` for each table that both have.

    Parameters
    ----------
    tables : folder of the synthetic tables, marked as such
    sample : folder of the real tables
    out : folder of the report
    publish : whether to write the committed summary and its page as well
    seed : of the adversarial figure

    Returns
    -------
    dict
        The summary.

    Raises
    ------
    TableError
        When a table is not as declared, or the first folder is not proved synthetic, or the second is.
    """
    synthetic, real = read_labelled(tables), read_labelled(sample)
    if not synthetic.synthetic:
        raise TableError(
            f"the synthetic tables must be marked as such; got {tables} without a marker that fits. Write them with "
            "`python -m training portfolio`."
        )
    if real.synthetic:
        raise TableError(f"the sample must be of real tables; got the synthetic ones of {sample}. Give another folder.")
    compared = compare_tables(real, synthetic)
    adversarial = tell_apart(real.frames["application"], synthetic.frames["application"], seed=seed)
    summary = summarise(compared, adversarial, real_clients=len(real.target), synthetic_clients=len(synthetic.target))
    document = {
        "format": FORMAT,
        "version": VERSION,
        "summary": summary,
        "adversarial": dataclasses.asdict(adversarial),
        "tables": [dataclasses.asdict(table) for table in compared],
    }
    with files_aside(out) as aside:
        for table in compared:
            (aside / f"{table.name}.png").write_bytes(draw(table))
        (aside / "realism.html").write_text(html(compared, adversarial), encoding="utf-8")
        (aside / "realism.json").write_text(_json(document), encoding="utf-8")
    if publish:
        for path, text in ((SUMMARY_FILE, _json(summary)), (PAGE_FILE, page(summary))):
            with file_aside(path) as aside_file:
                aside_file.write_text(text, encoding="utf-8", newline="\n")
    return summary


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
