"""How well contributions agree with the truth's: over clients for each concept, over concepts for each client.

All figures are of centred contributions, shape (clients, concepts). *Told share* is ``1 − Σ (told − true)² / Σ true²``:
1 when every client's contributions are the true ones, 0 for saying nothing, negative when silence were better.
*Precision at 3*: of the three concepts told to weigh most against a client, how many are among the true three.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import Words
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.arrays import Floats
from scoring.model.statistics import Interval, mean_interval, normal_interval
from training.models.reference import FittedReference

TOP = 3
PERMUTATIONS = 20


@dataclass(frozen=True)
class OfConcept:
    """One concept: spread of the true and of the told contribution, correlation and RMSE over clients."""

    true_spread: float
    told_spread: float
    correlation: float | None
    rmse: float


@dataclass(frozen=True)
class Agreement:
    """How a set of explanations agrees with the truth.

    Attributes
    ----------
    precision : at 3, of what weighs against
    precision_either : at 3, of what weighs most either way
    rank : Spearman's correlation over concepts
    told : told share
    concepts : in the order of the columns
    precision_of_each : precision at 3 of each client, for paired comparisons
    """

    clients: int
    precision: Interval
    precision_either: Interval
    rank: Interval
    explained: Interval
    concepts: tuple[OfConcept, ...]
    precision_of_each: Floats


def agreement(explained: Floats, true: Floats) -> Agreement:
    """Compare contributions with the true ones."""
    against = precisions(explained, true)
    return Agreement(
        clients=len(true),
        precision=mean_interval(against),
        precision_either=mean_interval(precisions(np.abs(explained), np.abs(true))),
        rank=mean_interval(ranks(explained, true)),
        explained=_told_share(explained, true),
        concepts=tuple(_of_concept(explained[:, i], true[:, i]) for i in range(true.shape[1])),
        precision_of_each=against,
    )


def floor(explained: Floats, true: Floats, *, seed: int) -> tuple[float, float]:
    """Precision at 3 and rank correlation when each client is told of another client's truth: chance's share.

    What weighs on many clients is guessed right for each without knowing them; this is how often.
    """
    generator = np.random.default_rng([seed, 51])
    drawn = [generator.permutation(len(true)) for _ in range(PERMUTATIONS)]
    return (
        float(np.mean([precisions(explained, true[rows]).mean() for rows in drawn])),
        float(np.mean([ranks(explained, true[rows]).mean() for rows in drawn])),
    )


def precisions(explained: Floats, true: Floats, top: int = TOP) -> Floats:
    """Of the `top` largest told, the share among the `top` largest true, for each client.

    >>> precisions(np.array([[3.0, 2, 1, 0]]), np.array([[3.0, 2, 0, 1]])).tolist()
    [0.6666666666666666]
    """
    return (_is_top(explained, top) & _is_top(true, top)).sum(axis=1) / top


def ranks(explained: Floats, true: Floats) -> Floats:
    """Spearman's correlation of each client's contributions over concepts, ties at their mean rank."""
    first, second = rankdata(explained, axis=1), rankdata(true, axis=1)
    first, second = first - first.mean(axis=1, keepdims=True), second - second.mean(axis=1, keepdims=True)
    norm = np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1))
    return np.asarray((first * second).sum(axis=1) / np.where(norm > 0, norm, 1.0), dtype=np.float64)


def by_tenth(explained: Floats, true: Floats) -> tuple[Sequence[float], Sequence[float]]:
    """Mean true and mean told contribution in ten groups of clients by the true one: the diagonal at best."""
    groups = np.array_split(np.argsort(true, kind="stable"), 10)
    return [float(true[g].mean()) for g in groups], [float(explained[g].mean()) for g in groups]


def _is_top(values: Floats, top: int) -> NDArray[np.bool_]:
    order = np.argsort(-values, axis=1, kind="stable")[:, :top]
    out = np.zeros(values.shape, dtype=bool)
    np.put_along_axis(out, order, True, axis=1)
    return out


def _told_share(explained: Floats, true: Floats) -> Interval:
    """With the interval of a ratio of means (delta method)."""
    errors, size = ((explained - true) ** 2).sum(axis=1), (true**2).sum(axis=1)
    ratio = float(errors.mean() / size.mean())
    error = float((errors - ratio * size).std(ddof=1)) / float(size.mean()) / np.sqrt(len(true))
    return normal_interval(1.0 - ratio, float(error))


def _of_concept(explained: Floats, true: Floats) -> OfConcept:
    return OfConcept(
        true_spread=float(true.std()),
        told_spread=float(explained.std()),
        correlation=_correlation(explained, true),
        rmse=float(np.sqrt(((explained - true) ** 2).mean())),
    )


def _correlation(first: Floats, second: Floats) -> float | None:
    """Pearson's correlation; None where either is constant."""
    if len(first) < 3 or float(first.std()) < 1e-12 or float(second.std()) < 1e-12:
        return None
    return float(np.corrcoef(first, second)[0, 1])


