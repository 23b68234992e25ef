"""The 122 columns of the applications (121 without TARGET), in the published order."""

from __future__ import annotations

from scoring.data.tables.column_types import (
    ID_COLUMN,
    Column,
    Kind,
    amount,
    category,
    count,
    days,
    flag,
    identifier,
    share,
)

WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
SUITES = (
    "Unaccompanied", "Family", "Spouse, partner", "Children", "Other_A", "Other_B", "Group of people",
)  # fmt: skip
INCOME_TYPES = (
    "Working", "Commercial associate", "Pensioner", "State servant", "Unemployed", "Student", "Businessman",
    "Maternity leave",
)  # fmt: skip
EDUCATIONS = (
    "Lower secondary", "Secondary / secondary special", "Incomplete higher", "Higher education",
    "Academic degree",
)  # fmt: skip
FAMILIES = ("Single / not married", "Married", "Civil marriage", "Widow", "Separated", "Unknown")
HOUSINGS = (
    "House / apartment", "Rented apartment", "With parents", "Municipal apartment", "Office apartment",
    "Co-op apartment",
)  # fmt: skip
OCCUPATIONS = (
    "Laborers", "Core staff", "Accountants", "Managers", "Drivers", "Sales staff", "Cleaning staff",
    "Cooking staff", "Private service staff", "Medicine staff", "Security staff", "High skill tech staff",
    "Waiters/barmen staff",
    "Low-skill Laborers", "Realty agents", "Secretaries", "IT staff", "HR staff",
)  # fmt: skip
ORGANIZATIONS = (
    "Advertising", "Agriculture", "Bank", *(f"Business Entity Type {i}" for i in (1, 2, 3)), "Cleaning",
    "Construction", "Culture", "Electricity", "Emergency", "Government", "Hotel", "Housing",
    *(f"Industry: type {i}" for i in range(1, 14)), "Insurance", "Kindergarten", "Legal Services", "Medicine",
    "Military", "Mobile", "Other", "Police", "Postal", "Realtor", "Religion", "Restaurant", "School",
    "Security",
    "Security Ministries", "Self-employed", "Services", "Telecom", *(f"Trade: type {i}" for i in range(1, 8)),
    *(f"Transport: type {i}" for i in range(1, 5)), "University", "XNA",
)  # fmt: skip

HOUSING_MEASURES = (
    "APARTMENTS", "BASEMENTAREA", "YEARS_BEGINEXPLUATATION", "YEARS_BUILD", "COMMONAREA", "ELEVATORS",
    "ENTRANCES",
    "FLOORSMAX", "FLOORSMIN", "LANDAREA", "LIVINGAPARTMENTS", "LIVINGAREA", "NONLIVINGAPARTMENTS",
    "NONLIVINGAREA",
)  # fmt: skip
"""The fourteen measures of the building, each published three times: _AVG, _MODE, _MEDI."""

NONE_DAYS = 365_243
"""A thousand years, published where there is no such day."""

TARGET = Column("TARGET", Kind.FLAG, nullable=False, low=0, high=1, whole=True)

_PERSON = (
    category("NAME_CONTRACT_TYPE", "Cash loans", "Revolving loans"),
    category("CODE_GENDER", "M", "F", "XNA"),
    category("FLAG_OWN_CAR", "Y", "N"),
    category("FLAG_OWN_REALTY", "Y", "N"),
    count("CNT_CHILDREN", whole=True, high=20),
    amount("AMT_INCOME_TOTAL"),
    amount("AMT_CREDIT"),
    amount("AMT_ANNUITY", nullable=True),
    amount("AMT_GOODS_PRICE", nullable=True),
    category("NAME_TYPE_SUITE", *SUITES, nullable=True),
    category("NAME_INCOME_TYPE", *INCOME_TYPES),
    category("NAME_EDUCATION_TYPE", *EDUCATIONS),
    category("NAME_FAMILY_STATUS", *FAMILIES),
    category("NAME_HOUSING_TYPE", *HOUSINGS),
    share("REGION_POPULATION_RELATIVE", nullable=False),
    days("DAYS_BIRTH", whole=True, high=-6570),
    days("DAYS_EMPLOYED", whole=True, specials=(NONE_DAYS,)),
    days("DAYS_REGISTRATION"),
    days("DAYS_ID_PUBLISH", whole=True),
    Column("OWN_CAR_AGE", Kind.YEARS, nullable=True, low=0, high=100),
    *(flag(f"FLAG_{what}") for what in ("MOBIL", "EMP_PHONE", "WORK_PHONE", "CONT_MOBILE", "PHONE", "EMAIL")),
    category("OCCUPATION_TYPE", *OCCUPATIONS, nullable=True),
    count("CNT_FAM_MEMBERS", nullable=True, high=21),
    Column("REGION_RATING_CLIENT", Kind.NUMBER, nullable=False, low=1, high=3, whole=True),
    Column("REGION_RATING_CLIENT_W_CITY", Kind.NUMBER, nullable=False, low=1, high=3, whole=True, specials=(-1,)),
    category("WEEKDAY_APPR_PROCESS_START", *WEEKDAYS),
    Column("HOUR_APPR_PROCESS_START", Kind.NUMBER, nullable=False, low=0, high=23, whole=True),
    flag("REG_REGION_NOT_LIVE_REGION"),
    flag("REG_REGION_NOT_WORK_REGION"),
    flag("LIVE_REGION_NOT_WORK_REGION"),
    flag("REG_CITY_NOT_LIVE_CITY"),
    flag("REG_CITY_NOT_WORK_CITY"),
    flag("LIVE_CITY_NOT_WORK_CITY"),
    category("ORGANIZATION_TYPE", *ORGANIZATIONS),
    *(share(f"EXT_SOURCE_{i}") for i in (1, 2, 3)),
)

_BUILDING = (
    *(share(f"{measure}_{form}") for form in ("AVG", "MODE", "MEDI") for measure in HOUSING_MEASURES),
    category(
        "FONDKAPREMONT_MODE", "reg oper account", "reg oper spec account", "org spec account",
        "not specified", nullable=True,
    ),
    category("HOUSETYPE_MODE", "block of flats", "terraced house", "specific housing", nullable=True),
    share("TOTALAREA_MODE"),
    category(
        "WALLSMATERIAL_MODE", "Stone, brick", "Block", "Panel", "Mixed", "Wooden", "Others", "Monolithic",
        nullable=True,
    ),
    category("EMERGENCYSTATE_MODE", "No", "Yes", nullable=True),
)  # fmt: skip

_REST = (
    *(
        count(f"{what}_{span}_CNT_SOCIAL_CIRCLE", nullable=True, high=1000)
        for span in (30, 60)
        for what in ("OBS", "DEF")
    ),
    days("DAYS_LAST_PHONE_CHANGE", nullable=True),
    *(flag(f"FLAG_DOCUMENT_{i}") for i in range(2, 22)),
    *(
        count(f"AMT_REQ_CREDIT_BUREAU_{span}", nullable=True, high=1000)
        for span in ("HOUR", "DAY", "WEEK", "MON", "QRT", "YEAR")
    ),
)

APPLICATION: tuple[Column, ...] = (identifier(ID_COLUMN), *_PERSON, *_BUILDING, *_REST)
"""Columns of application_test; application_train has TARGET after the id."""
