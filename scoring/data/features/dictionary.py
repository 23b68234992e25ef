"""The dictionary: every feature, by name, in the order of the matrix."""

from collections.abc import Mapping
from types import MappingProxyType

from scoring.data.features import application
from scoring.data.features import bureau
from scoring.data.features import bureau_balance
from scoring.data.features import combined
from scoring.data.features import credit_card
from scoring.data.features import installments
from scoring.data.features import pos_cash
from scoring.data.features import previous_application
from scoring.data.features import situation
from scoring.data.features.declaration import Feature


def _by_name(features: tuple[Feature, ...]) -> Mapping[str, Feature]:
    names = [feature.name for feature in features]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"a feature's name must be unique; got {', '.join(twice)} twice. Rename one")
    return MappingProxyType({feature.name: feature for feature in features})


DICTIONARY: Mapping[str, Feature] = _by_name(
    (
        *application.FEATURES,
        *situation.FEATURES,
        *previous_application.FEATURES,
        *pos_cash.FEATURES,
        *installments.FEATURES,
        *credit_card.FEATURES,
        *bureau.FEATURES,
        *bureau_balance.FEATURES,
        *combined.FEATURES,
    )
)
"""All features by name: the request, the person, the history with us, the history elsewhere, then combinations."""
