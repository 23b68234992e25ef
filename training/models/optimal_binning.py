"""The best bins over a few prebins, exactly and in a millisecond, for the many binnings of a bootstrap.

The rule: it answers what optbinning's solver answers to the same question (most information value; default rates that
rise, fall, or turn once; bins of a smallest size, at most so many), by dynamic programming over (first prebin, last
prebin, number of bins). Served bins are optbinning's own.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats, Integers

Trend = Literal["ascending", "descending", "peak", "valley"]
TURNS = {"ascending": (1,), "descending": (-1,), "peak": (1, -1), "valley": (-1, 1)}
"""The ways that default rates go, one after the other."""


def best_bins(good: Floats, bad: Floats, trend: Trend, *, most: int, fewest: float) -> Integers:
    """The bin of each prebin, shape (prebins,), from 0 up; all in one where no more bins are allowed.

    Parameters
    ----------
    good, bad : payers and defaulters of each prebin, each above 0
    most : largest number of bins
    fewest : smallest number of clients in a bin

    >>> best_bins(np.array([90.0, 80, 50, 52]), np.array([1.0, 5, 10, 9]), "ascending", most=4, fewest=10).tolist()
    [0, 1, 2, 2]
    """
    prebins, most = len(good), min(most, len(good))
    rate, value = _bins(good, bad, fewest)
    ways = TURNS[trend]
    # best[w, i, j, k]: most value of prebins 0 to j in k + 1 bins, the last from i on, going the way w
    best = np.full((len(ways), prebins, prebins, most), -np.inf)
    came = np.full((len(ways), prebins, prebins, most, 2), -1, dtype=np.int64)
    for last in range(prebins):
        for w, way in enumerate(ways):
            best[w, 0, last, 0] = value[0, last]
            for before in range(w + 1):  # the way so far may be an earlier one
                # of each bin (first, last), the bins (start, first − 1) that may come before it
                ends = np.arange(1, last + 1)
                rates = rate[:, ends - 1]  # (start, first)
                allowed = (rate[ends, last][None, :] - rates) * way >= 0.0
                options = np.where(allowed[:, :, None], best[before][:, ends - 1, :-1], -np.inf)
                start = options.argmax(axis=0)
                gained = np.take_along_axis(options, start[None], axis=0)[0] + value[ends, last][:, None]
                better = gained > best[w, ends, last, 1:]
                best[w, ends, last, 1:] = np.where(better, gained, best[w, ends, last, 1:])
                came[w, ends, last, 1:] = np.where(
                    better[..., None], np.stack([np.full_like(start, before), start], axis=-1), came[w, ends, last, 1:]
                )
    return _traced(best, came)


def _bins(good: Floats, bad: Floats, fewest: float) -> tuple[Floats, Floats]:
    """Default rate and information value of each bin (first, last); −inf for one that is too small."""
    prebins = len(good)
    goods, bads = (np.concatenate([[0.0], np.cumsum(part)]) for part in (good, bad))
    first, last = np.arange(prebins)[:, None], np.arange(prebins)[None, :]
    real = first <= last
    g, b = (np.where(real, part[1:][None, :] - part[:-1][:, None], 1.0) for part in (goods, bads))
    share_good, share_bad = g / goods[-1], b / bads[-1]
    value = (share_good - share_bad) * np.log(share_good / share_bad)
    return b / (g + b), np.where(real & (g + b >= fewest), value, -np.inf)


def _traced(best: Floats, came: NDArray[np.int64]) -> Integers:
    prebins, last = best.shape[1], best.shape[2] - 1
    final = best[:, :, last, :]
    out = np.zeros(prebins, dtype=np.int64)
    if not np.isfinite(final).any():
        return out
    way, first, bins = (int(one) for one in np.unravel_index(int(final.argmax()), final.shape))
    while True:
        out[first : last + 1] = bins
        before, start = came[way, first, last, bins]
        if bins == 0:
            return out
        last, first, way, bins = first - 1, int(start), int(before), bins - 1
