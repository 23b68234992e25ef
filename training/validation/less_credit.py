"""Asking for less: does any client's score worsen when they ask for a smaller credit, all else in proportion?

The raw application is changed, not its features: the amount falls, the payment and the price of the goods fall with
it, so the number of payments and the ratio to the goods stay; every feature is then computed again.
"""

import numpy as np
import polars as pl

from scoring.i18n import Words
from scoring.model.scale import log_odds_of
from scoring.model.statistics import wilson
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.checks import Check, Table, flagged, joined
from training.validation.subject import Subject

FACTORS = (0.95, 0.9, 0.8, 0.65, 0.5)
LEAST = 1.0
"""Points below which a change is not told to anybody."""
LARGE = 5.0
SHARE = 0.05
AMOUNTS = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE")


def check_less_credit(subject: Subject) -> list[Check]:
    """Score the raw sample again at smaller amounts, for each glass box."""
    application = subject.raw.frames["application"]
    names = list(dict.fromkeys(name for model in subject.models.values() for name in model.features))
    frames = {1.0: subject.raw.features(names)} | {
        factor: subject.raw.changed(
            "application", application.with_columns((pl.col(name) * factor).round(2) for name in AMOUNTS)
        ).features(names)
        for factor in FACTORS
    }
    return [_check(subject, kind, frames) for kind in subject.models]


def _check(subject: Subject, kind: str, frames: dict[float, pl.DataFrame]) -> Check:
    model, lookup = subject.models[kind], subject.lookups[kind]
    factor_of_points = model.scale.factor
    scored = {factor: lookup.score_many(frame) for factor, frame in frames.items()}
    now = scored[1.0]
    threshold = log_odds_of(model.rule.threshold)
    lost = {f: factor_of_points * (scored[f].log_odds - now.log_odds) for f in FACTORS}
    worst = np.max(np.stack(list(lost.values())), axis=0)
    worse = worst >= LEAST
    turned = np.any([(now.log_odds <= threshold) & (scored[f].log_odds > threshold) for f in FACTORS], axis=0)
    n = len(now.log_odds)
    share = wilson(float(worse.sum()), n)
    at = int(np.argmax(worst))
    at_factor = max(FACTORS, key=lambda f: lost[f][at])
    change = scored[at_factor].contributions[at] - now.contributions[at]
    guilty = [model.terms[i].name for i in np.argsort(-change)[:3] if change[i] > 0.0]
    rows: list[tuple[Cell, ...]] = [
        (
            pct(f, 0), pct(float((lost[f] >= LEAST).mean())), num(float(lost[f].max()), 1),
            num(float(np.median(lost[f])), 1, signed=True),
            num(int(((now.log_odds <= threshold) & (scored[f].log_odds > threshold)).sum())),
        )
        for f in FACTORS
    ]  # fmt: skip
    return Check(
        id=f"behaviour.less_credit.{kind}",
        family="behaviour",
        model=kind,
        question=Words(
            "Un client peut-il perdre des points en demandant moins ?",
            "Can a client lose points by asking for less?",
        ),
        finding=bilingual(
            "{k} des {n} clients ({share}) perdent au moins un point à un montant plus bas, {most} points au plus ; "
            "{turned} passeraient d'un accord à un refus.",
            "{k} of {n} clients ({share}) lose a point or more at some lower amount, {most} points at most; {turned} "
            "would go from approval to decline.",
            k=num(int(worse.sum())), n=num(n), share=pct(float(worse.mean())), most=num(float(worst.max()), 1),
            turned=num(int(turned.sum())),
        ),
        figures={
            "clients": n, "worse": int(worse.sum()), "share": share.value, "share_low": share.low,
            "share_high": share.high, "largest_loss_points": float(worst.max()),
            "mean_loss_of_the_worse": float(worst[worse].mean()) if worse.any() else 0.0,
            "turned_to_decline": int(turned.sum()),
        },
        bound=bilingual(
            "Aucun accord changé en refus et au plus {share} de clients touchés, de {most} points au plus.",
            "No approval turned into a decline and at most {share} of clients touched, by at most {most} points.",
            share=pct(SHARE, 0), most=num(LARGE),
        ),
        verdict=flagged(
            fail=turned.any() and worst.max() > LARGE, warn=turned.any() or worse.mean() > SHARE or worst.max() > LARGE
        ),
        reason=Words(
            "Un petit crédit peut être plus risqué qu'un grand dans les données : d'autres clients le demandent. Le "
            "simulateur montre cet effet tel quel ; il ne faut pas l'expliquer au client comme une cause.",
            "A small credit may be riskier than a large one in the data: other people ask for it. The simulator shows "
            "this as it is; it must not be told to a client as a cause.",
        ) if worse.any() else None,
        action=bilingual(
            "Revoir le sens autorisé de : {names}.", "Look at the direction allowed for: {names}.",
            names=joined(guilty),
        ),
        method=bilingual(
            "{n} clients jamais vus ; montant, mensualité et prix du bien multipliés par 95 à 50 %, toutes les "
            "variables recalculées depuis la demande brute.",
            "{n} clients never seen; amount, payment and price of the goods multiplied by 95 to 50%, every feature "
            "computed again from the raw application.",
            n=num(n),
        ),
        tables=(
            Table(
                Words("Montant par montant", "Amount by amount"),
                (
                    Words("montant demandé", "amount asked"), Words("clients qui perdent", "clients who lose"),
                    Words("perte la plus grande (points)", "largest loss (points)"),
                    Words("changement médian de risque (points)", "median change of risk (points)"),
                    Words("accords perdus", "approvals lost"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip
