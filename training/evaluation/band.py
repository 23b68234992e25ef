"""The uncertainty band of a score: how wide it is, and how many clients it sends to review.

The spread of a score over the whole models of one training is not the error of estimation: bags of the EBM share most
of their clients, and a bootstrap knows nothing of clients who were never drawn. So ``k`` is measured: the same
procedure is fitted again on fresh synthetic clients, and ``k`` is the number of spreads within which a score lies of
what the procedure gives on average over fresh clients, for the stated share of scores.

``k`` is looked up in the table that `training.experiments.band` measured, by the number of clients with difficulties
trained on; between two of its sizes along their logarithm, beyond them at the nearest.

"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import Band
from scoring.model.arrays import Floats
from scoring.model.scale import log_odds_of

TABLE = Path(__file__).with_name("band.json")


@cache
def measured() -> Mapping[str, Any]:
    """The table as it was measured: the coverage, and for each glass box ``k`` by size."""
    document: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return document


def band_of(kind: str, positives: int) -> Band:
    """The band of a glass box trained on so many clients with difficulties."""
    table = measured()
    rows = sorted(table["sizes"][kind], key=lambda row: row["positives"])
    sizes, ks = ([float(row[name]) for row in rows] for name in ("positives", "k"))
    k = float(np.interp(np.log(max(positives, 1)), np.log(sizes), ks))
    return Band(k=round(k, 3), coverage=table["coverage"])


# How wide the review band may be: as many spreads as the cap on the share of reviews allows.


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
