"""Rows of the future: each history table again, with its rows repeated after the day of the application."""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from scoring.data.tables import TABLES, read_rows
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import InputError
from training.validation.raw import RawSample

DATED = {
    "bureau": "DAYS_CREDIT",
    "bureau_balance": "MONTHS_BALANCE",
    "previous_application": "DAYS_DECISION",
    "POS_CASH_balance": "MONTHS_BALANCE",
    "credit_card_balance": "MONTHS_BALANCE",
    "installments_payments": "DAYS_ENTRY_PAYMENT",
}
"""The column of each history table that says when a row was recorded."""
ALSO_DATED = {"installments_payments": ("DAYS_INSTALMENT",), "bureau": ("DAYS_CREDIT_UPDATE",)}
KEYS = {"bureau": "SK_ID_BUREAU", "previous_application": "SK_ID_PREV"}
OFFSET = 900_000_000
"""Added to a repeated row's own number, so that it is another credit."""


@dataclass(frozen=True)
class Appended:
    """A sample with rows of the future in one table.

    Attributes
    ----------
    rows : how many were added
    refused : whether reading a single file with such a row refuses it
    """

    table: str
    column: str
    rows: int
    sample: RawSample
    refused: bool


def append_future(sample: RawSample) -> Iterator[Appended]:
    """Repeat each history table's rows after the application, one table at a time."""
    for table, column in DATED.items():
        if table not in sample.frames or not sample.frames[table].height:
            continue
        rows = sample.frames[table]
        later = _later(rows, table)
        yield Appended(
            table=table,
            column=column,
            rows=later.height,
            sample=sample.changed(table, pl.concat([rows, later])),
            refused=_is_refused(sample, table, later.row(0, named=True)),
        )


def _later(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    changes = [
        pl.lit(30 if name.startswith("DAYS") else 1).cast(rows.schema[name]).alias(name)
        for name in (DATED[table], *ALSO_DATED.get(table, ()))
    ]
    if table in KEYS:
        changes.append((pl.col(KEYS[table]) + OFFSET).alias(KEYS[table]))
    return rows.with_columns(changes)


def _is_refused(sample: RawSample, table: str, row: dict[str, object]) -> bool:
    owner = row.get(ID_COLUMN)
    history = {table: [row]}
    if table == "bureau_balance":
        credit = sample.frames["bureau"].filter(pl.col("SK_ID_BUREAU") == row["SK_ID_BUREAU"]).row(0, named=True)
        owner, history = credit[ID_COLUMN], {"bureau": [credit], table: [row]}
    application = sample.frames["application"].filter(pl.col(ID_COLUMN) == owner).row(0, named=True)
    published = {column.name for column in TABLES["application_test"].columns}
    try:
        read_rows({"application": [{k: v for k, v in application.items() if k in published}], **history})
    except InputError:
        return True
    return False