# Contributions of each concept to each client's log-odds: of the truth, of a glass box, of trees by TreeSHAP.


NOT_TERMS = (ID_COLUMN, "log_odds", "pd")


def of_truth(truth: pl.DataFrame, concepts: Sequence[str]) -> Floats:
    """The true terms summed over concepts, shape (clients, concepts).

    Parameters
    ----------
    truth : SK_ID_CURR, log_odds, pd and one column a term; a pair's name joins its two quantities by a colon
    """
    out = np.zeros((truth.height, len(concepts)))
    for name in truth.columns:
        if name not in NOT_TERMS:
            parts = name.split(":")
            for part in parts:
                _add(out, concepts, concept_of_truth(part), truth[name].to_numpy() / len(parts))
    return out


def of_glass_box(model: AdditiveModel, frame: pl.DataFrame, concepts: Sequence[str]) -> Floats:
    """A glass box's own terms summed over concepts, shape (clients, concepts)."""
    scored = Lookup(model).score_many(frame)
    out = np.zeros((frame.height, len(concepts)))
    for position, term in enumerate(model.terms):
        for name in term.features:
            part = scored.contributions[:, position] / len(term.features)
            _add(out, concepts, concept_of_feature(name), part)
    return out


def of_trees(fitted: FittedReference, frame: pl.DataFrame, concepts: Sequence[str], *, slope: float = 1.0) -> Floats:
    """LightGBM's own TreeSHAP values summed over concepts, shape (clients, concepts).

    Parameters
    ----------
    slope : of the calibration, as a glass box has it folded in

    Source: Lundberg and others, *From local explanations to global understanding with explainable AI for trees* (2020).
    """
    values = fitted.contributions(frame)
    out = np.zeros((frame.height, len(concepts)))
    for position, candidate in enumerate(fitted.candidates):
        _add(out, concepts, concept_of_feature(candidate.name), slope * values[:, position])
    return out


def _add(out: Floats, concepts: Sequence[str], concept: str, values: Floats) -> None:
    if concept in concepts:
        out[:, concepts.index(concept)] += values


# Concepts: which features of the dictionary serve which true quantity.


@dataclass(frozen=True)
class Concept:
    """A concept.

    Attributes
    ----------
    truth : terms of the true risk that belong to it
    features : names of features of the application that belong to it
    table : history table whose features belong to it, where no part of a name says otherwise
    parts : parts of a name that claim a feature of `table` before others do
    """

    label: Words
    truth: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    table: str = ""
    parts: tuple[str, ...] = ()


