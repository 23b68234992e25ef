"""A block: a fixed number of clients, drawn from the seed and the block's number alone.

So the portfolio does not depend on how many blocks are made at a time, and a smaller portfolio of the same
seed holds the first clients of a larger one.
"""

from __future__ import annotations
from scoring.model.arrays import Integers
from scoring.model.arrays import Flags
from scoring.data.tables.column_types import ID_COLUMN

from dataclasses import dataclass

import numpy as np

from training.data.synthetic.application import draw_applications, share_of_test
from training.data.synthetic.bureau import draw_bureau, draw_bureau_balance
from training.data.synthetic.columns import Rows, floats, take
from training.data.synthetic.credit_card import draw_credit_cards
from training.data.synthetic.damage import damage_applications, damage_bureau, damage_months, damage_previous, repeat_credits
from training.data.synthetic.installments import draw_installments
from training.data.synthetic.latents import draw_clients
from training.data.synthetic.policy import refused as refused_by
from training.data.synthetic.previous import draw_previous
from training.data.synthetic.truth import truth
from __future__ import annotations
import numpy as np
from training.data.synthetic.columns import Codes, Rows, expand, with_missing
from training.data.synthetic.latents import MONTHS, Clients
from training.data.synthetic.marginals import logistic
from training.data.synthetic.previous import Previous, granted_credits


# Monthly balances of point-of-sale and cash credits.

def draw_pos_cash(rng: np.random.Generator, clients: Clients, ids: np.ndarray, previous: Previous) -> Rows:
    """Draw the months of the granted credits of a block, newest first.

    Parameters
    ----------
    rng, clients, ids, previous
        The block.

    Returns
    -------
    Rows
        One row a credit and month, from the month of its first due day to its end or to last month.
    """
    chosen = granted_credits(previous)
    owner_of = previous.owner[chosen]
    start = np.minimum(np.ceil(-previous.first_due[chosen] / 30.4375), MONTHS - 1).astype(np.int64)
    start = np.maximum(start, 1)
    paid = previous.paid[chosen].astype(np.int64)
    finished = paid < start
    newest = np.where(finished, start - paid, 1)
    credit, back = expand(start - newest + 1)
    month = newest[credit] + back
    n = len(credit)
    elapsed = start[credit] - month
    agreed = previous.payments[chosen][credit]
    # After early repayment the agreed number is the number paid.
    total = np.where(finished[credit] & (back == 0), np.minimum(paid[credit], agreed), agreed)
    left = np.maximum(total - elapsed - (elapsed > 0), 0)
    left = np.where(finished[credit] & (back == 0), 0, left)
    stress = clients.stress[owner_of[credit], month]
    late = rng.random(n) < logistic(-4.95 + 1.0 * stress)
    trifle = rng.random(n) < logistic(-4.35 + 0.6 * stress)
    dpd = np.where(late | trifle, np.ceil(rng.lognormal(2.2, 1.0, n)), 0)
    dpd = np.where(trifle & (rng.random(n) < 0.12), np.ceil(rng.lognormal(5.6, 1.0, n)).clip(1, 3500), dpd)
    completed = finished[credit] & (back == 0)
    status = Codes.from_choice(
        {
            "Signed": (elapsed == 0) & (rng.random(n) < 0.09),
            "Completed": completed,
            "Demand": ~completed & late & (rng.random(n) < 0.07),
            "Returned to the store": completed & (rng.random(n) < 0.009),
            "Amortized debt": late & (rng.random(n) < 0.025),
        },
        "Active",
    )
    none = rng.random(n) < 0.0029
    return {
        "SK_ID_PREV": np.asarray(previous.rows["SK_ID_PREV"])[chosen][credit],
        ID_COLUMN: ids[owner_of][credit],
        "MONTHS_BALANCE": -month,
        "CNT_INSTALMENT": with_missing(total, none),
        "CNT_INSTALMENT_FUTURE": with_missing(left, none),
        "NAME_CONTRACT_STATUS": status,
        "SK_DPD": dpd.astype(np.int64),
        "SK_DPD_DEF": np.where(late, np.minimum(dpd, 120), 0).astype(np.int64),
    }



CLIENTS = 2048
"""Clients of a block."""
STRANGERS = 2
"""Clients of a block who are in history tables only."""
FIRST_CLIENT, FIRST_STRANGER = 100_001, 900_000_001
FIRST_BUREAU, FIRST_PREVIOUS = 50_000_001, 1_000_001
_IDS = 65_536
"""Ids set aside for the credits of a block; a block has about a third of them."""


