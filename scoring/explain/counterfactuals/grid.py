"""The lender's grid: which amounts and how many payments can be offered at all.

The rule: amounts are whole steps, payments whole months, and both stay within what the lender's own clients asked for
under the same type of contract; where all of them have the same number of payments, as for a revolving credit, no other
is offered.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEIGHT_OF_DURATION = 0.5


@dataclass(frozen=True)
class Span:
    """Smallest and largest value, both included."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and 0.0 <= self.low <= self.high):
            raise ValueError(f"a span must run from a finite low to a high not below it; got {self.low} to {self.high}")


@dataclass(frozen=True)
class LenderGrid:
    """What can be offered.

    Attributes
    ----------
    amounts, payments : what the lender's clients asked for, by type of contract
    step : amounts are whole multiples of it
    weight_of_duration : what a change of the number of payments counts, beside the same change of the amount, in the
        distance between two offers
    """

    amounts: Mapping[str, Span]
    payments: Mapping[str, Span]
    step: int
    weight_of_duration: float = WEIGHT_OF_DURATION

    def __post_init__(self) -> None:
        if self.step < 1:
            raise ValueError(f"the step of amounts must be at least 1; got step={self.step}")

    def amounts_of(self, contract: str) -> NDArray[np.float64]:
        """All amounts, increasing; none for a contract that no client has."""
        return _whole(self.amounts.get(contract), self.step)

    def payments_of(self, contract: str) -> NDArray[np.float64]:
        """All numbers of payments, increasing; none for a contract that no client has."""
        return _whole(self.payments.get(contract), 1)

    def holds(self, contract: str, amount: float, payments: float | None) -> bool:
        """Whether a request lies within what the lender's clients asked for."""
        spans = ((self.amounts.get(contract), amount), (self.payments.get(contract), payments))
        return all(span is not None and (value is None or span.low <= value <= span.high) for span, value in spans)


def grid_of(spans: Mapping[str, Mapping[str, tuple[float, float]]], step: int) -> LenderGrid:
    """The grid of a portfolio.

    Parameters
    ----------
    spans
        By type of contract, the smallest and largest ``credit_amount`` and ``credit_per_annuity`` of its clients.
    step
        Amounts are whole multiples of it.
    """
    return LenderGrid(
        amounts={contract: Span(*found["credit_amount"]) for contract, found in spans.items()},
        payments={contract: Span(*found["credit_per_annuity"]) for contract, found in spans.items()},
        step=step,
    )


def _whole(span: Span | None, step: int) -> NDArray[np.float64]:
    if span is None:
        return np.empty(0)
    first, last = math.ceil(span.low / step), math.floor(span.high / step)
    return step * np.arange(max(first, 1), last + 1, dtype=np.float64)
