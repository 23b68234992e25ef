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

from scoring.explain.counterfactuals.choices import cells
from scoring.explain.counterfactuals.request import Request
from scoring.explain.counterfactuals.simulator import Client
from scoring.model.arrays import Floats
from scoring.model.decision import OUTCOMES, Outcome

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


# The offer map: the decision for amounts × numbers of payments around a client's request.

CELLS = 60
LOWEST, HIGHEST = 0.3, 1.7
"""How far the amounts go, as shares of the one asked for, where the grid goes so far."""


@dataclass(frozen=True)
class OfferMap:
    """Decisions and points over amounts (rows, increasing) × payments (columns, increasing).

    Attributes
    ----------
    request : what is looked at, with its down payment and documents
    outcomes : positions in `OUTCOMES`
    """

    request: Request
    amounts: Floats
    payments: Floats
    outcomes: NDArray[np.int8]
    points: Floats

    def outcome(self, row: int, column: int) -> Outcome:
        """One decision."""
        return OUTCOMES[int(self.outcomes[row, column])]


def map_of(client: Client, request: Request, grid: LenderGrid, cells_each_way: int = CELLS) -> OfferMap:
    """Score the map of a client, with the down payment and the documents of a request."""
    contract = str(client.facts.get("contract_type"))
    amounts = _around(grid.amounts_of(contract), client.now.amount, request.down_payment, grid.step, cells_each_way)
    payments = _thinned(grid.payments_of(contract), cells_each_way)
    shape = len(amounts), len(payments)
    if 0 in shape:
        nothing = np.empty(shape)
        return OfferMap(request, amounts, payments, nothing.astype(np.int8), nothing)
    scores = client.score(cells(request, amounts, payments)).shaped(*shape)
    return OfferMap(request, amounts, payments, scores.outcomes, scores.points)


def _around(amounts: Floats, asked: float, down_payment: float, step: int, most: int) -> Floats:
    """Amounts around the one asked for, in as many equal steps of the grid as fit, each leaving a credit."""
    low = LOWEST * asked
    near = amounts[(amounts >= low) & (amounts <= max(HIGHEST * asked, low + most * step))]
    near = near[near - down_payment >= step]
    if len(near) <= most:
        return near
    stride = -(-len(near) // most)
    # Counted from the step nearest to the request, so that the map holds it.
    start = int(np.argmin(np.abs(near - asked))) % stride
    return near[start::stride]


def _thinned(values: Floats, most: int) -> Floats:
    return values if len(values) <= most else values[:: -(-len(values) // most)]
