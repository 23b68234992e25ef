"""Concepts: which features of the dictionary serve which true quantity.

A model may tell a client's lateness by any of fifty features; the truth by three quantities. To compare explanations
with the truth, both are summed over *concepts*, each a true quantity or several that no feature tells apart, with
every feature made from the same facts. The rule: a feature and a true term are of exactly one concept, whatever the
model; the assignment is stated here, before any model is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.data.features import DICTIONARY
from scoring.i18n import Words


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
