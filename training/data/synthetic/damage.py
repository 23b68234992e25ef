"""The problems of the published tables, injected at their published rates.

Most problems are in the portfolio from the start, since they mean something (365243, missing blocks, parts of
an instalment). Those here are accidents: pseudo-codes, impossible values, rows without a parent. They come
before the truth is computed, which reads the tables as written.
"""

from __future__ import annotations
from scoring.model.arrays import Flags

import numpy as np

from training.data.synthetic.bureau import Credits
from training.data.synthetic.columns import Codes, Rows, codes, floats, take
from training.data.synthetic.previous import CARD, Previous

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
