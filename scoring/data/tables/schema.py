"""The eight tables of Home Credit Default Risk, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from scoring.data.tables import history_columns
from scoring.data.tables.application_columns import APPLICATION, TARGET
from scoring.data.tables.column_types import ID_COLUMN, Table

_DECLARED = (
    Table("application_train", (APPLICATION[0], TARGET, *APPLICATION[1:]), (ID_COLUMN,), None),
    Table("application_test", APPLICATION, (ID_COLUMN,), None),
    Table("bureau", history_columns.BUREAU, ("SK_ID_BUREAU",), ("application", ID_COLUMN)),
    Table(
        "bureau_balance",
        history_columns.BUREAU_BALANCE,
        ("SK_ID_BUREAU", "MONTHS_BALANCE"),
        ("bureau", "SK_ID_BUREAU"),
    ),
    Table(
        "previous_application",
        history_columns.PREVIOUS_APPLICATION,
        ("SK_ID_PREV",),
        ("application", ID_COLUMN),
    ),
    Table(
        "POS_CASH_balance",
        history_columns.POS_CASH_BALANCE,
        ("SK_ID_PREV", "MONTHS_BALANCE"),
        ("application", ID_COLUMN),
    ),
    Table(
        "installments_payments",
        history_columns.INSTALLMENTS_PAYMENTS,
        ("SK_ID_PREV", "NUM_INSTALMENT_NUMBER", "NUM_INSTALMENT_VERSION"),
        ("application", ID_COLUMN),
    ),
    Table(
        "credit_card_balance",
        history_columns.CREDIT_CARD_BALANCE,
        ("SK_ID_PREV", "MONTHS_BALANCE"),
        ("application", ID_COLUMN),
    ),
)

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in _DECLARED})
"""The tables by published name."""

APPLICATIONS: tuple[str, str] = ("application_train", "application_test")
HISTORY: tuple[str, ...] = tuple(name for name in TABLES if name not in APPLICATIONS)
"""The six tables of a client's past, any of which may be absent."""

APPLICATION_SET = "APPLICATION_SET"
"""Added to the united applications: ``train`` or ``test``."""
