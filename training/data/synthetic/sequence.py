"""The columns of the main table as they are drawn: in what order, and by which quantities.

Some published columns follow from others (a car's age is there only with a car; the price of the goods sets the
credit). What is drawn, and what the summary statistics are made of, are the quantities here; `application` turns them
into the columns as published.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from scoring.data.tables.application_columns import HOUSING_MEASURES
from scoring.model.arrays import Reals

CATEGORIES = (
    "NAME_CONTRACT_TYPE", "CODE_GENDER", "NAME_INCOME_TYPE", "ORGANIZATION_TYPE", "OCCUPATION_TYPE",
    "NAME_EDUCATION_TYPE", "NAME_FAMILY_STATUS", "FLAG_OWN_CAR", "FLAG_OWN_REALTY", "NAME_HOUSING_TYPE", "REGION",
    "ELSEWHERE", "WEEKDAY_APPR_PROCESS_START", "NAME_TYPE_SUITE", "PHONES", "DOCUMENTS", "UNKNOWN",
    "EXT_SOURCE_1_NONE", "FONDKAPREMONT_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE", "EMERGENCYSTATE_MODE",
    "BUILDING", *(f"{measure}_SAME" for measure in HOUSING_MEASURES),
)  # fmt: skip
"""Drawn as levels; REGION, ELSEWHERE, PHONES, DOCUMENTS and UNKNOWN are several columns' values joined by ``|``."""

REGION = ("REGION_POPULATION_RELATIVE", "REGION_RATING_CLIENT", "REGION_RATING_CLIENT_W_CITY")
ELSEWHERE = (
    "REG_REGION_NOT_LIVE_REGION", "REG_REGION_NOT_WORK_REGION", "LIVE_REGION_NOT_WORK_REGION",
    "REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY", "LIVE_CITY_NOT_WORK_CITY",
)  # fmt: skip
PHONES = ("FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL")
DOCUMENTS = tuple(f"FLAG_DOCUMENT_{i}" for i in (3, 5, 6, 8, 9, 11, 13, 14, 16, 18))
UNKNOWN = ("AMT_REQ_CREDIT_BUREAU_YEAR", "EXT_SOURCE_3")
"""Where an enquiry count and the third external score are missing, as ``1`` and ``0``."""
BUILDING = (
    *(f"{measure}_AVG" for measure in HOUSING_MEASURES), "TOTALAREA_MODE", "FONDKAPREMONT_MODE", "HOUSETYPE_MODE",
    "WALLSMATERIAL_MODE", "EMERGENCYSTATE_MODE",
)  # fmt: skip
"""Which facts of the building are missing, as ``1`` and ``0``."""
MISSING = frozenset({"UNKNOWN", "BUILDING"})
"""Joined columns that tell what is missing, not what it is."""
JOINED: Mapping[str, tuple[str, ...]] = {
    "REGION": REGION, "ELSEWHERE": ELSEWHERE, "PHONES": PHONES, "DOCUMENTS": DOCUMENTS, "UNKNOWN": UNKNOWN,
    "BUILDING": BUILDING,
}  # fmt: skip

ORDER = (
    "NAME_CONTRACT_TYPE", "CODE_GENDER", "DAYS_BIRTH", "NAME_INCOME_TYPE", "ORGANIZATION_TYPE", "DAYS_EMPLOYED",
    "OCCUPATION_TYPE", "NAME_EDUCATION_TYPE", "NAME_FAMILY_STATUS", "CNT_CHILDREN", "REGION", "AMT_INCOME_TOTAL",
    "FLAG_OWN_CAR", "OWN_CAR_AGE", "FLAG_OWN_REALTY", "NAME_HOUSING_TYPE", "ELSEWHERE", "HOUR_APPR_PROCESS_START",
    "WEEKDAY_APPR_PROCESS_START", "ID_AGE", "DAYS_REGISTRATION", "AMT_GOODS_PRICE", "CREDIT_PER_GOODS",
    "CREDIT_PER_ANNUITY", "NAME_TYPE_SUITE", "DOCUMENTS", "PHONES", "DAYS_LAST_PHONE_CHANGE", "UNKNOWN",
    "EXT_SOURCE_2", "EXT_SOURCE_3", "EXT_SOURCE_1_NONE", "EXT_SOURCE_1", "OBS_30_CNT_SOCIAL_CIRCLE",
    "DEF_30_CNT_SOCIAL_CIRCLE", "OBS_60_CNT_SOCIAL_CIRCLE", "DEF_60_CNT_SOCIAL_CIRCLE",
    *(f"AMT_REQ_CREDIT_BUREAU_{span}" for span in ("YEAR", "QRT", "MON", "WEEK", "DAY", "HOUR")),
    "BUILDING", "EMERGENCYSTATE_MODE", "TOTALAREA_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE",
    "FONDKAPREMONT_MODE",
    *(
        name
        for measure in (
            "FLOORSMAX", "YEARS_BEGINEXPLUATATION", "LIVINGAREA", "APARTMENTS", "ENTRANCES", "ELEVATORS",
            "NONLIVINGAREA", "BASEMENTAREA", "LANDAREA", "YEARS_BUILD", "FLOORSMIN", "LIVINGAPARTMENTS",
            "COMMONAREA", "NONLIVINGAPARTMENTS",
        )
        for name in (f"{measure}_AVG", f"{measure}_SAME", f"{measure}_MODE", f"{measure}_MEDI")
    ),
)  # fmt: skip
"""What is drawn, each given those before it."""

FROM_ONE = frozenset({"YEARS_BEGINEXPLUATATION", "YEARS_BUILD"})
"""Measures whose three forms are near copies in their distance from 1 instead of 0."""
NEAR = 2.5e-4
"""Largest difference of two forms that count as copies: the rounding of both to four decimals."""
EXT_SOURCE_3_STEP, EXT_SOURCE_3_START = 0.007212588, -0.00291194
"""The third external score takes values on a grid of log-odds."""


def copied(measure: str, average: Reals, factor: float) -> Reals:
    """Return the form of a building's measure that is a copy of its average, up to the form's own unit."""
    value = 1.0 - (1.0 - average) * factor if measure in FROM_ONE else average * factor
    return np.round(np.clip(value, 0.0, 1.0), 4)


def on_external_grid(value: Reals) -> Reals:
    """Return the third external score's nearest published values."""
    odds = np.log(value / (1.0 - value))
    step = np.round((odds - EXT_SOURCE_3_START) / EXT_SOURCE_3_STEP)
    return 1.0 / (1.0 + np.exp(-(step * EXT_SOURCE_3_STEP + EXT_SOURCE_3_START)))
