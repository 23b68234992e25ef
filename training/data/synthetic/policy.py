"""A past granting policy: which applicants the lender had refused, so that no outcome of theirs was ever seen.

The rule of the old days: an old scorecard that knew a few of what the risk depends on, and a clerk's judgement beside
it, which no table holds. So whom the policy refused is partly explained by the tables (missing at random) and partly
not, as with a real lender. The true risk itself plays no part beyond the terms that the old scorecard knew.

With the policy on, refused applicants are not in application_train; their applications, without an outcome, are in
``refused.parquet``, and what the lender knew of them stays in the history tables. application_test stays as it is: it
holds those who apply, whom the policy would grant or refuse. The clients, their true risks and the outcomes of the
granted are the same, byte for byte, as with the policy off: the two portfolios differ by the refused alone, so that
what a model loses by seeing the granted only can be measured (``truth.parquet`` holds the true risk of all).
"""

from __future__ import annotations

import numpy as np

from scoring.model.arrays import Flags
from training.data.synthetic.columns import Rows, floats

REFUSED = "refused"
"""Stem of the file with the applications of the refused."""
KNOWN = (
    "ext_source_2",
    "ext_source_3",
    "age_years",
    "employed_years",
    "annuity_per_income",
    "refused_share",
    "bureau_overdue",
)
"""Terms of the true risk that the old scorecard knew."""
JUDGEMENT = 0.45
"""Standard deviation of the clerk's judgement, in log-odds; that of the old scorecard is about 0.64."""
CUTOFF = 0.65
"""Refused above it, in log-odds; about a fifth of the applicants, as in the published earlier applications."""


def refused(rng: np.random.Generator, truth: Rows) -> Flags:
    """Return which clients the policy refuses, shape (clients,).

    Parameters
    ----------
    rng
        Of the clerk's judgement: one draw a client.
    truth
        The terms of the true risk of each client of a block.
    """
    score = np.sum(np.stack([floats(truth, name) for name in KNOWN]), axis=0)
    return score + JUDGEMENT * rng.standard_normal(len(score)) > CUTOFF
