"""What does past selection hide? Only granted loans have an outcome; what becomes of a model that learnt on them alone?

On synthetic clients the past granting policy can be switched on and off, so that the outcomes which it hid are known.
The same quick scorecard is fitted in five folds on all outcomes, on the granted alone, and by three ways of reject
inference, and judged on all applicants by their true risk: no luck of the outcomes is in the figures.

Sources: Hsia, *Credit scoring and the Equal Credit Opportunity Act* (1978), augmentation; Crook and Banasik, *Does reject
inference really improve the performance of application scoring models?* (2004); Siddiqi, *Credit Risk Scorecards*
(2006), ch. 6, parcelling.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import Words
from scoring.model.arrays import Floats, Integers
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Z_99, expected_auc
from training.data.dataset import read_clients
from training.data.matrix import Matrix
from training.data.synthetic import write_portfolio
from training.data.synthetic.policy import REFUSED
from training.provenance import write_marker
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.checks import MODELS, Check, Table, flagged, not_applicable
from training.validation.quick import cut, fit_quick
from training.validation.regret import expected_costs
from training.validation.subject import Subject

Flags = NDArray[np.bool_]
FAMILY = "selection"
QUESTION = Words(
    "Apprendre sur les seuls prêts accordés par le passé trompe-t-il sur ceux qui furent refusés ?",
    "Does learning on loans granted in the past alone mislead about those who were refused?",
)
MOST_CLIENTS = 40_000
FOLDS = 5
GAP = 0.003
PRUDENCE = 1.5
"""Odds of the refused over what a model of the granted says of them, where that is assumed."""
MOST_WEIGHT = 10.0
WAYS: Mapping[str, Words] = {
    "all": Words("toutes les issues connues", "every outcome known"),
    "granted": Words("prêts accordés seuls", "granted loans alone"),
    "weighted": Words("repondération (1 / chance d'accord)", "reweighting (1 / chance of a grant)"),
    "parcelled": Words("refusés selon le modèle des accordés", "refused as the granted's model says"),
    "prudent": Words("refusés 1,5 fois plus risqués", "refused 1.5 times as risky"),
}


@dataclass(frozen=True)
class Applicants:
    """Synthetic applicants whose refusals by a past policy are known.

    Attributes
    ----------
    frame : features of each applicant, as a model reads them
    codes, sizes : quick bins of each applicant, and how many each candidate has
    target : the outcome that each would have had, shape (applicants,)
    refused : by the past policy, shape (applicants,)
    pd : true probability, shape (applicants,)
    """

    frame: pl.DataFrame
    codes: Integers
    sizes: list[int]
    target: NDArray[np.int8]
    refused: Flags
    pd: Floats


@dataclass(frozen=True)
class Way:
    """What one way of learning says of all applicants.

    Attributes
    ----------
    gap_refused, gap_granted : mean stated minus mean true probability among them
    error_refused : standard error of the first
    """

    gap_refused: float
    error_refused: float
    gap_granted: float
    auc: float
    cost: float
    accepted_refused: float


def check_selection(subject: Subject) -> list[Check]:
    """The bias that a past policy makes, and what reject inference recovers."""
    if subject.origin is None:
        reason = Words(
            "Ces tables ne disent pas qui fut refusé par le passé, ni ce qu'il serait devenu : le biais ne peut pas y être "
            "mesuré, et n'en existe pas moins.",
            "These tables do not say who was refused in the past, nor what would have become of them: the bias cannot be "
            "measured here, and exists all the same.",
        )
        return [not_applicable("selection.past_policy", FAMILY, QUESTION, reason)]
    if subject.quick:
        reason = Words("Contrôle long, laissé dans un rapport rapide.", "A long check, left out of a quick report.")
        return [not_applicable("selection.past_policy", FAMILY, QUESTION, reason)]
    with tempfile.TemporaryDirectory() as scratch:
        applicants = _applicants(Path(scratch), subject)
    return [_check(subject, applicants, study(applicants, subject))]


def _applicants(folder: Path, subject: Subject) -> Applicants:
    """The subject's own labelled applicants again, the refused among them, without and with the policy."""
    clients = min(int(subject.origin["clients"]) if subject.origin else 0, MOST_CLIENTS)
    seed = int(subject.origin["seed"]) if subject.origin else 0
    everyone, granted = folder / "everyone", folder / "granted"
    write_portfolio(clients, seed, everyone)
    write_marker(everyone, clients=clients, seed=seed)
    write_portfolio(clients, seed, granted, policy=True)
    matrix = read_clients(everyone).matrix()
    known = {candidate.name for candidate in subject.matrix.candidates}
    matrix = matrix.only([candidate for candidate in matrix.candidates if candidate.name in known])
    refused = set(pl.read_parquet(granted / "refused.parquet", columns=[ID_COLUMN])[ID_COLUMN].to_list())
    truth = pl.DataFrame({ID_COLUMN: matrix.ids}).join(
        pl.read_parquet(everyone / "truth.parquet", columns=[ID_COLUMN, "pd"]),
        on=ID_COLUMN,
        how="left",
        maintain_order="left",
    )
    return applicants_of(matrix, np.isin(matrix.ids, sorted(refused)), truth["pd"].to_numpy())


