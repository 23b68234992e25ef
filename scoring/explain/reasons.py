"""Why: what moves a client's score away from the reference, in points and in words.

The rule: reasons are the score's own terms, never an approximation of them. A term's effect is its contribution minus
the reference's (the mean over accepted clients); a pair's effect is shared half and half between its two features,
which is their Shapley value in a game whose only joint gain is the pair. Effects and reference add up to the score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple

from scoring.data.features import DICTIONARY, say
from scoring.i18n import text
from scoring.model.additive_model import AdditiveModel, Scored
from scoring.model.additive_model.lookup import Value, is_missing

MOST_REASONS = 4
LEAST_POINTS = 1.0
"""An effect of less than one point is not worth a sentence."""

EXTERNAL = "external_scores"
"""Group of the scores that others made."""

Effect = Literal["against", "for"]


def is_unknown(feature: str, value: Value) -> bool:
    """Whether a value is missing without saying anything: no job, no car or no past loan are known facts."""
    return is_missing(value) and DICTIONARY[feature].absence is None


class Reason(NamedTuple):
    """One feature's part in the distance from the reference; `points` is negative when it weighs against."""

    feature: str
    group: str
    effect: Effect
    points: float
    value: Value
    usual: Value

    @property
    def code(self) -> str:
        """What another system may key on: the feature and its effect, ``years_employed.against``."""
        return f"{self.feature}.{self.effect}"

    @property
    def is_unknown(self) -> bool:
        """Whether the client's value is one that we do not know (see `is_unknown`)."""
        return is_unknown(self.feature, self.value)

    @property
    def is_external_score(self) -> bool:
        """Whether the value was made by somebody else, in a way that we can't explain."""
        return self.group == EXTERNAL and not self.is_unknown

    def sentence(self, lang: str) -> str:
        """The reason in plain words: the feature, the client's value, the usual one, the points."""
        return f"{self.fact(lang)} {self.takes_or_gives(lang)}"

    def fact(self, lang: str) -> str:
        """The first half: what is known, or not, of the client."""
        return _fact(self.feature, self.value, self.usual, lang)

    def takes_or_gives(self, lang: str) -> str:
        """The second half: how many points that takes or gives."""
        return _points(self.effect, round(abs(self.points)), lang)


@lru_cache(maxsize=20_000)
def _fact(name: str, value: Value, usual: Value, lang: str) -> str:
    """What is known of a client in words; many clients share it, for values are rounded."""
    feature = DICTIONARY[name]
    label = feature.label.say(lang)
    if is_unknown(name, value):
        return text(lang, "reason.missing", label=label)
    stated, usually = say(feature, value, lang), say(feature, usual, lang)
    # The reference is a mean: the most common value may still be worth points more or less than it.
    key = "reason.fact.same" if stated == usually else "reason.fact"
    fact = text(lang, key, label=label, value=stated, usual=usually)
    return f"{fact} {text(lang, 'reason.external')}" if feature.group == EXTERNAL else fact


@lru_cache(maxsize=2_000)
def _points(effect: Effect, points: int, lang: str) -> str:
    return text(lang, "reason.takes" if effect == "against" else "reason.gives", points=points)


@dataclass(frozen=True)
class Step:
    """One bar of the waterfall: a group of features and the points that it adds to the reference."""

    group: str
    points: float


@dataclass(frozen=True)
class Explanation:
    """The way from the reference to the score.

    ``reference_points`` + the points of all ``steps`` = the client's points, and so do the ``effects`` of the features.
    """

    reference_points: float
    effects: Mapping[str, float]
    against: tuple[Reason, ...]
    in_favour: tuple[Reason, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The effects by group, the largest first."""
        steps: dict[str, float] = {}
        for feature, points in self.effects.items():
            group = DICTIONARY[feature].group
            steps[group] = steps.get(group, 0.0) + points
        return tuple(Step(group, points) for group, points in sorted(steps.items(), key=lambda step: -abs(step[1])))

    @property
    def principal(self) -> tuple[Reason, ...]:
        """The reasons that are told: against, then in favour."""
        return self.against + self.in_favour


class Explainer:
    """An additive model made ready to explain: what all its explanations share is found once.

    Parameters
    ----------
    model : a checked document, whose features are in the dictionary
    """

    def __init__(self, model: AdditiveModel) -> None:
        self._reference_points = model.scale.points(model.reference_log_odds)
        self._no_effects = dict.fromkeys(model.features, 0.0)
        points_of_one = model.scale.points_of_change(1.0)
        self._terms = [
            (points_of_one / len(term.features), usual, term.features)
            for term, usual in zip(model.terms, model.reference.contributions, strict=True)
        ]
        self._told = {name: DICTIONARY[name].group for name in model.features if not DICTIONARY[name].sensitive}
        self._usual = {name: facts.usual for name, facts in model.features.items()}
        self._may_be_unknown = [name for name in model.features if DICTIONARY[name].absence is None]

    def explain(self, scored: Scored, row: Mapping[str, Value]) -> Explanation:
        """Explain one client's score, from the values of the model's features."""
        effects = self.effects(scored)
        against = [(points, name) for name, points in effects.items() if points <= -LEAST_POINTS]
        in_favour = [(points, name) for name, points in effects.items() if points >= LEAST_POINTS]
        against.sort(key=itemgetter(0))
        in_favour.sort(key=itemgetter(0), reverse=True)
        return Explanation(
            reference_points=self._reference_points,
            effects=effects,
            against=self._principal(against, row, "against"),
            in_favour=self._principal(in_favour, row, "for"),
        )

    def unknown(self, row: Mapping[str, Value]) -> tuple[str, ...]:
        """The model's features that are not known of a client (see `is_unknown`)."""
        values = ((name, row[name]) for name in self._may_be_unknown)
        return tuple([name for name, value in values if value is None or value != value])  # noqa: PLR0124  # NaN

    def effects(self, scored: Scored) -> dict[str, float]:
        """Points that each feature adds to the reference, in the order of the model's features."""
        effects = self._no_effects.copy()
        for (points_of_one, usual, features), contribution in zip(self._terms, scored.contributions, strict=True):
            share = points_of_one * (contribution - usual)
            for feature in features:
                effects[feature] += share
        return effects

    def _principal(
        self, strongest: Sequence[tuple[float, str]], row: Mapping[str, Value], effect: Effect
    ) -> tuple[Reason, ...]:
        """The strongest reasons of one effect, at most one for each group of features, never a sensitive one."""
        chosen: dict[str, Reason] = {}
        for points, name in strongest:
            group = self._told.get(name)
            if group is not None and group not in chosen:
                value = row[name]
                chosen[group] = Reason(
                    feature=name,
                    group=group,
                    effect=effect,
                    points=points,
                    value=None if is_missing(value) else value,
                    usual=self._usual[name],
                )
                if len(chosen) == MOST_REASONS:
                    break
        return tuple(chosen.values())


def explain(model: AdditiveModel, scored: Scored, row: Mapping[str, Value]) -> Explanation:
    """Explain one client's score; whoever explains many keeps an `Explainer`."""
    return Explainer(model).explain(scored, row)


def effects_in_points(model: AdditiveModel, scored: Scored) -> dict[str, float]:
    """Points that each feature adds to the reference, in the order of the model's features."""
    return Explainer(model).effects(scored)
