"""Who is similar, by chosen criteria: the same code, or a value near the client's.

The rule: a criterion compares with the client's own value, never with a stranger's band; where the client has none,
those without one are similar.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from scoring.data.features import DICTIONARY, say
from scoring.i18n import text
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns


@dataclass(frozen=True)
class Criterion:
    """How near a value must be: within a share of the client's (`ratio`), within so many units (`span`), or the same.

    A number with both must meet the wider of the two.
    """

    feature: str
    ratio: float = 0.0
    span: float = 0.0


@dataclass(frozen=True)
class Chosen:
    """A criterion as it applies to one client: values between `low` and `high`, or the same `value`."""

    feature: str
    value: Value
    low: float | None = None
    high: float | None = None

    @property
    def sensitive(self) -> bool:
        """Whether it chooses people by what no outcome is shown along."""
        return DICTIONARY[self.feature].sensitive

    def words(self, lang: str) -> str:
        """The criterion in words: "Declared income: between 150,000 and 250,000"."""
        feature = DICTIONARY[self.feature]
        label = feature.label.say(lang)
        if self.low is None or self.high is None:
            return text(lang, "peers.criterion.same", label=label, value=say(feature, self.value, lang))
        low, high = say(feature, self.low, lang), say(feature, self.high, lang)
        if low == high:
            return text(lang, "peers.criterion.same", label=label, value=low)
        return text(lang, "peers.criterion.between", label=label, low=low, high=high)


CRITERIA: Mapping[str, Criterion] = MappingProxyType(
    {
        criterion.feature: criterion
        for criterion in (
            Criterion("contract_type"),
            Criterion("income_type"),
            Criterion("income_total", ratio=0.25),
            Criterion("credit_amount", ratio=0.25),
            Criterion("credit_per_annuity", span=6),
            Criterion("years_employed", ratio=0.5, span=1),
            Criterion("occupation"),
            Criterion("education"),
            Criterion("housing"),
            Criterion("age_years", span=5),
            Criterion("family_status"),
        )
    }
)
"""In the order in which they are offered; the last two are sensitive: with them, no outcome is shown."""
USUAL: tuple[str, ...] = ("contract_type", "income_type", "credit_amount")
"""Chosen where nobody has chosen: those who ask for the same and live on the same; their income can be compared."""


def applied(criterion: Criterion, value: Value) -> Chosen:
    """A criterion around one client's value."""
    if value is None or isinstance(value, str) or not (criterion.ratio or criterion.span):
        return Chosen(criterion.feature, value)
    reach = max(criterion.ratio * abs(value), criterion.span)
    low, high = value - reach, value + reach
    return Chosen(criterion.feature, value, _tidy(max(low, 0.0) if value >= 0 else low), _tidy(high))


def _tidy(bound: float) -> float:
    """A bound of two significant digits: what is said is what is meant.

    >>> _tidy(151875.0), _tidy(37.4), _tidy(0.0)
    (150000.0, 37.0, 0.0)
    """
    return float(f"{bound:.2g}")


def mask_of(columns: Columns, chosen: Chosen) -> Flags:
    """Who meets a criterion."""
    if DICTIONARY[chosen.feature].kind == "category":
        codes = columns.codes(chosen.feature)
        at = -1 if chosen.value is None else codes.levels.index(str(chosen.value))
        return codes.places == at
    numbers = columns.numbers(chosen.feature)
    if chosen.value is None:
        return np.isnan(numbers)
    if chosen.low is None or chosen.high is None:
        return np.asarray(numbers == float(chosen.value))
    return (numbers >= chosen.low) & (numbers <= chosen.high)
