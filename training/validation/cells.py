"""Cells of the tables: is there evidence behind each score, and does the missing cell say what its clients did?"""

import numpy as np

from scoring.i18n import Words
from scoring.model.additive_model import Term
from scoring.model.scale import log_odds_of, pd_of_many
from scoring.model.statistics import Z_99, z_of_many
from training.reporting.wording import Cell, bilingual, num
from training.validation.checks import Check, Table, flagged, joined
from training.validation.subject import Subject

FEW, SOME = 40, 100
LARGE, LARGE_OF_SOME = 0.5, 0.35
"""Distance from the term's mean, in log-odds, that fewer than `FEW`, and fewer than `SOME`, clients may not carry."""


def check_cells(subject: Subject) -> list[Check]:
    """Cells of few training clients whose score is far from the term's mean."""
    return [_cells(subject, kind) for kind in subject.models]


def check_missing(subject: Subject) -> list[Check]:
    """The missing cell's score against what clients with a missing value did."""
    return [_missing(subject, kind) for kind in subject.models]


def _cells(subject: Subject, kind: str) -> Check:
    model = subject.models[kind]
    factor = model.scale.factor
    thin: list[tuple[str, int, int, float]] = []
    total = 0
    for term in model.terms:
        counts, scores = np.asarray(term.counts), np.asarray(term.scores)
        mean = float((counts * scores).sum() / max(counts.sum(), 1))
        reachable = _reachable(term)
        total += len(reachable)
        for cell in reachable:
            distance = float(scores[cell] - mean)
            if (counts[cell] < FEW and abs(distance) > LARGE) or (
                counts[cell] < SOME and abs(distance) > LARGE_OF_SOME
            ):
                thin.append((term.name, cell, int(counts[cell]), distance))
    grave = [row for row in thin if row[2] < FEW and abs(row[3]) > LARGE and row[2] > 0]
    empty = [row for row in thin if row[2] == 0]
    thin.sort(key=lambda row: (row[2], -abs(row[3])))
    return Check(
        id=f"artefact.cells.{kind}",
        family="artefact",
        model=kind,
        question=Words(
            "Une case du score repose-t-elle sur trop peu de clients ?",
            "Does a cell of the score rest on too few clients?",
        ),
        finding=bilingual(
            "{grave} des {n} cases donnent plus de {points} points sur moins de {few} clients ; {thin} au total à "
            "surveiller, dont {empty} sans aucun client d'apprentissage.",
            "{grave} of {n} cells give more than {points} points on fewer than {few} clients; {thin} to watch in all, "
            "{empty} of them without any training client.",
            grave=num(len(grave)), n=num(total), points=num(LARGE * factor), few=num(FEW), thin=num(len(thin)),
            empty=num(len(empty)),
        ),
        figures={
            "cells": total, "thin": len(thin), "grave": len(grave), "empty": len(empty),
            "fewest_clients": min((row[2] for row in thin), default=None),
        },
        bound=bilingual(
            "Moins de {few} clients : {large} log-cote au plus ; moins de {some} : {less} (écart à la moyenne du "
            "terme).",
            "Under {few} clients: at most {large} log-odds; under {some}: {less} (distance from the term's mean).",
            few=num(FEW), large=num(LARGE, 2), some=num(SOME), less=num(LARGE_OF_SOME, 2),
        ),
        verdict="fail" if grave else ("warn" if thin else "pass"),
        action=Words(
            "Réajuster avec des feuilles plus grandes ou des bornes fixées, et dire ce que cela coûte.",
            "Fit again with larger leaves or fixed splits, and say what that costs.",
        ),
        method=Words(
            "Cases atteignables de chaque table, avec l'effectif d'apprentissage écrit dans le fichier.",
            "Reachable cells of each table, with the training count written in the file.",
        ),
        tables=(
            Table(
                Words("Cases à surveiller", "Cells to watch"),
                (
                    Words("terme", "term"), Words("case", "cell"), Words("clients", "clients"),
                    Words("points d'écart à la moyenne", "points from the mean"),
                ),
                tuple((name, str(cell), num(count), num(-factor * d, 1, signed=True))
                      for name, cell, count, d in thin[:40]),
            ),
        ) if thin else (),
    )  # fmt: skip


def _reachable(term: Term) -> list[int]:
    """Cells that clients of training could fall in: all but the last of each axis, which is for the unseen."""
    keep = [list(range(axis.cells - 1)) for axis in term.axes]
    if len(keep) == 1:
        return keep[0]
    return [first * term.axes[1].cells + second for first in keep[0] for second in keep[1]]


