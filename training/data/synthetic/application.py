"""The applications: every published column but TARGET, drawn one after the other (`sequence`, `relations`)."""

from __future__ import annotations

import numpy as np

from scoring.data.tables.application_columns import NONE_DAYS
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.arrays import Flags, Reals
from training.data.synthetic.columns import Codes, Rows, on_grid, with_missing
from training.data.synthetic.sample_dependencies import Drawn, NumberRelation, relations
from training.data.synthetic.sequence import ORDER, copied, on_external_grid

# The building that a client lives in: measures known together, each in three nearly equal forms.

_STEPPED = frozenset({"ENTRANCES", "ELEVATORS", "FLOORSMAX", "FLOORSMIN"})
"""Measures whose forms other than the average have few values."""


def draw_building(rng: np.random.Generator, drawn: Drawn) -> Rows:
    """Draw the building of each client, after the columns before it.

    Parameters
    ----------
    rng
        Source of chance.
    drawn
        What was drawn before; the building's columns are added.

    Returns
    -------
    Rows
        The 47 columns of the housing block.
    """
    rows: Rows = {}
    for name in ORDER[ORDER.index("BUILDING") :]:
        measure, _, form = name.rpartition("_")
        if name == "BUILDING":
            drawn.level(rng, name)
            unknown = {part: values == 1 for part, values in drawn.parts(name).items()}
            drawn.numbers |= {f"{part}_NONE": none.astype(np.float64) for part, none in unknown.items()}
        elif form == "AVG" or name == "TOTALAREA_MODE":
            drawn.numbers[name] = np.round(np.clip(drawn.number(rng, name, unknown[name]), 0.0, 1.0), 4)
            rows[name] = drawn.numbers[name]
        elif form == "SAME":
            drawn.level(rng, name)
        elif f"{measure}_AVG" in unknown:
            rows[name] = _other(rng, drawn, measure, form)
        else:
            values = drawn.level(rng, name)
            drawn.levels[name] = Codes(np.where(unknown[name], -1, values.index), values.levels)
            rows[name] = drawn.levels[name]
    return rows


def _other(rng: np.random.Generator, drawn: Drawn, measure: str, form: str) -> Reals:
    """Return the mode or median form: a copy of the average where the two are the same, drawn where not."""
    name = f"{measure}_{form}"
    average = drawn.numbers[f"{measure}_AVG"]
    same = drawn.levels[f"{measure}_SAME"]
    place = 0 if form == "MODE" else 1
    copies: Flags = np.asarray([level[place] == "1" for level in same.levels])[same.index]
    copy = _copy(measure, form, average)
    ratio = drawn.number(rng, name, copies | np.isnan(average))
    moved = np.round(np.clip((copy + 0.01) * ratio - 0.01, 0.0, 1.0), 4)
    return np.where(copies, copy, _stepped(measure, moved))


def _copy(measure: str, form: str, average: Reals) -> Reals:
    """Return the form of the same building: as published where the average is common, otherwise by its unit."""
    known = relations()[1][measure][form]
    copy = copied(measure, average, known["factor"])
    if not known["copies"]:
        return copy
    at = np.asarray([float(value) for value in known["copies"]])
    to = np.asarray(list(known["copies"].values()))
    place = np.minimum(np.searchsorted(at, np.nan_to_num(average) - 1e-6), len(at) - 1)
    return np.where(np.abs(at[place] - average) < 1e-6, to[place], copy)


def _stepped(measure: str, values: Reals) -> Reals:
    """Return the nearest of the average's common values, where a measure has few."""
    relation = relations()[0][f"{measure}_AVG"]
    if measure not in _STEPPED or not isinstance(relation, NumberRelation):
        return values
    # A common value is a step of the distribution function: two knots at one place.
    steps = np.unique(relation.v[1:][np.diff(relation.v) == 0])
    nearest = steps[np.abs(np.nan_to_num(values)[:, None] - steps).argmin(axis=1)]
    return np.where(np.isnan(values), np.nan, nearest)


