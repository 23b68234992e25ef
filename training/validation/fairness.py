"""Fairness: are groups accepted alike, and do mistakes fall on them alike?

Rates are fairlearn's (`MetricFrame`): approval is its selection rate, a payer who is declined a false negative, a
client with difficulties who is accepted a false positive. The four-fifths rule (29 CFR 1607.4 D): the lowest approval
rate of a group is at least 0.8 times the highest. It is a rule of thumb for where to look, not a verdict of law.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from fairlearn.metrics import MetricFrame, count, false_negative_rate, false_positive_rate, selection_rate
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Z_95, wilson
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.checks import Check, Table, flagged, not_applicable
from training.validation.segments import group_label, groups
from training.validation.subject import Subject

ATTRIBUTES: Mapping[str, Words] = {
    "gender": Words("le sexe", "gender"),
    "age_years": Words("l'âge", "age"),
    "family_status": Words("la situation de famille", "family status"),
    "education": Words("les études", "education"),
}
FEWEST, FEWEST_OF_OUTCOME = 50, 20
FOUR_FIFTHS = 0.8
GAP_WARN, GAP_FAIL = 0.05, 0.15
"""Gap of false refusals, beyond its interval, that warns and that fails."""
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rates:
    """A group: how many clients, how many are accepted, and how mistakes fall on it (None: too few to tell)."""

    name: str
    clients: int
    approval: float
    payers: int
    false_refusals: float | None
    troubled: int
    missed: float | None


def check_fairness(subject: Subject) -> list[Check]:
    """Approval and errors by group, for each glass box and attribute."""
    return [
        _check(subject, kind, attribute)
        for kind in subject.models
        for attribute in ATTRIBUTES
        if attribute in subject.portfolio.columns
    ]


def group_names(column: pl.Series) -> NDArray[np.object_]:
    """The name of each client's group."""
    out = np.full(len(column), "", dtype=object)
    for group in groups(column):
        out[group.members] = group.name
    return out


def rates(
    names: NDArray[np.object_], approved: Flags, names_known: NDArray[np.object_], approved_known: Flags, repaid: Flags
) -> list[Rates]:
    """Rates of each group of at least `FEWEST` clients, by fairlearn.

    Parameters
    ----------
    names, approved : of all clients judged on approval
    names_known, approved_known, repaid : of those with known outcomes, for the errors
    """
    approvals = MetricFrame(
        metrics={"approval": selection_rate, "clients": count},
        y_true=approved.astype(int), y_pred=approved.astype(int), sensitive_features=pd.Series(names, name="group"),
    ).by_group  # fmt: skip
    errors = {
        outcome: MetricFrame(
            metrics={"rate": metric, "clients": count},
            y_true=repaid[repaid == outcome].astype(int), y_pred=approved_known[repaid == outcome].astype(int),
            sensitive_features=pd.Series(names_known[repaid == outcome], name="group"),
        ).by_group
        for outcome, metric in ((True, false_negative_rate), (False, false_positive_rate))
    }  # fmt: skip
    out = []
    for name, row in approvals.iterrows():
        if row["clients"] < FEWEST:
            continue
        payers, refused = _known(errors[True], name)
        troubled, missed = _known(errors[False], name)
        out.append(Rates(str(name), int(row["clients"]), float(row["approval"]), payers, refused, troubled, missed))
    return out


def _known(table: pd.DataFrame, name: object) -> tuple[int, float | None]:
    if name not in table.index:
        return 0, None
    rates, counts = (dict(zip(table.index, table[column].to_list(), strict=True)) for column in ("rate", "clients"))
    clients = int(counts[name])
    return clients, float(rates[name]) if clients >= FEWEST_OF_OUTCOME else None


def ratio_interval(low: Rates, high: Rates) -> tuple[float, float, float]:
    """Ratio of two approval rates with its 95% interval (delta method on its logarithm)."""
    ratio = low.approval / high.approval if high.approval else 1.0
    if not low.approval or not high.approval:
        return ratio, 0.0, 1.0
    variance = sum((1 - group.approval) / (group.clients * group.approval) for group in (low, high))
    spread = float(np.exp(Z_95 * np.sqrt(variance)))
    return ratio, ratio / spread, ratio * spread


