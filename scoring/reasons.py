"""Why: what moves a client's score away from the reference, in points and in words.

The rule: reasons are the score's own terms, never an approximation of them. A term's effect is its contribution minus
the reference's (the mean over accepted clients); a pair's effect is shared half and half between its two features,
which is their Shapley value in a game whose only joint gain is the pair. Effects and reference add up to the score.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from scoring.additive_model import AdditiveModel, Scored
from scoring.additive_model.lookup import Value, is_missing
from scoring.features import DICTIONARY, say
from scoring.language import text

MOST_REASONS = 4
LEAST_POINTS = 1.0
"""An effect of less than one point is not worth a sentence."""

Effect = Literal["against", "for"]


def is_unknown(feature: str, value: Value) -> bool:
    """Whether a value is missing without saying anything: no job, no car or no past loan are known facts."""
    return is_missing(value) and DICTIONARY[feature].absence is None


@dataclass(frozen=True)
class Reason:
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
        return self.group == "external_scores" and not self.is_unknown

    def sentence(self, lang: str) -> str:
        """The reason in plain words: the feature, the client's value, the usual one, the points."""
        return f"{self.fact(lang)} {self.takes_or_gives(lang)}"

    def fact(self, lang: str) -> str:
        """The first half: what is known, or not, of the client."""
        feature = DICTIONARY[self.feature]
        label = feature.label.say(lang)
        if self.is_unknown:
            return text(lang, "reason.missing", label=label)
        value, usual = say(feature, self.value, lang), say(feature, self.usual, lang)
        # The reference is a mean: the most common value may still be worth points more or less than it.
        key = "reason.fact.same" if value == usual else "reason.fact"
        fact = text(lang, key, label=label, value=value, usual=usual)
        return f"{fact} {text(lang, 'reason.external')}" if self.is_external_score else fact

    def takes_or_gives(self, lang: str) -> str:
        """The second half: how many points that takes or gives."""
        key = "reason.takes" if self.effect == "against" else "reason.gives"
        return text(lang, key, points=round(abs(self.points)))


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
    steps: tuple[Step, ...]
    against: tuple[Reason, ...]
    in_favour: tuple[Reason, ...]

    @property
    def principal(self) -> tuple[Reason, ...]:
        """The reasons that are told: against, then in favour."""
        return self.against + self.in_favour


def explain(model: AdditiveModel, scored: Scored, row: Mapping[str, Value]) -> Explanation:
    """Explain one client's score, from the values of the model's features."""
    effects = effects_in_points(model, scored)
    steps: dict[str, float] = {}
    for feature, points in effects.items():
        group = DICTIONARY[feature].group
        steps[group] = steps.get(group, 0.0) + points
    return Explanation(
        reference_points=model.scale.points(model.reference_log_odds),
        effects=effects,
        steps=tuple(Step(group, points) for group, points in sorted(steps.items(), key=lambda item: -abs(item[1]))),
        against=_principal(model, effects, row, "against"),
        in_favour=_principal(model, effects, row, "for"),
    )


def effects_in_points(model: AdditiveModel, scored: Scored) -> dict[str, float]:
    """Points that each feature adds to the reference, in the order of the model's features."""
    points_of_one = model.scale.points_of_change(1.0)
    effects = dict.fromkeys(model.features, 0.0)
    for term, contribution, usual in zip(model.terms, scored.contributions, model.reference.contributions, strict=True):
        share = points_of_one * (contribution - usual) / len(term.features)
        for feature in term.features:
            effects[feature] += share
    return effects


def _reason(model: AdditiveModel, feature: str, points: float, row: Mapping[str, Value]) -> Reason:
    value = row[feature]
    return Reason(
        feature=feature,
        group=DICTIONARY[feature].group,
        effect="against" if points < 0.0 else "for",
        points=points,
        value=None if is_missing(value) else value,
        usual=model.features[feature].usual,
    )


def _principal(
    model: AdditiveModel, effects: Mapping[str, float], row: Mapping[str, Value], effect: Effect
) -> tuple[Reason, ...]:
    """The strongest reasons of one effect, at most one for each group of features, never a sensitive one."""
    sign = -1.0 if effect == "against" else 1.0
    strong = [feature for feature, points in effects.items() if sign * points >= LEAST_POINTS]
    strong.sort(key=effects.__getitem__, reverse=effect == "for")
    chosen: dict[str, str] = {}
    for feature in strong:
        entry = DICTIONARY[feature]
        if not entry.sensitive:
            chosen.setdefault(entry.group, feature)
    return tuple(_reason(model, feature, effects[feature], row) for feature in list(chosen.values())[:MOST_REASONS])
