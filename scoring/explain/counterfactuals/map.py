"""The offer map: the decision for amounts × numbers of payments around a client's request.

The rule: the axes are values of the lender's grid, at most 60 of each, around what the client asks for, so that they
stay while a request is simulated; all else is as in that request.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.explain.counterfactuals.choices import cells
from scoring.explain.counterfactuals.grid import LenderGrid
from scoring.explain.counterfactuals.request import Request
from scoring.explain.counterfactuals.simulator import Client
from scoring.model.arrays import Floats
from scoring.model.decision import OUTCOMES, Outcome

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


def _around(amounts: Floats, requested: float, down_payment: float, step: int, most: int) -> Floats:
    """Amounts around the one asked for, in as many equal steps of the grid as fit, each leaving a credit."""
    low = LOWEST * requested
    near = amounts[(amounts >= low) & (amounts <= max(HIGHEST * requested, low + most * step))]
    near = near[near - down_payment >= step]
    if len(near) <= most:
        return near
    stride = -(-len(near) // most)
    # Counted from the step nearest to the request, so that the map holds it.
    start = int(np.argmin(np.abs(near - requested))) % stride
    return near[start::stride]


def _thinned(values: Floats, most: int) -> Floats:
    return values if len(values) <= most else values[:: -(-len(values) // most)]