def _check(subject: Subject, kind: str, attribute: str) -> Check:
    threshold = subject.models[kind].rule.threshold
    approved = pd_of_many(subject.scored_unseen[kind].log_odds) <= threshold
    approved_known = pd_of_many(subject.scored_test[kind].log_odds) <= threshold
    found = rates(
        group_names(subject.unseen_frame[attribute]), approved,
        group_names(subject.test_frame[attribute]), approved_known, subject.test.target == 0,
    )  # fmt: skip
    question = bilingual(
        "Les demandes sont-elles acceptées, et les erreurs réparties, de même selon {attribute} ?",
        "Are applications accepted, and mistakes spread, alike by {attribute}?",
        attribute=ATTRIBUTES[attribute],
    )
    check_id = f"fairness.{attribute}.{kind}"
    if len(found) < 2:
        reason = bilingual(
            "Moins de deux groupes d'au moins {n} clients.", "Fewer than two groups of at least {n} clients.",
            n=num(FEWEST),
        )  # fmt: skip
        return not_applicable(check_id, "fairness", question, reason, model=kind)
    lowest, highest = min(found, key=lambda g: g.approval), max(found, key=lambda g: g.approval)
    ratio, low, high = ratio_interval(lowest, highest)
    refused = [(g, g.false_refusals) for g in found if g.false_refusals is not None]
    gap, gap_low = _gap(refused, "payers")
    missed_gap, _ = _gap([(g, g.missed) for g in found if g.missed is not None], "troubled")
    rows: list[tuple[Cell, ...]] = [
        (
            group_label(attribute, g.name), num(g.clients), pct(g.approval),
            bilingual("{a} – {b}", "{a} – {b}", a=pct(wilson(g.approval * g.clients, g.clients).low),
                 b=pct(wilson(g.approval * g.clients, g.clients).high)),
            num(g.payers), pct(g.false_refusals), num(g.troubled), pct(g.missed),
        )
        for g in found
    ]  # fmt: skip
    return Check(
        id=check_id,
        family="fairness",
        model=kind,
        question=question,
        finding=bilingual(
            "Accord : {low} pour « {a} » contre {high} pour « {b} », rapport {ratio} ({rl} à {rh}). Écart de refus à "
            "tort : {gap}.",
            "Approval: {low} for “{a}” against {high} for “{b}”, ratio {ratio} ({rl} to {rh}). Gap of wrong refusals: "
            "{gap}.",
            low=pct(lowest.approval), a=group_label(attribute, lowest.name), high=pct(highest.approval),
            b=group_label(attribute, highest.name), ratio=num(ratio, 3), rl=num(low, 2), rh=num(high, 2), gap=pct(gap),
        ),
        figures={
            "groups": len(found), "approval_ratio": ratio, "approval_ratio_low": low, "approval_ratio_high": high,
            "approval_gap": highest.approval - lowest.approval, "false_refusal_gap": gap,
            "false_refusal_gap_low": gap_low, "missed_gap": missed_gap, "lowest_group": lowest.name,
            "highest_group": highest.name, "clients": int(sum(g.clients for g in found)),
        },
        bound=bilingual(
            "Règle des quatre cinquièmes : rapport d'au moins 0,8 (échec si tout l'intervalle est en dessous) ; écart "
            "de refus à tort : {warn}, puis {fail}, au-delà de l'intervalle.",
            "Four-fifths rule: ratio at least 0.8 (a failure where the whole interval is below); gap of wrong "
            "refusals: {warn}, then {fail}, beyond the interval.",
            warn=pct(GAP_WARN, 0), fail=pct(GAP_FAIL, 0),
        ),
        verdict=flagged(
            fail=high < FOUR_FIFTHS or (gap_low is not None and gap_low > GAP_FAIL),
            warn=ratio < FOUR_FIFTHS or (gap_low is not None and gap_low > GAP_WARN),
        ),
        reason=Words(
            "Le modèle ne voit ni sexe, ni âge, ni famille. Un écart d'accord peut venir d'un écart de risque : voir la "
            "calibration par groupe, qui dit si le risque annoncé est le bon.",
            "The model sees neither gender, nor age, nor family. A gap of approval may come from a gap of risk: see the "
            "calibration by group, which says whether the stated risk is right.",
        ),
        action=Words(
            "Regarder quels termes portent l'écart (contrôle des variables de substitution), et décider avec la "
            "conformité ; tenir la décision par écrit.",
            "Look at which terms carry the gap (the check of proxies), decide with compliance, and write it down.",
        ),
        method=bilingual(
            "fairlearn : accord sur {n} clients jamais vus, erreurs sur les {t} clients de test ; groupes d'au moins "
            "{few} clients, erreurs d'au moins {o} clients de l'issue ; sans bande d'étude.",
            "fairlearn: approval over {n} clients never seen, errors over the {t} test clients; groups of at least "
            "{few} clients, errors of at least {o} clients of the outcome; without the review band.",
            n=num(len(approved)), t=num(len(subject.test)), few=num(FEWEST), o=num(FEWEST_OF_OUTCOME),
        ),
        tables=(
            Table(
                Words("Groupes", "Groups"),
                (
                    Words("groupe", "group"), Words("clients", "clients"), Words("accord", "approval"),
                    Words("intervalle à 95 %", "95% interval"), Words("payeurs connus", "known payers"),
                    Words("refusés à tort", "wrongly refused"), Words("en difficulté connus", "known difficulties"),
                    Words("acceptés à tort", "wrongly accepted"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _gap(of: list[tuple[Rates, float]], counted: str) -> tuple[float | None, float | None]:
    """The largest difference of a rate between groups, and the lower end of its 95% interval."""
    if len(of) < 2:
        return None, None
    (low, low_rate), (high, high_rate) = min(of, key=lambda g: g[1]), max(of, key=lambda g: g[1])
    variance = sum(rate * (1 - rate) / getattr(group, counted) for group, rate in ((low, low_rate), (high, high_rate)))
    gap = high_rate - low_rate
    return gap, gap - Z_95 * float(np.sqrt(variance))