_TEST_ONLY_DOCUMENTS = {"3", "5", "6", "7", "8", "9", "11", "18"}
"""FLAG_DOCUMENT_ columns that the test set holds; the others are 0 there."""
_RARE_DOCUMENTS = {
    "2": 4e-5, "4": 8e-5, "7": 2e-4, "10": 2e-5, "12": 6e-6, "15": 1.2e-3, "17": 2.7e-4, "19": 6e-4, "20": 5e-4,
    "21": 3.3e-4,
}  # fmt: skip
"""Shares of the documents that hardly anybody gave."""
_NO_JOB = ("Pensioner", "Unemployed")


def draw_applications(rng: np.random.Generator, ids: np.ndarray, test: Flags) -> tuple[Rows, Drawn]:
    """Draw the applications of a block.

    Parameters
    ----------
    rng
        Source of chance.
    ids
        SK_ID_CURR.
    test
        Which clients belong to application_test.

    Returns
    -------
    tuple
        All columns of application_test, one row a client; and what was drawn, from which the traits follow.
    """
    drawn = Drawn(len(ids))
    rows: Rows = {ID_COLUMN: ids.astype(np.int64)}
    _person(rng, drawn, test, rows)
    _credit(rng, drawn, rows)
    _papers(rng, drawn, test, rows)
    _external(rng, drawn, test, rows)
    rows |= draw_building(rng, drawn)
    return rows, drawn


def _plain(values: Codes) -> Codes:
    """Return a category whose level ``(none)`` is missing."""
    if "(none)" not in values.levels:
        return values
    return Codes(np.where(values.equals("(none)"), -1, values.index), values.levels)


def _person(rng: np.random.Generator, drawn: Drawn, test: Flags, rows: Rows) -> None:
    size = drawn.size
    contract = drawn.level(rng, "NAME_CONTRACT_TYPE")
    # Of the clients of application_test a tenth as many ask for a card.
    cash = contract.levels.index("Cash loans")
    contract = Codes(np.where(test & (rng.random(size) > 0.1), cash, contract.index), contract.levels)
    drawn.levels["NAME_CONTRACT_TYPE"] = contract
    gender = drawn.level(rng, "CODE_GENDER")
    birth = np.clip(np.round(drawn.number(rng, "DAYS_BIRTH")), -25_200, -7_480)
    drawn.numbers["DAYS_BIRTH"] = birth
    income_type = _with_rare(rng, drawn.level(rng, "NAME_INCOME_TYPE"))
    jobless = np.logical_or.reduce([income_type.equals(name) for name in _NO_JOB])
    organization = _or_level(drawn.level(rng, "ORGANIZATION_TYPE"), jobless, "XNA")
    drawn.levels["ORGANIZATION_TYPE"] = organization
    employed = np.minimum(np.round(drawn.number(rng, "DAYS_EMPLOYED", jobless)), -1)
    # Nobody worked as a child: a job is at most as long as the years since sixteen.
    employed = np.maximum(employed, np.minimum(birth + 16 * 365, -30))
    drawn.numbers["DAYS_EMPLOYED"] = employed
    occupation = _or_level(drawn.level(rng, "OCCUPATION_TYPE"), jobless, "(none)")
    drawn.levels["OCCUPATION_TYPE"] = occupation
    rows |= {
        "NAME_CONTRACT_TYPE": contract,
        "CODE_GENDER": gender,
        "DAYS_BIRTH": birth.astype(np.int64),
        "NAME_INCOME_TYPE": income_type,
        "ORGANIZATION_TYPE": organization,
        "DAYS_EMPLOYED": np.where(jobless, NONE_DAYS, employed).astype(np.int64),
        "FLAG_MOBIL": np.ones(size, dtype=np.int64),
        "FLAG_EMP_PHONE": (~jobless).astype(np.int64),
        "OCCUPATION_TYPE": _plain(occupation),
        "NAME_EDUCATION_TYPE": drawn.level(rng, "NAME_EDUCATION_TYPE"),
    }
    family = drawn.level(rng, "NAME_FAMILY_STATUS")
    children = _whole(rng, drawn, "CNT_CHILDREN")
    couple = family.equals("Married") | family.equals("Civil marriage")
    region = drawn.level(rng, "REGION")
    place = drawn.parts("REGION")
    income = np.maximum(on_grid(drawn.number(rng, "AMT_INCOME_TOTAL"), 450), 25_650)
    own_car = drawn.level(rng, "FLAG_OWN_CAR")
    rows |= {
        "NAME_FAMILY_STATUS": family,
        "CNT_CHILDREN": children.astype(np.int64),
        "CNT_FAM_MEMBERS": children + np.where(couple, 2.0, 1.0),
        "REGION_POPULATION_RELATIVE": place["REGION_POPULATION_RELATIVE"],
        "REGION_RATING_CLIENT": place["REGION_RATING_CLIENT"].astype(np.int64),
        "REGION_RATING_CLIENT_W_CITY": place["REGION_RATING_CLIENT_W_CITY"].astype(np.int64),
        "AMT_INCOME_TOTAL": income,
        "FLAG_OWN_CAR": own_car,
        "OWN_CAR_AGE": np.round(np.maximum(drawn.number(rng, "OWN_CAR_AGE", ~own_car.equals("Y")), 0)),
        "FLAG_OWN_REALTY": drawn.level(rng, "FLAG_OWN_REALTY"),
        "NAME_HOUSING_TYPE": drawn.level(rng, "NAME_HOUSING_TYPE"),
    }
    drawn.numbers["AMT_INCOME_TOTAL"] = income
    drawn.levels["REGION"] = region
    drawn.level(rng, "ELSEWHERE")
    rows |= {name: values.astype(np.int64) for name, values in drawn.parts("ELSEWHERE").items()}