def _missing(subject: Subject, kind: str) -> Check:
    model = subject.models[kind]
    target = np.concatenate([subject.train.target, subject.test.target])
    scored = [subject.scored_train[kind], subject.scored_test[kind]]
    pd = pd_of_many(np.concatenate([part.log_odds for part in scored]))
    cells = np.concatenate([part.cells for part in scored])
    average = log_odds_of(float(target.mean()))
    judged: list[tuple[str, int, float, float, float, bool, bool]] = []
    for position, term in enumerate(model.terms):
        missing = cells[:, position] == 0
        if len(term.features) != 1 or int(missing.sum()) < SOME or bool(missing.all()):
            continue
        rate = float(target[missing].mean())
        error = float(np.sqrt((pd[missing] * (1 - pd[missing])).sum()) / missing.sum())
        z = (rate - float(pd[missing].mean())) / error
        counts, scores = np.asarray(term.counts), np.asarray(term.scores)
        effect = float(scores[0] - (counts * scores).sum() / counts.sum())
        shrunk = (target[missing].sum() + 1) / (missing.sum() + 2 / max(target.mean(), 1e-9))
        deviation = log_odds_of(float(shrunk)) - average
        known = abs(rate - target.mean()) > Z_99 * np.sqrt(target.mean() * (1 - target.mean()) / missing.sum())
        judged.append((term.name, int(missing.sum()), effect, deviation, z, bool(known), effect * deviation < 0))
    bound = z_of_many(len(judged))
    wrong = [name for name, _, _, _, z, _, _ in judged if abs(z) > bound]
    turned = [name for name, _, effect, _, _, known, other in judged if known and other and abs(effect) > 0.05]
    factor = model.scale.factor
    rows: list[tuple[Cell, ...]] = [
        (name, num(n), num(-factor * effect, 1, signed=True), num(-factor * deviation, 1, signed=True),
         num(z, 1, signed=True))
        for name, n, effect, deviation, z, _, _ in judged
    ]  # fmt: skip
    return Check(
        id=f"artefact.missing.{kind}",
        family="artefact",
        model=kind,
        question=Words(
            "Une valeur manquante est-elle notée selon ce qu'ont fait les clients à qui elle manque ?",
            "Is a missing value scored by what the clients who lack it did?",
        ),
        finding=bilingual(
            "{n} cases « manquant » d'au moins {some} clients ; {wrong} mal calibrées, {turned} de signe contraire au "
            "taux observé.",
            "{n} missing cells with at least {some} clients; {wrong} badly calibrated, {turned} of a sign other than "
            "the observed rate's.",
            n=num(len(judged)), some=num(SOME), wrong=num(len(wrong)), turned=num(len(turned)),
        ),
        figures={"missing_cells": len(judged), "badly_calibrated": len(wrong), "of_other_sign": len(turned)},
        bound=bilingual(
            "Probabilité moyenne à {z} erreurs-types du taux observé parmi eux ; un signe contraire avertit seulement.",
            "Mean probability within {z} standard errors of the rate observed among them; another sign only warns.",
            z=num(bound, 1),
        ),
        verdict=flagged(fail=wrong, warn=turned),
        reason=bilingual(
            "Un signe contraire peut être juste : les autres termes disent déjà le risque de ces clients ({names}).",
            "Another sign may be right: the other terms already tell these clients' risk ({names}).",
            names=joined(turned),
        ) if turned else None,
        action=bilingual(
            "Revoir ce que dit l'absence de : {names}.", "Look at what the absence says of: {names}.",
            names=joined(wrong or turned),
        ),
        method=Words(
            "Termes d'une variable ; clients étiquetés à qui la valeur manque ; score de la case moins la moyenne du "
            "terme, contre les log-cotes du taux observé moins celles de tous.",
            "Terms of one feature; labelled clients who lack the value; the cell's score minus the term's mean, "
            "against the log-odds of the observed rate minus those of all.",
        ),
        tables=(
            Table(
                Words("Cases « manquant »", "Missing cells"),
                (
                    Words("terme", "term"), Words("clients", "clients"), Words("points de la case", "cell's points"),
                    Words("points selon le taux brut", "points by the raw rate"),
                    Words("écart (erreurs-types)", "gap (standard errors)"),
                ),
                tuple(rows),
            ),
        ) if rows else (),
    )  # fmt: skip
