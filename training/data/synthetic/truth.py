"""The true probability of default: a known additive function of quantities of the raw tables as written.

    log-odds = INTERCEPT + sum of shapes of one quantity + sum of levels of one category + sum of pair effects

Each quantity is what a reader of the eight tables can compute, from the values in the files (rounded,
damaged, missing and all), so that nothing about a client's risk is hidden from a model that reads everything.
What is left is chance: TARGET is drawn with that probability. The latent traits act only through the tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.data.tables.application_columns import NONE_DAYS
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Integers, Reals
from training.data.synthetic.columns import Rows, codes, floats
from training.data.synthetic.marginals import logistic

INTERCEPT = -3.17


@dataclass(frozen=True)
class Shape:
    """A piecewise linear function of one quantity, flat outside its knots, with a value for missing."""

    knots: tuple[float, ...]
    values: tuple[float, ...]
    missing: float = 0.0

    def at(self, quantity: Reals) -> Reals:
        """Return the log-odds at each value (NaN is missing)."""
        return np.where(np.isnan(quantity), self.missing, np.interp(quantity, self.knots, self.values))


SHAPES: Mapping[str, Shape] = {
    # application
    "ext_source_1": Shape((0.05, 0.25, 0.5, 0.75, 0.95), (0.82, 0.35, -0.04, -0.35, -0.48), 0.04),
    "ext_source_2": Shape((0.0, 0.2, 0.4, 0.6, 0.8), (0.99, 0.52, 0.13, -0.17, -0.6), 0.0),
    "ext_source_3": Shape((0.05, 0.25, 0.45, 0.65, 0.85), (1.08, 0.56, 0.09, -0.35, -0.56), 0.13),
    "age_years": Shape((21, 30, 45, 60), (0.13, 0.1, 0.0, -0.13)),
    "employed_years": Shape((0, 2, 5, 10, 20), (0.24, 0.15, 0.0, -0.16, -0.32), -0.1),
    "credit_per_goods": Shape((1.0, 1.1, 1.2, 1.4), (-0.12, -0.04, 0.1, 0.28)),
    "credit_per_annuity": Shape((8, 12, 18, 22, 30, 36), (-0.32, 0.12, 0.12, 0.09, -0.16, -0.24)),
    "annuity_per_income": Shape((0.05, 0.15, 0.3, 0.5), (-0.1, 0.0, 0.1, 0.16)),
    "car_age": Shape((0, 10, 20, 30), (-0.1, 0.0, 0.1, 0.18), 0.02),
    "id_years": Shape((0, 5, 12), (0.12, 0.01, -0.1)),
    "phone_years": Shape((0, 1, 4, 8), (0.12, 0.09, -0.06, -0.16)),
    "region_rating": Shape((1, 2, 3), (-0.18, 0.0, 0.16)),
    "acquaintances_late": Shape((0, 1, 3), (0.0, 0.1, 0.28)),
    "works_in_other_city": Shape((0, 1), (0.0, 0.09)),
    "document_3": Shape((0, 1), (-0.04, 0.09)),
    # history elsewhere
    "bureau_days_of_last": Shape((-1800, -720, -180, 0), (-0.06, -0.02, 0.04, 0.1), 0.1),
    "bureau_days_mean": Shape((-2000, -1300, -700, -250), (-0.16, -0.05, 0.08, 0.22)),
    "bureau_active": Shape((0, 2, 5, 10), (-0.1, 0.0, 0.12, 0.33)),
    "bureau_debt_share": Shape((0, 0.3, 0.7, 1.0), (-0.23, -0.08, 0.15, 0.34)),
    "bureau_overdue": Shape((0, 1), (0.0, 0.5)),
    "balance_late_share": Shape((0, 0.02, 0.1, 0.3), (-0.06, 0.07, 0.25, 0.4)),
    # history here
    "refused_share": Shape((0, 0.2, 0.5, 1.0), (-0.13, 0.06, 0.25, 0.4)),
    "down_payment_share": Shape((0, 0.05, 0.12, 0.25), (0.09, 0.02, -0.08, -0.2)),
    "instalments_late_share": Shape((0, 0.05, 0.2, 0.5), (-0.22, -0.04, 0.29, 0.61), 0.06),
    "instalments_days_early": Shape((-5, 2, 10, 25), (0.25, 0.08, -0.07, -0.16)),
    "instalments_paid_share": Shape((0.6, 0.85, 0.97, 1.0), (0.41, 0.16, 0.0, -0.07)),
    "pos_late_share": Shape((0, 0.02, 0.1), (-0.03, 0.08, 0.22)),
    "card_use": Shape((0, 0.3, 0.8, 1.1), (-0.2, -0.05, 0.38, 0.6)),
}
"""Quantity to log-odds."""

LEVELS: Mapping[str, Mapping[str, float]] = {
    "CODE_GENDER": {"M": 0.2},
    "NAME_EDUCATION_TYPE": {"Higher education": -0.24, "Academic degree": -0.6, "Lower secondary": 0.2},
    "NAME_INCOME_TYPE": {"Working": 0.08, "State servant": -0.15, "Unemployed": 0.9, "Maternity leave": 0.9},
    "OCCUPATION_TYPE": {
        "Accountants": -0.25, "Core staff": -0.12, "Managers": -0.06, "Laborers": 0.1, "Drivers": 0.14,
        "Sales staff": 0.06, "Cooking staff": 0.12, "Low-skill Laborers": 0.4, "Security staff": 0.1,
    },
    "NAME_CONTRACT_TYPE": {"Revolving loans": -0.25},
    "NAME_FAMILY_STATUS": {"Single / not married": 0.06, "Civil marriage": 0.08, "Widow": -0.05},
    "FLAG_OWN_CAR": {"Y": -0.1},
}  # fmt: skip
"""Category to log-odds; other levels, and missing, count 0."""

PAIRS: Mapping[str, tuple[tuple[str, Shape], tuple[str, Shape]]] = {
    # Two weak external scores together are worse than their sum.
    "ext_source_2:ext_source_3": (
        ("ext_source_2", Shape((0.1, 0.5), (1.0, 0.0))),
        ("ext_source_3", Shape((0.1, 0.5), (0.7, 0.0))),
    ),
    # Being late matters more where the new annuity takes much of the income.
    "instalments_late_share:annuity_per_income": (
        ("instalments_late_share", Shape((0.05, 0.4), (0.0, 1.0))),
        ("annuity_per_income", Shape((0.1, 0.35), (-0.2, 0.5))),
    ),
    # Debt elsewhere matters more for those refused here.
    "bureau_debt_share:refused_share": (
        ("bureau_debt_share", Shape((0.3, 1.0), (0.0, 1.0))),
        ("refused_share", Shape((0.0, 0.6), (-0.05, 0.45))),
    ),
}
"""Two quantities to the product of a shape of each."""


def quantities(application: Rows, histories: Mapping[str, Rows]) -> dict[str, Reals]:
    """Compute the quantities that the true risk depends on, from the tables as written.

    Parameters
    ----------
    application
        The applications; clients in the order of SK_ID_CURR.
    histories
        The six history tables of these clients (rows of other clients are passed over).

    Returns
    -------
    dict
        Quantity by name, shape (clients,), NaN where a client lacks it.
    """
    ids = np.asarray(application[ID_COLUMN])
    out = _of_application(application)
    out |= _of_bureau(ids, histories["bureau"], histories["bureau_balance"])
    out |= _of_previous(ids, histories["previous_application"])
    out |= _of_payments(ids, histories["installments_payments"])
    out |= _of_months(ids, histories["POS_CASH_balance"], histories["credit_card_balance"])
    return out


def _of_application(rows: Rows) -> dict[str, Reals]:
    employed = floats(rows, "DAYS_EMPLOYED")
    credit, annuity = floats(rows, "AMT_CREDIT"), floats(rows, "AMT_ANNUITY")
    return {
        **{f"ext_source_{i}": floats(rows, f"EXT_SOURCE_{i}") for i in (1, 2, 3)},
        "age_years": floats(rows, "DAYS_BIRTH") / -365.25,
        "employed_years": np.where(employed == NONE_DAYS, np.nan, employed / -365.25),
        "credit_per_goods": credit / floats(rows, "AMT_GOODS_PRICE"),
        "credit_per_annuity": credit / annuity,
        "annuity_per_income": annuity / floats(rows, "AMT_INCOME_TOTAL"),
        "car_age": floats(rows, "OWN_CAR_AGE"),
        "id_years": floats(rows, "DAYS_ID_PUBLISH") / -365.25,
        "phone_years": floats(rows, "DAYS_LAST_PHONE_CHANGE") / -365.25,
        "region_rating": floats(rows, "REGION_RATING_CLIENT_W_CITY"),
        "acquaintances_late": floats(rows, "DEF_30_CNT_SOCIAL_CIRCLE"),
        "works_in_other_city": floats(rows, "REG_CITY_NOT_WORK_CITY"),
        "document_3": floats(rows, "FLAG_DOCUMENT_3"),
    }


def _of_bureau(ids: Integers, bureau: Rows, balance: Rows) -> dict[str, Reals]:
    n, owner, retained = _owners(ids, np.asarray(bureau[ID_COLUMN]))
    active = codes(bureau, "CREDIT_ACTIVE").equals("Active")[retained]
    opened = floats(bureau, "DAYS_CREDIT")[retained]
    debt = np.maximum(np.nan_to_num(floats(bureau, "AMT_CREDIT_SUM_DEBT"))[retained], 0)
    credit = np.nan_to_num(floats(bureau, "AMT_CREDIT_SUM"))[retained]
    late = (floats(bureau, "CREDIT_DAY_OVERDUE")[retained] > 0) & active
    last = np.full(n, -np.inf)
    np.maximum.at(last, owner, opened)
    known = np.bincount(owner, minlength=n) > 0
    # Months hang on a credit, credits on a client: ids of a block's credits are consecutive.
    credit_ids = np.asarray(bureau["SK_ID_BUREAU"])
    order = np.argsort(credit_ids)
    place = order[np.searchsorted(credit_ids[order], np.asarray(balance["SK_ID_BUREAU"]))]
    whole_owner = np.searchsorted(ids, np.asarray(bureau[ID_COLUMN]))[place]
    ours = np.isin(np.asarray(bureau[ID_COLUMN]), ids)[place]
    status = codes(balance, "STATUS")
    level = np.asarray([{"X": -1, "C": 0}.get(name, int(name) if name.isdigit() else -1) for name in status.levels])
    value = level[status.index[ours]]
    months = np.bincount(whole_owner[ours], weights=value >= 0, minlength=n)
    bad = np.bincount(whole_owner[ours], weights=value >= 1, minlength=n)
    return {
        "bureau_days_of_last": np.where(known, last, np.nan),
        "bureau_days_mean": _ratio(np.bincount(owner, weights=opened, minlength=n), np.bincount(owner, minlength=n)),
        "bureau_active": np.where(known, np.bincount(owner, weights=active, minlength=n), np.nan),
        "bureau_debt_share": _ratio(
            np.bincount(owner, weights=debt * active, minlength=n),
            np.bincount(owner, weights=credit * active, minlength=n),
        ),
        "bureau_overdue": np.where(known, np.bincount(owner, weights=late, minlength=n) > 0, np.nan),
        "balance_late_share": _ratio(bad, months),
    }


def _of_previous(ids: Integers, previous: Rows) -> dict[str, Reals]:
    n, owner, retained = _owners(ids, np.asarray(previous[ID_COLUMN]))
    status = codes(previous, "NAME_CONTRACT_STATUS")
    # An entry that another of the same contract replaced was no refusal of the client.
    last = codes(previous, "FLAG_LAST_APPL_PER_CONTRACT").equals("Y")
    last &= floats(previous, "NFLAG_LAST_APPL_IN_DAY") == 1
    refused = np.bincount(owner, weights=(status.equals("Refused") & last)[retained], minlength=n)
    approved = np.bincount(owner, weights=status.equals("Approved")[retained], minlength=n)
    rate = floats(previous, "RATE_DOWN_PAYMENT")[retained]
    stated = ~np.isnan(rate)
    return {
        "refused_share": _ratio(refused, refused + approved),
        "down_payment_share": _ratio(
            np.bincount(owner, weights=np.nan_to_num(rate), minlength=n),
            np.bincount(owner, weights=stated, minlength=n),
        ),
    }


def _of_payments(ids: Integers, payments: Rows) -> dict[str, Reals]:
    n, owner, retained = _owners(ids, np.asarray(payments[ID_COLUMN]))
    due, entry = floats(payments, "DAYS_INSTALMENT")[retained], floats(payments, "DAYS_ENTRY_PAYMENT")[retained]
    recent = due >= -730
    late = np.isnan(entry) | (entry > due)
    paid = ~np.isnan(entry)
    early = np.where(paid, due - entry, 0.0)
    owed = floats(payments, "AMT_INSTALMENT")[retained]
    amount = np.nan_to_num(floats(payments, "AMT_PAYMENT")[retained])
    count = lambda weights: np.bincount(owner, weights=weights, minlength=n)  # noqa: E731
    return {
        "instalments_late_share": _ratio(count(late & recent), count(recent)),
        "instalments_days_early": _ratio(count(early), count(paid)),
        "instalments_paid_share": _ratio(count(amount), count(owed)),
    }


def _of_months(ids: Integers, pos: Rows, cards: Rows) -> dict[str, Reals]:
    n, owner, retained = _owners(ids, np.asarray(pos[ID_COLUMN]))
    late = floats(pos, "SK_DPD_DEF")[retained] > 0
    pos_late = _ratio(np.bincount(owner, weights=late, minlength=n), np.bincount(owner, minlength=n).astype(float))
    _, owner, retained = _owners(ids, np.asarray(cards[ID_COLUMN]))
    limit = floats(cards, "AMT_CREDIT_LIMIT_ACTUAL")[retained]
    counted = (floats(cards, "MONTHS_BALANCE")[retained] >= -12) & (limit > 0)
    use = np.where(counted, floats(cards, "AMT_BALANCE")[retained] / np.maximum(limit, 1), 0.0)
    card_use = _ratio(np.bincount(owner, weights=use, minlength=n), np.bincount(owner, weights=counted, minlength=n))
    return {"pos_late_share": pos_late, "card_use": card_use}


def _owners(ids: Integers, rows: Integers) -> tuple[int, Integers, Integers]:
    """Return the number of clients, each kept row's client, and which rows are of these clients."""
    place = np.minimum(np.searchsorted(ids, rows), len(ids) - 1)
    retained = np.flatnonzero(ids[place] == rows)
    return len(ids), place[retained], retained


def _ratio(a: Reals | Integers, b: Reals | Integers) -> Reals:
    return np.where(b > 0, a / np.where(b > 0, b, 1.0), np.nan)


def terms(application: Rows, amounts: Mapping[str, Reals]) -> dict[str, Reals]:
    """Return each term's log-odds, shape (clients,), by name: shapes, then levels, then pairs."""
    out = {name: shape.at(amounts[name]) for name, shape in SHAPES.items()}
    for name, values in LEVELS.items():
        column = codes(application, name)
        table = np.asarray([*(values.get(level, 0.0) for level in column.levels), 0.0])
        out[name.lower()] = table[column.index]
    for name, ((a, of_a), (b, of_b)) in PAIRS.items():
        out[name] = of_a.at(amounts[a]) * of_b.at(amounts[b])
    return out


def truth(application: Rows, histories: Mapping[str, Rows]) -> Rows:
    """Return SK_ID_CURR, log_odds, pd and every term of each client of a block."""
    values = terms(application, quantities(application, histories))
    log_odds = INTERCEPT + np.sum(np.stack(list(values.values())), axis=0)
    return {ID_COLUMN: application[ID_COLUMN], "log_odds": log_odds, "pd": logistic(log_odds), **values}
