"""Earlier applications here: what was asked, what was decided, and the dates of what was granted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.data.tables.application_columns import NONE_DAYS
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags, Integers, Reals
from training.data.synthetic.columns import Codes, Rows, expand, floats, on_grid, with_missing
from training.data.synthetic.latents import MONTHS, Clients
from training.data.synthetic.marginals import Levels, Number, calibration, probability

CARD_SHARE = 0.36
"""Share with a card here of the clients with several applications; a card is not the first thing that one buys."""
_GROUPS = (
    "Cash loans|Approved", "Consumer loans|Approved", "Revolving loans|Approved", "Cash loans|Canceled",
    "Cash loans|Refused", "Consumer loans|Refused", "Consumer loans|Unused offer", "Revolving loans|Canceled",
    "Revolving loans|Refused",
)  # fmt: skip
CASH, CONSUMER, CARD = 0, 1, 2
"""Indices of the granted groups."""
_REFUSED = (4, 5, 8)
_BOUGHT_ONCE, _OTHERS_GRANTED = 0.99, 0.9
"""Share of the clients without any other credit who were granted one all the same, and what is left of the others'
share so that all together are as many."""
_CATEGORIES = (
    "NAME_PAYMENT_TYPE", "CODE_REJECT_REASON", "NAME_TYPE_SUITE", "NAME_GOODS_CATEGORY",
    "NAME_PORTFOLIO", "NAME_PRODUCT_TYPE", "CHANNEL_TYPE", "NAME_SELLER_INDUSTRY", "NAME_YIELD_GROUP",
    "PRODUCT_COMBINATION", "NAME_CASH_LOAN_PURPOSE", "WEEKDAY_APPR_PROCESS_START",
)  # fmt: skip


@dataclass(frozen=True)
class Previous:
    """Earlier applications of a block: published columns, and what the monthly tables need to know of
    them.
    """

    rows: Rows
    owner: Integers
    group: Integers
    served: Flags  # granted and taken: it has months and instalments
    first_due: Reals
    payments: Reals  # agreed number
    paid: Reals  # payments until the end in fact
    annuity: Reals


def draw_previous(rng: np.random.Generator, clients: Clients, ids: np.ndarray, first_id: int) -> Previous:
    """Draw the earlier applications of a block.

    Parameters
    ----------
    rng, clients
        As for the applications.
    ids
        SK_ID_CURR of the clients.
    first_id
        SK_ID_PREV of the block's first row.

    Returns
    -------
    Previous
        One row an application, clients in order.
    """
    statistics = calibration()["histories"]
    want = 0.35 * clients.appetite + np.sqrt(1 - 0.35**2) * rng.standard_normal(len(clients))
    number = Levels.read(statistics["previous_count"]).numbers_at(probability(want)).astype(np.int64)
    owner, position = expand(number)
    n = len(owner)
    u_days = probability(0.15 * clients.appetite[owner] + np.sqrt(1 - 0.15**2) * rng.standard_normal(n))
    group, decision = _groups(rng, clients, owner, position, u_days)
    base = _amounts(rng, clients, owner, group)
    requested, credit, annuity, payments = base
    granted = group <= CARD
    served = granted & (rng.random(n) >= np.choose(np.minimum(group, 3), [0.08, 0.02, 0.045, 0.0]))
    dates, first_due, paid = _dates(rng, group, decision, payments, served)
    cancelled = np.isin(group, (3, 7))
    # A repeated entry is answered by a refusal, save in rare cases.
    answer = np.asarray([0, 0, 0, 1, 2, 2, 3, 1, 2])[group]
    mistaken, quoted = rng.random(n), (group == CONSUMER) & (rng.random(n) < 0.01)
    repeated = (answer == 2) & (mistaken < 0.0233)
    of_day = (answer == 2) & (mistaken < 0.0168) | (answer == 0) & (mistaken < 0.0009)
    hour = 12.5 + 1.3 * clients.affluence[owner] + 3.05 * rng.standard_normal(n)
    down_rate, down = _down_payments(rng, clients, owner, group, requested)
    rows: Rows = {
        "SK_ID_PREV": first_id + np.arange(n, dtype=np.int64),
        ID_COLUMN: ids[owner],
        "NAME_CONTRACT_TYPE": Codes(
            np.asarray([0, 1, 2, 0, 0, 1, 1, 2, 2])[group], ("Cash loans", "Consumer loans", "Revolving loans")
        ),
        "AMT_ANNUITY": annuity,
        "AMT_APPLICATION": requested,
        "AMT_CREDIT": credit,
        "AMT_DOWN_PAYMENT": down,
        "AMT_GOODS_PRICE": with_missing(requested, (requested == 0) | (rng.random(n) < 0.01)),
        "HOUR_APPR_PROCESS_START": np.clip(np.round(hour), 0, 23).astype(np.int64),
        "FLAG_LAST_APPL_PER_CONTRACT": Codes.from_choice({"N": repeated}, "Y"),
        "NFLAG_LAST_APPL_IN_DAY": (~of_day).astype(np.int64),
        "RATE_DOWN_PAYMENT": down_rate,
        "RATE_INTEREST_PRIMARY": with_missing(np.round(rng.normal(0.19, 0.05, n).clip(0.03, 0.9), 6), ~quoted),
        "RATE_INTEREST_PRIVILEGED": with_missing(np.round(rng.normal(0.79, 0.08, n).clip(0.3, 1), 6), ~quoted),
        "NAME_CONTRACT_STATUS": Codes(answer, ("Approved", "Canceled", "Refused", "Unused offer")),
        "DAYS_DECISION": decision.astype(np.int64),
        "NAME_CLIENT_TYPE": _client_types(rng, position),
        "SELLERPLACE_AREA": _by_group(rng, group, "SELLERPLACE_AREA", cancelled).astype(np.int64),
        "CNT_PAYMENT": payments,
        **{name: _categories(rng, group, name) for name in _CATEGORIES},
        **dates,
        "NFLAG_INSURED_ON_APPROVAL": with_missing(
            (rng.random(n) < np.choose(np.minimum(group, 3), [0.8, 0.17, 0.006, 0.0])).astype(np.float64), ~served
        ),
    }
    return Previous(rows, owner, group, served, first_due, payments, paid, np.nan_to_num(annuity))


def _groups(
    rng: np.random.Generator, clients: Clients, owner: Integers, position: Integers, u_days: Reals
) -> tuple[Integers, Reals]:
    statistics = calibration()["histories"]["previous"]
    n = len(owner)
    shares = np.asarray([statistics[name]["share"] for name in _GROUPS])
    shares[CARD] = 0.0
    shares[[CASH, CONSUMER]] *= _OTHERS_GRANTED
    month = np.clip(((1 - u_days) * 80).astype(np.int64), 0, MONTHS - 1)
    # A bad month, or many applications, and the answer is no more often.
    push = np.exp(0.75 * clients.stress[owner, month] + 0.2 * clients.appetite[owner] - 0.32)
    weights = np.tile(shares, (n, 1))
    weights[:, _REFUSED] *= push[:, None]
    cumulated = np.cumsum(weights, axis=1)
    group = (rng.random(n)[:, None] * cumulated[:, -1:] > cumulated).sum(axis=1).astype(np.int64)
    has_card = rng.random(len(clients)) < CARD_SHARE
    several = np.bincount(owner, minlength=len(clients)) > 1
    group[(position == 0) & (has_card & several)[owner]] = CARD
    group[_first_credits(rng, group, owner, position, len(clients))] = CONSUMER
    decision = np.empty(n)
    for i, name in enumerate(_GROUPS):
        mask = group == i
        decision[mask] = Number.read(statistics[name]["numbers"]["DAYS_DECISION"]).at(u_days[mask])
    return group, np.clip(np.round(decision), -2922, -2)


def _first_credits(
    rng: np.random.Generator, group: Integers, owner: Integers, position: Integers, clients: int
) -> Flags:
    """Return one application of nearly each client who was never granted a credit: who comes back was once a buyer."""
    bought = np.bincount(owner[(group == CASH) | (group == CONSUMER)], minlength=clients) > 0
    last = np.append(owner[1:] != owner[:-1], True) if len(owner) else np.empty(0, dtype=bool)
    often = rng.random(clients) < _BOUGHT_ONCE
    result: Flags = last & ~bought[owner] & often[owner] & ((group != CARD) | (position > 0))
    return result


def _by_group(rng: np.random.Generator, group: Integers, name: str, absent: Flags) -> Reals:
    out = np.empty(len(group))
    for i, key in enumerate(_GROUPS):
        mask = group == i
        entry = calibration()["histories"]["previous"][key]["numbers"][name]
        out[mask] = Number.read(entry).at(rng.random(mask.sum())) if "quantiles" in entry else -1
    return np.where(absent, -1, np.maximum(np.round(out), -1))


def _categories(rng: np.random.Generator, group: Integers, name: str) -> Codes:
    read = [Levels.read(calibration()["histories"]["previous"][key]["levels"][name]) for key in _GROUPS]
    names = tuple(dict.fromkeys(level for levels in read for level in levels.names))
    index = np.empty(len(group), dtype=np.int64)
    for i, levels in enumerate(read):
        mask = group == i
        size = int(mask.sum())
        place = np.asarray([names.index(level) for level in levels.names], dtype=np.int64)
        drawn = place[levels.at(rng.random(size)).index] if len(place) else np.full(size, -1, dtype=np.int64)
        index[mask] = np.where(rng.random(size) < levels.missing, -1, drawn)
    return Codes(index, names)


def _client_types(rng: np.random.Generator, position: Integers) -> Codes:
    u = rng.random(len(position))
    first = position == 0
    return Codes.from_choice({"New": first & (u < 0.86), "Refreshed": ~first & (u < 0.1), "XNA": u > 0.999}, "Repeater")


def _amounts(
    rng: np.random.Generator, clients: Clients, owner: Integers, group: Integers
) -> tuple[Reals, Reals, Reals, Reals]:
    statistics = calibration()["histories"]["previous"]
    n = len(owner)
    requested, load, cost, payments = np.zeros(n), np.ones(n), np.ones(n), np.full(n, np.nan)
    means = 0.5 * clients.affluence[owner] + 0.15 * clients.discipline[owner]
    means += np.sqrt(1 - 0.5**2 - 0.15**2) * rng.standard_normal(n)
    rich = probability(means)
    u = rng.random((3, n))
    # Large amounts are paid back over more months, of cash more so than of goods.
    link = np.asarray([0.7, 0.43, 0.0, 0.7, 0.7, 0.43, 0.43, 0.0, 0.0])[group]
    u[2] = probability(link * means + np.sqrt(1 - link**2) * rng.standard_normal(n))
    for i, key in enumerate(_GROUPS):
        mask = group == i
        entry = statistics[key]["numbers"]
        requested[mask] = Number.read(entry["AMT_APPLICATION"]).at(rich[mask])
        load[mask] = Number.read(entry["CREDIT_PER_APPLICATION"]).at(u[0, mask])
        if "quantiles" in entry["ANNUITY_LOAD"]:
            cost[mask] = Number.read(entry["ANNUITY_LOAD"]).at(u[1, mask])
        counts = Levels.read(statistics[key]["levels"]["CNT_PAYMENT"]).by_number()
        if counts.names:
            payments[mask] = with_missing(counts.numbers_at(u[2, mask]), rng.random(mask.sum()) < counts.missing)
    requested = np.maximum(on_grid(requested, np.where(np.isin(group, (0, 4)), 4_500.0, 45.0)), 0)
    # Cash that was cancelled, and most refused or cancelled cards, never had an amount.
    never = rng.random(n) < np.asarray([0, 0, 0.3, 0.964, 0.157, 0.001, 0.0, 0.99, 0.4])[group]
    requested = np.where(never & (group != CARD), 0.0, requested)
    revolving = np.isin(group, (CARD, 7, 8))
    credit = np.where(revolving, np.maximum(np.round(requested / 45_000), 1) * 45_000, on_grid(requested * load, 4.5))
    requested = np.where(never & (group == CARD), 0.0, requested)
    credit = np.where(never & (group != CARD), 0.0, credit)
    payments = np.where(revolving, 0.0, payments)
    annuity = np.where(revolving, credit * 0.05, credit * cost / np.maximum(np.nan_to_num(payments, nan=12), 1))
    unknown = np.isnan(payments) | (never & (group != CARD))
    return requested, credit, with_missing(on_grid(annuity, 0.045), unknown), with_missing(payments, unknown)


def _down_payments(
    rng: np.random.Generator, clients: Clients, owner: Integers, group: Integers, requested: Reals
) -> tuple[Reals, Reals]:
    n = len(group)
    known = rng.random(n) < np.asarray([0.12, 1.0, 0.01, 0.0, 0.065, 0.975, 0.935, 0.004, 0.04])[group]
    # Who has something put by pays part of it up front.
    thrift = 0.45 * clients.discipline[owner] + 0.15 * clients.stability[owner]
    u = probability(thrift + np.sqrt(1 - 0.45**2 - 0.15**2) * rng.standard_normal(n))
    rate = np.zeros(n)
    for i in (CONSUMER, 5, 6):
        mask = group == i
        entry = calibration()["histories"]["previous"][_GROUPS[i]]["numbers"]["RATE_DOWN_PAYMENT"]
        rate[mask] = np.round(np.clip(Number.read(entry).at(u[mask]), 0, 0.95), 6)
    return with_missing(rate, ~known), with_missing(on_grid(rate * requested, 4.5), ~known)


def _dates(
    rng: np.random.Generator, group: Integers, decision: Reals, payments: Reals, served: Flags
) -> tuple[Rows, Reals, Reals]:
    n = len(group)
    card = group == CARD
    first_due = decision + np.where(
        card, 41 + np.floor(rng.exponential(30, n)), 30 + (rng.random(n) < 0.6) + np.where(rng.random(n) < 0.12, 9, 0)
    )
    agreed = np.maximum(np.nan_to_num(payments, nan=1), 1)
    # Early repayment: long cash credits are mostly replaced, short goods credits mostly run out.
    whole = rng.random(n) < np.where(group == CASH, 0.34, 0.68)
    share = np.where(whole, 1.0, rng.beta(1.6, 1.2, n))
    paid = np.clip(np.ceil(agreed * share), 1, agreed)
    planned = first_due + 30 * (agreed - 1)
    last = first_due + 30 * (paid - 1)
    running = np.where(card, rng.random(n) < 0.77, last > -3)
    termination = last + np.ceil(rng.exponential(6, n)) + 1
    end = np.where(card, np.minimum(decision + np.round(rng.random(n) * -decision), -2), last)
    drawing = np.where(card & (rng.random(n) < 0.63), np.minimum(decision + rng.integers(0, 120, n), -2), NONE_DAYS)
    none = ~served
    rows: Rows = {
        "DAYS_FIRST_DRAWING": with_missing(drawing.astype(np.float64), none),
        "DAYS_FIRST_DUE": with_missing(
            np.where((card & (rng.random(n) < 0.4)) | (first_due > -2), NONE_DAYS, first_due).astype(np.float64), none
        ),
        "DAYS_LAST_DUE_1ST_VERSION": with_missing(np.where(card, NONE_DAYS, planned).astype(np.float64), none),
        "DAYS_LAST_DUE": with_missing(np.where(running, NONE_DAYS, end).astype(np.float64), none),
        "DAYS_TERMINATION": with_missing(
            np.where(running, NONE_DAYS, np.minimum(np.where(card, end + 2, termination), -2)).astype(np.float64), none
        ),
    }
    return rows, first_due, paid


def granted_credits(previous: Previous) -> Integers:
    """Return the rows with monthly point-of-sale or cash balances: granted, taken, no cards, begun."""
    return np.flatnonzero(previous.served & (previous.group != CARD) & (previous.first_due < -2))


def granted_cards(previous: Previous) -> Integers:
    """Return the rows with monthly card balances."""
    return np.flatnonzero(previous.served & (previous.group == CARD))


def decision_months(previous: Previous, rows: Integers) -> Integers:
    """Return how many whole months before the application the decision was."""
    return np.clip((-floats(previous.rows, "DAYS_DECISION")[rows] / 30.4375).astype(np.int64), 0, MONTHS - 1)