def applicants_of(matrix: Matrix, refused: Flags, pd: Floats) -> Applicants:
    """Applicants from their features, the policy's refusals and the true probabilities."""
    cuts = cut(matrix.frame, matrix.candidates)
    return Applicants(matrix.frame, cuts.codes(matrix.frame), cuts.sizes, matrix.target, refused, pd)


def study(applicants: Applicants, subject: Subject) -> dict[str, Way]:
    """Each way of learning, judged on all applicants in folds that it did not learn on."""
    ways: Mapping[str, Callable[[Applicants, NDArray[np.int64], int], Callable[[Integers], Floats]]] = {
        "all": _all,
        "granted": _granted,
        "weighted": _weighted,
        "parcelled": lambda a, rows, seed: _parcelled(a, rows, seed, 1.0),
        "prudent": lambda a, rows, seed: _parcelled(a, rows, seed, PRUDENCE),
    }
    fold = np.random.default_rng([subject.seed, 81]).permutation(len(applicants.target)) % FOLDS
    found = {}
    for name, learn in ways.items():
        log_odds = np.empty(len(fold))
        for k in range(FOLDS):
            log_odds[fold == k] = learn(applicants, np.flatnonzero(fold != k), subject.seed)(
                applicants.codes[fold == k]
            )
        found[name] = _way(applicants, log_odds, subject)
    return found


def _way(applicants: Applicants, log_odds: Floats, subject: Subject) -> Way:
    costs, stated = subject.costs, pd_of_many(log_odds)
    gap = stated - applicants.pd
    refused = applicants.refused
    cost = expected_costs(applicants.pd, stated > costs.threshold, fn=costs.fn, fp=costs.fp)
    return Way(
        gap_refused=float(gap[refused].mean()),
        error_refused=float(gap[refused].std(ddof=1) / np.sqrt(refused.sum())),
        gap_granted=float(gap[~refused].mean()),
        auc=expected_auc(applicants.pd, log_odds),
        cost=float(cost.mean()),
        accepted_refused=float((stated[refused] <= costs.threshold).mean()),
    )


def _all(applicants: Applicants, rows: NDArray[np.int64], seed: int) -> Callable[[Integers], Floats]:
    return fit_quick(applicants.codes[rows], applicants.sizes, applicants.target[rows], seed=seed).log_odds


def _granted(applicants: Applicants, rows: NDArray[np.int64], seed: int) -> Callable[[Integers], Floats]:
    return _all(applicants, rows[~applicants.refused[rows]], seed)


def _weighted(applicants: Applicants, rows: NDArray[np.int64], seed: int) -> Callable[[Integers], Floats]:
    """The granted, each counted for those like them who were refused."""
    policy = fit_quick(applicants.codes[rows], applicants.sizes, applicants.refused[rows].astype(np.int8), seed=seed)
    retained = rows[~applicants.refused[rows]]
    granting = 1.0 - pd_of_many(policy.log_odds(applicants.codes[retained]))
    weights = np.minimum(1.0 / np.maximum(granting, 1e-6), MOST_WEIGHT)
    weights *= len(retained) / weights.sum()
    return fit_quick(
        applicants.codes[retained], applicants.sizes, applicants.target[retained], seed=seed, weights=weights
    ).log_odds


def _parcelled(
    applicants: Applicants, rows: NDArray[np.int64], seed: int, prudence: float
) -> Callable[[Integers], Floats]:
    """The granted, and the refused twice: as payers and as defaulters, weighing what the granted's model says."""
    retained, hidden = rows[~applicants.refused[rows]], rows[applicants.refused[rows]]
    sentence = pd_of_many(_granted(applicants, rows, seed)(applicants.codes[hidden]) + np.log(prudence))
    return fit_quick(
        applicants.codes[np.concatenate([retained, hidden, hidden])],
        applicants.sizes,
        np.concatenate([applicants.target[retained], np.zeros(len(hidden)), np.ones(len(hidden))]).astype(np.int8),
        seed=seed,
        weights=np.concatenate([np.ones(len(retained)), 1.0 - sentence, sentence]),
    ).log_odds


def _served(subject: Subject, applicants: Applicants, true_refused: float) -> Iterator[tuple[Cell, ...]]:
    """What the served models say of the refused, where the policy was on in their training and they never saw them."""
    if not (subject.tables / f"{REFUSED}.parquet").is_file():
        return
    hidden = applicants.frame.filter(pl.Series(applicants.refused))
    for kind, lookup in subject.lookups.items():
        stated = pd_of_many(lookup.score_many(hidden).log_odds)
        sentence, nothing = float(stated.mean()), num(None)
        accepted = float((stated <= subject.costs.threshold).mean())
        name = bilingual("{model}, servi", "{model}, served", model=MODELS[kind])
        yield (
            name,
            pct(sentence),
            pct(sentence - true_refused, 2, signed=True),
            nothing,
            nothing,
            nothing,
            pct(accepted),
        )


