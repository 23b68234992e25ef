"""Credits elsewhere, and their monthly states.

The client's stress of the month makes a credit overdue, as it makes an instalment here late; appetite makes
credits many, recent and used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags, Integers, Reals
from training.data.synthetic.columns import Codes, Rows, expand, on_grid, with_missing
from training.data.synthetic.latents import MONTHS, Clients
from training.data.synthetic.marginals import Levels, Number, calibration, logistic, probability

DAYS_PER_MONTH = 30.4375
_RARE_TYPES = (
    "Another type of loan", "Loan for business development", "Loan for working capital replenishment",
    "Cash loan (non-earmarked)", "Unknown type of loan", "Real estate loan",
)  # fmt: skip
_DRAWN = ("Consumer credit", "Credit card", "Car loan", "Mortgage", "Microloan")


@dataclass(frozen=True)
class Credits:
    """The credits of a block: published columns, and what the monthly states need to know of them."""

    rows: Rows
    owner: Integers
    closed: Reals  # day of closing, NaN while active
    written_off: np.ndarray


def draw_bureau(
    rng: np.random.Generator, clients: Clients, ids: np.ndarray, first_id: int, test: np.ndarray
) -> Credits:
    """Draw the credits elsewhere of a block.

    Parameters
    ----------
    rng, clients
        As for the applications.
    ids
        SK_ID_CURR of the clients.
    first_id
        SK_ID_BUREAU of the block's first credit.
    test
        Which clients are in application_test: their annuities are known more often.

    Returns
    -------
    Credits
        One row a credit, clients in order.
    """
    statistics = calibration()["histories"]
    counts = Levels.read(statistics["bureau_count"], without=("0",))
    hunger = 0.55 * clients.appetite + np.sqrt(1 - 0.55**2) * rng.standard_normal(len(clients))
    number = np.where(clients.known_elsewhere, counts.numbers_at(probability(hunger)), 0).astype(np.int64)
    owner, _ = expand(number)
    n = len(owner)
    appetite, affluence = clients.appetite[owner], clients.affluence[owner]
    kind = _kinds(rng, appetite)
    card, micro = kind.equals("Credit card"), kind.equals("Microloan")
    # Who is hungry for credit has taken it lately; who is steady took it long ago.
    hurry = 0.4 * appetite - 0.15 * clients.stability[owner] - 0.15 * clients.discipline[owner]
    u = probability(hurry + np.sqrt(1 - 0.4**2 - 0.15**2 - 0.15**2) * rng.standard_normal(n))
    opened = np.clip(Number.read(statistics["bureau_days"]).at(u), -2922, -2).round()
    term, amount = np.empty(n), np.empty(n)
    for i, name in enumerate(kind.levels):
        mask = kind.index == i
        entry = statistics["bureau"].get(name, statistics["bureau"]["Consumer credit"])["numbers"]
        term[mask] = Number.read(entry["TERM"]).at(rng.random(mask.sum()))
        rich = probability(0.35 * affluence[mask] + np.sqrt(1 - 0.35**2) * rng.standard_normal(mask.sum()))
        amount[mask] = on_grid(Number.read(entry["AMT_CREDIT_SUM"]).at(rich), 4.5)
    # A card without an end is published with one decades ahead; a consumer credit is paid within its term.
    term = np.where(card & (rng.random(n) < 0.125), 30_800 - opened + rng.integers(0, 180, n), np.clip(term, 7, 11_000))
    term = np.round(term)
    end = opened + term
    life = _lives(rng, card, term, clients.discipline[owner])
    closed_day = opened + life
    closed = closed_day < -1
    stress_now = clients.stress[owner, 0]
    month = np.clip((-opened / DAYS_PER_MONTH / 2).astype(np.int64), 0, MONTHS - 1)
    stress_then = clients.stress[owner, month]
    written_off = rng.random(n) < logistic(-7.0 + 1.1 * stress_then)
    sold = written_off & (rng.random(n) < 0.6)
    left = 1 - np.clip(-opened / np.maximum(term, 30), 0, 1) ** 1.2
    debt = _debts(rng, kind, _strain(clients)[owner], left, amount)
    debt = np.where(closed, np.where(rng.random(n) < 0.0065, debt, 0.0), debt)
    late = ~closed & (rng.random(n) < logistic(-6.2 + 1.3 * stress_now))
    overdue_days = np.where(late, np.ceil(rng.lognormal(2.9, 1.5, n)).clip(1, 2500), 0)
    worst = np.where(
        rng.random(n) < logistic(-1.7 + 0.8 * stress_then), np.round(rng.lognormal(8.3, 1.5, n) / 4.5) * 4.5, 0.0
    )
    informed = rng.random(len(clients))[owner]
    annuity_known = informed < np.where(test[owner], 0.62, 0.27)
    update = _updates(rng, closed, closed_day, opened, card)
    limit = np.where(card & ~closed, np.maximum(amount - debt, 0), 0.0)
    state = Codes.from_choice({"Closed": closed, "Sold": sold}, "Active")
    rows: Rows = {
        ID_COLUMN: ids[owner],
        "SK_ID_BUREAU": first_id + np.arange(n, dtype=np.int64),
        "CREDIT_ACTIVE": state,
        "CREDIT_CURRENCY": Codes.from_choice(
            {"currency 2": rng.random(n) < 7e-4, "currency 3": rng.random(n) < 1e-4}, "currency 1"
        ),
        "DAYS_CREDIT": opened.astype(np.int64),
        "CREDIT_DAY_OVERDUE": overdue_days.astype(np.int64),
        "DAYS_CREDIT_ENDDATE": with_missing(end, rng.random(n) < np.select([card, micro], [0.21, 0.55], 0.009)),
        "DAYS_ENDDATE_FACT": with_missing(np.minimum(closed_day, -1), ~closed),
        "AMT_CREDIT_MAX_OVERDUE": with_missing(worst, rng.random(n) < np.where(micro, 0.9, 0.66)),
        "CNT_CREDIT_PROLONG": rng.poisson(0.0053, n).astype(np.int64),
        "AMT_CREDIT_SUM": amount,
        "AMT_CREDIT_SUM_DEBT": with_missing(debt, rng.random(n) < np.where(closed, 0.169, 0.113)),
        "AMT_CREDIT_SUM_LIMIT": with_missing(
            np.where(rng.random(n) < 0.45, on_grid(limit, 0.5), 0.0),
            rng.random(n) < np.select([micro, closed], [0.91, 0.396], 0.288),
        ),
        "AMT_CREDIT_SUM_OVERDUE": np.where(
            late & (rng.random(n) < 0.7), on_grid(debt * rng.beta(0.6, 6.0, n), 4.5), 0.0
        ),
        "CREDIT_TYPE": kind,
        "DAYS_CREDIT_UPDATE": np.minimum(np.round(update), -1).astype(np.int64),
        "AMT_ANNUITY": with_missing(_annuities(rng, closed, card, amount), ~(annuity_known & (rng.random(n) < 0.9))),
    }
    return Credits(rows, owner, np.where(closed, closed_day, np.nan), written_off)


def _kinds(rng: np.random.Generator, appetite: Reals) -> Codes:
    n = len(appetite)
    shares = np.asarray([0.7289, 0.2356, 0.0165, 0.0098, 0.0067])
    u = rng.random(n) * 0.9998
    index = np.searchsorted(np.cumsum(shares), u).astype(np.int64)
    rare = index >= len(shares)
    index[rare] = len(shares) + rng.integers(0, len(_RARE_TYPES), rare.sum())
    # Small quick loans go to those who ask everywhere.
    more = (index == 0) & (rng.random(n) < 0.006 * np.exp(1.2 * appetite - 0.72))
    index[more] = 4
    return Codes(index, (*_DRAWN, *_RARE_TYPES))


def _lives(rng: np.random.Generator, card: np.ndarray, term: Reals, discipline: Reals) -> Reals:
    n = len(term)
    early = rng.random(n)
    share = np.where(early < 0.45, rng.beta(2.0, 1.6, n), 1.0)
    extra = np.where(early > 0.85, rng.exponential(120, n) * np.exp(-0.4 * discipline), 0.0)
    return np.round(np.where(card, rng.exponential(2600, n) + 90, np.minimum(term, 11_000) * share + extra)).clip(5)


def _updates(rng: np.random.Generator, closed: Flags, closed_day: Reals, opened: Reals, card: Flags) -> Reals:
    """Return the day of the last update: of closed credits mostly their last, of others mostly last month."""
    n = len(closed)
    u = rng.random(n)
    after = np.select([u < 0.275, u < 0.66], [0.0, rng.integers(1, 9, n)], rng.exponential(430, n))
    after = np.where(after >= -closed_day, rng.random(n) * -closed_day, after)
    forgotten = rng.random(n) < np.where(card, 0.28, 0.11)
    running = -np.where(forgotten, 90 + rng.exponential(520, n), np.ceil(rng.lognormal(3.0, 0.8, n)))
    return np.where(closed, closed_day + after, np.maximum(running, opened))


def _annuities(rng: np.random.Generator, closed: Flags, card: Flags, amount: Reals) -> Reals:
    """Return the payments where they are known: none of most closed credits, else growing with the amount."""
    n = len(amount)
    none = rng.random(n) < np.select([closed, card], [0.78, 0.37], 0.17)
    level = np.log(np.maximum(amount, 1000.0))
    mean = np.select([closed, card], [6.3 + 0.28 * level, 2.17 + 0.6 * level], 2.58 + 0.546 * level)
    spread = np.select([closed, card], [1.2, 0.96], 0.66)
    return np.where(none, 0.0, on_grid(np.exp(mean + spread * rng.standard_normal(n)), 4.5))


def _strain(clients: Clients) -> Reals:
    """Return how far a client draws credit: appetite, against discipline and means."""
    return 0.45 * clients.appetite - 0.35 * clients.discipline - 0.25 * clients.affluence


def _debts(rng: np.random.Generator, kind: Codes, strain: Reals, left: Reals, amount: Reals) -> Reals:
    n = len(strain)
    consumer, card = kind.equals("Consumer credit"), kind.equals("Credit card")
    used = logistic(1.1 * strain + 0.9 * rng.standard_normal(n))
    drawn = np.where(rng.random(n) < 0.3 - 0.1 * np.tanh(strain), 0.0, np.clip(1.25 * used, 0, 1.05))
    # Arrears are added to what is left: an instalment credit of a strained client is paid down later.
    instalment = np.clip(left + 0.22 * strain + 0.15 * rng.standard_normal(n), 0, 1.1)
    instalment = np.where(rng.random(n) < 0.12, 0.0, instalment)
    share = np.where(card, drawn, np.where(consumer, instalment, np.clip(left + 0.1 * strain, 0, 1.05)))
    return on_grid(amount * share, 4.5)


def draw_bureau_balance(rng: np.random.Generator, clients: Clients, credits_: Credits, test: np.ndarray) -> Rows:
    """Draw the monthly states of the credits of those clients whose months are known.

    Parameters
    ----------
    rng, clients, credits_
        The block.
    test
        Clients of application_test, whose months are nearly all known; of the others' a third.

    Returns
    -------
    Rows
        One row a credit and month, newest month first.
    """
    known = rng.random(len(clients)) < np.where(test, 0.998, 0.355)
    chosen = np.flatnonzero(known[credits_.owner])
    opened = np.asarray(credits_.rows["DAYS_CREDIT"])[chosen].astype(np.float64)
    owner = credits_.owner[chosen]
    first = np.minimum(np.floor(-opened / DAYS_PER_MONTH), MONTHS - 1).astype(np.int64)
    silent = rng.random(len(chosen)) < 0.14
    newest = np.where(silent, (rng.random(len(chosen)) ** 2 * (first + 1)).astype(np.int64), 0)
    row, position = expand(first - newest + 1)
    month = newest[row] + position
    closing = np.nan_to_num(-credits_.closed[chosen] / DAYS_PER_MONTH, nan=-1.0)[row]
    n = len(row)
    unknown = rng.random(n) < rng.beta(0.45, 0.62, len(chosen))[row]
    stress = clients.stress[owner[row], month]
    lost = credits_.written_off[chosen][row]
    late = rng.random(n) < logistic(-4.5 + 1.25 * stress)
    deep = rng.random(n)
    level = np.where(late, np.select([deep < 0.88, deep < 0.94, deep < 0.96, deep < 0.97], [1, 2, 3, 4], 5), 0)
    level = np.where(lost & (position < 12), 5, level)
    # Codes in the order of the levels below: 0 to 5, then C and X.
    index = np.where(unknown, 7, level)
    index = np.where(month < closing, 6, index).astype(np.int64)
    return {
        "SK_ID_BUREAU": np.asarray(credits_.rows["SK_ID_BUREAU"])[chosen][row],
        "MONTHS_BALANCE": -month,
        "STATUS": Codes(index, ("0", "1", "2", "3", "4", "5", "C", "X")),
    }
