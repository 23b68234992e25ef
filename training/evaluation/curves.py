"""Curves for pages and pictures: few points, no client to be seen in them."""

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats

MOST = 200
FEWEST_BETWEEN = 10
BARS = 24


def points_for(clients: int) -> int:
    """How many points a curve may have: at most 200, with at least 10 clients between two of them.

    >>> points_for(60_000), points_for(1_000), points_for(25)
    (200, 100, 2)
    """
    return max(2, min(MOST, clients // FEWEST_BETWEEN))


def score_histogram(target: NDArray[np.integer], log_odds: Floats) -> dict[str, list[float]]:
    """The shares of defaulters and of payers by score, in bars of equal width; the outer bars take the tails.

    ``edges`` are the inner edges (log-odds): one fewer than bars. Bars are merged until each holds 10 clients.
    """
    low, high = np.quantile(log_odds, [0.01, 0.99])
    edges = np.linspace(low, high, BARS - 1) if high > low else np.array([low])
    bad, good = log_odds[target == 1], log_odds[target != 1]
    while True:
        in_bars = np.bincount(np.searchsorted(edges, log_odds, side="left"), minlength=len(edges) + 1)
        thin = np.flatnonzero(in_bars < FEWEST_BETWEEN)
        if not len(thin) or not len(edges):
            break
        edges = np.delete(edges, min(int(thin[0]), len(edges) - 1))
    shares = [
        np.bincount(np.searchsorted(edges, part, side="left"), minlength=len(edges) + 1) / len(part)
        for part in (good, bad)
    ]
    return {"edges": edges.tolist(), "share_of_payers": shares[0].tolist(), "share_of_defaulters": shares[1].tolist()}
