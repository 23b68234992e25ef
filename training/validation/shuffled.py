"""Shuffled target: with outcomes dealt at random there is nothing to learn, and a procedure that finds something leaks.

Outcomes are shuffled over training and test clients together, the procedure is fitted on the training clients and
judged on the test clients; repeated, the mean AUC is 0.5 but for chance.
"""

import numpy as np

from scoring.errors import TrainingError
from scoring.i18n import Words
from training.models.scorecard import fit_scorecard
from training.reporting.wording import num, told
from training.validation.checks import Check
from training.validation.quick import fit_quick
from training.validation.statistics import Z, auc, auc_of_chance
from training.validation.subject import Subject

REPEATS, REPEATS_QUICK, REPEATS_FULL = 40, 12, 6


def check_shuffled(subject: Subject) -> list[Check]:
    """The quick scorecard on shuffled outcomes; the served scorecard's own procedure too, unless in a hurry."""
    repeats = REPEATS_QUICK if subject.quick else REPEATS
    checks = [_check(subject, "quick", _quick_aucs(subject, repeats))]
    if not subject.quick:
        checks.append(_check(subject, "scorecard", _full_aucs(subject, REPEATS_FULL)))
    return checks


def _shuffled(subject: Subject, repeats: int) -> list[np.ndarray]:
    generator = np.random.default_rng([subject.seed, 21])
    return [generator.permutation(subject.matrix.target) for _ in range(repeats)]


def _quick_aucs(subject: Subject, repeats: int) -> list[float]:
    out = []
    for i, target in enumerate(_shuffled(subject, repeats)):
        fitted = fit_quick(subject.codes[subject.train_rows], subject.cuts.sizes, target[subject.train_rows], seed=i)
        out.append(auc(target[subject.test_rows], fitted.log_odds(subject.codes[subject.test_rows])))
    return out


def _full_aucs(subject: Subject, repeats: int) -> list[float]:
    out = []
    settings = subject.settings.scorecard
    for target in _shuffled(subject, repeats):
        train = type(subject.train)(
            subject.train.ids, target[subject.train_rows], subject.train.frame, subject.train.candidates
        )
        try:
            fitted = fit_scorecard(train, settings, seed=subject.seed)
        except TrainingError:  # nothing learnt: as it should be
            out.append(0.5)
            continue
        out.append(auc(target[subject.test_rows], fitted.decision_function(subject.test.frame)))
    return out


def _check(subject: Subject, procedure: str, aucs: list[float]) -> Check:
    positives = int(subject.test.target.sum())
    mean = float(np.mean(aucs))
    error = auc_of_chance(positives, len(subject.test) - positives) / np.sqrt(len(aucs))
    z = (mean - 0.5) / error
    name = Words("une grille de score rapide", "a quick scorecard")
    if procedure == "scorecard":
        name = Words("la procédure de la grille servie", "the procedure of the served scorecard")
    return Check(
        id=f"honesty.shuffled_target.{procedure}",
        family="honesty",
        model="scorecard" if procedure == "scorecard" else "",
        question=told(
            "Sur des issues tirées au hasard, {name} apprend-elle quand même quelque chose ?",
            "On outcomes dealt at random, does {name} still learn something?",
            name=name,
        ),
        finding=told(
            "AUC moyenne de {mean} sur {n} répétitions, soit {z} erreurs-types de 0,5.",
            "Mean AUC of {mean} over {n} repetitions: {z} standard errors from 0.5.",
            mean=num(mean, 4), n=num(len(aucs)), z=num(z, 1, signed=True),
        ),
        figures={
            "mean_auc": mean, "standard_error": error, "z": z, "repetitions": len(aucs),
            "lowest": min(aucs), "highest": max(aucs), "test_clients": len(subject.test), "test_positives": positives,
        },
        bound=told("0,5 à {z} erreurs-types près.", "0.5 within {z} standard errors.", z=num(Z, 1)),
        verdict="pass" if abs(z) <= Z else "fail",
        action=Words(
            "Chercher une information de l'issue dans les variables ou dans la séparation des clients : rien ne doit "
            "être publié avant.",
            "Look for information on the outcome in the features or in the split of the clients; publish nothing "
            "before it is found.",
        ),
        method=Words(
            "Issues mélangées sur tous les clients étiquetés, ajustement sur les clients d'apprentissage, AUC sur les "
            "clients de test ; erreur-type exacte d'un score sans information (Mann-Whitney), divisée par la racine du "
            "nombre de répétitions.",
            "Outcomes shuffled over all labelled clients, fitted on the training clients, AUC on the test clients; "
            "exact standard error of a score without information (Mann-Whitney), over the root of the repetitions.",
        ),
    )  # fmt: skip
