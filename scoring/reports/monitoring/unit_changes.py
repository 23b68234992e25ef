"""Numbers that came in another unit: months for years, thousands for units, days for months, a turned sign.

The rule: a unit is suspected only where dividing by one factor makes the later clients look like those of training
again, on the model's own bins. A change of clients is not undone by one factor.
"""

from typing import Final

import numpy as np
import polars as pl

from scoring.model.additive_model.axis import Column
from scoring.reports.monitoring.bins import FeatureBins
from scoring.reports.monitoring.sampling_noise import drawn, index_of
from scoring.reports.monitoring.thresholds import ALONE, FEWEST_BINS, INDEX, UNIT_EXPLAINS

FACTORS: Final = (-1.0, 7.0, 10.0, 12.0, 30.4375, 100.0, 365.25, 1_000.0, 1_000_000.0)
"""What a number is multiplied by, or divided, when its unit is mistaken; the sign is one of its own."""


def factor_of(bins: FeatureBins, values: pl.Series) -> float | None:
    """What the values of a feature seem to be multiplied by; None where no factor explains how they moved."""
    held = int((bins.counts[1:] > 0).sum())
    if bins.facts.kind == "category" or held < FEWEST_BINS:
        return None
    numbers = Column(values).numbers
    if index_of(bins.counts, _count(bins, numbers)) < INDEX[1] or not np.any(np.abs(np.nan_to_num(numbers)) > 0.0):
        return None
    candidates = [*FACTORS, *(1.0 / factor for factor in FACTORS if factor > 0.0)]
    found = {factor: index_of(bins.counts, _count(bins, numbers / factor)) for factor in candidates}
    best = min(found, key=lambda factor: found[factor])
    by_chance = float(np.quantile(drawn(bins.counts, len(values)), 1.0 - ALONE))
    return best if found[best] < max(UNIT_EXPLAINS, by_chance) else None


def _count(bins: FeatureBins, numbers: np.ndarray) -> np.ndarray:
    return bins.count(pl.Series(numbers, dtype=pl.Float64))
