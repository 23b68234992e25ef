"""The smallest and largest score that an additive model can give, over every possible client, from its tables.

The rule: a client is in one cell of each term, so the sum of the terms' extremes bounds every score. The bounds are
reached where the terms share no feature. A model that could give a score out of scale for anybody is no model: its
points, its uncertainty interval and its probability must be numbers that a person can read.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from scoring.model.additive_model.document import AdditiveModel

LOG_ODDS_LIMIT = 500.0
"""Largest log-odds, either way: odds of 1 to 10^217. Far beyond any credit score, well inside what floats hold."""
POINTS_LIMIT = 1e6
"""Largest points, either way."""


class Range(NamedTuple):
    """From the smallest to the largest value."""

    low: float
    high: float

    def is_within(self, limit: float) -> bool:
        """Whether both ends are finite and at most `limit` away from 0."""
        return -limit <= self.low and self.high <= limit  # false for NaN too


def log_odds_range(intercept: float, tables: Iterable[Sequence[float]]) -> Range:
    """The range of ``intercept + one cell of each table``.

    >>> log_odds_range(-1.0, [(0.0, 2.0), (-3.0, 0.5)])
    Range(low=-4.0, high=1.5)
    """
    low = high = intercept
    for table in tables:
        low += min(table)
        high += max(table)
    return Range(low, high)


def check_scale(model: "AdditiveModel") -> None:
    """Refuse a model that can give log-odds or points out of scale.

    Raises
    ------
    ValueError
        When a score, a whole model of the ensemble, the reference, or the points of any of them (the uncertainty
        interval included) can be infinite or beyond the limits.
    """
    scored = log_odds_range(model.intercept, (term.scores for term in model.terms))
    bags = [
        log_odds_range(intercept, (term.bags[position] for term in model.terms))
        for position, intercept in enumerate(model.bag_intercepts)
    ]
    reference = Range(model.reference_log_odds, model.reference_log_odds)
    for name, found in (("a score", scored), ("the reference", reference), *(("a bag's score", bag) for bag in bags)):
        if not found.is_within(LOG_ODDS_LIMIT):
            raise ValueError(
                f"the log-odds of {name} must be from {-LOG_ODDS_LIMIT:g} to {LOG_ODDS_LIMIT:g} for every client; "
                f"got {found.low:g} to {found.high:g}"
            )
    reach = max(model.rule.review_k, model.rule.band_k) * _largest_spread(bags)
    at_threshold = math.log(model.rule.threshold / (1.0 - model.rule.threshold))
    ends = (scored.low - reach, scored.high + reach, at_threshold, reference.low)
    points = Range(min(map(model.scale.points, ends)), max(map(model.scale.points, ends)))
    if not points.is_within(POINTS_LIMIT):
        raise ValueError(
            f"the points of a score and of its interval must be from {-POINTS_LIMIT:g} to {POINTS_LIMIT:g} for every "
            f"client; got {points.low:g} to {points.high:g}"
        )


def _largest_spread(bags: Sequence[Range]) -> float:
    """An upper bound on the standard deviation of the bags' scores: half of them at either end of their range."""
    if len(bags) < 2:
        return 0.0
    width = max(bag.high for bag in bags) - min(bag.low for bag in bags)
    return width / 2.0 * math.sqrt(len(bags) / (len(bags) - 1))
