"""A block: a fixed number of clients, drawn from the seed and the block's number alone.

So the portfolio does not depend on how many blocks are made at a time, and a smaller portfolio of the same
seed holds the first clients of a larger one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags, Integers
from training.data.synthetic.application import draw_applications, share_of_test
from training.data.synthetic.bureau import Credits, draw_bureau, draw_bureau_balance
from training.data.synthetic.columns import Codes, Rows, codes, expand, floats, take, with_missing
from training.data.synthetic.credit_card import draw_credit_cards
from training.data.synthetic.installments import draw_installments
from training.data.synthetic.latents import MONTHS, Clients, draw_clients
from training.data.synthetic.marginals import logistic
from training.data.synthetic.policy import refused as refused_by
from training.data.synthetic.previous import CARD, Previous, draw_previous, granted_credits
from training.data.synthetic.truth import truth

# The problems of the published tables, injected at their published rates.

CAR_AGE_CODED = 0.032
"""Share of car owners with an age of 64 or 65."""
REPEATED_CREDITS = (0.0056, 0.00019)
"""Shares of cards and of other credits elsewhere that the client's next credit repeats in everything but the number."""
POS_ORPHANS, CARD_ORPHANS = 0.048, 0.12
"""Shares of credits and cards with monthly rows whose application is not in previous_application."""


def damage_applications(rng: np.random.Generator, rows: Rows, test: Flags) -> None:
    """Put the accidents of the main table in, in place."""
    n = len(test)
    _pseudo(rng, rows, "CODE_GENDER", "XNA", 1.1e-5)
    _pseudo(rng, rows, "NAME_FAMILY_STATUS", "Unknown", 5.6e-6)
    age = floats(rows, "OWN_CAR_AGE")
    coded = ~np.isnan(age) & (rng.random(n) < CAR_AGE_CODED)
    rows["OWN_CAR_AGE"] = np.where(coded, 64.0 + (rng.random(n) < 0.27), age)
    income = floats(rows, "AMT_INCOME_TOTAL")
    rows["AMT_INCOME_TOTAL"] = np.where(rng.random(n) < 3e-6, 117_000_000.0, income)
    rating = floats(rows, "REGION_RATING_CLIENT_W_CITY")
    rows["REGION_RATING_CLIENT_W_CITY"] = np.where(test & (rng.random(n) < 2e-5), -1, rating).astype(np.int64)
    for name, value in (("OBS_30_CNT_SOCIAL_CIRCLE", 348.0), ("AMT_REQ_CREDIT_BUREAU_QRT", 261.0)):
        rows[name] = np.where(rng.random(n) < 3e-6, value, floats(rows, name))
    rows["AMT_ANNUITY"] = np.where(rng.random(n) < 3.9e-5, np.nan, floats(rows, "AMT_ANNUITY"))
    rows["CNT_FAM_MEMBERS"] = np.where(rng.random(n) < 6e-6, np.nan, floats(rows, "CNT_FAM_MEMBERS"))


def damage_bureau(rng: np.random.Generator, rows: Rows) -> None:
    """Put the accidents of the credits elsewhere in, in place."""
    n = len(np.asarray(rows["SK_ID_BUREAU"]))
    for name in ("DAYS_CREDIT_ENDDATE", "DAYS_ENDDATE_FACT"):
        days = floats(rows, name)
        ancient = ~np.isnan(days) & (rng.random(n) < 3e-5)
        rows[name] = np.where(ancient, -41_875.0 - rng.integers(0, 150, n), days)
    update = floats(rows, "DAYS_CREDIT_UPDATE")
    rows["DAYS_CREDIT_UPDATE"] = np.where(
        rng.random(n) < 1e-5, 7.0, np.where(rng.random(n) < 8e-6, -41_890.0, update)
    ).astype(np.int64)
    debt = floats(rows, "AMT_CREDIT_SUM_DEBT")
    overpaid = (debt == 0) & (rng.random(n) < 0.0058)
    rows["AMT_CREDIT_SUM_DEBT"] = np.where(overpaid, -np.round(rng.lognormal(5.5, 1.6, n), 2), debt)
    limit = floats(rows, "AMT_CREDIT_SUM_LIMIT")
    rows["AMT_CREDIT_SUM_LIMIT"] = np.where((limit == 0) & (rng.random(n) < 5e-4), -225.0, limit)
    amount = floats(rows, "AMT_CREDIT_SUM")
    rows["AMT_CREDIT_SUM"] = np.where(rng.random(n) < 8e-6, np.nan, amount)
    ahead = np.isnan(debt) | codes(rows, "CREDIT_ACTIVE").equals("Closed")
    more = ~ahead & (rng.random(n) < 0.02)
    rows["AMT_CREDIT_SUM_DEBT"] = np.where(more, np.round(amount * 1.04, 2), np.asarray(rows["AMT_CREDIT_SUM_DEBT"]))


def repeat_credits(rng: np.random.Generator, credits_: Credits) -> Credits:
    """Return the credits elsewhere, some of them reported twice: alike in everything but the number."""
    n = len(credits_.owner)
    source = np.arange(n, dtype=np.int64)
    chance = np.where(codes(credits_.rows, "CREDIT_TYPE").equals("Credit card"), *REPEATED_CREDITS)[:-1]
    again = np.flatnonzero((credits_.owner[1:] == credits_.owner[:-1]) & (rng.random(len(chance)) < chance))
    source[again + 1] = again
    rows = take(credits_.rows, source) | {"SK_ID_BUREAU": credits_.rows["SK_ID_BUREAU"]}
    return Credits(rows, credits_.owner, credits_.closed[source], credits_.written_off[source])


def damage_previous(rng: np.random.Generator, previous: Previous) -> Rows:
    """Return the earlier applications with accidents, some without the row that their months hang on."""
    rows = dict(previous.rows)
    n = len(previous.owner)
    _pseudo(rng, rows, "NAME_CONTRACT_TYPE", "XNA", 3e-4)
    down = floats(rows, "AMT_DOWN_PAYMENT")
    rows["AMT_DOWN_PAYMENT"] = np.where(rng.random(n) < 1.2e-6, -0.9, down)
    area = floats(rows, "SELLERPLACE_AREA")
    rows["SELLERPLACE_AREA"] = np.where(rng.random(n) < 6e-7, 4_000_000, area).astype(np.int64)
    share = np.where(previous.group == CARD, CARD_ORPHANS, POS_ORPHANS)
    lost = previous.served & (rng.random(n) < share)
    return take(rows, np.flatnonzero(~lost))


def damage_months(rng: np.random.Generator, pos: Rows, cards: Rows) -> None:
    """Put the accidents of the monthly balances in, in place."""
    _pseudo(rng, pos, "NAME_CONTRACT_STATUS", "XNA", 2e-7)
    atm = floats(cards, "AMT_DRAWINGS_ATM_CURRENT")
    cards["AMT_DRAWINGS_ATM_CURRENT"] = np.where(rng.random(len(atm)) < 3e-7, -6_827.31, atm)
    payment = floats(cards, "AMT_PAYMENT_CURRENT")
    cards["AMT_PAYMENT_CURRENT"] = np.where(rng.random(len(atm)) < 3e-7, 4_289_207.445, payment)


def _pseudo(rng: np.random.Generator, rows: Rows, name: str, code: str, rate: float) -> None:
    column = codes(rows, name)
    levels = column.levels if code in column.levels else (*column.levels, code)
    hit = rng.random(len(column)) < rate
    rows[name] = Codes(np.where(hit, levels.index(code), column.index).astype(np.int64), levels)


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
