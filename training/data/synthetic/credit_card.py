"""Monthly balances of cards: drawings follow appetite, what is not paid back follows the month's stress."""

from __future__ import annotations

import numpy as np

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags, Reals
from training.data.synthetic.columns import Codes, Rows, expand, on_grid, with_missing
from training.data.synthetic.latents import Clients
from training.data.synthetic.marginals import Number, calibration, logistic, probability
from training.data.synthetic.previous import Previous, decision_months, granted_cards

_OLD = 60
"""Months; of cards older than that, a quarter of all, most months are published."""


def draw_credit_cards(rng: np.random.Generator, clients: Clients, ids: np.ndarray, previous: Previous) -> Rows:
    """Draw the months of the cards of a block, newest first.

    Parameters
    ----------
    rng, clients, ids, previous
        The block.

    Returns
    -------
    Rows
        One row a card and month.
    """
    chosen = granted_cards(previous)
    owner_of = previous.owner[chosen]
    cards = len(chosen)
    age = np.maximum(decision_months(previous, chosen), 1)
    # A third of the cards are published over the whole span, whenever they were granted.
    age = np.where(rng.random(cards) < 0.13, 96, age)
    newest = np.where(rng.random(cards) < 0.92, 1, np.minimum(rng.integers(1, 24, cards), age))
    card, back = expand(age - newest + 1)
    month = newest[card] + back
    n = len(card)
    owner = owner_of[card]
    u = probability(0.25 * clients.affluence[owner_of] + np.sqrt(1 - 0.25**2) * rng.standard_normal(cards))
    # Old cards have lower limits, are nearly all used for a time, and are often closed by now.
    old = age > _OLD
    limit_of = Number.read(calibration()["histories"]["card_limit"]).at(u) * np.where(old, 0.55, 1.15)
    limit_of = np.maximum(np.round(limit_of / 45_000), 1) * 45_000
    limit = np.where(rng.random(n) < 0.01, 0.0, limit_of[card])
    life = age - newest + 1
    gone = np.where(rng.random(cards) < np.where(old, 0.62, 0.1), np.floor(rng.random(cards) * 0.95 * life), 0)
    limit = np.where(back < gone[card], 0.0, limit)
    strain = 0.7 * clients.appetite - 0.5 * clients.affluence - 0.4 * clients.discipline
    used = rng.random(cards) < logistic(np.where(old, 2.4, 0.2) + 0.9 * strain[owner_of])
    wave = 0.5 * clients.stress[owner, month]
    level = 1.1 + 0.75 * strain[owner] + wave + 1.1 * rng.standard_normal(cards)[card]
    seasons = np.clip(1.06 * logistic(1.35 * (level + 0.8 * rng.standard_normal(n))), 0, 1.06)
    # Used from the beginning on; of old cards about half of the time.
    span = np.ceil(life * np.where(old, rng.beta(1.3, 1.1, cards), rng.beta(4.0, 0.8, cards)))
    active = used[card] & ((life[card] - 1 - back) < span[card])
    idle = rng.random(cards)[card] * 0.5
    active &= (rng.random(n) > 0.25 * idle) & (limit > 0)
    balance = np.where(active, on_grid(limit * seasons, 0.045), 0.0)
    rows = _flows(rng, active, limit, balance, clients.stress[owner, month], level)
    # Of cards out of use nothing but the balance is reported.
    silent = ~active & (rng.random(cards)[card] < 0.37)
    for name in ("ATM", "OTHER", "POS"):
        rows[f"AMT_DRAWINGS_{name}_CURRENT"] = with_missing(np.asarray(rows[f"AMT_DRAWINGS_{name}_CURRENT"]), silent)
        rows[f"CNT_DRAWINGS_{name}_CURRENT"] = with_missing(np.asarray(rows[f"CNT_DRAWINGS_{name}_CURRENT"]), silent)
    rows["AMT_PAYMENT_CURRENT"] = with_missing(
        np.asarray(rows["AMT_PAYMENT_CURRENT"]), silent | (rng.random(n) < 0.014)
    )
    unset = rng.random(n) < np.where(active, 0.017, 0.116)
    # Instalments that fell due so far: one for each month in use; months are newest first.
    since = np.cumsum(active)
    first = np.cumsum(life) - life
    until = since[first + life - 1]
    matured = until[card] - since + active
    rows |= {
        "SK_ID_PREV": np.asarray(previous.rows["SK_ID_PREV"])[chosen][card],
        ID_COLUMN: ids[owner],
        "MONTHS_BALANCE": -month,
        "CNT_INSTALMENT_MATURE_CUM": with_missing(matured.astype(np.float64), unset),
        "AMT_INST_MIN_REGULARITY": with_missing(np.asarray(rows["AMT_INST_MIN_REGULARITY"]), unset),
        "NAME_CONTRACT_STATUS": Codes.from_choice(
            {"Completed": (limit == 0) & (rng.random(n) < 0.5), "Signed": rng.random(n) < 0.003}, "Active"
        ),
    }
    return rows


