"""The served file itself: does it still compute what its certificate says, and does it keep the directions promised?"""

import json
from typing import Any

import numpy as np

from scoring.data.features import DICTIONARY
from scoring.i18n import Words
from scoring.model.additive_model import AdditiveModel, NumberAxis, Term
from scoring.model.additive_model.document import PARITY_BOUND
from scoring.model.arrays import Floats
from training.evaluation.figures import figures
from training.reporting.wording import bilingual, num
from training.validation.checks import Check, joined
from training.validation.subject import Subject

BY_HAND = 300
SLACK = 1e-12


def check_parity(subject: Subject) -> list[Check]:
    """Recompute the clients' scores by hand from the JSON, and the stated figures from the scores."""
    return [_parity(subject, kind) for kind in subject.models]


def check_monotonicity(subject: Subject) -> list[Check]:
    """Every cell of every table, pairs and whole models included, against the dictionary's directions."""
    return [_monotonicity(kind, model) for kind, model in subject.models.items()]


def by_hand(document: dict[str, Any], row: dict[str, Any]) -> float:
    """The log-odds of one client from the file's JSON alone: a second implementation, as plain as can be."""
    total = float(document["intercept"])
    for term in document["terms"]:
        at = 0
        for name, axis in zip(term["features"], term["axes"], strict=True):
            value, size = row[name], len(axis.get("edges", axis.get("levels"))) + (3 if "edges" in axis else 2)
            if value is None or value != value:  # noqa: PLR0124  # NaN
                cell = 0
            elif "edges" in axis:
                cell = 1 + sum(1 for edge in axis["edges"] if value >= edge)
            else:
                cell = next((i + 1 for i, level in enumerate(axis["levels"]) if value in level), size - 1)
            at = at * size + cell
        total += term["scores"][at]
    return total


def _parity(subject: Subject, kind: str) -> Check:
    model = subject.models[kind]
    document = json.loads((subject.folder / f"{kind}.json").read_text(encoding="utf-8"))
    frame = subject.unseen_frame
    chosen = np.sort(np.random.default_rng([subject.seed, 31]).permutation(frame.height)[:BY_HAND])
    rows = frame[chosen].select(list(model.features)).rows(named=True)
    many = subject.scored_unseen[kind].log_odds[chosen]
    one = np.array([subject.lookups[kind].score(row).log_odds for row in rows])
    hand = np.array([by_hand(document, row) for row in rows])
    largest = float(max(np.abs(many - hand).max(), np.abs(one - hand).max()))
    stated = dict(model.provenance.metrics.get("test", {}))
    found = figures(subject.test.target, subject.scored_test[kind].log_odds, subject.costs)
    shared = [name for name in stated if name in found]
    drift = max((abs(float(stated[name]) - found[name]) for name in shared), default=0.0)
    certificate = model.certificate
    ok = largest <= PARITY_BOUND and drift <= 1e-6 and certificate.largest_difference <= PARITY_BOUND
    return Check(
        id=f"artefact.parity.{kind}",
        family="artefact",
        model=kind,
        question=Words(
            "Le fichier servi calcule-t-il ce que son certificat et ses chiffres publiés annoncent ?",
            "Does the served file compute what its certificate and published figures say?",
        ),
        finding=bilingual(
            "Recalculé à la main sur {n} clients : écart de {d} log-cote au plus ; certificat face à {library} : "
            "{stated} ; {k} chiffres de test retrouvés à {drift} près.",
            "Recomputed by hand for {n} clients: at most {d} log-odds apart; certificate against {library}: {stated}; "
            "{k} test figures found again within {drift}.",
            n=num(len(rows)), d=f"{largest:.1e}", library=certificate.library,
            stated=f"{certificate.largest_difference:.1e}", k=num(len(shared)), drift=f"{drift:.1e}",
        ),
        figures={
            "by_hand_largest_difference": largest, "certificate_largest_difference": certificate.largest_difference,
            "certificate_rows": certificate.test_rows + certificate.adversarial_rows, "clients": len(rows),
            "stated_figures": len(shared), "stated_figures_largest_difference": drift,
        },
        bound=Words(
            "1e-9 log-cote pour le calcul, 1e-6 pour les chiffres publiés ; l'empreinte du fichier est vérifiée.",
            "1e-9 log-odds for the computation, 1e-6 for the published figures; the file's digest is checked.",
        ),
        verdict="pass" if ok else "fail",
        action=Words(
            "Ne pas servir ce fichier : le réentraîner, ou reprendre celui d'origine.",
            "Do not serve this file: train again, or restore the original.",
        ),
        method=Words(
            "Seconde lecture du JSON, en vingt lignes, sans le code servi ; l'écart à la bibliothèque d'origine n'est "
            "pas remesuré ici (il faut l'ajustement lui-même), c'est celui du certificat.",
            "A second reading of the JSON in twenty lines, without the serving code; the difference to the original "
            "library is not measured again here (that needs the fit itself): it is the certificate's.",
        ),
    )  # fmt: skip