@dataclass(frozen=True)
class Block:
    """The tables of a block, TARGET included in application_train, the truth, and whom a past policy refused."""

    tables: dict[str, Rows]
    truth: Rows
    refused: Rows | None = None


def make_block(seed: int, number: int, clients: int = CLIENTS, *, policy: bool = False) -> Block:
    """Make a block of the portfolio.

    Parameters
    ----------
    seed
        Of the portfolio.
    number
        Of the block, from 0.
    clients
        How many of its clients are kept, from the first; those of the last block may be fewer.
    policy
        Whether a past granting policy leaves only granted loans labelled (see `policy`).

    Returns
    -------
    Block
        Eight tables and the truth of the clients kept.
    """
    # One stream a table: a change in how one is drawn leaves the others as they were.
    streams = np.random.SeedSequence(seed, spawn_key=(number,)).spawn(11)
    rngs = [np.random.Generator(np.random.PCG64(stream)) for stream in streams]
    size = CLIENTS + STRANGERS
    ids = np.concatenate(
        [
            FIRST_CLIENT + number * CLIENTS + np.arange(CLIENTS, dtype=np.int64),
            FIRST_STRANGER + number * STRANGERS + np.arange(STRANGERS, dtype=np.int64),
        ]
    )
    test = share_of_test(rngs[1], size)
    if number == 0:
        test[:2] = [True, False]  # as published: 100001 is a test client, 100002 a labelled one
    application, drawn = draw_applications(rngs[2], ids, test)
    latent = draw_clients(rngs[0], drawn)
    damage_applications(rngs[3], application, test)
    credits_ = draw_bureau(rngs[4], latent, ids, FIRST_BUREAU + number * _IDS, test)
    damage_bureau(rngs[3], credits_.rows)
    credits_ = repeat_credits(rngs[3], credits_)
    balance = draw_bureau_balance(rngs[5], latent, credits_, test)
    previous = draw_previous(rngs[6], latent, ids, FIRST_PREVIOUS + number * _IDS)
    pos = draw_pos_cash(rngs[7], latent, ids, previous)
    cards = draw_credit_cards(rngs[8], latent, ids, previous)
    payments = draw_installments(rngs[9], latent, ids, previous, cards)
    damage_months(rngs[3], pos, cards)
    histories = {
        "bureau": credits_.rows,
        "bureau_balance": balance,
        "previous_application": damage_previous(rngs[3], previous),
        "POS_CASH_balance": pos,
        "installments_payments": payments,
        "credit_card_balance": cards,
    }
    keep = np.arange(CLIENTS)[:clients]
    application = take(application, keep)
    chance = rngs[10].random(size)[keep]
    if clients < CLIENTS:
        gone = ids[clients:CLIENTS]
        histories = _without(histories, gone)
    known = truth(application, histories)
    target, test = chance < floats(known, "pd"), test[keep]
    if not policy:
        return Block({**_split(application, test, ~test, target), **histories}, known)
    # A stream beyond those above, so that the switch changes no other draw.
    judgement = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number, len(streams)))))
    refused = refused_by(judgement, known) & ~test
    tables = _split(application, test, ~test & ~refused, target)
    return Block({**tables, **histories}, known, take(application, np.flatnonzero(refused)))


def _split(application: Rows, test: Flags, labels: Flags, target: Flags) -> dict[str, Rows]:
    train = np.flatnonzero(labels)
    labelled = take(application, train)
    labelled["TARGET"] = target[train].astype(np.int64)
    return {"application_train": labelled, "application_test": take(application, np.flatnonzero(test))}


def _without(histories: dict[str, Rows], gone: Integers) -> dict[str, Rows]:
    """Return the histories without some clients."""
    bureau = histories["bureau"]
    lost = np.asarray(bureau["SK_ID_BUREAU"])[np.isin(np.asarray(bureau[ID_COLUMN]), gone)]
    out = {}
    for name, rows in histories.items():
        key, ids = ("SK_ID_BUREAU", lost) if name == "bureau_balance" else (ID_COLUMN, gone)
        out[name] = take(rows, np.flatnonzero(~np.isin(np.asarray(rows[key]), ids)))
    return out
