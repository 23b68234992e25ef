"""Is the stated uncertainty the real one, and is a review worth what it costs?

The band of a score says that another training, on as many other clients, would give a score within it, on average, so
often. It is put to the test: the glass boxes are trained again on fresh synthetic clients, and it is counted.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables import HISTORY
from scoring.i18n import Words
from scoring.model.decision import needs_review
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Z_99, wilson
from training.config import Settings
from training.data.dataset import read_clients
from training.data.matrix import Matrix
from training.data.synthetic import write_portfolio
from training.evaluation.review_worth import review_worth
from training.experiments.band import Moves, moves, refit
from training.parallel import Notice, cores, processes_for, run_in_processes
from training.provenance import write_marker
from training.reporting.wording import Cell, bilingual, num, pct
from training.search.final_fit import GLASS_BOXES, GlassBox
from training.search.selection import Narrowing
from training.validation.checks import Check, Table, Verdict, flagged, not_applicable
from training.validation.subject import Subject

FAMILY = "uncertainty"
REFITS = 4
MOST_CLIENTS = 20_000
"""Clients of a refit that are enough, and at most twice as many are written for calibration."""
LABELLED = 0.85
"""Share of a synthetic portfolio that is labelled, a little less than it is."""
SLACK = 0.05
QUESTION = Words(
    "La bande d'incertitude couvre-t-elle aussi souvent qu'elle le dit ?",
    "Does the band of uncertainty cover as often as it says?",
)


def check_uncertainty(subject: Subject) -> list[Check]:
    """The band's coverage on refits, then the reviews, for each glass box."""
    if subject.quick:
        reason = Words("Contrôle long, laissé dans un rapport rapide.", "A long check, left out of a quick report.")
        bands = [not_applicable("uncertainty.band", FAMILY, QUESTION, reason)]
    else:
        bands = _bands(subject)
    return [*bands, *(_review(subject, kind) for kind in subject.models)]


def _bands(subject: Subject) -> list[Check]:
    clients = min(len(subject.train), MOST_CLIENTS)
    with tempfile.TemporaryDirectory() as scratch:
        matrix = _fresh(Path(scratch), (REFITS + 2) * clients, subject)
    samples = [matrix.take(np.arange(i * clients, (i + 1) * clients)) for i in range(REFITS)]
    others = matrix.take(np.arange(REFITS * clients, (REFITS + 1) * clients))
    judged = (
        subject.unseen_frame if subject.synthetic else matrix.take(np.arange(len(matrix) - clients, len(matrix))).frame
    )
    works = [
        partial(_scored, sample, others, judged.select(matrix.frame.columns), subject.settings) for sample in samples
    ]
    # few clients: the other families are asked in another process meanwhile
    processes = 1 if processes_for(subject.portfolio.height) > 1 else cores()
    found = run_in_processes(works, lambda _: None, processes=processes)
    return [_band(subject, kind, Moves.joined([each[kind] for each in found]), clients) for kind in GLASS_BOXES]


def _fresh(folder: Path, labelled: int, subject: Subject) -> Matrix:
    """Fresh labelled synthetic clients with the subject's candidates, from the tables that it had."""
    seed = subject.seed + 7_919
    wanted = int(np.ceil(labelled / LABELLED))
    write_portfolio(wanted, seed, folder)
    for name in HISTORY:
        if name in subject.absent:
            (folder / f"{name}.parquet").unlink()
    write_marker(folder, clients=wanted, seed=seed)
    matrix = read_clients(folder).matrix()
    known = {candidate.name for candidate in subject.matrix.candidates}
    order = np.random.default_rng([seed, 1]).permutation(len(matrix))[:labelled]
    return matrix.take(np.sort(order)).only([c for c in matrix.candidates if c.name in known])


def _scored(
    sample: Matrix, others: Matrix, judged: pl.DataFrame, settings: Settings, notice: Notice
) -> dict[GlassBox, Moves]:
    narrowing = Narrowing(settings.selection, settings.seed)
    found = {
        kind: moves([refit(kind, sample, others, settings, threads=1, narrowing=narrowing)], judged)
        for kind in GLASS_BOXES
    }
    notice("refitted")
    return found


