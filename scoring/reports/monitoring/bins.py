"""The bins of a model's features and how many training clients each held: what later clients are held against.

The rule: bins and counts are the artefact's own, so that what is watched is what decides. A feature that only pairs use
has the bins of its axis there, and the sums over the other axis.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.model.additive_model import AdditiveModel, CategoryAxis, FeatureFacts, NumberAxis
from scoring.model.additive_model.axis import AxisLookup, Column

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FeatureBins:
    """One feature as training saw it; `counts` has one entry a cell of the axis."""

    name: str
    axis: NumberAxis | CategoryAxis
    counts: Counts
    facts: FeatureFacts

    @property
    def clients(self) -> int:
        """Training clients."""
        return int(self.counts.sum())

    def cells_of(self, values: pl.Series) -> NDArray[np.integer]:
        """The cell of each value."""
        return AxisLookup(self.axis).cells_of(Column(values))

    def count(self, values: pl.Series) -> Counts:
        """How many values lie in each cell."""
        return np.bincount(self.cells_of(values), minlength=self.axis.cells).astype(np.int64)

    def outside(self, values: pl.Series) -> int:
        """How many numbers lie outside what training saw."""
        low, high = self.facts.low, self.facts.high
        if self.facts.kind == "category" or low is None or high is None:
            return 0
        numbers = Column(values).numbers
        return int(((numbers < low) | (numbers > high)).sum())

    def unseen(self, counts: Counts) -> int:
        """How many codes training never saw, of a counted column."""
        return int(counts[-1]) if isinstance(self.axis, CategoryAxis) else 0


def bins_of_features(model: AdditiveModel) -> Iterator[FeatureBins]:
    """Each feature of a model once, in the document's order."""
    alone = {term.features[0]: (term, 0) for term in model.terms if len(term.features) == 1}
    paired = {
        name: (term, position)
        for term in model.terms
        if len(term.features) == 2
        for position, name in enumerate(term.features)
    }
    for name, facts in model.features.items():
        term, position = alone.get(name) or paired[name]
        table = np.asarray(term.counts, dtype=np.int64).reshape([axis.cells for axis in term.axes])
        other = tuple(at for at in range(table.ndim) if at != position)
        yield FeatureBins(name, term.axes[position], table.sum(axis=other), facts)
