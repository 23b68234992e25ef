"""How wide the review band may be: as many spreads as the cap on the share of reviews allows."""

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.scale import log_odds_of


def review_k(
    log_odds: Floats, spread: Floats, outside: NDArray[np.bool_], *, threshold: float, cap: float, most: float
) -> float:
    """The largest k, at most `most`, for which no more than a share `cap` of out-of-fold clients goes to review.

    A client is reviewed where ``|log_odds − log_odds(threshold)| < k · spread``, and always where a value lies
    outside what training saw: those count against the cap too.

    >>> spread, inside = np.ones(4), np.zeros(4, dtype=bool)
    >>> round(review_k(np.array([0.1, 0.2, 0.3, 0.4]), spread, inside, threshold=0.5, cap=0.5, most=9.0), 12)
    0.3
    """
    distance = np.abs(log_odds - log_odds_of(threshold))
    reach = np.divide(distance, spread, out=np.full(len(spread), np.inf), where=spread > 0.0)
    allowed = int(np.floor(cap * len(log_odds) + 1e-9)) - int(outside.sum())
    inside = np.sort(reach[~outside])
    if allowed < 0:
        return 0.0
    if allowed >= len(inside):
        return most
    # A quotient that was rounded up would let in the first client who is one too many.
    return float(min(most, np.nextafter(inside[allowed], 0.0)))