def _band(subject: Subject, kind: str, refits: Moves, clients: int) -> Check:
    model = subject.models[kind]
    check_id = f"uncertainty.band.{kind}"
    if model.rule.band is None:
        reason = Words("Ce fichier n'annonce pas de bande.", "This file states no band.")
        return not_applicable(check_id, FAMILY, QUESTION, reason, model=kind)
    stated, k = model.rule.band.coverage, model.rule.band.k
    all_of_them = refits
    if subject.synthetic:
        own = subject.scored_unseen[kind]
        all_of_them = refits.with_one_more(own.log_odds, own.spread)
    covered = all_of_them.covered(k)
    mean = float(covered.mean())
    error = float(covered.std(ddof=1) / np.sqrt(len(covered)))
    slack = max(SLACK, Z_99 * error)
    truth = subject.truth_unseen
    of_truth = None
    if truth is not None:
        own = subject.scored_unseen[kind]
        of_truth = float((np.abs(own.log_odds - truth["log_odds"].to_numpy()) <= k * own.spread).mean())
    of_served = float(covered[0]) if subject.synthetic else None
    verdict: Verdict = "pass" if abs(mean - stated) <= slack else ("fail" if mean < stated - 2 * slack else "warn")
    factor = model.scale.factor
    scored = subject.scored_unseen[kind]
    rows: list[tuple[Cell, ...]] = [
        (
            Words("modèle servi", "served model") if subject.synthetic and i == 0
            else bilingual("réajustement {i}", "refit {i}", i=num(i + (not subject.synthetic))),
            pct(share),
        )
        for i, share in enumerate(covered.tolist())
    ]  # fmt: skip
    return Check(
        id=check_id,
        family=FAMILY,
        model=kind,
        question=QUESTION,
        finding=bilingual(
            "Annoncé : {stated} des scores à {k} écarts ; compté : {mean} sur {n} apprentissages ({low} à {high}). La "
            "bande fait en moyenne {points} points de part et d'autre.",
            "Stated: {stated} of the scores within {k} spreads; counted: {mean} over {n} trainings ({low} to {high}). "
            "The band is {points} points to either side on average.",
            stated=pct(stated, 0), k=num(k, 2), mean=pct(mean), n=num(len(covered)), low=pct(float(covered.min())),
            high=pct(float(covered.max())), points=num(k * factor * float(scored.spread.mean()), 1),
        ),
        figures={
            "stated": stated, "k": k, "covered": mean, "standard_error": error, "covered_least": float(covered.min()),
            "covered_most": float(covered.max()), "covered_served": of_served, "truth_covered": of_truth,
            "trainings": len(covered), "clients_of_a_training": clients,
            "mean_points": k * factor * float(scored.spread.mean()),
        },
        bound=bilingual(
            "À {slack} près de ce qui est annoncé ; échec deux fois plus loin en dessous.",
            "Within {slack} of what is stated; a failure twice as far below.", slack=pct(slack),
        ),
        verdict=verdict,
        reason=bilingual(
            "La bande dit ce qu'un autre apprentissage donnerait, non le vrai risque : celui-ci, que ni l'un ni l'autre ne "
            "voit tout entier, y est pour {truth} des clients.",
            "The band says what another training would give, not the true risk: that, which neither sees as a whole, "
            "lies in it for {truth} of the clients.",
            truth=pct(of_truth),
        ) if of_truth is not None else Words(
            "Compté sur des clients synthétiques, aussi nombreux que ceux de l'apprentissage (20 000 au plus) : que "
            "l'écart se comporte de même sur de vrais clients est une hypothèse.",
            "Counted on synthetic clients, as many as those of training (20,000 at most): that the spread behaves alike "
            "on real clients is an assumption.",
        ),
        action=Words(
            "Mesurer à nouveau le nombre d'écarts (`python -m training band`), puis réentraîner.",
            "Measure the number of spreads again (`python -m training band`), then train again.",
        ),
        method=bilingual(
            "{r} apprentissages entiers (sélection, ajustement, calibration) sur {n} clients synthétiques neufs chacun ; "
            "chaque score contre la moyenne des autres apprentissages pour le même client, leur propre incertitude ôtée.",
            "{r} whole trainings (selection, fit, calibration) on {n} fresh synthetic clients each; each score against "
            "the mean of the other trainings' of the same client, their own uncertainty taken off.",
            r=num(REFITS), n=num(clients),
        ),
        tables=(
            Table(
                Words("Apprentissage par apprentissage", "Training by training"),
                (Words("apprentissage", "training"), Words("scores couverts", "scores covered")),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def reviewed(subject: Subject, kind: str, *, unseen: bool = False) -> NDArray[np.bool_]:
    """Who goes to a person, of the test clients or of all clients never seen."""
    rule = subject.models[kind].rule
    scored = (subject.scored_unseen if unseen else subject.scored_test)[kind]
    return needs_review(rule, scored)


def _review(subject: Subject, kind: str) -> Check:
    rule, costs, price = subject.models[kind].rule, subject.costs, subject.settings.review_cost
    sent = reviewed(subject, kind)
    declined = pd_of_many(subject.scored_test[kind].log_odds) > costs.threshold
    worth = review_worth(subject.test.target, declined, sent, costs, price)
    share, n = float(sent.mean()), len(sent)
    low = wilson(float(sent.sum()), n, Z_99).low
    pays_from, knowing = worth.get("pays_from"), worth.get("pays_knowing", {}).get("value")
    oracle = _oracle(subject, kind)
    savings = worth.get("saving_by_accuracy")
    rows: list[tuple[Cell, ...]] = []
    if savings:
        pairs = zip(savings["accuracy"], savings["saving_per_10000"], strict=True)
        rows = [(pct(accuracy, 0), num(saving, 0, signed=True)) for accuracy, saving in pairs]
    return Check(
        id=f"uncertainty.review.{kind}",
        family=FAMILY,
        model=kind,
        question=Words(
            "L'examen par une personne reste-t-il rare, et à quelle condition vaut-il son coût ?",
            "Do reviews by a person stay rare, and on what condition are they worth their cost?",
        ),
        finding=bilingual(
            "{share} des clients de test vont à l'examen ({sent} sur {n}). À {price} l'examen, il coûte moins que le "
            "modèle seul si la personne a raison au moins {pays} du temps ; connaître l'issue rapporterait dans {knowing} "
            "des examens.{oracle}",
            "{share} of the test clients go to review ({sent} of {n}). At {price} a review, it costs less than the model "
            "alone where the person is right at least {pays} of the time; knowing the outcome would pay in {knowing} of "
            "the reviews.{oracle}",
            share=pct(share), sent=num(int(sent.sum())), n=num(n), price=num(price, 2),
            pays=pct(pays_from, 0) if pays_from is not None else Words("plus que tout", "more than all"),
            knowing=pct(knowing), oracle=_of_truth(oracle),
        ),
        figures={
            "share": share, "cap": rule.review_cap, "reviewed": int(sent.sum()), "clients": n, "review_cost": price,
            "pays_from": pays_from, "pays_knowing": knowing,
            "true_risk_pays": None if oracle is None else oracle[0],
            "true_risk_saving_per_10000": None if oracle is None else oracle[1],
            "review_k": rule.review_k, "band_k": rule.band_k,
        },
        bound=bilingual(
            "Part d'au plus {cap}, à {z} erreurs-types près ; un avertissement si une personne doit avoir raison plus de "
            "neuf fois sur dix, ou si même qui connaîtrait le vrai risque y perdrait.",
            "A share of at most {cap}, within {z} standard errors; a warning where a person must be right more than nine "
            "times in ten, or where even one who knew the true risk would lose by it.",
            cap=pct(rule.review_cap, 0), z=num(Z_99, 1),
        ),
        verdict=flagged(
            fail=(),
            warn=low > rule.review_cap
            or (sent.any() and (pays_from is None or pays_from > 0.9))
            or (oracle is not None and oracle[1] < 0.0),
        ),
        reason=bilingual(
            "Le plafond est atteint avant la bande : {r} écarts vont à l'examen sur les {k} de la bande.",
            "The cap is reached before the band: {r} spreads go to review of the band's {k}.",
            r=num(rule.review_k, 2), k=num(rule.band_k, 2),
        ) if rule.review_k < rule.band_k else None,
        action=Words(
            "Mesurer dans la file des examens combien de décisions des personnes sont justes, et revoir le plafond.",
            "Measure in the queue of reviews how many of the persons' decisions are right, and revise the cap.",
        ),
        method=Words(
            "Clients de test ; le coût d'un examen et la part de décisions justes sont des hypothèses ; une personne a "
            "raison aussi souvent pour les payeurs que pour les autres.",
            "Test clients; the cost of a review and the share of right decisions are assumptions; a person is right as "
            "often about payers as about the others.",
        ),
        tables=(
            Table(
                Words("Économie selon la part de décisions justes", "Saving by the share of right decisions"),
                (
                    Words("décisions justes", "right decisions"),
                    Words("économie pour 10 000 clients", "saving per 10,000 clients"),
                ),
                tuple(rows),
            ),
        ) if rows else (),
    )  # fmt: skip


def _oracle(subject: Subject, kind: str) -> tuple[float, float] | None:
    """Of reviews by one who knew the true risk: the share that would pay, and the saving per 10,000 clients."""
    truth = subject.truth_unseen
    sent = reviewed(subject, kind, unseen=True)
    if truth is None or not sent.any():
        return None
    costs, price = subject.costs, subject.settings.review_cost
    pd = truth["pd"].to_numpy()[sent]
    declined = pd_of_many(subject.scored_unseen[kind].log_odds[sent]) > costs.threshold
    own = np.where(declined, costs.fp * (1.0 - pd), costs.fn * pd)
    best = np.minimum(costs.fp * (1.0 - pd), costs.fn * pd)
    gained = own - best
    return float((gained > price).mean()), 10_000 * float((gained - price).sum()) / len(sent)


def _of_truth(oracle: tuple[float, float] | None) -> Words:
    if oracle is None:
        return Words("", "")
    return bilingual(
        " Qui connaîtrait le vrai risque gagnerait à {share} des examens ({saving} pour 10 000 clients, coût ôté).",
        " One who knew the true risk would gain by {share} of the reviews ({saving} per 10,000 clients, cost taken off).",
        share=pct(oracle[0]), saving=num(oracle[1], 0, signed=True),
    )  # fmt: skip
