"""Regret on synthetic data: how far from the best possible are decisions and ordering, when the true risk is known?

Both are expectations under the true probability, so no luck of the outcomes is in them: the cost of a set of decisions
is the mean of ``fn · pd`` over the accepted and ``fp · (1 − pd)`` over the declined.
"""

import numpy as np
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import expected_auc, mean_interval
from training.reporting.wording import bilingual, num
from training.validation.checks import Check, flagged, not_applicable
from training.validation.subject import Subject

RATIO, GAP = 1.05, 0.01
ENOUGH = 100_000
QUESTION = Words(
    "De combien les décisions sont-elles plus chères que celles d'un oracle qui connaîtrait le vrai risque ?",
    "How much dearer are the decisions than those of an oracle who knows the true risk?",
)


def expected_costs(pd: Floats, declined: NDArray[np.bool_], *, fn: float, fp: float) -> Floats:
    """Expected cost of each decision under the true probability, shape (clients,)."""
    return np.where(declined, fp * (1.0 - pd), fn * pd)


def check_regret(subject: Subject) -> list[Check]:
    """Cost and AUC of each glass box against those of the true probability."""
    truth = subject.truth_unseen
    if truth is None:
        reason = Words(
            "Le vrai risque n'est connu que sur des tables synthétiques, avec truth.parquet à côté.",
            "The true risk is known on synthetic tables alone, with truth.parquet beside them.",
        )
        return [not_applicable("cost.regret", "cost", QUESTION, reason)]
    true_pd = truth["pd"].to_numpy()
    return [_check(subject, kind, true_pd) for kind in subject.models]


def _check(subject: Subject, kind: str, true_pd: Floats) -> Check:
    costs = subject.costs
    log_odds = subject.scored_unseen[kind].log_odds
    own = expected_costs(true_pd, pd_of_many(log_odds) > costs.threshold, fn=costs.fn, fp=costs.fp)
    best = expected_costs(true_pd, true_pd > costs.threshold, fn=costs.fn, fp=costs.fp)
    ratio = float(own.mean() / best.mean())
    difference = mean_interval(own / best.mean() - ratio * best / best.mean())
    low, high = difference.low, difference.high
    bayes, reached = expected_auc(true_pd, true_pd), expected_auc(true_pd, log_odds)
    labelled = len(subject.matrix)
    over = ratio > RATIO or bayes - reached > GAP
    enough = labelled >= ENOUGH
    return Check(
        id=f"cost.regret.{kind}",
        family="cost",
        model=kind,
        question=QUESTION,
        finding=bilingual(
            "{own} par client contre {best} pour l'oracle : {ratio} fois ({low} à {high}) ; AUC {auc} contre {bayes} "
            "au mieux, sur {n} clients jamais vus.",
            "{own} a client against {best} for the oracle: {ratio} times ({low} to {high}); AUC {auc} against {bayes} "
            "at best, over {n} clients never seen.",
            own=num(float(own.mean()), 4), best=num(float(best.mean()), 4), ratio=num(ratio, 3),
            low=num(ratio + low, 3), high=num(ratio + high, 3), auc=num(reached, 4), bayes=num(bayes, 4),
            n=num(len(true_pd)),
        ),
        figures={
            "cost": float(own.mean()), "cost_of_truth": float(best.mean()), "ratio": ratio, "ratio_low": ratio + low,
            "ratio_high": ratio + high, "auc": reached, "bayes_auc": bayes, "auc_gap": bayes - reached,
            "clients": len(true_pd), "labelled": labelled,
        },
        bound=bilingual(
            "Rapport d'au plus {ratio} et AUC à {gap} près, exigés à partir de {n} clients étiquetés.",
            "Ratio at most {ratio} and AUC within {gap}, demanded from {n} labelled clients on.",
            ratio=num(RATIO, 2), gap=num(GAP, 2), n=num(ENOUGH),
        ),
        verdict=flagged(fail=over and enough, warn=over),
        reason=bilingual(
            "Avec {n} clients étiquetés, l'échantillon est trop petit pour exiger la borne : l'écart mesure surtout ce "
            "que l'apprentissage n'a pas pu voir.",
            "With {n} labelled clients the sample is too small to demand the bound: the gap is mostly what training "
            "could not see.",
            n=num(labelled),
        ) if not enough else None,
        action=Words(
            "Apprendre sur plus de clients ; si l'écart reste, chercher les variables ou interactions qui manquent.",
            "Train on more clients; where the gap stays, look for missing features or interactions.",
        ),
        method=Words(
            "Espérances sous la vraie probabilité, sur les clients de test et les nouveaux demandeurs ; l'oracle refuse "
            "au-dessus du même seuil ; intervalle du rapport par la méthode delta.",
            "Expectations under the true probability over test clients and new applicants; the oracle declines above "
            "the same threshold; the ratio's interval by the delta method.",
        ),
    )  # fmt: skip
