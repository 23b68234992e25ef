"""Many clients decided and explained at once: the numbers, reasons and words of one by one, to the last bit.

The rule: nothing here is a second model. `decide_and_explain` computes by columns what `decide` and `explain` compute
by client; a test compares them to the last digit, client by client.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import polars as pl

from scoring.data.features import DICTIONARY
from scoring.explain.reasons import LEAST_POINTS, MOST_REASONS, Effect, Reason
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.model.additive_model.lookup import Value
from scoring.model.arrays import Floats
from scoring.model.decision import HISTORY_UNKNOWN, OUTSIDE, UNCERTAIN, Outcome, decide_many, is_uncertain
from scoring.model.scale import pd_of

_MOST_KEPT = 50_000
"""Sentences that are kept ready: those of one feature's value, or of one number of points."""
_BECAUSE: tuple[tuple[str, ...], ...] = ((), (UNCERTAIN,), (OUTSIDE,), (UNCERTAIN, OUTSIDE))


class Client(NamedTuple):
    """One client decided and explained.

    Attributes
    ----------
    values : of the model's features, in the order of the model; None where missing
    reasons : feature and points of each, in the order in which they are told
    """

    values: Sequence[Value]
    pd: float
    log_odds: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: tuple[str, ...]
    reasons: list[tuple[str, float]]


def decide_and_explain(
    model: AdditiveModel, lookup: Lookup, frame: pl.DataFrame, *, history_unknown: bool = False
) -> list[Client]:
    """Decide on each row of a frame that has a column for each feature of the model.

    Parameters
    ----------
    history_unknown : as `decide` takes it, of all rows
    """
    features = list(model.features)
    frame = frame.select(features).with_columns(pl.col(pl.Float64).fill_nan(None))
    scored = lookup.score_many(frame)
    decided = decide_many(model, scored)
    band = model.rule.band_k * scored.spread
    uncertain = is_uncertain(model.rule, scored)
    because = uncertain.astype(np.int8) + 2 * scored.outside
    log_odds = scored.log_odds.tolist()
    return list(
        map(
            Client,
            frame.rows(),
            map(pd_of, log_odds),  # one by one, as `decide` does: numpy's exponential may differ in the last bit
            log_odds,
            decided["points"].to_list(),
            model.scale.points_of_many(scored.log_odds + band).tolist(),
            model.scale.points_of_many(scored.log_odds - band).tolist(),
            decided["level"].to_list(),
            ["review"] * frame.height if history_unknown else decided["decision"].to_list(),
            [_BECAUSE[at] + (HISTORY_UNKNOWN,) * history_unknown for at in because.tolist()],
            _reasons(model, scored.contributions),
        )
    )


def _reasons(model: AdditiveModel, contributions: Floats) -> list[list[tuple[str, float]]]:
    """The reasons of each client: those against, then those in favour."""
    effects = _effects(model, contributions)
    against, in_favour = (_principal(model, effects, sign) for sign in (1.0, -1.0))
    return [one + other for one, other in zip(against, in_favour, strict=True)]


def _effects(model: AdditiveModel, contributions: Floats) -> Floats:
    """Points that each feature adds to the reference, shape (clients, features)."""
    at = {feature: position for position, feature in enumerate(model.features)}
    points_of_one = model.scale.points_of_change(1.0)
    effects = np.zeros((len(contributions), len(at)))
    for position, (term, usual) in enumerate(zip(model.terms, model.reference.contributions, strict=True)):
        share = points_of_one * (contributions[:, position] - usual) / len(term.features)
        for feature in term.features:
            effects[:, at[feature]] += share
    return effects


def _principal(model: AdditiveModel, effects: Floats, sign: float) -> list[list[tuple[str, float]]]:
    """The strongest reasons against (`sign` 1) or in favour (−1): one of each group, the strongest groups first."""
    features = list(model.features)
    groups: dict[str, list[int]] = {}
    for position, feature in enumerate(features):
        if not DICTIONARY[feature].sensitive:
            groups.setdefault(DICTIONARY[feature].group, []).append(position)
    clients = np.arange(len(effects))
    best = np.empty((len(effects), len(groups)), dtype=np.int64)
    for column, members in enumerate(groups.values()):
        best[:, column] = np.asarray(members)[(sign * effects[:, members]).argmin(axis=1)]
    size = sign * effects[clients[:, None], best]
    order = np.lexsort((best, size), axis=1)[:, :MOST_REASONS]  # equal ones in the order of the features
    chosen, size = np.take_along_axis(best, order, axis=1), np.take_along_axis(size, order, axis=1)
    counts = (size <= -LEAST_POINTS).sum(axis=1).tolist()
    return [
        [(features[at], sign * points) for at, points in zip(which[:count], points[:count], strict=True)]
        for which, points, count in zip(chosen.tolist(), size.tolist(), counts, strict=True)
    ]


@dataclass(frozen=True)
class ToldReason:
    """A reason as a batch tells it."""

    code: str
    points: float
    text: str


class Teller:
    """Tells the reasons of many clients in one language; what is said of a value is made once.

    Parameters
    ----------
    model : the model whose reasons are told
    lang : ``fr`` or ``en``
    """

    def __init__(self, model: AdditiveModel, lang: str) -> None:
        self._lang = lang
        self._features = {name: (at, DICTIONARY[name].group) for at, name in enumerate(model.features)}
        self._usual: Mapping[str, Value] = {name: facts.usual for name, facts in model.features.items()}
        self._facts: dict[tuple[str, Value], str] = {}
        self._points: dict[int, str] = {}

    def tell(self, client: Client) -> list[ToldReason]:
        """The reasons of one client, each the sentence that `Reason.sentence` says."""
        return [self._told(feature, points, client.values) for feature, points in client.reasons]

    def _told(self, feature: str, points: float, values: Sequence[Value]) -> ToldReason:
        at, group = self._features[feature]
        value = values[at]
        effect: Effect = "against" if points < 0.0 else "for"
        rounded = round(points)
        fact, given = self._facts.get((feature, value)), self._points.get(rounded)
        if fact is None or given is None:
            reason = Reason(feature, group, effect, points, value, self._usual[feature])
            fact, given = reason.fact(self._lang), reason.takes_or_gives(self._lang)
            if len(self._facts) >= _MOST_KEPT:
                self._facts.clear()
            self._facts[feature, value], self._points[rounded] = fact, given
        return ToldReason(f"{feature}.{effect}", points, f"{fact} {given}")
