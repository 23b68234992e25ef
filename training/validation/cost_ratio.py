"""Sensitivity to the cost ratio: what changes if a default costs 2, or 50, good loans refused instead of ten?"""

import numpy as np
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix, cost_curve
from scoring.model.scale import pd_of_many
from scoring.model.statistics import mean_interval
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.checks import MODELS, Check, Table, Verdict
from training.validation.pictures import lines_picture
from training.validation.subject import Subject

RATIOS = (2.0, 3.0, 5.0, 7.0, 8.0, 10.0, 12.5, 15.0, 20.0, 30.0, 50.0)
NEAR = (0.8, 1.25)
FLIPS = 0.10
"""Share of decisions that a quarter more or less of the ratio may turn."""
REGRET = 1.05


def check_cost_ratio(subject: Subject) -> list[Check]:
    """Decisions turned and costs over the ratios 2 to 50, for each glass box."""
    return [_check(subject, kind) for kind in subject.models]


def _check(subject: Subject, kind: str) -> Check:
    target = subject.test.target
    pd = pd_of_many(subject.scored_test[kind].log_odds)
    served = subject.costs.fn / subject.costs.fp
    declined = pd > subject.costs.threshold
    rows: list[tuple[Cell, ...]] = []
    costs, bests, worst, verdict = [], [], 1.0, "pass"
    for ratio in RATIOS:
        matrix = CostMatrix(fn=ratio, fp=1.0)
        at = pd > matrix.threshold
        own = matrix.of_each(target, at)
        _, best = cost_curve(target, pd, matrix).optimum
        trivial = min(ratio * float(target.mean()), 1.0 - float(target.mean()))
        against = own - matrix.of_each(target, pd > _threshold_of_other_half(target, pd, matrix))
        worst = max(worst, float(own.mean()) / best if best else 1.0)
        if mean_interval(against).low > 0.0 and float(own.mean()) > REGRET * best:
            verdict = "warn"
        costs.append(float(own.mean()) / trivial)
        bests.append(best / trivial)
        rows.append(
            (num(ratio, 1), pct(matrix.threshold, 1), pct(float((~at).mean()), 1), pct(float((at != declined).mean())),
             num(float(own.mean()), 4), num(best, 4), num(trivial, 4))
        )  # fmt: skip
    flips = max(float(((pd > CostMatrix(fn=served * change, fp=1.0).threshold) != declined).mean()) for change in NEAR)
    graded: Verdict = "warn" if verdict == "warn" or flips > FLIPS else "pass"
    return Check(
        id=f"cost.ratio.{kind}",
        family="cost",
        model=kind,
        question=Words(
            "Les décisions tiennent-elles si le coût d'un crédit en difficulté est mal estimé ?",
            "Do the decisions hold if the cost of a loan in difficulty is misjudged?",
        ),
        finding=bilingual(
            "Un rapport de coûts d'un quart plus haut ou plus bas que {served} change {flips} des décisions ; de 2 à "
            "50, le seuil théorique coûte au plus {worst} fois le meilleur seuil trouvé après coup.",
            "A cost ratio a quarter above or below {served} changes {flips} of the decisions; from 2 to 50 the "
            "theoretical threshold costs at most {worst} times the best one found afterwards.",
            served=num(served, 1), flips=pct(flips), worst=num(worst, 3),
        ),
        figures={"served_ratio": served, "flips_near": flips, "largest_cost_over_best": worst, "clients": len(target)},
        bound=bilingual(
            "Au plus {flips} de décisions changées à un quart près ; un surcoût de plus de 5 % sur le meilleur seuil, "
            "nettement plus cher qu'un seuil choisi sur d'autres clients, avertit.",
            "At most {flips} of decisions turned within a quarter; more than 5% above the best threshold, clearly "
            "dearer than one chosen on other clients, warns.",
            flips=pct(FLIPS, 0),
        ),
        verdict=graded,
        reason=Words(
            "Le meilleur seuil est choisi sur les clients mêmes qui le jugent : il est trop beau, surtout dans un "
            "petit échantillon.",
            "The best threshold is chosen on the very clients that judge it: it is too good, above all in a small "
            "sample.",
        ),
        action=Words(
            "Faire confirmer le rapport de coûts par le métier ; le curseur de la page Modèle montre l'effet.",
            "Have the business confirm the cost ratio; the slider of the Model page shows its effect.",
        ),
        method=Words(
            "Clients de test ; refus au-dessus de 1/(1 + rapport) ; coût par client en bons crédits refusés ; « sans "
            "modèle » accepte ou refuse tout le monde.",
            "Test clients; declined above 1/(1 + ratio); cost per client in good loans refused; “no model” accepts or "
            "declines everyone.",
        ),
        tables=(
            Table(
                Words("De 2 à 50", "From 2 to 50"),
                (
                    Words("rapport", "ratio"), Words("seuil", "threshold"), Words("acceptés", "accepted"),
                    Words("décisions changées", "decisions turned"), Words("coût", "cost"),
                    Words("meilleur après coup", "best afterwards"), Words("sans modèle", "no model"),
                ),
                tuple(rows),
            ),
        ),
        pictures=(
            lines_picture(
                Words(f"{MODELS[kind]} : coût, sans modèle = 1", f"{MODELS[kind]}: cost, no model = 1"),
                Words("Coût relatif selon le rapport de coûts.", "Relative cost along the cost ratio."),
                Words("rapport de coûts", "cost ratio"), Words("coût / coût sans modèle", "cost / cost without"),
                RATIOS, {"1/(1+r)": costs, "*": bests},
            ),
        ),
    )  # fmt: skip


def _threshold_of_other_half(target: NDArray[np.integer], pd: Floats, costs: CostMatrix) -> Floats:
    """For each client, the best threshold of the half that it is not in: chosen without looking at it."""
    odd = np.arange(len(pd)) % 2 == 1
    return np.where(
        odd,
        cost_curve(target[~odd], pd[~odd], costs).optimum[0],
        cost_curve(target[odd], pd[odd], costs).optimum[0],
    )
