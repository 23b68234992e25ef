"""Intervals that need no resampling: Wilson's for a share."""

import math

from training.evaluation.bootstrap import Interval

Z = 1.959963984540054
"""The 97.5% quantile of the normal distribution."""


def wilson(events: float, clients: float) -> Interval:
    """A share with its 95% score interval, which stays within 0 to 1 and is right for few events.

    Source: Wilson, *Probable inference, the law of succession, and statistical inference* (1927).

    >>> share = wilson(0, 100)
    >>> share.value, round(share.low, 4), round(share.high, 4)
    (0.0, 0.0, 0.037)
    """
    if not (clients > 0 and 0 <= events <= clients):
        raise ValueError(f"a share must be of events among clients; got {events:g} of {clients:g}")
    share, square = events / clients, Z * Z / clients
    centre = (share + square / 2.0) / (1.0 + square)
    half = Z * math.sqrt(share * (1.0 - share) / clients + square / clients / 4.0) / (1.0 + square)
    return Interval(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)))


def normal(value: float, error: float) -> Interval:
    """A figure with 1.96 standard errors to either side."""
    return Interval(value, value - Z * error, value + Z * error)
