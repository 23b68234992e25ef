"""The board as a JSON document for the model app: cards and sprints in both languages, with their counts.

The rule: the service reads this and nothing of training; the same board gives the same bytes.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import scoring
from scoring.errors import SettingsError
from training.data.problems.cards import Board, Card, Sprint
from training.data.problems.counting import Counts, Found
from training.data.problems.french import French, left_behind

FORMAT, VERSION = "clairscore-board", 1
BOARD_FILE = Path(scoring.__file__).parent / "reports" / "problems.json"
"""Part of the package: the board is about the data that the product reads, whichever model was trained."""
DATA_SETS = {
    "synthetic portfolio": "portefeuille synthétique",
    "real sample, applications": "échantillon réel, demandes",
    "real sample, histories": "échantillon réel, historiques",
}
"""French names of the data sets that are committed; others keep the name they were given."""
UNITS = {
    "applications": "demandes",
    "clients": "clients",
    "contracts": "contrats",
    "credits": "crédits",
    "distinct credits": "crédits distincts",
    "instalments": "échéances",
    "labelled clients": "clients à l'issue connue",
    "months": "mois",
    "rows": "lignes",
}


def board_json(board: Board, counts: Counts, french: French) -> str:
    """Return the document as text.

    Raises
    ------
    SettingsError
        When some French was left behind by the English, or a unit has no French.
    """
    stale = left_behind(board, french)
    if stale:
        raise SettingsError(
            f"the board's French must be of its English as it is; got older words, or none, of {', '.join(stale)}. "
            "Read french.toml again there, and set `of` to the digest of the English."
        )
    document = {
        "format": FORMAT,
        "version": VERSION,
        "data_sets": [
            {
                "name": _both(DATA_SETS.get(one.name, one.name), one.name),
                "clients": one.clients,
                "rows": sum(one.rows.values()),
                "synthetic": one.synthetic,
            }
            for one in counts.data_sets
        ],
        "sprints": [_sprint(sprint, french) for sprint in board.sprints],
        "cards": [_card(card, counts, french) for card in board.cards],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _sprint(sprint: Sprint, french: French) -> dict[str, Any]:
    translation = french.sprints[sprint.number]
    return {
        "number": sprint.number,
        "name": _both(translation.name, sprint.name),
        "goal": _both(translation.goal, sprint.goal),
        "review": _both(translation.review, sprint.review) if sprint.review else None,
    }


def _card(card: Card, counts: Counts, french: French) -> dict[str, Any]:
    translation = french.cards[card.id]
    return {
        "id": card.id,
        "state": card.state.value,
        "sprint": card.sprint,
        "table": card.table,
        "columns": list(card.columns),
        "title": _both(card.titre, card.title),
        "problem": _both(translation.problem, card.problem),
        "strategy": _both(translation.strategy, card.strategy),
        "dropped": [_both(fr, en) for fr, en in zip(translation.dropped, card.dropped, strict=True)],
        "learnt": _both(translation.learnt, card.learnt),
        "rules": list(card.rules),
        "features": list(card.features),
        "files": list(card.files),
        "evidence": [
            {
                "says": _both(fr, evidence.says),
                "unit": _both(_unit(evidence.unit), evidence.unit),
                "found": [_found(one.found.get(card.id, ()), at) for one in counts.data_sets],
            }
            for at, (fr, evidence) in enumerate(zip(translation.evidence, card.evidence, strict=True))
        ],
    }


def _found(found: tuple[Found | None, ...], at: int) -> dict[str, Any] | None:
    one = found[at] if at < len(found) else None
    if one is None:
        return None
    outcomes = None if one.outcomes is None else one.outcomes.model_dump()
    return {"touched": one.touched, "total": one.total, "outcomes": outcomes}


def _unit(unit: str) -> str:
    if unit not in UNITS:
        raise SettingsError(
            f"a unit must have its French; got {unit!r}. Add it to UNITS of training/data/problems/document.py."
        )
    return UNITS[unit]


def _both(fr: str, en: str) -> dict[str, str]:
    return {"fr": fr, "en": en}
