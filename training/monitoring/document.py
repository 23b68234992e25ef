"""``watch.json``: a look with its signals and its advice, as a document beside the artefacts that it is about."""

from datetime import UTC, datetime
from typing import Any

import numpy as np

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel
from scoring.model.artefacts import Artefacts
from scoring.reports.monitoring import Seen, Trained, advise, light_of, rules, signals_of, unreadable
from scoring.reports.monitoring.thresholds import SEED
from scoring.reports.monitoring.wording import bilingual_text
from scoring.reports.monitoring_document import Advice, Watch, Watched, Watching
from training.monitoring.later import LaterClients
from training.reporting.documents import About, study_document


def watch_of(artefacts: Artefacts, trained: Trained, clients: LaterClients, seen: Seen) -> Watch:
    """The whole report of a look."""
    later = clients.later
    ids, known = later.frame[ID_COLUMN], ~np.isnan(later.outcome)
    watched = Watched(
        fingerprint=clients.fingerprint,
        synthetic=clients.synthetic,
        clients=later.frame.height,
        labelled=int(known.sum()),
        defaulters=int(np.nansum(later.outcome)),
        first=int(ids[0]),
        last=int(ids[-1]),
        absent_tables=later.absent,
        notes=clients.notes,
    )
    signals = signals_of(seen)
    found = {
        "watched": watched.model_dump(),
        "light": light_of(seen, signals),
        "advice": advise(seen, signals).model_dump(),
        "signals": [one.model_dump() for one in signals],
        "score": seen.score.model_dump(),
        "features": [one.model_dump() for one in seen.features],
        "raw": None if seen.raw is None else [one.model_dump() for one in seen.raw],
        "decisions": seen.decisions.model_dump(),
        "cost": seen.cost.model_dump(),
        "outcomes": None if seen.outcomes is None else seen.outcomes.model_dump(),
        "blocks": [one.model_dump() for one in seen.blocks],
        "by_period": later.periods is not None,
        "overridden": None if seen.overridden is None else seen.overridden.model_dump(),
        "challenger": None if seen.challenger is None else seen.challenger.model_dump(),
    }
    return _report(artefacts.model, trained, found)


def unreadable_watch(artefacts: Artefacts, trained: Trained, problem: str) -> Watch:
    """The report on tables that can't be read: one signal, and nothing measured."""
    signal = unreadable(problem)
    watched = Watched(fingerprint=None, synthetic=False, clients=0, labelled=0, defaulters=0, first=None, last=None)
    advice = Advice(action="repair", says=bilingual_text("advice.repair"), because=(signal.says,))
    found: dict[str, Any] = dict.fromkeys(("score", "raw", "decisions", "cost", "outcomes", "overridden", "challenger"))
    found |= {
        "watched": watched.model_dump(),
        "light": "red",
        "advice": advice.model_dump(),
        "signals": [signal.model_dump()],
        "features": [],
        "blocks": [],
        "by_period": False,
    }
    return _report(artefacts.model, trained, found)


def _report(model: AdditiveModel, trained: Trained, found: dict[str, Any]) -> Watch:
    provenance, challenger = model.provenance, trained.challenger
    watching = Watching(
        serves=model.kind,
        version=model.model_version,
        training_rows=provenance.training_rows,
        compared_with=trained.compared.height,
        challenger=challenger.kind if challenger else None,
        challenger_version=challenger.model_version if challenger else None,
    )
    about = About(provenance.data_fingerprint, provenance.synthetic, provenance.training_rows, SEED)
    body = {
        "made": datetime.now(UTC).date().isoformat(),
        "model": watching.model_dump(),
        **found,
        "rules": [one.model_dump() for one in rules()],
    }
    return Watch.model_validate(study_document("watch", about, body))


def watch_document(watch: Watch) -> dict[str, Any]:
    """The report as JSON values."""
    return watch.model_dump(mode="json")