def _with_rare(rng: np.random.Generator, income_type: Codes) -> Codes:
    """Return the kinds of income with those that a few dozen of all published clients have."""
    names = (*income_type.levels, "Unemployed", "Businessman", "Student", "Maternity leave")
    u = rng.random(len(income_type))
    first = len(income_type.levels)
    idle = income_type.equals("Pensioner") & (u < 4e-4)
    rare = ~income_type.equals("Pensioner") & (u < 1.3e-4)
    index = np.where(idle, first, income_type.index)
    return Codes(np.where(rare, first + 1 + rng.integers(0, 3, len(u)), index), names)


def _or_level(values: Codes, mask: Flags, level: str) -> Codes:
    levels = values.levels if level in values.levels else (*values.levels, level)
    return Codes(np.where(mask, levels.index(level), values.index), levels)


def _whole(rng: np.random.Generator, drawn: Drawn, name: str, missing: Flags | None = None) -> Reals:
    """Draw a count: a whole number from 0."""
    drawn.numbers[name] = np.round(np.maximum(drawn.number(rng, name, missing), 0))
    return drawn.numbers[name]


def _credit(rng: np.random.Generator, drawn: Drawn, rows: Rows) -> None:
    revolving = drawn.levels["NAME_CONTRACT_TYPE"].equals("Revolving loans")
    birth = drawn.numbers["DAYS_BIRTH"]
    hour = np.minimum(_whole(rng, drawn, "HOUR_APPR_PROCESS_START"), 23)
    weekday = drawn.level(rng, "WEEKDAY_APPR_PROCESS_START")
    published = np.clip(np.round(birth + 365.25 * drawn.number(rng, "ID_AGE")), birth + 1, 0)
    drawn.numbers["ID_AGE"] = (published - birth) / 365.25
    registered = np.clip(np.round(drawn.number(rng, "DAYS_REGISTRATION")), birth + 1, 0)
    drawn.numbers["DAYS_REGISTRATION"] = registered
    goods = np.maximum(on_grid(drawn.number(rng, "AMT_GOODS_PRICE"), 4_500), 40_500)
    goods = np.where(revolving, np.maximum(np.round(goods / 45_000) * 45_000, 135_000), goods)
    drawn.numbers["AMT_GOODS_PRICE"] = goods
    load = np.where(revolving, 1.0, np.maximum(drawn.number(rng, "CREDIT_PER_GOODS"), 1.0))
    drawn.numbers["CREDIT_PER_GOODS"] = load
    credit = on_grid(goods * load, 4.5)
    duration = np.where(revolving, 20.0, np.clip(drawn.number(rng, "CREDIT_PER_ANNUITY"), 8.1, 44))
    drawn.numbers["CREDIT_PER_ANNUITY"] = duration
    rows |= {
        "AMT_CREDIT": credit,
        "AMT_ANNUITY": on_grid(credit / duration, 4.5),
        "AMT_GOODS_PRICE": with_missing(goods, rng.random(drawn.size) < 9e-4),
        "DAYS_ID_PUBLISH": published.astype(np.int64),
        "DAYS_REGISTRATION": registered,
        "HOUR_APPR_PROCESS_START": hour.astype(np.int64),
        "WEEKDAY_APPR_PROCESS_START": weekday,
    }


def _papers(rng: np.random.Generator, drawn: Drawn, test: Flags, rows: Rows) -> None:
    suite = _plain(drawn.level(rng, "NAME_TYPE_SUITE"))
    more = test & (rng.random(drawn.size) < 0.013)
    rows["NAME_TYPE_SUITE"] = Codes(np.where(more, -1, suite.index), suite.levels)
    drawn.level(rng, "DOCUMENTS")
    given = drawn.parts("DOCUMENTS")
    for i in range(2, 22):
        name = f"FLAG_DOCUMENT_{i}"
        values = given.get(name)
        if values is None:
            values = (rng.random(drawn.size) < _RARE_DOCUMENTS[str(i)]).astype(np.float64)
        retained = values if str(i) in _TEST_ONLY_DOCUMENTS else np.where(test, 0, values)
        rows[name] = retained.astype(np.int64)
    drawn.level(rng, "PHONES")
    rows |= {name: values.astype(np.int64) for name, values in drawn.parts("PHONES").items()}
    changed = np.round(np.minimum(drawn.number(rng, "DAYS_LAST_PHONE_CHANGE"), 0))
    drawn.numbers["DAYS_LAST_PHONE_CHANGE"] = changed
    rows["DAYS_LAST_PHONE_CHANGE"] = with_missing(changed, rng.random(drawn.size) < 3e-6)


def _external(rng: np.random.Generator, drawn: Drawn, test: Flags, rows: Rows) -> None:
    size = drawn.size
    unknown = drawn.level(rng, "UNKNOWN")
    unasked = np.asarray([level.startswith("1") for level in unknown.levels])[unknown.index]
    unscored = np.asarray([level.endswith("1") for level in unknown.levels])[unknown.index]
    second = np.clip(drawn.number(rng, "EXT_SOURCE_2", rng.random(size) < 0.0021), 5e-6, 0.855)
    third = on_external_grid(np.clip(drawn.number(rng, "EXT_SOURCE_3", unscored), 5.27e-4, 0.896))
    none = drawn.level(rng, "EXT_SOURCE_1_NONE")
    # Of the clients of application_test more have the first score.
    hidden = none.equals("1") & (~test | (rng.random(size) < 0.423 / 0.564))
    drawn.levels["EXT_SOURCE_1_NONE"] = Codes(hidden.astype(np.int64), ("0", "1"))
    first = np.clip(drawn.number(rng, "EXT_SOURCE_1", hidden), 0.0145, 0.963)
    for name, value in (("EXT_SOURCE_1", first), ("EXT_SOURCE_2", second), ("EXT_SOURCE_3", third)):
        drawn.numbers[name] = np.round(value, 10)
        rows[name] = drawn.numbers[name]
    alone = rng.random(size) < 0.0033
    circle = [f"{kind}_{days}_CNT_SOCIAL_CIRCLE" for days in (30, 60) for kind in ("OBS", "DEF")]
    for name in circle:
        _whole(rng, drawn, name, alone)
    observed, defaulted, observed_60, defaulted_60 = (drawn.numbers[name] for name in circle)
    rows["OBS_30_CNT_SOCIAL_CIRCLE"] = np.maximum(observed, defaulted)
    rows["DEF_30_CNT_SOCIAL_CIRCLE"] = defaulted
    rows["OBS_60_CNT_SOCIAL_CIRCLE"] = np.maximum(np.minimum(observed_60, np.maximum(observed, defaulted)), 0)
    rows["DEF_60_CNT_SOCIAL_CIRCLE"] = np.minimum(defaulted_60, defaulted)
    for span in ("YEAR", "QRT", "MON", "WEEK", "DAY", "HOUR"):
        name = f"AMT_REQ_CREDIT_BUREAU_{span}"
        rows[name] = _whole(rng, drawn, name, unasked)


def share_of_test(rng: np.random.Generator, size: int) -> Flags:
    """Return which of a block's clients belong to application_test: 13.68%, as published."""
    return rng.random(size) < 48_744 / 356_255
