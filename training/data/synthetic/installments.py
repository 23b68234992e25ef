"""Instalments and how they were paid: early in calm months, late, in parts or short in bad ones."""

from __future__ import annotations

import numpy as np

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Integers, Reals
from training.data.synthetic.columns import Rows, codes, expand, floats, on_grid, take, with_missing
from training.data.synthetic.latents import MONTHS, Clients
from training.data.synthetic.marginals import logistic
from training.data.synthetic.previous import Previous, granted_credits


def draw_installments(
    rng: np.random.Generator, clients: Clients, ids: np.ndarray, previous: Previous, cards: Rows
) -> Rows:
    """Draw the instalments of a block: those of credits, then those of cards.

    Parameters
    ----------
    rng, clients, ids, previous
        The block.
    cards
        The card months, whose least payments are the cards' instalments.

    Returns
    -------
    Rows
        One row a payment; an instalment paid in two parts has two rows.
    """
    chosen = granted_credits(previous)
    begun = np.floor(-previous.first_due[chosen] / 30).astype(np.int64) + 1
    paid = previous.paid[chosen].astype(np.int64)
    credit, order = expand(np.minimum(paid, begun))
    due = previous.first_due[chosen][credit] + 30 * order
    annuity = previous.annuity[chosen][credit]
    agreed = previous.payments[chosen][credit]
    # The last instalment before an early end settles what is left.
    settles = (order + 1 == paid[credit]) & (paid[credit] < agreed)
    amount = np.where(settles, on_grid(annuity * (agreed - order) * 0.82, 0.045), annuity)
    version = np.where(settles & (rng.random(len(due)) < 0.7), 2.0, 1.0)
    first = {
        "prev": np.asarray(previous.rows["SK_ID_PREV"])[chosen][credit],
        "owner": previous.owner[chosen][credit],
        "version": version,
        "number": order + 1,
        "due": np.minimum(due, -1),
        "amount": np.maximum(amount, 0.045),
    }
    card = _of_cards(rng, cards, ids)
    joined = {name: np.concatenate([first[name], card[name]]) for name in first}
    return _paid(rng, clients, ids, joined)


def _of_cards(rng: np.random.Generator, cards: Rows, ids: np.ndarray) -> dict[str, np.ndarray]:
    least = np.nan_to_num(floats(cards, "AMT_INST_MIN_REGULARITY"))
    used = np.flatnonzero((least > 0) & ~codes(cards, "NAME_CONTRACT_STATUS").equals("Completed"))
    # A card's month is paid in one or several payments, each a row of its own.
    retained = take(cards, np.repeat(used, 1 + rng.poisson(1.6, len(used))))
    month = -floats(retained, "MONTHS_BALANCE")
    return {
        "prev": np.asarray(retained["SK_ID_PREV"]),
        "owner": np.searchsorted(ids, np.asarray(retained[ID_COLUMN])),
        "version": np.zeros(len(month)),
        "number": np.maximum(np.nan_to_num(floats(retained, "CNT_INSTALMENT_MATURE_CUM")), 1).astype(np.int64),
        "due": -np.round(month * 30.4375) + 5,
        "amount": floats(retained, "AMT_INST_MIN_REGULARITY"),
    }


def _paid(rng: np.random.Generator, clients: Clients, ids: np.ndarray, due: dict[str, np.ndarray]) -> Rows:
    n = len(due["due"])
    month = np.clip((-due["due"] / 30.4375).astype(np.int64), 0, MONTHS - 1)
    owner = due["owner"]
    stress = clients.stress[owner, month]
    # Habit: each client pays some days ahead; a bad month eats the margin.
    habit = np.exp(1.9 + 0.55 * rng.standard_normal(len(clients)) - 0.25 * (clients.stress[:, 0]))[owner]
    early = np.round(rng.gamma(1.3, 0.9, n) * habit)
    late = rng.random(n) < logistic(-3.05 + 1.15 * stress)
    days_late = np.ceil(rng.lognormal(1.35 + 0.3 * np.maximum(stress, 0), 1.05, n)).clip(1, 700)
    entry = np.where(late, due["due"] + days_late, due["due"] - early)
    never = (rng.random(n) < 2.2e-4) | (entry > -1)
    split = rng.random(n) < logistic(-3.9 + 0.75 * stress)
    part = np.round(rng.beta(2.5, 2.0, n), 2)
    short = ~split & (rng.random(n) < logistic(-4.6 + 1.2 * stress))
    paid = np.where(short, on_grid(due["amount"] * rng.beta(1.0, 1.5, n), 0.045), due["amount"])
    paid = np.where(split, on_grid(due["amount"] * part, 0.045), paid)
    overpaid = rng.random(n) < 0.012
    paid = np.where(overpaid & ~split & ~short, on_grid(due["amount"] * 1.15, 0.045), paid)
    rows = _rows(ids, due, entry, paid, never)
    second = np.flatnonzero(split & ~never)
    rest = take(rows, second)
    rest["AMT_PAYMENT"] = np.round(due["amount"][second] - paid[second], 3)
    rest["DAYS_ENTRY_PAYMENT"] = np.minimum(
        entry[second] + np.where(late[second], rng.integers(0, 12, len(second)), rng.integers(0, 6, len(second))), -1
    )
    return _merge(rows, rest, owner, owner[second])


def _rows(ids: np.ndarray, due: dict[str, np.ndarray], entry: Reals, paid: Reals, never: np.ndarray) -> Rows:
    return {
        "SK_ID_PREV": due["prev"],
        ID_COLUMN: ids[due["owner"]],
        "NUM_INSTALMENT_VERSION": due["version"],
        "NUM_INSTALMENT_NUMBER": due["number"],
        "DAYS_INSTALMENT": due["due"],
        "DAYS_ENTRY_PAYMENT": with_missing(entry, never),
        "AMT_INSTALMENT": due["amount"],
        "AMT_PAYMENT": with_missing(paid, never),
    }


def _merge(rows: Rows, more: Rows, owner: Integers, owner_more: Integers) -> Rows:
    order = np.argsort(np.concatenate([owner, owner_more]), kind="stable")
    return {name: np.concatenate([np.asarray(rows[name]), np.asarray(more[name])])[order] for name in rows}
