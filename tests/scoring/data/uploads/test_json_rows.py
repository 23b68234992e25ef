"""JSON bodies cut into rows: the same rows as a parser of the whole gives, wherever the blocks end; bounds hold."""

import io
import json
import mmap
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.data.tables import HISTORY
from scoring.data.uploads import json_rows
from scoring.data.uploads.json_rows import TOO_LARGE, read_json
from scoring.data.uploads.limits import DEEPEST, LARGEST_ROW, MOST_COLUMNS, Refused

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(['\\"', "\\", '{"', "[,", "]}"])
CELLS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda cell: st.lists(cell, max_size=3),
    max_leaves=5,
)
ROWS = st.dictionaries(TEXTS, CELLS, max_size=4)


@contextmanager
def body_of(data: bytes) -> Iterator[mmap.mmap]:
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as body:
            yield body


def read(data: bytes) -> Any:
    out = io.BytesIO()
    with body_of(data) as body:
        told = read_json(body, out, HISTORY)
    written = out.getvalue()
    if told["form"] == "ids":
        return orjson.loads(written)
    ends = array("q", written[told["index"] :])
    return [orjson.loads(written[a:b]) for a, b in pairwise(ends)]


@given(st.lists(ROWS, min_size=1, max_size=6), st.booleans(), st.sampled_from([None, 1]), st.integers(2, 40))
def test_rows_are_those_of_a_whole_parse(rows: list[Any], named: bool, indent: int | None, block: int) -> None:
    body = json.dumps({"applications": rows} if named else rows, indent=indent).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_BLOCK", block)
        assert read(body) == [{"application": row} for row in orjson.loads(json.dumps(rows))]


@given(st.lists(st.integers(1, 4), max_size=12), st.booleans())
def test_history_goes_with_its_application(owners: list[int], history_first: bool) -> None:
    applications = [{"SK_ID_CURR": number} for number in (3, 1, 4, 2)]
    loans = [{"SK_ID_CURR": owner, "SK_ID_BUREAU": at} for at, owner in enumerate(owners)]
    months = [{"SK_ID_BUREAU": at, "MONTHS_BALANCE": -at} for at in range(len(owners))][::-1]
    history = {"bureau_balance": months, "bureau": loans}
    body = {"applications": applications, "history": history}
    found = read(orjson.dumps(dict(reversed(body.items())) if history_first else body))
    for document, application in zip(found, applications, strict=True):
        own = [loan for loan in loans if loan["SK_ID_CURR"] == application["SK_ID_CURR"]]
        of_own = [one for one in months if one["SK_ID_BUREAU"] in {loan["SK_ID_BUREAU"] for loan in own}]
        assert document == {"application": application, "history": {"bureau_balance": of_own, "bureau": own}}


def test_client_numbers_are_given_back() -> None:
    assert read(b" [100002,\n 7, 1e3, null]") == [100002, 7, 1000.0, None]
    assert read(b'{"client_ids": [1]}') == [1]


@pytest.mark.parametrize(
    "row",
    [
        b'{"a":"' + b"x" * LARGEST_ROW + b'"}',
        b"{" + b",".join(b'"%d":1' % at for at in range(MOST_COLUMNS + 1)) + b"}",
        b'{"a":[' + b",".join([b"[]"] * MOST_COLUMNS) + b",1]}",
    ],
)
def test_a_row_that_holds_too_much_is_its_own_fault(row: bytes) -> None:
    assert read(b'[{"b":1},' + row + b',{"c":2}]') == [
        {"application": {"b": 1}},
        orjson.loads(TOO_LARGE),
        {"application": {"c": 2}},
    ]


LOAN = b'{"SK_ID_CURR":1,"SK_ID_BUREAU":5}'


def with_history(history: bytes, applications: bytes = b'{"SK_ID_CURR":1}') -> bytes:
    return b'{"applications":[%b],"history":{%b}}' % (applications, history)


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"{", "unreadable"),
        (b"[1", "unreadable"),
        (b"]", "unreadable"),
        (b"\xff", "unreadable"),
        (b'[{"a":1]', "unreadable"),
        (b'[{"a":1} {"a":1}]', "unreadable"),
        (b'[{"a":nope}]', "unreadable"),
        (b'[{"a":"\xff"}]', "unreadable"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "batch-parts"),
        (b"[" + b"1," * 5_000_000 + b"1]", "batch-parts"),
        (b"[" + b"{}," * 100_000 + b"{}]", "batch-size"),
        (b"[]", "batch-size"),
        (b'"x"', "batch-json"),
        (b"[[{}]]", "batch-json"),
        (b"[1,{}]", "batch-json"),
        (b"[{},1]", "batch-json"),
        (b'{"applications":[{}],"applications":[{}]}', "batch-json"),
        (b'{"applications":[{}],"other":[{}]}', "batch-json"),
        (b'{"applications":{"a":[{}]}}', "batch-json"),
        (b'{"client_ids":[1],"history":{"bureau":[]}}', "batch-json"),
        (with_history(b'"bureau":[1]'), "batch-json"),
        (with_history(b'"bureau":{}'), "batch-json"),
        (with_history(b'"none":[]'), "table"),
        (with_history(b'"bureau":[]', b"{}"), "batch-history"),
        (with_history(b'"bureau":[]', b'{"SK_ID_CURR":[1]}'), "batch-history"),
        (with_history(b'"bureau":[]', b'{"SK_ID_CURR":1},{"SK_ID_CURR":1}'), "batch-history"),
        (with_history(b'"bureau":[{"SK_ID_CURR":[1]}]'), "rows.whole"),
        (with_history(b'"bureau":[{"SK_ID_CURR":{"a":1}}]'), "rows.whole"),
        (with_history(b'"bureau":[{}]'), "rows.whole"),
        (with_history(b'"bureau":[{"SK_ID_CURR":2}]'), "rows.owner"),
        (with_history(b'"bureau":[%b],"bureau_balance":[{"SK_ID_BUREAU":6}]' % LOAN), "rows.owner"),
        (
            with_history(
                b'"bureau":[%b,{"SK_ID_CURR":2,"SK_ID_BUREAU":5}]' % LOAN, b'{"SK_ID_CURR":1},{"SK_ID_CURR":2}'
            ),
            "batch-credit",
        ),
    ],
    ids=lambda one: repr(one)[:40],
)
def test_what_is_no_batch_is_refused_by_name(body: bytes, key: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body)
    assert refused.value.key.endswith(key)


def test_an_application_with_endless_history_is_its_own_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "MOST_HISTORY_OF_ONE", 3)
    loans = b",".join(b'{"SK_ID_CURR":%d,"SK_ID_BUREAU":%d}' % (1 + (at > 0), at) for at in range(5))
    found = read(with_history(b'"bureau":[%b]' % loans, b'{"SK_ID_CURR":1},{"SK_ID_CURR":2}'))
    assert [("application" in one) for one in found] == [True, False]
