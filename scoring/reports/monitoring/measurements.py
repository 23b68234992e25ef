"""What a look measured, before anything is judged from it."""

from dataclasses import dataclass

from scoring.reports.monitoring.thresholds import FEWEST
from scoring.reports.monitoring_document import (
    Block,
    Challenger,
    Cost,
    Decisions,
    FeatureShift,
    Outcomes,
    Overridden,
    RawChange,
    Shift,
)


@dataclass(frozen=True)
class Seen:
    """Everything measured on later clients; None where it could not be.

    Attributes
    ----------
    raw : changes of the raw tables; None where either side was not checked
    absent : history tables that training had and that are not there
    """

    clients: int
    score: Shift
    features: tuple[FeatureShift, ...]
    raw: tuple[RawChange, ...] | None
    absent: tuple[str, ...]
    decisions: Decisions
    cost: Cost
    outcomes: Outcomes | None
    blocks: tuple[Block, ...]
    overridden: Overridden | None
    challenger: Challenger | None

    @property
    def enough(self) -> bool:
        """Whether there are clients enough to judge anything."""
        return self.clients >= FEWEST
