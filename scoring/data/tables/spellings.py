"""How files write a missing value and a code: declared once, for every reader.

The rule: a spelling that can mean one thing only is read as that thing, and counted; any other code stays as it is
written, and is counted as unknown. Decision record 41.

>>> from scoring.data.tables.schema import TABLES
>>> owns_car = TABLES["application_test"].by_name["FLAG_OWN_CAR"]
>>> read_code(" true", owns_car), read_code("<NA>", owns_car), read_code("maybe", owns_car)
('Y', None, 'maybe')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from scoring.data.tables.column_types import Column, Kind
from scoring.data.tables.repairs import Damage, RepairLog

PUBLISHED_MARKS = ("", "NA", "NaN", "nan")
"""How the published tables, and the tools that write them, say that a value is missing; these are not counted."""

MISSING_MARKS = (
    "", "NA", "N/A", "#N/A", "<NA>", "NaN", "-NaN", "NaT", "NULL", "(null)", "[NULL]", "None", r"\N",
    "__HIVE_DEFAULT_PARTITION__",
)  # fmt: skip
"""All marks of a missing value, in any case: of pandas, Python, R, SQL databases, Hive and spreadsheets."""

YES = ("Y", "Yes", "True", "T", "1", "oui", "vrai")
NO = ("N", "No", "False", "F", "0", "non", "faux")
"""Spellings of a flag, in any case."""

_FOLDED_MARKS = frozenset(mark.casefold() for mark in MISSING_MARKS)
_DECIMAL = re.compile(r"(\d+)\.0+")
_FLAGS = (frozenset({"Y", "N"}), frozenset({"Yes", "No"}))


def fold(text: str) -> str:
    """Return a text without what does not change its meaning: case, spaces around and double spaces, a ``.0``."""
    folded = " ".join(text.split()).casefold()
    whole = _DECIMAL.fullmatch(folded)
    return whole[1] if whole else folded


def is_missing_mark(text: str) -> bool:
    """Return whether a text says that a value is missing.

    >>> [is_missing_mark(text) for text in ("", " null ", "N/A", "No", "XNA")]
    [True, True, True, False, False]
    """
    return text.strip().casefold() in _FOLDED_MARKS


@lru_cache(maxsize=256)
def spellings_of(column: Column) -> Mapping[str, str]:
    """Return the declared code, or number of a flag, of each accepted spelling of a column (see `fold`)."""
    if column.kind is Kind.FLAG:
        pairs = {fold(text): "1" for text in YES} | {fold(text): "0" for text in NO}
    else:
        pairs = {fold(code): code for code in column.codes}
        if frozenset(column.codes) in _FLAGS:
            yes, no = sorted(column.codes, reverse=True)
            pairs |= {fold(text): yes for text in YES} | {fold(text): no for text in NO}
    return MappingProxyType(pairs)


def may_be_numbers(column: Column) -> bool:
    """Return whether the codes of a category may be stored as numbers or booleans: flags, and codes such as ``0``."""
    return any(spelling.isdecimal() for spelling in spellings_of(column))


def read_code(text: str, column: Column) -> str | None:
    """Return the code that a text means: a declared one, None where it says missing, or the text without its spaces."""
    code = spellings_of(column).get(fold(text))
    if code is not None:
        return code
    return None if is_missing_mark(text) else text.strip()


def note_code(text: str, count: int, column: Column, log: RepairLog, *, published: bool) -> str | None:
    """Return the code that a text means, and count what was put right or is unknown.

    Parameters
    ----------
    text, count
        A value as written, and how many cells hold it.
    column
        The declaration.
    log
        Where it is counted.
    published
        Whether the published marks of a missing value are usual there, as in a CSV, and not counted.
    """
    code = read_code(text, column)
    if code is None:
        usual = published and text in PUBLISHED_MARKS
        log.note(Damage.MISSING_MARK, 0 if usual else count, [column.name])
    elif code != text:
        damage = Damage.SPACES if code == text.strip() else Damage.CODE_SPELLING
        log.note(damage, count, [] if damage is Damage.SPACES else [column.name])
    if code is not None and column.codes and code not in column.codes:
        log.note_unknown(column.name, code, count)
    return code


def read_codes(values: pa.Array, column: Column, log: RepairLog) -> pa.Array:
    """Return the codes that an array of texts means, as an array of strings (see `note_code`).

    Parameters
    ----------
    values
        Texts of a CSV.
    """
    encoded = values.dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    if _are_declared(texts, column):
        return values
    places = encoded.indices.drop_null().to_numpy(zero_copy_only=False)
    counts = np.bincount(places, minlength=len(texts)).tolist()
    meant = [note_code(text, count, column, log, published=True) for text, count in zip(texts, counts, strict=True)]
    return pa.array(meant, pa.string()).take(encoded.indices)


def _are_declared(texts: Iterable[str], column: Column) -> bool:
    declared = _declared(column)
    return all(text in declared for text in texts)


@lru_cache(maxsize=256)
def _declared(column: Column) -> frozenset[str]:
    return frozenset(column.codes)