def _check(subject: Subject, applicants: Applicants, ways: Mapping[str, Way]) -> Check:
    plain, whole = ways["granted"], ways["all"]
    inferred = {name: way for name, way in ways.items() if name not in ("all", "granted")}
    best = min(inferred, key=lambda name: abs(inferred[name].gap_refused))
    recovered = 1.0 - abs(inferred[best].gap_refused) / max(abs(plain.gap_refused), 1e-9)
    bound = max(GAP, Z_99 * plain.error_refused)
    true_refused = float(applicants.pd[applicants.refused].mean())
    rows: list[tuple[Cell, ...]] = [
        (
            WAYS[name], pct(way.gap_refused + true_refused), pct(way.gap_refused, 2, signed=True),
            pct(way.gap_granted, 2, signed=True), num(way.auc, 4), num(way.cost, 4), pct(way.accepted_refused),
        )
        for name, way in ways.items()
    ]  # fmt: skip
    rows.extend(_served(subject, applicants, true_refused))
    return Check(
        id="selection.past_policy",
        family=FAMILY,
        question=QUESTION,
        finding=bilingual(
            "La politique passée refuse {share} de ces demandeurs. Appris sur les accordés seuls, le modèle leur annonce "
            "{sentence} de difficultés pour {true} en vérité, et décide pour {cost} par demandeur contre {all} si toute issue "
            "était connue ; le meilleur redressement ({best}) retire {recovered} de l'écart et décide pour {less}.",
            "The past policy refuses {share} of these applicants. Trained on the granted alone, the model states {sentence} "
            "difficulties for them where the truth is {true}, and decides at {cost} an applicant against {all} if every "
            "outcome were known; the best reject inference ({best}) takes {recovered} off the gap and decides at {less}.",
            share=pct(float(applicants.refused.mean())), sentence=pct(plain.gap_refused + true_refused),
            true=pct(true_refused), cost=num(plain.cost, 4), all=num(whole.cost, 4), best=WAYS[best],
            recovered=pct(recovered, 0), less=num(inferred[best].cost, 4),
        ),
        figures={
            "applicants": len(applicants.target), "refused_share": float(applicants.refused.mean()),
            "true_pd_refused": true_refused, "gap_refused": plain.gap_refused, "gap_granted": plain.gap_granted,
            "standard_error": plain.error_refused, "auc_granted": plain.auc, "auc_all": whole.auc,
            "cost_granted": plain.cost, "cost_all": whole.cost, "best_inference": best, "recovered": recovered,
            "cost_best_inference": inferred[best].cost,
        },
        bound=bilingual(
            "Écart d'au plus {gap} point parmi les refusés, ou {z} erreurs-types ; il avertit seulement : aucun modèle de "
            "prêts accordés ne peut le promettre.",
            "A gap of at most {gap} points among the refused, or {z} standard errors; it only warns: no model of granted "
            "loans can promise it.",
            gap=num(100 * GAP, 1), z=num(Z_99, 1),
        ),
        verdict=flagged(fail=(), warn=abs(plain.gap_refused) > bound),
        reason=Words(
            "La politique s'appuie en partie sur un jugement que les tables ne contiennent pas : ce que le redressement ne "
            "retrouve pas y tient. Choisir le meilleur en connaissant la vérité le flatte ; avec de vraies données, rien ne "
            "le désigne.",
            "The policy rests partly on a judgement that no table holds: what reject inference does not recover lies there. "
            "To choose the best knowing the truth flatters it; on real data nothing points to it.",
        ),
        action=Words(
            "Accorder au hasard une petite part des demandes refusées, et apprendre de leur issue ; à défaut, ne pas tenir "
            "pour sûres les probabilités des dossiers que la politique refusait.",
            "Grant a small random share of refused applications and learn from their outcome; failing that, do not rely on "
            "the probabilities of files that the policy refused.",
        ),
        method=bilingual(
            "Les {n} demandeurs étiquetés du portefeuille synthétique, politique passée rejouée ; une grille rapide, cinq "
            "plis ; chiffres en espérance sous le vrai risque, sur tous les demandeurs.",
            "The {n} labelled applicants of the synthetic portfolio with the past policy played again; a quick scorecard in "
            "five folds; figures are expectations under the true risk, over all applicants.",
            n=num(len(applicants.target)),
        ),
        tables=(
            Table(
                Words("Façons d'apprendre", "Ways of learning"),
                (
                    Words("appris sur", "learnt on"), Words("annoncé aux refusés", "stated for the refused"),
                    Words("écart, refusés (points)", "gap, refused (points)"),
                    Words("écart, accordés (points)", "gap, granted (points)"), Words("AUC", "AUC"),
                    Words("coût par demandeur", "cost per applicant"),
                    Words("refusés qu'il accepterait", "refused whom it would accept"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip
