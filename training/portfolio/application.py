"""The applications: every published column but TARGET, from the latent scores."""

from __future__ import annotations

import numpy as np

from scoring.tables.application_columns import HOUSING_MEASURES, NONE_DAYS
from training.portfolio.columns import Bools, Codes, Floats, Rows, on_grid, with_missing
from training.portfolio.latents import Clients
from training.portfolio.marginals import application_levels, application_number, calibration, probability

_TEST_ONLY_DOCUMENTS = {"3", "5", "6", "7", "8", "9", "11", "18"}
"""FLAG_DOCUMENT_ columns that the test set holds; the others are 0 there."""


def draw_applications(rng: np.random.Generator, clients: Clients, ids: np.ndarray, test: Bools) -> Rows:
    """Draw the applications of a block.

    Parameters
    ----------
    rng
        Source of what the latents do not decide.
    clients
        The latent side.
    ids
        SK_ID_CURR.
    test
        Which clients belong to application_test.

    Returns
    -------
    Rows
        All columns of application_test, one row a client.
    """
    rows: Rows = {"SK_ID_CURR": ids.astype(np.int64)}
    _person(rng, clients, rows)
    _credit(rng, clients, test, rows)
    _contact(rng, clients, rows)
    _place(rng, clients, rows)
    _external(rng, clients, test, rows)
    _building(rng, clients, rows)
    _documents(rng, clients, test, rows)
    return rows


def _level(clients: Clients, name: str, without: tuple[str, ...] = ()) -> Codes:
    return application_levels(name, without).at(clients.u(name))


def _mixed(rng: np.random.Generator, clients: Clients, name: str) -> Floats:
    return application_number(name).mixed(clients.u(name), rng.random(len(clients)))


def _days(clients: Clients, name: str) -> Floats:
    return np.round(np.minimum(application_number(name).at(clients.u(name)), 0))


def _flag(rng: np.random.Generator, clients: Clients, name: str) -> np.ndarray:
    u = clients.u(name) if name in clients.scores else rng.random(len(clients))
    return application_levels(name).numbers_at(u).astype(np.int64)


def _person(rng: np.random.Generator, clients: Clients, rows: Rows) -> None:
    size = len(clients)
    birth = np.clip(application_number("DAYS_BIRTH").at(clients.u("DAYS_BIRTH")), -25_200, -7_480).round()
    years = -birth / 365.25
    shares = calibration()["application"]["no_employment_by_age"]
    ages = np.asarray([float(age) + 2.5 for age in shares])
    jobless = rng.random(size) < np.interp(years, ages, np.asarray(list(shares.values())))
    employed = np.minimum(_days(clients, "DAYS_EMPLOYED"), -1)
    # Nobody worked as a child: a job is at most as long as the years since sixteen.
    employed = np.maximum(employed, np.minimum(birth + 16 * 365, -30))
    income_type = _level(clients, "NAME_INCOME_TYPE", ("Pensioner",))
    pension = Codes.from_choice({"Pensioner": jobless, "Unemployed": jobless & (rng.random(size) < 0.0006)})
    names = (*income_type.levels, "Pensioner", "Unemployed", "Businessman", "Student", "Maternity leave")
    index = income_type.index.copy()
    index[jobless] = len(income_type.levels) + pension.index[jobless]
    rare = ~jobless & (rng.random(size) < 1.3e-4)
    index[rare] = len(income_type.levels) + rng.integers(2, 5, rare.sum())
    organization = _level(clients, "ORGANIZATION_TYPE", ("XNA",))
    occupation = _level(clients, "OCCUPATION_TYPE")
    family = _level(clients, "NAME_FAMILY_STATUS")
    children = application_levels("CNT_CHILDREN").numbers_at(clients.u("CNT_CHILDREN"))
    couple = family.equals("Married") | family.equals("Civil marriage")
    own_car = _level(clients, "FLAG_OWN_CAR")
    car_age = np.round(np.clip(application_number("OWN_CAR_AGE").at(clients.u("OWN_CAR_AGE")), 0, 45))
    rows |= {
        "CODE_GENDER": _level(clients, "CODE_GENDER"),
        "FLAG_OWN_CAR": own_car,
        "FLAG_OWN_REALTY": _level(clients, "FLAG_OWN_REALTY"),
        "CNT_CHILDREN": children.astype(np.int64),
        "NAME_INCOME_TYPE": Codes(index, names),
        "NAME_EDUCATION_TYPE": _level(clients, "NAME_EDUCATION_TYPE"),
        "NAME_FAMILY_STATUS": family,
        "NAME_HOUSING_TYPE": _level(clients, "NAME_HOUSING_TYPE"),
        "DAYS_BIRTH": birth.astype(np.int64),
        "DAYS_EMPLOYED": np.where(jobless, NONE_DAYS, employed).astype(np.int64),
        "DAYS_REGISTRATION": np.maximum(_days(clients, "DAYS_REGISTRATION"), birth + 1),
        "DAYS_ID_PUBLISH": np.maximum(_days(clients, "DAYS_ID_PUBLISH"), birth + 1).astype(np.int64),
        "OWN_CAR_AGE": with_missing(car_age, ~own_car.equals("Y")),
        "OCCUPATION_TYPE": Codes(
            np.where(jobless | (rng.random(size) < 0.158), -1, occupation.index), occupation.levels
        ),
        "CNT_FAM_MEMBERS": children + np.where(couple, 2.0, 1.0),
        "ORGANIZATION_TYPE": Codes(
            np.where(jobless, len(organization.levels), organization.index), (*organization.levels, "XNA")
        ),
    }


def _credit(rng: np.random.Generator, clients: Clients, test: Bools, rows: Rows) -> None:
    size = len(clients)
    income = _mixed(rng, clients, "AMT_INCOME_TOTAL")
    rows["AMT_INCOME_TOTAL"] = np.maximum(on_grid(income, 450), 25_650)
    contract = _level(clients, "NAME_CONTRACT_TYPE")
    revolving = contract.equals("Revolving loans") & (~test | (rng.random(size) < 0.1))
    goods = np.maximum(on_grid(_mixed(rng, clients, "AMT_GOODS_PRICE"), 4_500), 40_500)
    goods = np.where(revolving, np.maximum(np.round(0.6 * goods / 45_000) * 45_000, 135_000), goods)
    load = np.maximum(_mixed(rng, clients, "CREDIT_PER_GOODS"), 1.0)
    duration = np.clip(application_number("CREDIT_PER_ANNUITY").at(clients.u("CREDIT_PER_ANNUITY")), 8.1, 41)
    duration = np.where(revolving, 20.0, duration)
    credit = np.where(revolving, goods, on_grid(goods * load, 4.5))
    rows |= {
        "NAME_CONTRACT_TYPE": Codes.from_choice({"Revolving loans": revolving}, "Cash loans"),
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": on_grid(credit / duration, 4.5),
        "AMT_GOODS_PRICE": with_missing(goods, rng.random(size) < 9e-4),
        "NAME_TYPE_SUITE": _sparse(rng, _level(clients, "NAME_TYPE_SUITE"), np.where(test, 0.017, 0.0043)),
        "WEEKDAY_APPR_PROCESS_START": _level(clients, "WEEKDAY_APPR_PROCESS_START"),
        "HOUR_APPR_PROCESS_START": application_levels("HOUR_APPR_PROCESS_START")
        .numbers_at(clients.u("HOUR_APPR_PROCESS_START"))
        .astype(np.int64),
    }


def _sparse(rng: np.random.Generator, values: Codes, missing: Floats | float) -> Codes:
    return Codes(np.where(rng.random(len(values)) < missing, -1, values.index), values.levels)


def _contact(rng: np.random.Generator, clients: Clients, rows: Rows) -> None:
    days = rows["DAYS_EMPLOYED"]
    changed = np.round(np.minimum(_mixed(rng, clients, "DAYS_LAST_PHONE_CHANGE"), 0))
    rows |= {
        "FLAG_MOBIL": np.ones(len(clients), dtype=np.int64),
        "FLAG_EMP_PHONE": (np.asarray(days) != NONE_DAYS).astype(np.int64) if not isinstance(days, Codes) else days,
        **{name: _flag(rng, clients, name) for name in
           ("FLAG_WORK_PHONE", "FLAG_CONT_MOBILE", "FLAG_PHONE", "FLAG_EMAIL")},
        "DAYS_LAST_PHONE_CHANGE": with_missing(changed, rng.random(len(clients)) < 3e-6),
    }  # fmt: skip


def _place(rng: np.random.Generator, clients: Clients, rows: Rows) -> None:
    size = len(clients)
    rating = application_levels("REGION_RATING_CLIENT").numbers_at(clients.u("REGION_RATING_CLIENT"))
    with_city = np.where(rng.random(size) < 0.02, np.maximum(rating - 1, 1), rating)
    elsewhere = {
        name: _flag(rng, clients, name)
        for name in ("REG_REGION_NOT_WORK_REGION", "REG_CITY_NOT_LIVE_CITY", "REG_CITY_NOT_WORK_CITY")
    }
    rows |= {
        "REGION_POPULATION_RELATIVE": np.round(
            np.clip(_mixed(rng, clients, "REGION_POPULATION_RELATIVE"), 0.00029, 0.072508), 6
        ),
        "REGION_RATING_CLIENT": rating.astype(np.int64),
        "REGION_RATING_CLIENT_W_CITY": with_city.astype(np.int64),
        **elsewhere,
        "REG_REGION_NOT_LIVE_REGION": (rng.random(size) < 0.0155).astype(np.int64),
        "LIVE_REGION_NOT_WORK_REGION": elsewhere["REG_REGION_NOT_WORK_REGION"] * (rng.random(size) < 0.79),
        "LIVE_CITY_NOT_WORK_CITY": elsewhere["REG_CITY_NOT_WORK_CITY"] * (rng.random(size) < 0.78),
    }


def _external(rng: np.random.Generator, clients: Clients, test: Bools, rows: Rows) -> None:
    size = len(clients)
    known = clients.known_elsewhere
    unasked = ~known & (rng.random(size) < 0.96)
    missing = {
        "EXT_SOURCE_1": clients.u("EXT_SOURCE_1_NONE") > np.where(test, 1 - 0.423, 1 - 0.564),
        "EXT_SOURCE_2": rng.random(size) < 0.0021,
        "EXT_SOURCE_3": rng.random(size) < np.where(known, 0.068, 0.976),
    }
    for name, none in missing.items():
        # The published scores end near 0 and 0.96; ten decimals are more than any model can use.
        value = np.clip(_mixed(rng, clients, name), 5e-4, 0.955)
        rows[name] = with_missing(np.round(value, 10), none)
    observed = application_levels("OBS_30_CNT_SOCIAL_CIRCLE").numbers_at(clients.u("OBS_30_CNT_SOCIAL_CIRCLE"))
    defaulted = application_levels("DEF_30_CNT_SOCIAL_CIRCLE").numbers_at(clients.u("DEF_30_CNT_SOCIAL_CIRCLE"))
    observed = np.maximum(observed, defaulted)
    alone = rng.random(size) < 0.0033
    rows |= {
        "OBS_30_CNT_SOCIAL_CIRCLE": with_missing(observed, alone),
        "DEF_30_CNT_SOCIAL_CIRCLE": with_missing(defaulted, alone),
        "OBS_60_CNT_SOCIAL_CIRCLE": with_missing(np.maximum(observed - (rng.random(size) < 0.015), 0), alone),
        "DEF_60_CNT_SOCIAL_CIRCLE": with_missing(np.minimum(defaulted, rng.binomial(5, 0.7, size)), alone),
    }
    for span in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR"):
        name = f"AMT_REQ_CREDIT_BUREAU_{span}"
        u = clients.u(name) if name in clients.scores else rng.random(size)
        rows[name] = with_missing(application_levels(name).numbers_at(u), unasked)


def _building(rng: np.random.Generator, clients: Clients, rows: Rows) -> None:
    size = len(clients)
    # One score decides how much of the block is known: who lacks a common measure lacks the rarer ones too.
    rank = clients.u("BUILDING_NONE")
    for measure in HOUSING_MEASURES:
        number = application_number(f"{measure}_AVG")
        none = rank > 1.0 - number.missing
        score = clients.scores[f"{measure}_AVG"]
        # The three forms share rank and chance: near copies, each with its own common values.
        chance = rng.random(size)
        for form, share, spread in (("AVG", 0.0, 0.0), ("MODE", 0.45, 0.3), ("MEDI", 0.12, 0.1)):
            moved = (score + spread * rng.standard_normal(size)) / np.sqrt(1 + spread**2)
            u = probability(np.where(rng.random(size) < share, moved, score))
            value = np.round(np.clip(_copy(f"{measure}_{form}", u, chance), 0, 1), 4)
            rows[f"{measure}_{form}"] = with_missing(value, none)
    total = application_number("TOTALAREA_MODE")
    area = np.round(np.clip(_mixed(rng, clients, "TOTALAREA_MODE"), 0, 1), 4)
    rows["TOTALAREA_MODE"] = with_missing(area, rank > 1.0 - total.missing)
    for name in ("FONDKAPREMONT_MODE", "HOUSETYPE_MODE", "WALLSMATERIAL_MODE", "EMERGENCYSTATE_MODE"):
        levels = application_levels(name)
        chosen = levels.at(clients.u(name))
        rows[name] = Codes(np.where(rank > 1.0 - levels.missing, -1, chosen.index), chosen.levels)


def _copy(name: str, u: Floats, chance: Floats) -> Floats:
    if name in calibration()["application"]["numbers"]:
        return application_number(name).mixed(u, chance)
    return application_levels(name).numbers_at(u)


def _documents(rng: np.random.Generator, clients: Clients, test: Bools, rows: Rows) -> None:
    rare = {"2": 4e-5, "4": 8e-5, "7": 2e-4, "10": 2e-5, "12": 6e-6, "17": 2.7e-4, "19": 6e-4, "20": 5e-4, "21": 3.3e-4}
    for i in range(2, 22):
        name = f"FLAG_DOCUMENT_{i}"
        if str(i) in rare:
            given = (rng.random(len(clients)) < rare[str(i)]).astype(np.int64)
        else:
            given = _flag(rng, clients, name)
        rows[name] = given if str(i) in _TEST_ONLY_DOCUMENTS else np.where(test, 0, given)


def share_of_test(rng: np.random.Generator, size: int) -> Bools:
    """Return which of a block's clients belong to application_test: 13.68%, as published."""
    return rng.random(size) < 48_744 / 356_255
