"""What people made of the decisions: how often a person said otherwise, and in which direction."""

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.reports.evaluation import Interval
from scoring.reports.monitoring.distribution_shift import graded
from scoring.reports.monitoring.sampling_noise import wilson
from scoring.reports.monitoring.thresholds import FEWEST, OVERRIDES
from scoring.reports.monitoring_document import Overridden


@dataclass(frozen=True)
class Overrides:
    """Counts of the journal.

    Attributes
    ----------
    decisions : recorded, of one model
    moves : overrides of them by (outcome as decided, outcome instead)
    """

    decisions: int
    moves: Mapping[tuple[str, str], int]


def overridden(counts: Overrides) -> Overridden:
    """The rate with its interval; graded by the lower end, and from 200 decisions on."""
    overruled = sum(counts.moves.values())
    low, high = wilson(min(overruled, counts.decisions), counts.decisions)
    rate = overruled / counts.decisions if counts.decisions else 0.0
    return Overridden(
        decisions=counts.decisions,
        overridden=overruled,
        rate=Interval(value=rate, low=low, high=high),
        moves={f"{first}>{second}": count for (first, second), count in sorted(counts.moves.items())},
        level=graded(low, OVERRIDES) if counts.decisions >= FEWEST else "green",
    )
