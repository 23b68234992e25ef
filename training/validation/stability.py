"""Stability: do the score and each of its terms look alike on other clients?

PSI over ten groups cut on the training clients, CSI over a term's own cells (Siddiqi, *Credit Risk Scorecards*, 2006,
chapter 10: 0.1 and 0.25). In small samples the index is above 0 by chance alone, so each is held to the larger of the
bound and of what chance gives.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.i18n import Words
from scoring.model.statistics import count_between, decile_edges, psi
from training.evaluation.comparison import psi_by_chance
from training.reporting.wording import Cell, bilingual, num
from training.validation.checks import Check, Table, Verdict, graded, gravest, joined
from training.validation.subject import ROLE, Subject

WARN, FAIL = 0.1, 0.25
DECILES = 10
LEVEL = 0.99
"""Probability that chance alone stays below what is called the level of chance."""


@dataclass(frozen=True)
class Shift:
    """A PSI, what chance alone would give, and the verdict."""

    name: str
    value: float
    chance: float

    @property
    def verdict(self) -> Verdict:
        """Against the usual bounds, or chance where that is larger."""
        return graded(self.value, max(WARN, self.chance), max(FAIL, self.chance))


def check_stability(subject: Subject) -> list[Check]:
    """Score and terms, training against test; score, each tenth of the numbers against all."""
    return [check for kind in subject.models for check in (_train_test(subject, kind), _by_number(subject, kind))]


def score_shift(name: str, expected: NDArray[np.float64], actual: NDArray[np.float64], comparisons: int = 1) -> Shift:
    """The PSI of a score between two groups of clients, over ten groups cut on the first."""
    edges = decile_edges(expected)
    chance = psi_by_chance(len(edges) + 1, len(expected), len(actual), level=LEVEL, comparisons=comparisons)
    return Shift(name, float(psi(count_between(edges, expected), count_between(edges, actual))), chance)


def _train_test(subject: Subject, kind: str) -> Check:
    train, test = subject.scored_train[kind], subject.scored_test[kind]
    new = subject.lookups[kind].score_many(subject.portfolio.filter(pl.col(ROLE) == "new"))
    shifts = [score_shift("score", train.log_odds, test.log_odds)]
    others = [score_shift("score (new)", train.log_odds, new.log_odds)] if len(new.log_odds) >= 100 else []
    terms = []
    for position, term in enumerate(subject.models[kind].terms):
        size = len(term.scores)
        first = np.bincount(train.cells[:, position], minlength=size)
        second = np.bincount(test.cells[:, position], minlength=size)
        used = (first + second) > 0
        chance = psi_by_chance(
            int(used.sum()),
            len(train.cells),
            len(test.cells),
            level=LEVEL,
            comparisons=len(subject.models[kind].terms),
        )
        terms.append(Shift(term.name, float(psi(first[used], second[used])), chance))
    worst = max(terms, key=lambda shift: shift.value - shift.chance)
    all_of_them = [*shifts, *others, *terms]
    moved = [shift.name for shift in all_of_them if shift.verdict != "pass"]
    rows: list[tuple[Cell, ...]] = [
        (shift.name, num(shift.value, 4), num(shift.chance, 4))
        for shift in [*shifts, *others, *sorted(terms, key=lambda s: -s.value)]
    ]
    return Check(
        id=f"stability.train_test.{kind}",
        family="stability",
        model=kind,
        question=Words(
            "Les clients de test et les nouveaux demandeurs ressemblent-ils à ceux de l'apprentissage ?",
            "Do the test clients and new applicants look like those of training?",
        ),
        finding=bilingual(
            "PSI du score {psi} (le hasard en donne jusqu'à {chance}) ; terme le plus déplacé : {term} ({csi}).",
            "PSI of the score {psi} (chance gives up to {chance}); the term that moved most: {term} ({csi}).",
            psi=num(shifts[0].value, 4), chance=num(shifts[0].chance, 4), term=worst.name, csi=num(worst.value, 4),
        ),
        figures={
            "psi": shifts[0].value, "psi_of_chance": shifts[0].chance,
            "psi_new": others[0].value if others else None, "largest_csi": max(s.value for s in terms),
            "largest_csi_term": max(terms, key=lambda s: s.value).name, "moved": len(moved),
            "train_clients": len(train.log_odds), "test_clients": len(test.log_odds),
            "new_clients": len(new.log_odds),
        },
        bound=Words(
            "0,1 (avertissement) et 0,25 (échec), ou le niveau du hasard (99 fois sur 100, tous les termes ensemble) "
            "s'il est plus haut.",
            "0.1 (warning) and 0.25 (failure), or the level of chance (99 times in 100, all terms together) where that "
            "is higher.",
        ),
        verdict=gravest(shift.verdict for shift in all_of_them),
        reason=Words(
            "Il n'y a pas de date dans ces données : cette stabilité n'est pas une stabilité dans le temps.",
            "There is no date in these data: this is no stability over time.",
        ),
        action=bilingual(
            "Comparer les distributions de : {names}, puis vérifier la calibration.",
            "Compare the distributions of: {names}, then check the calibration.", names=joined(moved),
        ),
        method=Words(
            "PSI sur dix groupes du score coupés à l'apprentissage ; CSI sur les cases de chaque terme.",
            "PSI over ten groups of the score cut on training; CSI over the cells of each term.",
        ),
        tables=(
            Table(
                Words("Score et termes", "Score and terms"),
                (Words("quoi", "what"), Words("PSI ou CSI", "PSI or CSI"), Words("hasard (99 %)", "chance (99%)")),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _by_number(subject: Subject, kind: str) -> Check:
    ids = np.concatenate([subject.train.ids, subject.test.ids])
    log_odds = np.concatenate([subject.scored_train[kind].log_odds, subject.scored_test[kind].log_odds])
    target = np.concatenate([subject.train.target, subject.test.target])
    order = np.argsort(ids, kind="stable")
    parts = np.array_split(order, DECILES)
    shifts = [
        score_shift(f"{ids[part[0]]} – {ids[part[-1]]}", np.delete(log_odds, part), log_odds[part], DECILES)
        for part in parts
    ]
    worst = max(shifts, key=lambda shift: shift.value)
    rows: list[tuple[Cell, ...]] = [
        (shift.name, num(shift.value, 4), num(shift.chance, 4), num(100 * float(target[part].mean()), 1))
        for shift, part in zip(shifts, parts, strict=True)
    ]
    return Check(
        id=f"stability.by_number.{kind}",
        family="stability",
        model=kind,
        question=Words(
            "Le score change-t-il selon le rang du numéro de client, seul ordre que ces données aient ?",
            "Does the score change along the clients' numbers, the only order in these data?",
        ),
        finding=bilingual(
            "PSI du dixième le plus éloigné : {psi} (le hasard en donne jusqu'à {chance}).",
            "PSI of the tenth furthest away: {psi} (chance gives up to {chance}).",
            psi=num(worst.value, 4), chance=num(worst.chance, 4),
        ),
        figures={"largest_psi": worst.value, "psi_of_chance": worst.chance, "tenths": DECILES},
        bound=Words("0,1 et 0,25, ou le niveau du hasard.", "0.1 and 0.25, or the level of chance."),
        verdict=gravest(shift.verdict for shift in shifts),
        action=Words(
            "Chercher ce qui a changé entre ces numéros (source, saison, produit).",
            "Look for what changed between these numbers (source, season, product).",
        ),
        method=Words(
            "Clients étiquetés rangés par numéro, coupés en dix ; chaque dixième contre les neuf autres.",
            "Labelled clients sorted by number and cut in ten; each tenth against the other nine.",
        ),
        tables=(
            Table(
                Words("Dixièmes", "Tenths"),
                (
                    Words("numéros", "numbers"), Words("PSI", "PSI"), Words("hasard (99 %)", "chance (99%)"),
                    Words("difficultés (%)", "difficulties (%)"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip
