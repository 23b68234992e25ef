"""From a score to a decision: accept, ask a person to review, or decline.

The rule: decide on the unrounded probability; round only to show. All that decides is in the model's document.
"""

from dataclasses import dataclass
from typing import Any, Literal, Protocol, cast, overload

import numpy as np
import polars as pl

from scoring.model.additive_model import AdditiveModel, DecisionRule, Scored
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.arrays import Flags, Floats
from scoring.model.scale import log_odds_of, pd_of, pd_of_many

Outcome = Literal["accept", "review", "decline"]
OUTCOMES: tuple[Outcome, ...] = ("accept", "review", "decline")
UNCERTAIN = "uncertain"
OUTSIDE = "outside_training"
HISTORY_UNKNOWN = "history_unknown"


@dataclass(frozen=True)
class Decision:
    """What is proposed for one client.

    Attributes
    ----------
    outcome : ``accept``, ``review`` or ``decline``
    pd, log_odds, points : the score, three ways; unrounded
    threshold, threshold_points : decline above this probability, below these points
    low_points, high_points : the score's uncertainty band
    level : 1 (lowest) to 5, cut at the threshold − 1, 0, + 1 and + 2 times the points that double the odds
    review_because : why a person must look: ``uncertain``, ``outside_training``, ``history_unknown``; empty when none
        must
    """

    outcome: Outcome
    pd: float
    log_odds: float
    points: float
    threshold: float
    threshold_points: float
    low_points: float
    high_points: float
    level: int
    review_because: tuple[str, ...]


class ScoresOfMany(Protocol):
    """Scores of many clients, shape (clients,) each: `outside` where a value lies outside what training saw."""

    @property
    def log_odds(self) -> Floats: ...  # noqa: D102

    @property
    def spread(self) -> Floats: ...  # noqa: D102

    @property
    def outside(self) -> Flags: ...  # noqa: D102


@overload
def is_uncertain(rule: DecisionRule, scored: Scored) -> bool: ...
@overload
def is_uncertain(rule: DecisionRule, scored: ScoresOfMany) -> Flags: ...
def is_uncertain(rule: DecisionRule, scored: Scored | ScoresOfMany) -> bool | Flags:
    """Whether the review band holds the threshold: ``|log_odds − log_odds(threshold)| < review_k · spread``."""
    distance: Any = abs(scored.log_odds - log_odds_of(rule.threshold))
    return cast(bool | Flags, distance < rule.review_k * scored.spread)


def needs_review(rule: DecisionRule, scored: ScoresOfMany) -> Flags:
    """Who goes to a person: the uncertain, and those with a value outside what training saw."""
    return is_uncertain(rule, scored) | scored.outside


def decide(model: AdditiveModel, scored: Scored, *, history_unknown: bool = False) -> Decision:
    """Decide on one client's score.

    Parameters
    ----------
    history_unknown : whether a history table that the model uses was not given, so that it may hold anything
    """
    scale, rule = model.scale, model.rule
    at_threshold = log_odds_of(rule.threshold)
    pd = pd_of(scored.log_odds)
    band = rule.band_k * scored.spread
    because = []
    if is_uncertain(rule, scored):
        because.append(UNCERTAIN)
    if scored.outside:
        because.append(OUTSIDE)
    if history_unknown:
        because.append(HISTORY_UNKNOWN)
    declined = pd > rule.threshold
    points, threshold_points = scale.points(scored.log_odds), scale.points(at_threshold)
    return Decision(
        outcome="review" if because else ("decline" if declined else "accept"),
        pd=pd,
        log_odds=scored.log_odds,
        points=points,
        threshold=rule.threshold,
        threshold_points=threshold_points,
        low_points=scale.points(scored.log_odds + band),
        high_points=scale.points(scored.log_odds - band),
        level=_level(declined, (points - threshold_points) / scale.pdo),
        review_because=tuple(because),
    )


def _level(declined: bool, doublings: float) -> int:
    if declined:  # by the probability itself, so that no congratulation stands beside a refusal
        return 1 if doublings < -1.0 else 2
    return 3 if doublings < 1.0 else (4 if doublings < 2.0 else 5)


def decide_many(model: AdditiveModel, scored: ScoredMany) -> pl.DataFrame:
    """Decide on many scores: columns ``pd, log_odds, points, decision, level``, one row a client, as `decide` would."""
    rule, scale = model.rule, model.scale
    pd = pd_of_many(scored.log_odds)
    at_threshold = log_odds_of(rule.threshold)
    declined = pd > rule.threshold
    points = scale.points_of_many(scored.log_odds)
    doublings = (points - scale.points(at_threshold)) / scale.pdo
    level = np.where(declined, 2 - (doublings < -1.0), 5 - (doublings < 2.0) - (doublings < 1.0))
    decision = np.where(needs_review(rule, scored), "review", np.where(declined, "decline", "accept"))
    return pl.DataFrame(
        {
            "pd": pd,
            "log_odds": scored.log_odds,
            "points": points,
            "decision": pl.Series(decision.astype(object), dtype=pl.String),
            "level": pl.Series(level, dtype=pl.Int8),
        }
    )