def _flows(rng: np.random.Generator, active: Flags, limit: Reals, balance: Reals, stress: Reals, level: Reals) -> Rows:
    n = len(active)
    draws = active & (rng.random(n) < logistic(-0.95 + 0.35 * level))
    kind = rng.random(n)
    drawn = np.where(draws, on_grid(np.minimum(rng.lognormal(9.75, 1.45, n), limit), 0.045), 0.0)
    atm = np.where(draws & (kind < 0.6), np.ceil(drawn / 4_500) * 4_500, 0.0)
    other = np.where(draws & (kind > 0.985), drawn, 0.0)
    pos = np.where(draws & (kind >= 0.6) & (kind <= 0.985), drawn, 0.0)
    times = {
        "ATM": np.where(atm > 0, 1.0 + rng.poisson(1.1, n), 0.0),
        "OTHER": (other > 0).astype(np.float64),
        "POS": np.where(pos > 0, 1.0 + np.floor(rng.lognormal(0.9, 1.1, n)), 0.0),
    }
    # The least to pay is a twentieth of the limit, or what is left.
    least = np.where(active & (rng.random(n) > 0.076), on_grid(np.minimum(0.05 * limit, 0.09 * balance), 0.045), 0.0)
    missed = rng.random(n) < logistic(-3.1 + 0.45 * stress)
    more = np.where(rng.random(n) < 0.55, 1.0, 1.0 + rng.lognormal(0.1, 1.35, n))
    due = np.where(least > 0, least, 0.05 * limit)
    paid = np.where(missed | (rng.random(n) < 0.055), 0.0, on_grid(due * more, 0.045))
    # Cards out of use are credited with trifles.
    trifles = np.where(rng.random(n) < 0.15, 0.0, on_grid(rng.lognormal(5.37, 1.75, n), 0.045))
    late = active & missed
    forgotten = active & (rng.random(n) < 0.042)
    dpd = np.where(late, np.ceil(rng.lognormal(-0.6, 0.8, n)), 0) + np.where(
        forgotten, np.ceil(rng.lognormal(4.0, 2.4, n)).clip(1, 3_200), 0
    )
    overpaid = rng.random(n) < 6e-4
    owed = np.where(overpaid, -on_grid(rng.lognormal(6, 1, n), 0.045), balance)
    principal = on_grid(np.where(owed > 0, owed * 0.965, owed), 0.045)
    return {
        "AMT_BALANCE": owed,
        "AMT_CREDIT_LIMIT_ACTUAL": limit.astype(np.int64),
        "AMT_DRAWINGS_ATM_CURRENT": atm,
        "AMT_DRAWINGS_CURRENT": np.round(atm + other + pos, 3),
        "AMT_DRAWINGS_OTHER_CURRENT": other,
        "AMT_DRAWINGS_POS_CURRENT": pos,
        "AMT_INST_MIN_REGULARITY": least,
        "AMT_PAYMENT_CURRENT": np.where(active, paid, trifles),
        "AMT_PAYMENT_TOTAL_CURRENT": np.where(active & (rng.random(n) > 0.04), paid, 0.0),
        "AMT_RECEIVABLE_PRINCIPAL": principal,
        "AMT_RECIVABLE": owed,
        "AMT_TOTAL_RECEIVABLE": owed,
        **{f"CNT_DRAWINGS_{name}_CURRENT": count for name, count in times.items()},
        "CNT_DRAWINGS_CURRENT": np.sum(list(times.values()), axis=0).astype(np.int64),
        "SK_DPD": dpd.astype(np.int64),
        "SK_DPD_DEF": np.where(late, np.minimum(dpd, 60), 0).astype(np.int64),
    }
