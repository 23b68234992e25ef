"""Population stability: how far the scores of new clients are from those of the clients trained on.

PSI = Σ (a − e) · ln(a / e) over the deciles of the expected scores. Without any change it is about
χ²(9) · (1/n + 1/m), so small samples show some (Yurdakul, *Statistical Properties of
Population Stability Index*, 2018).
"""

import numpy as np
from scipy.stats import chi2

from scoring.model.arrays import Floats

BINS = 10


def decile_edges(expected: Floats) -> Floats:
    """The inner edges of the deciles, shape (at most 9,), distinct."""
    return np.unique(np.quantile(expected, np.arange(1, BINS) / BINS))


def memberships(scores: Floats, edges: Floats) -> Floats:
    """Which bin each client is in, shape (clients, bins), 1 in one column."""
    return np.eye(len(edges) + 1)[np.searchsorted(edges, scores, side="left")]


def psi(expected: Floats, actual: Floats, clients: int) -> Floats:
    """The index of shares of bins, shape (..., bins); an empty bin counts as half a client."""
    floor = 0.5 / clients
    e, a = np.maximum(expected, floor), np.maximum(actual, floor)
    return np.asarray(((a - e) * np.log(a / e)).sum(axis=-1), dtype=np.float64)


def psi_by_chance(bins: int, expected_clients: int, actual_clients: int) -> float:
    """The index that samples of one population exceed in 5% of cases.

    >>> round(psi_by_chance(10, 1000, 1000), 4)
    0.0338
    """
    return float(chi2.ppf(0.95, max(bins - 1, 1)) * (1.0 / expected_clients + 1.0 / actual_clients))
