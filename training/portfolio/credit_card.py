"""Monthly balances of cards: drawings follow appetite, what is not paid back follows the month's stress."""

from __future__ import annotations

import numpy as np

from training.portfolio.columns import Bools, Codes, Floats, Rows, expand, on_grid, with_missing
from training.portfolio.latents import Clients
from training.portfolio.marginals import Number, calibration, logistic, probability
from training.portfolio.previous import Previous, decision_months, granted_cards


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
    u = probability(0.5 * clients.affluence[owner_of] + np.sqrt(0.75) * rng.standard_normal(cards))
    limit_of = np.maximum(np.round(Number.read(calibration()["histories"]["card_limit"]).at(u) / 45_000), 1) * 45_000
    limit = np.where(rng.random(n) < 0.02, 0.0, limit_of[card])
    closed = rng.random(cards) < 0.16
    limit = np.where(closed[card] & (back < rng.integers(2, 40, cards)[card]), 0.0, limit)
    strain = 0.7 * clients.appetite - 0.5 * clients.affluence - 0.4 * clients.discipline
    used = rng.random(cards) < logistic(0.15 + 0.35 * strain[owner_of])
    wave = 0.6 * clients.stress[owner, month]
    level = logistic(-0.7 + 0.8 * strain[owner] + wave + 0.5 * rng.standard_normal(cards)[card])
    seasons = np.clip(level * (1.15 + 0.12 * rng.standard_normal(n)), 0, 1.08)
    active = used[card] & (back < (age - newest + 1)[card] - rng.integers(0, 6, cards)[card])
    idle = rng.random(cards)[card] * 0.9
    active &= (rng.random(n) > 0.25 * idle) & (limit > 0)
    balance = np.where(active, on_grid(limit * seasons, 0.045), 0.0)
    rows = _flows(rng, active, limit, balance, clients.stress[owner, month])
    # Of cards out of use nothing but the balance is reported.
    silent = ~active & (rng.random(cards)[card] < 0.36)
    for name in ("ATM", "OTHER", "POS"):
        rows[f"AMT_DRAWINGS_{name}_CURRENT"] = with_missing(np.asarray(rows[f"AMT_DRAWINGS_{name}_CURRENT"]), silent)
        rows[f"CNT_DRAWINGS_{name}_CURRENT"] = with_missing(np.asarray(rows[f"CNT_DRAWINGS_{name}_CURRENT"]), silent)
    rows["AMT_PAYMENT_CURRENT"] = with_missing(
        np.asarray(rows["AMT_PAYMENT_CURRENT"]), silent | (rng.random(n) < 0.014)
    )
    unset = rng.random(n) < 0.073
    matured = np.maximum((age - newest)[card] - back - 1, 0) * np.where(used[card], 0.85, 0.0)
    rows |= {
        "SK_ID_PREV": np.asarray(previous.rows["SK_ID_PREV"])[chosen][card],
        "SK_ID_CURR": ids[owner],
        "MONTHS_BALANCE": -month,
        "CNT_INSTALMENT_MATURE_CUM": with_missing(np.floor(matured), unset),
        "AMT_INST_MIN_REGULARITY": with_missing(np.asarray(rows["AMT_INST_MIN_REGULARITY"]), unset),
        "NAME_CONTRACT_STATUS": Codes.from_choice(
            {"Completed": (limit == 0) & (rng.random(n) < 0.5), "Signed": rng.random(n) < 0.003}, "Active"
        ),
    }
    return rows


def _flows(rng: np.random.Generator, active: Bools, limit: Floats, balance: Floats, stress: Floats) -> Rows:
    n = len(active)
    draws = active & (rng.random(n) < 0.45)
    kind = rng.random(n)
    drawn = np.where(draws, on_grid(limit * rng.beta(0.6, 4.0, n), 0.045), 0.0)
    atm = np.where(draws & (kind < 0.55), np.round(drawn / 4_500) * 4_500, 0.0)
    other = np.where(draws & (kind > 0.985), drawn, 0.0)
    pos = np.where(draws & (kind >= 0.55) & (kind <= 0.985), drawn, 0.0)
    least = np.where(active, on_grid(np.maximum(0.05 * balance, 0), 0.045), 0.0)
    missed = rng.random(n) < logistic(-4.2 + 1.3 * stress)
    generous = np.exp(0.5 * rng.standard_normal(n) - 0.35 * stress)
    payment = np.where(active & ~missed, on_grid(np.maximum(least * generous * 1.3, 0), 0.045), 0.0)
    late = active & missed
    trifle = rng.random(n) < 0.019
    dpd = np.where(late, np.ceil(rng.lognormal(2.3, 1.0, n)), 0) + np.where(
        trifle, np.ceil(rng.lognormal(5.0, 1.2, n)), 0
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
        "AMT_PAYMENT_CURRENT": payment,
        "AMT_PAYMENT_TOTAL_CURRENT": np.where(rng.random(n) < 0.15, 0.0, payment),
        "AMT_RECEIVABLE_PRINCIPAL": principal,
        "AMT_RECIVABLE": owed,
        "AMT_TOTAL_RECEIVABLE": owed,
        "CNT_DRAWINGS_ATM_CURRENT": np.where(atm > 0, 1.0 + rng.poisson(1.0, n), 0.0),
        "CNT_DRAWINGS_OTHER_CURRENT": (other > 0).astype(np.float64),
        "CNT_DRAWINGS_POS_CURRENT": np.where(pos > 0, 1.0 + rng.poisson(3.5, n), 0.0),
        "CNT_DRAWINGS_CURRENT": (np.where(atm > 0, 1, 0) + np.where(pos > 0, 2, 0) + (other > 0)).astype(np.int64),
        "SK_DPD": dpd.astype(np.int64),
        "SK_DPD_DEF": np.where(late, np.minimum(dpd, 60), 0).astype(np.int64),
    }
