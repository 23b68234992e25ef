"""A raw application that the API takes: every column that is never empty, with a likely value."""

from typing import Any

from scoring.data.tables import TABLES, Kind

_COLUMNS = TABLES["application_test"].columns
_LIKELY: dict[str, Any] = {
    "AMT_INCOME_TOTAL": 150_000.0,
    "AMT_CREDIT": 450_000.0,
    "AMT_ANNUITY": 24_000.0,
    "AMT_GOODS_PRICE": 400_000.0,
    "DAYS_BIRTH": -14_000,
    "DAYS_EMPLOYED": -2_000,
    "DAYS_REGISTRATION": -3_000.0,
    "DAYS_ID_PUBLISH": -1_500,
    "REGION_POPULATION_RELATIVE": 0.02,
    "EXT_SOURCE_2": 0.5,
}


def _value(column: Any) -> Any:
    if column.codes:
        return column.codes[0]
    if column.kind is Kind.FLAG:
        return 0
    value = max(1, column.low or 1)
    return int(value) if column.whole else float(value)


APPLICATION: dict[str, Any] = {
    column.name: _value(column) for column in _COLUMNS if not column.nullable and column.name != "SK_ID_CURR"
} | _LIKELY
