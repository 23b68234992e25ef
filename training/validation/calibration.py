"""Calibration on the test clients: of 100 clients with a probability of 8%, do 8 have difficulties? Everywhere?

The slope and intercept are those of the outcome's logistic regression on the log-odds (Cox, *Two further applications
of a model for binary regression*, 1958), with the standard errors of its information matrix.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Z_99, z_of_many
from training.evaluation.calibration import calibration_line
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.checks import MODELS, Check, Table, flagged, joined
from training.validation.pictures import reliability_picture
from training.validation.segments import Segment, feature_label, group_label, segments
from training.validation.subject import Subject

SLOPE, POINTS = 0.1, 0.003
"""Bounds of issue and report: slope 0.9 to 1.1, mean within 0.3 points of percent."""
FEWEST_EVENTS = 10.0


@dataclass(frozen=True)
class Line:
    """Slope and intercept with their standard errors, mean PD, observed rate and its standard error, ECE."""

    slope: float
    slope_error: float
    intercept: float
    mean_pd: float
    observed: float
    mean_error: float
    ece: float


def line_of(target: NDArray[np.integer], log_odds: Floats) -> Line:
    """Calibration of scores on clients with known outcomes."""
    slope, intercept = calibration_line(target, log_odds)
    fitted = pd_of_many(slope * log_odds + intercept)
    weights = fitted * (1 - fitted)
    centred = log_odds - (weights * log_odds).sum() / weights.sum()
    pd = pd_of_many(log_odds)
    groups = np.array_split(np.argsort(pd, kind="stable"), 10)
    return Line(
        slope=slope,
        slope_error=float(1.0 / np.sqrt((weights * centred**2).sum())),
        intercept=intercept,
        mean_pd=float(pd.mean()),
        observed=float(target.mean()),
        mean_error=float(np.sqrt((pd * (1 - pd)).sum()) / len(pd)),
        ece=float(sum(abs(pd[g].mean() - target[g].mean()) * len(g) for g in groups) / len(pd)),
    )


def check_calibration(subject: Subject) -> list[Check]:
    """Overall and per segment, for each glass box."""
    return [check for kind in subject.models for check in (_overall(subject, kind), _segments(subject, kind))]


def _overall(subject: Subject, kind: str) -> Check:
    target, log_odds = subject.test.target, subject.scored_test[kind].log_odds
    line = line_of(target, log_odds)
    gap = line.mean_pd - line.observed
    slope_bound, gap_bound = max(SLOPE, Z_99 * line.slope_error), max(POINTS, Z_99 * line.mean_error)
    ok = abs(line.slope - 1) <= slope_bound and abs(gap) <= gap_bound
    wide = slope_bound > SLOPE or gap_bound > POINTS
    return Check(
        id=f"calibration.test.{kind}",
        family="calibration",
        model=kind,
        question=Words(
            "Sur les clients de test, les probabilités annoncées sont-elles celles qui se réalisent ?",
            "On the test clients, are the stated probabilities those that come true?",
        ),
        finding=bilingual(
            "Probabilité moyenne {pd}, taux observé {rate} sur {n} clients ; pente {slope} ± {error}.",
            "Mean probability {pd}, observed rate {rate} over {n} clients; slope {slope} ± {error}.",
            pd=pct(line.mean_pd, 2), rate=pct(line.observed, 2), n=num(len(target)), slope=num(line.slope, 3),
            error=num(line.slope_error, 3),
        ),
        figures={
            "slope": line.slope, "slope_error": line.slope_error, "intercept": line.intercept,
            "mean_pd": line.mean_pd, "observed": line.observed, "mean_error": line.mean_error,
            "expected_calibration_error": line.ece, "clients": len(target), "slope_bound": slope_bound,
            "mean_bound": gap_bound,
        },
        bound=bilingual(
            "Pente de 0,9 à 1,1 et moyenne à 0,3 point près, ou à {z} erreurs-types près si elles sont plus larges.",
            "Slope 0.9 to 1.1 and mean within 0.3 points, or within {z} standard errors where those are wider.",
            z=num(Z_99, 1),
        ),
        verdict="pass" if ok else "fail",
        reason=bilingual(
            "L'échantillon de test est petit : les bornes sont ici de ± {slope} pour la pente et de ± {gap} pour la "
            "moyenne. Un écart plus petit ne se verrait pas.",
            "The test sample is small: the bounds here are ± {slope} for the slope and ± {gap} for the mean. A smaller "
            "error would not be seen.",
            slope=num(slope_bound, 2), gap=pct(gap_bound, 1),
        ) if wide else None,
        action=Words(
            "Recalibrer sur des clients récents (changement linéaire des log-cotes), puis revoir le seuil.",
            "Recalibrate on recent clients (a linear change of log-odds), then look at the threshold again.",
        ),
        method=Words(
            "Régression logistique de l'issue sur les log-cotes ; erreur de calibration moyenne sur dix groupes de "
            "même taille.",
            "Logistic regression of the outcome on the log-odds; expected calibration error over ten groups of equal "
            "size.",
        ),
        pictures=(reliability_picture(target, log_odds, MODELS[kind]),),
    )  # fmt: skip


def _segments(subject: Subject, kind: str) -> Check:
    target, pd = subject.test.target, pd_of_many(subject.scored_test[kind].log_odds)
    judged: list[tuple[Segment, float, float, float]] = []
    small = 0
    for segment in segments(subject.test_frame):
        inside = segment.members
        if float(pd[inside].sum()) < FEWEST_EVENTS:
            small += 1
            continue
        error = float(np.sqrt((pd[inside] * (1 - pd[inside])).sum()) / inside.sum())
        mean, observed = float(pd[inside].mean()), float(target[inside].mean())
        judged.append((segment, mean, observed, (observed - mean) / error))
    bound = z_of_many(len(judged))
    grave = [(s, z) for s, mean, rate, z in judged if abs(z) > bound and abs(rate - mean) > POINTS]
    slight = [s for s, _, _, z in judged if Z_99 < abs(z) <= bound]
    worst = max(judged, key=lambda row: abs(row[3]), default=None)
    rows: list[tuple[Cell, ...]] = [
        (
            feature_label(s.feature),
            group_label(s.feature, s.name),
            num(int(s.members.sum())),
            pct(mean, 1),
            pct(rate, 1),
            num(z, 1, signed=True),
        )
        for s, mean, rate, z in sorted(judged, key=lambda row: -abs(row[3]))
    ]
    return Check(
        id=f"calibration.segments.{kind}",
        family="calibration",
        model=kind,
        question=Words(
            "Les probabilités sont-elles justes dans chaque groupe de clients, et pas seulement en moyenne ?",
            "Are the probabilities right in each group of clients, and not only on average?",
        ),
        finding=bilingual(
            "{n} groupes jugés, {bad} hors borne ; le plus éloigné : {name} ({z} erreurs-types).",
            "{n} groups judged, {bad} beyond the bound; the furthest: {name} ({z} standard errors).",
            n=num(len(judged)), bad=num(len(grave)), name="–" if worst is None else _named(worst[0]),
            z=num(None if worst is None else worst[3], 1, signed=True),
        ),
        figures={
            "segments": len(judged), "too_small": small, "bound": bound, "beyond": len(grave),
            "furthest_z": None if worst is None else worst[3],
        },
        bound=bilingual(
            "Chaque groupe à {z} erreurs-types près (1 % pour tous les groupes ensemble) ; avertissement au-delà de "
            "{one}.",
            "Each group within {z} standard errors (1% over all groups together); a warning beyond {one}.",
            z=num(bound, 1), one=num(Z_99, 1),
        ),
        verdict=flagged(fail=grave, warn=slight),
        action=bilingual(
            "Regarder ce qui manque au modèle pour ces groupes : {names}. Une variable absente se rattrape à "
            "l'apprentissage, jamais en modifiant une case.",
            "Look for what the model lacks for these groups: {names}. A missing feature is added by training again, "
            "never by editing a cell.",
            names=joined([_named(s) for s, _ in grave] + [_named(s) for s in slight]),
        ),
        method=bilingual(
            "Moyenne des probabilités contre taux observé ; groupes d'au moins {n} difficultés attendues.",
            "Mean probability against observed rate; groups with at least {n} expected difficulties.",
            n=num(FEWEST_EVENTS),
        ),
        tables=(
            Table(
                Words("Groupes, du plus éloigné au plus proche", "Groups, the furthest first"),
                (
                    Words("variable", "feature"), Words("groupe", "group"), Words("clients", "clients"),
                    Words("probabilité moyenne", "mean probability"), Words("taux observé", "observed rate"),
                    Words("écart (erreurs-types)", "gap (standard errors)"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _named(segment: Segment) -> Words:
    feature, group = feature_label(segment.feature), group_label(segment.feature, segment.name)
    return bilingual("{feature} : {group}", "{feature}: {group}", feature=feature, group=group)
