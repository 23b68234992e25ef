"""Groups to compare a client with: all, those similar by criteria, the nearest in what moves the score, a selection.

The rule: the client is never in the group; what is said of a group never says what one of its members did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from scoring.data.features import DICTIONARY, say
from scoring.errors import InputError
from scoring.i18n import Said, shown, text
from scoring.model.additive_model import AdditiveModel
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns
from scoring.portfolio.peers.bands import Band, Paid, Withheld, bands, paid
from scoring.portfolio.peers.percentile_ranks import (
    Categories,
    Distribution,
    Standing,
    categories,
    distribution,
    standing,
)

# Who is similar, by chosen criteria: the same code, or a value near the client's.


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


Kind = Literal["all", "similar", "nearest", "selection"]
KINDS: tuple[Kind, ...] = ("all", "similar", "nearest")
NEAREST = 300
"""How many are the nearest."""
SHOWN = 50
"""Known outcomes in a band from which a picture shows it; below, words alone."""


@dataclass(frozen=True, eq=False)
class Group:
    """Clients to compare with.

    Attributes
    ----------
    kind : how they were chosen
    members : a mask over the portfolio's clients
    chosen : the criteria, for `similar`
    farthest : how many points the farthest of the nearest differs by, fact by fact
    points : the lowest and the highest score of the nearest
    sensitive : whether they were chosen by what no outcome is shown along
    """

    kind: Kind
    members: Flags = field(repr=False)
    chosen: tuple[Chosen, ...] = ()
    farthest: float | None = None
    points: tuple[float, float] | None = None
    sensitive: bool = False

    @property
    def size(self) -> int:
        """How many clients."""
        return int(self.members.sum())


@dataclass(frozen=True)
class Along:
    """A band of a feature: how many of the group lie in it, and how many of those paid, or why that is not told."""

    band: Band
    size: int
    paid: Paid | Withheld


class Peers:
    """Groups over one portfolio, and what can be said of them."""

    def __init__(self, model: AdditiveModel, columns: Columns) -> None:
        self.columns = columns
        self._points_of_one = abs(model.scale.points_of_change(1.0))

    def everyone(self, client_id: int | None = None) -> Group:
        """All clients but this one."""
        return Group("all", self._without(client_id, np.ones(len(self.columns), dtype=bool)))

    def selected(self, members: Flags, *, sensitive: bool, client_id: int | None = None) -> Group:
        """A selection made elsewhere; `sensitive` where age, sex, family or their like had a part in it."""
        return Group("selection", self._without(client_id, members), sensitive=sensitive)

    def similar(self, client_id: int, criteria: Sequence[str] = USUAL) -> Group:
        """Those who meet every criterion around the client's own values.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        InputError
            When a criterion is none of `CRITERIA`.
        """
        unknown = [name for name in criteria if name not in CRITERIA]
        if unknown:
            raise InputError(Said("problem.said.criterion", known=", ".join(CRITERIA), found=shown(", ".join(unknown))))
        chosen = self.offered(client_id, criteria)
        members = np.ones(len(self.columns), dtype=bool)
        for one in chosen:
            members &= mask_of(self.columns, one)
        sensitive = any(one.sensitive for one in chosen)
        return Group("similar", self._without(client_id, members), chosen, sensitive=sensitive)

    def nearest(self, client_id: int, count: int = NEAREST) -> Group:
        """Those whose facts move the score most alike: the sum over terms of how many points apart they are.

        Raises
        ------
        UnknownClientError
            When the portfolio holds no such client.
        """
        place = self.columns.place_of(client_id)
        contributions = self.columns.contributions
        distances = np.abs(contributions - contributions[place]).sum(axis=1)
        distances[place] = np.inf
        count = min(count, len(distances) - 1)
        members = np.zeros(len(distances), dtype=bool)
        if count <= 0:
            return Group("nearest", members)
        farthest = float(np.partition(distances, count - 1)[count - 1])
        members[distances < farthest] = True
        ties = np.flatnonzero(distances == farthest)  # the first numbers of those equally far
        members[ties[: count - int(members.sum())]] = True
        theirs = self.columns.numbers("points")[members]
        ends = float(theirs.min()), float(theirs.max())
        return Group("nearest", members, farthest=farthest * self._points_of_one, points=ends)

    def offered(self, client_id: int, criteria: Sequence[str] = tuple(CRITERIA)) -> tuple[Chosen, ...]:
        """Criteria as they apply to this client, in the order of `CRITERIA`; the portfolio may lack some."""
        place, held = self.columns.place_of(client_id), set(self.columns.features)
        return tuple(
            applied(criterion, self.columns.value(place, name))
            for name, criterion in CRITERIA.items()
            if name in criteria and name in held
        )

    def widened(self, group: Group) -> Mapping[str, int]:
        """How many clients the group would have without each of its criteria: where it is small, what to give up."""
        masks = {one.feature: mask_of(self.columns, one) for one in group.chosen}
        found = {}
        for left_out in masks:
            members = np.ones(len(self.columns), dtype=bool)
            for feature, mask in masks.items():
                if feature != left_out:
                    members &= mask
            found[left_out] = int(members.sum()) - 1
        return found

    def paid(self, group: Group) -> Paid | Withheld:
        """How many of the group paid without difficulty, or why that is not told."""
        return paid(self.columns.difficulties[group.members], sensitive=group.sensitive)

    def standing(self, group: Group, feature: str, client_id: int) -> Standing:
        """Where a client stands in the group by a feature."""
        value = self.columns.value(self.columns.place_of(client_id), feature)
        return standing(self.columns, group.members, feature, value)

    def distribution(self, group: Group, feature: str) -> Distribution:
        """The group's distribution of a number."""
        return distribution(self.columns, group.members, feature)

    def categories(self, group: Group, feature: str) -> Categories:
        """The group's codes of a category."""
        return categories(self.columns, group.members, feature)

    def along(self, group: Group, feature: str) -> Sequence[Along] | Withheld:
        """How many paid in each band of a feature, or why that is not told."""
        if group.sensitive or DICTIONARY[feature].sensitive:
            return "sensitive"
        known = group.members & ~np.isnan(self.columns.difficulties)
        found = []
        for band in bands(self.columns, known, feature, least=SHOWN):
            inside = group.members & band.mask(self.columns)
            found.append(Along(band, int(inside.sum()), paid(self.columns.difficulties[inside])))
        published = [one for one in found if not isinstance(one.paid, str)]
        return found if len(published) > 1 else "few"

    def _without(self, client_id: int | None, members: Flags) -> Flags:
        if client_id is not None:
            members[self.columns.place_of(client_id)] = False
        return members