CONCEPTS: Mapping[str, Concept] = {
    "external": Concept(
        Words("notes extérieures", "external scores"),
        ("ext_source_1", "ext_source_2", "ext_source_3"),
        (
            "ext_source_1", "ext_source_2", "ext_source_3", "ext_source_mean", "ext_source_min", "ext_source_max",
            "ext_source_spread", "ext_source_known",
        ),
    ),
    "job": Concept(
        Words("emploi", "job"), ("employed_years", "name_income_type", "occupation_type"),
        ("income_type", "years_employed", "without_job", "occupation"),
    ),
    "education": Concept(Words("études", "education"), ("name_education_type",), ("education",)),
    "burden": Concept(
        Words("mensualité et revenu", "payment and income"), ("annuity_per_income",),
        ("income_total", "annuity_per_income", "credit_per_income", "goods_per_income", "annuity"),
    ),
    "price": Concept(
        Words("crédit au-delà du prix", "credit above the price"), ("credit_per_goods",),
        ("credit_per_goods", "credit_above_goods"),
    ),
    "length": Concept(Words("nombre de mensualités", "number of payments"), ("credit_per_annuity",),
                      ("credit_per_annuity",)),
    "contract": Concept(Words("type de contrat", "type of contract"), ("name_contract_type",), ("contract_type",)),
    "documents": Concept(
        Words("documents", "documents"), ("document_3",), ("documents_given", "document_3", "document_6", "document_8")
    ),
    "car": Concept(Words("voiture", "car"), ("car_age", "flag_own_car"), ("owns_car", "car_age")),
    "identity": Concept(Words("pièce d'identité", "identity document"), ("id_years",),
                        ("years_since_identity_document",)),
    "phone": Concept(Words("téléphone", "phone"), ("phone_years",), ("years_since_phone_change", "phone_never_changed")),
    "region": Concept(
        Words("région", "region"), ("region_rating",), ("region_population", "region_rating", "region_rating_with_city")
    ),
    "city": Concept(
        Words("ville du travail", "city of work"), ("works_in_other_city",),
        (
            "lives_in_other_region", "works_in_other_region", "lives_in_other_city", "works_in_other_city",
            "lives_away_from_work", "addresses_differing",
        ),
    ),
    "elsewhere_overdue": Concept(
        Words("retards ailleurs", "overdue elsewhere"), ("bureau_overdue",), table="bureau",
        parts=("overdue", "late_days", "prolonged"),
    ),
    "elsewhere_debt": Concept(
        Words("dette ailleurs", "debt elsewhere"), ("bureau_debt_share",), table="bureau",
        parts=("debt", "amount", "annuity", "limit", "card_use"),
    ),
    "elsewhere_credits": Concept(
        Words("crédits ailleurs", "credits elsewhere"), ("bureau_active", "bureau_days_of_last", "bureau_days_mean"),
        table="bureau",
    ),
    "elsewhere_months": Concept(
        Words("mois en retard ailleurs", "late months elsewhere"), ("balance_late_share",), table="bureau_balance"
    ),
    "refusals": Concept(Words("demandes passées", "past applications"), ("refused_share", "down_payment_share"),
                        table="previous_application"),
    "instalments": Concept(
        Words("échéances passées", "past instalments"),
        ("instalments_late_share", "instalments_days_early", "instalments_paid_share"), table="installments_payments",
    ),
    "pos": Concept(Words("prêts en magasin", "loans in shops"), ("pos_late_share",), table="POS_CASH_balance"),
    "card": Concept(Words("carte de crédit", "credit card"), ("card_use",), table="credit_card_balance"),
    "age": Concept(Words("âge", "age"), ("age_years",), ("age_years", "employed_share_of_age")),
    "gender": Concept(Words("sexe", "gender"), ("code_gender",), ("gender",)),
    "family": Concept(
        Words("famille", "family"), ("name_family_status",),
        ("family_status", "children", "family_members", "income_per_person"),
    ),
    "circle": Concept(
        Words("entourage", "social circle"), ("acquaintances_late",),
        ("circle_observed_30", "circle_late_30", "circle_observed_60", "circle_late_60"),
    ),
}  # fmt: skip
"""Every concept of the true risk."""
ELSE = "else"
"""Concept of features that serve no true quantity, and of true terms that none of the above names."""


def concept_of_feature(name: str) -> str:
    """The concept of a feature of the dictionary.

    >>> concept_of_feature("bureau_debt_per_income"), concept_of_feature("email_given")
    ('elsewhere_debt', 'else')
    """
    for key, concept in CONCEPTS.items():
        if name in concept.features:
            return key
    table = DICTIONARY[name].table
    for key, concept in CONCEPTS.items():
        if concept.table == table and (not concept.parts or any(part in name for part in concept.parts)):
            return key
    return ELSE


def concept_of_truth(term: str) -> str:
    """The concept of one quantity or category of the true risk."""
    return next((key for key, concept in CONCEPTS.items() if term in concept.truth), ELSE)


def told_concepts(features: Sequence[str]) -> tuple[str, ...]:
    """The concepts that models allowed these features can tell: those with at least one of them, and the rest."""
    known = {concept_of_feature(name) for name in features}
    return (*(key for key in CONCEPTS if key in known), ELSE)


def label_of(key: str) -> Words:
    """A concept's name."""
    return CONCEPTS[key].label if key in CONCEPTS else Words("le reste", "the rest")
