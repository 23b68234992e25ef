"""Rules of the applications.

Flags added: ``DAYS_EMPLOYED_NONE`` (no employment: pensioners and the unemployed; missing where the days are missing or
impossible), ``OWN_CAR_AGE_CODED`` (car age 64 or 65), ``AMT_INCOME_TOTAL_CAPPED``, ``DAYS_LAST_PHONE_CHANGE_NEVER``;
each 1 or 0, Int64.
"""

from __future__ import annotations

import narwhals as nw

from scoring.data.cleaning.rules import (
    Rule,
    any_of,
    codes_to_missing,
    emptied,
    equals,
    flagged,
    left_missing,
    replaced,
    yes,
)
from scoring.data.tables.application_columns import HOUSING_MEASURES, NONE_DAYS

_TABLE = "application"
INCOME_CAP = 10_000_000.0
"""Seventy times the median income; the published tables hold a handful above it, one of 117,000,000."""
ENQUIRIES_CAP = 100.0

_no_job = equals("DAYS_EMPLOYED", NONE_DAYS)
# Days that are missing say neither: a table whose 365243 were emptied before does not say that everybody has a job.
_job_flag = (
    nw.when(_no_job)
    .then(nw.lit(1))
    .when(yes(nw.col("DAYS_EMPLOYED") <= 0))
    .then(nw.lit(0))
    .cast(nw.Int64)
    .alias("DAYS_EMPLOYED_NONE")
)
_old_car = yes((nw.col("OWN_CAR_AGE") >= 64) & (nw.col("OWN_CAR_AGE") <= 65))
_rich = yes(nw.col("AMT_INCOME_TOTAL") > INCOME_CAP)
_same_phone = equals("DAYS_LAST_PHONE_CHANGE", 0)
_future = {
    column: yes(nw.col(column) > 0)
    for column in (
        "DAYS_BIRTH",
        "DAYS_EMPLOYED",
        "DAYS_REGISTRATION",
        "DAYS_ID_PUBLISH",
        "DAYS_LAST_PHONE_CHANGE",
    )
}
_SAYS_SOMETHING = frozenset({"DAYS_EMPLOYED", "DAYS_LAST_PHONE_CHANGE"})
"""Days whose absence is a fact; an impossible one must not become it."""
_crowded = {
    column: yes(nw.col(column) > ENQUIRIES_CAP)
    for column in (
        "OBS_30_CNT_SOCIAL_CIRCLE",
        "DEF_30_CNT_SOCIAL_CIRCLE",
        "OBS_60_CNT_SOCIAL_CIRCLE",
        "DEF_60_CNT_SOCIAL_CIRCLE",
        "AMT_REQ_CREDIT_BUREAU_QRT",
    )
}

RULES: tuple[Rule, ...] = (
    Rule(
        "employment_none",
        _TABLE,
        ("DAYS_EMPLOYED",),
        "DAYS_EMPLOYED holds 365243 days (a thousand years) for clients without employment.",
        "Read it as missing, and keep the fact in DAYS_EMPLOYED_NONE.",
        _no_job,
        (emptied("DAYS_EMPLOYED", _no_job), _job_flag),
    ),
    Rule(
        "dates_in_future",
        _TABLE,
        tuple(_future),
        "A day that must lie before the application lies after it.",
        "Read it as missing; where a missing day would say something of its own (no job, phone never changed), leave "
        "it: it lies outside what training saw, a person looks, and it is told as refused.",
        any_of(_future.values()),
        tuple(emptied(column, hit) for column, hit in _future.items() if column not in _SAYS_SOMETHING),
        dict.fromkeys(_future, (None, 0)),
    ),
    codes_to_missing(
        "gender_unknown", _TABLE, ("CODE_GENDER",), ("XNA",), problem="CODE_GENDER is XNA for a few clients."
    ),
    codes_to_missing(
        "organization_none",
        _TABLE,
        ("ORGANIZATION_TYPE",),
        ("XNA",),
        problem="ORGANIZATION_TYPE is XNA for everyone without employment.",
    ),
    codes_to_missing(
        "family_unknown",
        _TABLE,
        ("NAME_FAMILY_STATUS",),
        ("Unknown",),
        problem="NAME_FAMILY_STATUS is Unknown for a few clients.",
    ),
    Rule(
        "car_age_coded",
        _TABLE,
        ("OWN_CAR_AGE",),
        "OWN_CAR_AGE has a spike at 64 and 65 years with nothing between 50 and 63: a code, not an age.",
        "Read it as missing, and keep the fact in OWN_CAR_AGE_CODED.",
        _old_car,
        (emptied("OWN_CAR_AGE", _old_car), flagged("OWN_CAR_AGE_CODED", _old_car)),
    ),
    Rule(
        "income_capped",
        _TABLE,
        ("AMT_INCOME_TOTAL",),
        "AMT_INCOME_TOTAL reaches 117,000,000, most likely typed with zeros too many.",
        "Cap at 10,000,000, and keep the fact in AMT_INCOME_TOTAL_CAPPED.",
        _rich,
        (replaced("AMT_INCOME_TOTAL", _rich, INCOME_CAP), flagged("AMT_INCOME_TOTAL_CAPPED", _rich)),
        {"AMT_INCOME_TOTAL": (None, INCOME_CAP)},
    ),
    Rule(
        "phone_never_changed",
        _TABLE,
        ("DAYS_LAST_PHONE_CHANGE",),
        "DAYS_LAST_PHONE_CHANGE is 0 for an eighth of clients: never, rather than today.",
        "Read it as missing, and keep the fact in DAYS_LAST_PHONE_CHANGE_NEVER.",
        _same_phone,
        (
            emptied("DAYS_LAST_PHONE_CHANGE", _same_phone),
            flagged("DAYS_LAST_PHONE_CHANGE_NEVER", _same_phone),
        ),
    ),
    Rule(
        "city_rating_unknown",
        _TABLE,
        ("REGION_RATING_CLIENT_W_CITY",),
        "REGION_RATING_CLIENT_W_CITY is -1 in the test set.",
        "Read it as missing.",
        equals("REGION_RATING_CLIENT_W_CITY", -1),
        (emptied("REGION_RATING_CLIENT_W_CITY", equals("REGION_RATING_CLIENT_W_CITY", -1)),),
    ),
    Rule(
        "counts_impossible",
        _TABLE,
        tuple(_crowded),
        "Counts of acquaintances or enquiries above a hundred (348 acquaintances, 261 enquiries in a quarter).",
        "Read them as missing.",
        any_of(_crowded.values()),
        tuple(emptied(column, hit) for column, hit in _crowded.items()),
        dict.fromkeys(_crowded, (None, ENQUIRIES_CAP)),
    ),
    left_missing(
        "external_scores_missing",
        _TABLE,
        ("EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"),
        problem="The external scores, by far the strongest predictors, are missing for 56%, 0.2% and 20% of clients.",
        strategy="Leave missing, never impute: every model has a bin of its own for missing.",
    ),
    left_missing(
        "building_missing",
        _TABLE,
        tuple(f"{measure}_AVG" for measure in HOUSING_MEASURES),
        problem="The building block is missing for 47 to 70% of clients, in three near copies of each measure.",
        strategy="Leave missing; keep the _AVG copy for features, the _MODE and _MEDI copies add nothing.",
    ),
    left_missing(
        "amounts_missing",
        _TABLE,
        ("AMT_ANNUITY", "AMT_GOODS_PRICE", "CNT_FAM_MEMBERS"),
        problem="A few applications lack annuity, goods price or family size.",
        strategy="Leave missing; ratios with them are missing too.",
    ),
)
