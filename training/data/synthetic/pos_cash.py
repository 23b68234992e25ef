"""Monthly balances of point-of-sale and cash credits."""

from __future__ import annotations

import numpy as np

from training.data.synthetic.columns import Codes, Rows, expand, with_missing
from training.data.synthetic.latents import MONTHS, Clients
from training.data.synthetic.marginals import logistic
from training.data.synthetic.previous import Previous, granted_credits


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
        "SK_ID_CURR": ids[owner_of][credit],
        "MONTHS_BALANCE": -month,
        "CNT_INSTALMENT": with_missing(total, none),
        "CNT_INSTALMENT_FUTURE": with_missing(left, none),
        "NAME_CONTRACT_STATUS": status,
        "SK_DPD": dpd.astype(np.int64),
        "SK_DPD_DEF": np.where(late, np.minimum(dpd, 120), 0).astype(np.int64),
    }
