"""The six groups that order features for people: reasons, pages and charts follow this order."""

from collections.abc import Mapping
from types import MappingProxyType

from scoring.i18n import Words

GROUPS: Mapping[str, Words] = MappingProxyType(
    {
        "income": Words("Revenus et emploi", "Income and job"),
        "credit_asked": Words("Crédit demandé", "Credit asked for"),
        "history_here": Words("Historique chez nous", "History with us"),
        "history_elsewhere": Words("Historique chez d'autres prêteurs", "History with other lenders"),
        "external_scores": Words("Notes d'organismes extérieurs", "Scores from external bureaus"),
        "situation": Words("Situation personnelle", "Personal situation"),
    }
)
"""Groups in the order in which they are shown, with their headings."""
