"""``python -m training shock``: things that go wrong, done on purpose to synthetic clients; how soon a watch sees them.

The rule: the report holds no client, only shares of looks.
"""

from collections.abc import Callable
from pathlib import Path

from rich.table import Table

from training.experiments.drift_simulation import Study, study_shocks
from training.experiments.drift_simulation.study import steps
from training.monitoring.later import read_trained
from training.reporting.documents import About, study_document, write_json

STEPS = 2


def notices(artefacts: Path) -> int:
    """How many notices the verb gives."""
    return steps(read_trained(artefacts)[1]) + STEPS


def write_shock(
    artefacts: Path, out: Path, *, seed: int, looks: int, notice: Callable[[str], None] = lambda _: None
) -> Study:
    """Run the study on the artefacts of a training, and write ``shock.json``.

    Parameters
    ----------
    seed : of the clients, who must not be those of the training
    looks : looks of each size

    Raises
    ------
    ArtefactError
        When the artefacts can't be used.
    """
    found, trained = read_trained(artefacts)
    notice("artefacts read")
    study = study_shocks(trained, seed=seed, looks=looks, notice=notice)
    provenance = found.model.provenance
    about = About(provenance.data_fingerprint, provenance.synthetic, provenance.training_rows, seed)
    body = {"model": found.model.model_version, **study.as_dict()}
    write_json(study_document("shock", about, body), out)
    notice("report written")
    return study


def printed(study: Study) -> Table:
    """How soon each shock is seen, as a table for the terminal."""
    table = Table(title=f"{study.looks} looks of each size, at clients out of {study.clients:,}")
    for heading in ("shock", "seen from", "with outcomes", "signals", "advice"):
        table.add_column(heading, overflow="fold")
    for one in study.shocks:
        signals = ", ".join(f"{stated.kind} {stated.share:.0%}" for stated in one.signals) or "–"
        advice = ", ".join(f"{name} {count}" for name, count in one.sizes[-1].advice_after.items())
        table.add_row(one.words.en, _text(one.first), _text(one.first_after), signals, advice)
    return table


def _text(first: int | None) -> str:
    return "–" if first is None else f"{first:,} clients"
