"""Log-odds, probability and points: three ways to write the same score.

Log-odds rise with the risk, points fall with it. Sources: Siddiqi, *Credit Risk Scorecards* (2006), ch. 6, for
``points = offset + factor · ln(good:bad odds)`` with ``factor = pdo / ln 2``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.model.arrays import Floats


def log_odds_of(pd: float) -> float:
    """Log-odds of a probability of default strictly between 0 and 1.

    >>> log_odds_of(0.5)
    0.0
    """
    if not 0.0 < pd < 1.0:
        raise ValueError(f"a probability of default must be strictly between 0 and 1; got pd={pd!r}")
    return math.log(pd / (1.0 - pd))


def pd_of(log_odds: float) -> float:
    """Probability of default of log-odds, without overflow at either end.

    >>> pd_of(0.0), pd_of(-1000.0), pd_of(1000.0)
    (0.5, 0.0, 1.0)
    """
    if log_odds >= 0.0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def pd_of_many(log_odds: Floats) -> Floats:
    """`pd_of` of each value of an array, to the same bits as the scalar function up to one rounding."""
    small = np.exp(-np.abs(log_odds))
    return np.where(log_odds >= 0.0, 1.0 / (1.0 + small), small / (1.0 + small))


@dataclass(frozen=True)
class PointsScale:
    """How log-odds are written as points: ``base_points`` at ``base_odds`` good:bad, ``pdo`` points double the odds."""

    base_points: float = 600.0
    base_odds: float = 30.0
    pdo: float = 40.0

    def __post_init__(self) -> None:
        for name, value in (("base_odds", self.base_odds), ("pdo", self.pdo)):
            if not (math.isfinite(value) and value > 0.0):
                raise ValueError(f"{name} of a points scale must be finite and above 0; got {name}={value!r}")
        if not math.isfinite(self.base_points):
            raise ValueError(f"base_points of a points scale must be finite; got base_points={self.base_points!r}")

    @property
    def factor(self) -> float:
        """Points for one unit of log-odds."""
        return self.pdo / math.log(2.0)

    def points(self, log_odds: float) -> float:
        """Points of log-odds (higher points are safer).

        >>> scale = PointsScale()
        >>> round(scale.points(log_odds_of(1 / 31)), 9)
        600.0
        >>> round(scale.points(log_odds_of(1 / 61)), 9)
        640.0
        """
        return self.base_points - self.factor * (log_odds + math.log(self.base_odds))

    def points_of_many(self, log_odds: Floats) -> Floats:
        """`points` of each value of an array."""
        return self.base_points - self.factor * (log_odds + math.log(self.base_odds))

    def log_odds(self, points: float) -> float:
        """Log-odds of points: the inverse of `points`."""
        return (self.base_points - points) / self.factor - math.log(self.base_odds)

    def points_of_change(self, change: float) -> float:
        """Points that a change of log-odds gives (negative when the risk rises)."""
        return -self.factor * change

    def as_dict(self) -> Mapping[str, float]:
        """The three numbers, for a file or an answer."""
        return {"base_points": self.base_points, "base_odds": self.base_odds, "pdo": self.pdo}
