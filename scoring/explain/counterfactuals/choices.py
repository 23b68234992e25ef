"""What would change it: the nearest requests that would be accepted, found by trying every one that can be offered.

The rule: nothing is searched by steps or slopes. Every amount of the lender's grid up to the one asked for, with every
number of payments, is scored; so what is said is exact, and where nothing helps that is known too. The distance between
the request and an offer is

    (amount asked − amount offered) / amount asked + weight · |payments offered − payments asked| / payments asked

and of two equally near the larger amount comes first, then the fewer payments.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.explain.counterfactuals.dependent_features import Asked
from scoring.explain.counterfactuals.grid import LenderGrid
from scoring.explain.counterfactuals.request import Request
from scoring.explain.counterfactuals.simulator import Client, Scores
from scoring.model.arrays import Floats
from scoring.model.decision import Outcome

Kind = Literal["amount", "payments", "both", "down_payment"]


@dataclass(frozen=True)
class Choice:
    """One request that would be accepted.

    Attributes
    ----------
    kind : what is changed: the ``amount``, the number of ``payments``, ``both``, or a ``down_payment`` is made
    holds : whether everything further in the same direction would be accepted too: every smaller amount of the grid, or
        every larger down payment; always False for the other kinds
    """

    kind: Kind
    request: Request
    points: float
    distance: float
    holds: bool


@dataclass(frozen=True)
class Room:
    """How far an accepted request can go, every step of the way being accepted.

    Attributes
    ----------
    amount : the largest amount, with the payments asked for
    payments : the fewest payments, with the amount asked for; None where the file states none
    at_the_end : whether that amount is the largest that can be offered at all
    """

    amount: float
    payments: float | None
    at_the_end: bool


@dataclass(frozen=True)
class Offers:
    """What would change the decision on one request, over the lender's grid.

    Attributes
    ----------
    now, outcome, points : the request, its decision and its score
    choices : the nearest acceptable request of each kind that exists, nearest first; empty where it is accepted already
    room : how far an accepted request can go; None for the others
    less_helps : whether a smaller amount alone, with the payments asked for, would be accepted
    always_outside : whether a value that no request moves lies outside what training saw, so that nothing is accepted
    best : the request of the grid with the highest score, and its points
    tried : how many requests were scored
    """

    now: Request
    outcome: Outcome
    points: float
    choices: tuple[Choice, ...]
    room: Room | None
    less_helps: bool
    always_outside: bool
    best: tuple[Request, float]
    tried: int

    def of(self, kind: Kind) -> Choice | None:
        """The choice of one kind, where there is one."""
        return next((choice for choice in self.choices if choice.kind == kind), None)


def offers_of(client: Client, grid: LenderGrid) -> Offers:
    """Try every request that can be offered to a client."""
    now, contract = client.now, str(client.facts.get("contract_type"))
    outcome = client.decision.outcome
    amounts, payments = grid.amounts_of(contract), grid.payments_of(contract)
    smaller = np.append(amounts[amounts < now.amount], now.amount)
    durations = _with_own(payments, now.payments)
    scores = client.score(cells(now, smaller, durations)).shaped(len(smaller), len(durations))
    at = np.unravel_index(int(np.argmax(scores.points)), scores.points.shape)
    best = replace(now, amount=float(smaller[at[0]]), payments=_or_none(durations[at[1]]))
    choices: Sequence[Choice] = ()
    less_helps, room, tried = False, None, scores.points.size
    own = len(durations) - 1
    if outcome == "accept":
        room, more = _room(client, grid, contract)
        tried += more
    else:
        less_helps = bool(np.any(scores.accepted[:-1, own]))
        down = _down_payment(client, grid)
        tried += down[1]
        found = [*_nearest(now, smaller, durations, scores, grid), *([down[0]] if down[0] else [])]
        choices = sorted(found, key=lambda choice: choice.distance)
    return Offers(
        now=now,
        outcome=outcome,
        points=client.decision.points,
        choices=tuple(choices),
        room=room,
        less_helps=less_helps,
        always_outside=client.always_outside,
        best=(best, float(scores.points[at])),
        tried=tried,
    )


def cells(like: Request, amounts: Floats, payments: Floats) -> Asked:
    """Every amount with every number of payments (NaN: none stated), amounts slowest; all else as in `like`.

    Where a cell is the request itself, its columns are those of the request, to the last bit.
    """
    amount = np.repeat(amounts, len(payments))
    months = np.tile(payments, len(amounts))
    credit = amount - like.down_payment
    goods = np.full(len(amount), np.nan) if like.price_of_one is None else like.price_of_one * amount
    return Asked(credit, credit / months, goods, like)


def distance(now: Request, amount: Floats, payments: Floats, weight: float) -> Floats:
    """How far offers are from the request (see the module)."""
    given_up = (now.amount - amount) / now.amount
    if now.payments is None:
        return given_up + np.zeros_like(payments)
    return given_up + weight * np.abs(payments - now.payments) / now.payments


def _with_own(payments: Floats, own: float | None) -> Floats:
    """The grid's numbers of payments other than the client's own, and that one last (NaN where none is stated)."""
    last = np.nan if own is None else own
    return np.append(payments[payments != last], last)


def _or_none(payments: float) -> float | None:
    return None if np.isnan(payments) else float(payments)


def _nearest(now: Request, amounts: Floats, payments: Floats, scores: Scores, grid: LenderGrid) -> list[Choice]:
    """The nearest acceptable request that changes the amount, the payments, and both."""
    far = distance(now, amounts[:, None], payments[None, :], grid.weight_of_duration)
    far = np.where(np.isnan(far), 0.0, far)
    own_amount, own_payments = len(amounts) - 1, len(payments) - 1
    is_own_amount = (np.arange(len(amounts)) == own_amount)[:, None]
    is_own_payments = (np.arange(len(payments)) == own_payments)[None, :]

    def nearest(kind: Kind, within: NDArray[np.bool_]) -> Choice | None:
        rows, columns = np.nonzero(scores.accepted & within)
        if not len(rows):
            return None
        first = int(np.lexsort((payments[columns], -amounts[rows], far[rows, columns]))[0])
        i, j = int(rows[first]), int(columns[first])
        return Choice(
            kind=kind,
            request=replace(now, amount=float(amounts[i]), payments=_or_none(payments[j])),
            points=float(scores.points[i, j]),
            distance=float(far[i, j]),
            holds=kind == "amount" and bool(np.all(scores.accepted[: i + 1, own_payments])),
        )

    less = nearest("amount", ~is_own_amount & is_own_payments)
    other = nearest("payments", is_own_amount & ~is_own_payments)
    # Both is worth telling where it asks for less of a change in each than the change of one alone.
    milder = ~is_own_amount & ~is_own_payments
    if less is not None:
        milder = milder & (amounts > less.request.amount)[:, None]
    if other is not None and other.request.payments is not None and now.payments is not None:
        milder = milder & (np.abs(payments - now.payments) < abs(other.request.payments - now.payments))[None, :]
    return [choice for choice in (less, other, nearest("both", milder)) if choice is not None]


def _down_payment(client: Client, grid: LenderGrid) -> tuple[Choice | None, int]:
    """The smallest down payment that would be accepted, the price and the number of payments staying."""
    now, contract = client.now, str(client.facts.get("contract_type"))
    least = grid.amounts_of(contract)[:1]
    downs = grid.step * np.arange(1, int(now.amount // grid.step) + 1, dtype=np.float64)
    downs = downs[now.amount - downs >= least[0]] if len(least) else downs[:0]
    if not len(downs) or now.price_of_one is None:
        return None, 0
    credit = now.amount - downs
    months = np.nan if now.payments is None else now.payments
    goods = np.full(len(downs), now.price_of_one * now.amount)
    scores = client.score(Asked(credit, credit / months, goods, now))
    accepted = np.flatnonzero(scores.accepted)
    if not len(accepted):
        return None, len(downs)
    first = int(accepted[0])
    return Choice(
        kind="down_payment",
        request=replace(now, down_payment=float(downs[first])),
        points=float(scores.points[first]),
        distance=float(downs[first] / now.amount),
        holds=bool(np.all(scores.accepted[first:])),
    ), len(downs)


def _room(client: Client, grid: LenderGrid, contract: str) -> tuple[Room, int]:
    """How far the amount can rise, and the number of payments fall, every step of the way being accepted."""
    now = client.now
    amounts, payments = grid.amounts_of(contract), grid.payments_of(contract)
    larger = amounts[amounts > now.amount]
    months = np.array([np.nan if now.payments is None else now.payments])
    furthest = _run(client.score(cells(now, larger, months)).accepted) if len(larger) else 0
    fewer = payments[payments < (now.payments or 0.0)][::-1]
    shortest = _run(client.score(cells(now, np.array([now.amount]), fewer)).accepted) if len(fewer) else 0
    return Room(
        amount=float(larger[furthest - 1]) if furthest else now.amount,
        payments=float(fewer[shortest - 1]) if shortest else now.payments,
        at_the_end=furthest == len(larger),
    ), len(larger) + len(fewer)


def _run(accepted: NDArray[np.bool_]) -> int:
    """How many are accepted before the first that is not."""
    return len(accepted) if np.all(accepted) else int(np.argmin(accepted))