def breaks(term: Term, scores: Floats) -> float:
    """How far a table goes against the dictionary's directions, in log-odds; 0 where it keeps them.

    Parameters
    ----------
    scores : shape (cells,), row-major; missing and unseen cells have no place in the order
    """
    table = scores.reshape([axis.cells for axis in term.axes])
    worst = 0.0
    for position, (name, axis) in enumerate(zip(term.features, term.axes, strict=True)):
        direction = DICTIONARY[name].direction.value
        if not direction or not isinstance(axis, NumberAxis) or not axis.edges:
            continue
        ordered = np.moveaxis(table, position, 0)[1:-1]
        worst = max(worst, float((-direction * np.diff(ordered, axis=0)).max(initial=0.0)))
    return worst if worst > SLACK else 0.0


def _monotonicity(kind: str, model: AdditiveModel) -> Check:
    promised = [term for term in model.terms if any(DICTIONARY[name].direction.value for name in term.features)]
    served = {term.name: breaks(term, np.asarray(term.scores)) for term in promised}
    bags = {term.name: max((breaks(term, np.asarray(bag)) for bag in term.bags), default=0.0) for term in promised}
    bad, bad_bags = [n for n, v in served.items() if v > 0.0], [n for n, v in bags.items() if v > 0.0]
    cells = sum(len(term.scores) for term in promised)
    mixed = [t.name for t in promised if len(t.features) > 1]
    return Check(
        id=f"artefact.monotonicity.{kind}",
        family="artefact",
        model=kind,
        question=Words(
            "Un meilleur dossier peut-il faire baisser le score, contre le sens promis ?",
            "Can a better file lower the score, against the promised direction?",
        ),
        finding=bilingual(
            "{bad} des {n} tables orientées vont contre leur sens ({cells} cases lues, {mixed} paires orientées) ; "
            "{bags} tables le font dans un modèle entier de l'ensemble (écart d'au plus {most} log-cote).",
            "{bad} of the {n} directed tables go against their direction ({cells} cells read, {mixed} directed pairs); "
            "{bags} tables do so in some whole model of the ensemble (by at most {most} log-odds).",
            bad=num(len(bad)), n=num(len(promised)), cells=num(cells), mixed=num(len(mixed)), bags=num(len(bad_bags)),
            most=num(max(bags.values(), default=0.0), 3),
        ),
        figures={
            "directed_terms": len(promised), "cells": cells, "directed_pairs": len(mixed), "broken": len(bad),
            "largest_break": max(served.values(), default=0.0), "broken_in_bags": len(bad_bags),
            "largest_break_in_bags": max(bags.values(), default=0.0),
        },
        bound=Words(
            "Aucune case servie contre le sens ; un avertissement si un modèle de l'ensemble, qui ne sert qu'à "
            "l'incertitude, y contrevient.",
            "No served cell against its direction; a warning where a model of the ensemble, which serves for the "
            "uncertainty alone, goes against it.",
        ),
        verdict="fail" if bad else ("warn" if bad_bags else "pass"),
        reason=Words(
            "Les modèles de l'ensemble sont réappris sur des clients tirés à nouveau ; là où une variable pèse à peine, son "
            "coefficient peut changer de signe. Le score servi n'est pas touché.",
            "Models of the ensemble are trained again on resampled clients; where a variable hardly weighs, its coefficient "
            "may change its sign. The served score is not touched.",
        ) if bad_bags and not bad else None,
        action=bilingual(
            "Réajuster sous contrainte : {names}. Jamais en modifiant une case.",
            "Fit again under the constraint: {names}. Never by editing a cell.",
            names=joined(bad or bad_bags),
        ),
        method=Words(
            "Différences de cases voisines de chaque table, le long de chaque axe orienté du dictionnaire, tranche par "
            "tranche pour les paires ; la case des valeurs manquantes n'a pas d'ordre.",
            "Differences of neighbouring cells of each table along each axis that the dictionary directs, slice by "
            "slice for pairs; the cell of missing values has no order.",
        ),
    )  # fmt: skip
