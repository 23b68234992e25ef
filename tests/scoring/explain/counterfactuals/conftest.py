"""Clients of invented models: raw rows, the facts made of them, and facts made again after a change of the rows."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pytest

from scoring.data.features import DICTIONARY, Feature, Plan
from scoring.data.tables import read_rows
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model.lookup import Value
from tests.scoring.data.features.conftest import Rows, invent

AMOUNTS = (45_000.0, 135_000.0, 270_000.0, 450_000.0)


@pytest.fixture(scope="session")
def raw_clients() -> list[Rows]:
    """Applications with every table; prices and annuities are missing for some."""
    clients = []
    for seed in range(8):
        rows = invent([seed + 1], seed=seed)
        application = rows["application"][0]
        application["NAME_CONTRACT_TYPE"] = "Cash loans"
        application["AMT_CREDIT"] = AMOUNTS[seed % len(AMOUNTS)] + 1_234.0
        application["AMT_GOODS_PRICE"] = None if seed == 3 else AMOUNTS[seed % len(AMOUNTS)]
        application["AMT_ANNUITY"] = None if seed == 5 else 4_321.0 * (1 + seed % 3)
        application |= {f"FLAG_DOCUMENT_{i}": int(i in (3, 5)) for i in range(2, 22)}
        clients.append(rows)
    return clients


@cache
def _plan(names: tuple[str, ...]) -> Plan:
    return Plan([DICTIONARY[name] for name in names])


def facts_of(rows: Rows, features: Sequence[Feature], **changed: Any) -> dict[str, Value]:
    """The features of raw rows whose application is changed, by the way every application goes."""
    application = {**rows["application"][0], **changed}
    facts = _plan(tuple(feature.name for feature in features))(read_rows({**rows, "application": [application]})).row(
        0, named=True
    )
    facts.pop(ID_COLUMN)
    return facts


@pytest.fixture(scope="session")
def make_facts() -> Callable[..., dict[str, Value]]:
    return facts_of
