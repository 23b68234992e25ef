"""A JSON body cut into its rows before any of it is parsed: what it would allocate is counted first.

The rule: brackets, commas and quotation marks are found by block, without making an object; rows are then parsed a few
at a time, and what stands around them (the skeleton: names, brackets, client numbers) is parsed alone. So all of it is
read by a strict parser, in pieces that are bounded.
"""

import mmap
from array import array
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, Final, NamedTuple, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt
import orjson

from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.uploads.limits import (
    DEEPEST,
    LARGEST_ROW,
    LARGEST_SKELETON,
    MEGABYTE,
    MOST_CLIENTS,
    MOST_COLUMNS,
    MOST_HISTORY,
    MOST_HISTORY_OF_ONE,
    Refused,
    brief,
    check_clients,
)

_Places: TypeAlias = npt.NDArray[Any]

_BLOCK: Final = MEGABYTE
_ROW_LEVEL: Final = 4
"""The deepest level at which a row may begin: that of a history row, ``{"history": {"bureau": [{``."""
_AT_ONCE: Final = MEGABYTE
"""Bytes of rows that are parsed together."""
_QUOTE, _COMMA, _LIST, _OBJECT = b'",[{'
_IS_MARK: Final = np.zeros(256, np.bool_)
_IS_MARK[list(b'",[]{}')] = True
_DELTA: Final = np.zeros(256, np.int8)
_DELTA[list(b"[{")] = 1
_DELTA[list(b"]}")] = -1
_IDS, _APPLICATIONS = "client_ids", "applications"
_CREDIT = "SK_ID_BUREAU"
TOO_LARGE: Final = b'{"too_large":true}'
"""The document of an application that is larger than a row may be, or has more history."""


class _Cut:
    """Where rows begin and end, by their order in the body, and what stands around them."""

    def __init__(self) -> None:
        self.starts, self.ends = array("q"), array("q")
        self.skeleton = bytearray()
        self._before, self._after = array("q"), array("q")

    def add(self, starts: _Places, before: _Places, ends: _Places, after: _Places) -> None:
        """Add the places where rows begin and end in a block, and how many commas there are until each."""
        for found, more in ((self.starts, starts), (self._before, before), (self.ends, ends), (self._after, after)):
            found.frombytes(more.astype(np.int64).tobytes())

    def parts(self) -> _Places:
        """Commas within each row."""
        return np.frombuffer(self._after, np.int64) - np.frombuffer(self._before, np.int64)


def read_json(body: mmap.mmap, out: BinaryIO, known_tables: Sequence[str]) -> dict[str, Any]:
    """Read a batch in JSON, and write a JSON document for each application, or the list of numbers.

    Parameters
    ----------
    known_tables : names of the history tables

    Returns
    -------
    dict
        The form of the result: ``ids``, or ``documents`` with the number of `rows`, the history `tables` that came and
        the place of the index: where each document begins, and the last ends, as 64-bit integers.

    Raises
    ------
    Refused
        When the body is not as documented, or breaks a bound.
    """
    cut = _cut(body)
    given = _parsed(bytes(cut.skeleton))
    ids, spans = _form(given, known_tables)
    if sum(len(span) for span in spans.values()) != len(cut.starts):  # rows elsewhere, or a name that came twice
        raise Refused("problem.said.batch-json")
    if ids is not None:
        check_clients(len(ids))
        out.write(orjson.dumps(ids))
        return {"form": "ids"}
    applications = spans.pop(_APPLICATIONS)
    check_clients(len(applications))
    rows = _Rows(body, cut)
    if spans:
        return _with_history(rows, applications, spans, out)
    index = array("q", [0])
    for _ in rows.parsed(applications):
        pass  # for its checks
    for at in applications:
        out.write(b'{"application":%b}' % rows.raw(at) if rows.is_sound(at) else TOO_LARGE)
        index.append(out.tell())
    return _indexed(out, index, len(applications), [])


def _cut(body: mmap.mmap) -> _Cut:
    """Find the rows: objects in a list, the outermost of them."""
    cut, levels = _Cut(), _Levels()
    events = rows = begin = 0
    for brackets, end in _structure(body):
        events += len(brackets.place)
        if events > 2 * (MOST_CLIENTS + MOST_HISTORY):
            raise Refused("problem.said.batch-parts")
        is_start, is_end = levels.find_rows(brackets)
        rows += int(np.count_nonzero(is_start & (brackets.level < _ROW_LEVEL)))
        if rows > MOST_CLIENTS:
            raise Refused("problem.said.batch-size", most=MOST_CLIENTS, found=f"> {MOST_CLIENTS}")
        # Of a row the skeleton keeps the first and the last byte, which are its brackets.
        inside = np.zeros(end - begin + 1, np.int8)
        inside[0] = len(cut.starts) - len(cut.ends)
        starts, ends = brackets.place[is_start], brackets.place[is_end]
        inside[starts + 1 - begin] += 1
        inside[ends - begin] -= 1
        cut.add(starts, brackets.commas[is_start], ends + 1, brackets.commas[is_end])
        around = np.frombuffer(body[begin:end], np.uint8)[np.cumsum(inside[:-1], dtype=np.int8) == 0]
        if len(cut.skeleton) + len(around) > LARGEST_SKELETON:
            raise Refused("problem.said.batch-parts")
        cut.skeleton += around.tobytes()
        begin = end
    if len(cut.starts) != len(cut.ends):
        raise Refused("problem.said.unreadable")
    return cut


class _Brackets(NamedTuple):
    """Brackets outside of texts, down to the level of rows: of each an item in four arrays."""

    place: _Places
    byte: _Places
    level: _Places
    """That it opens or closes."""
    commas: _Places
    """Before it."""


class _Levels:
    """The brackets that are open at each level, as of the blocks so far."""

    def __init__(self) -> None:
        self._is_list = [False] * (_ROW_LEVEL + 1)
        self._is_row = [False] * (_ROW_LEVEL + 1)
        self._in_row = [False] * (_ROW_LEVEL + 1)
        """Of a row, and of what it holds."""

    def find_rows(self, brackets: _Brackets) -> tuple[_Places, _Places]:
        """Return which of a block's brackets begin a row, and which end one."""
        is_start, is_end = (np.zeros(len(brackets.place), np.bool_) for _ in range(2))
        is_opening = _DELTA[brackets.byte] > 0
        around = np.zeros(0, np.int64)
        in_row = is_list = np.zeros(1, np.bool_)  # what `around` holds, and before it what the blocks before left open
        for level in range(1, _ROW_LEVEL + 1):
            here = brackets.level == level
            opened, closed = np.flatnonzero(here & is_opening), np.flatnonzero(here & ~is_opening)
            parent = np.searchsorted(around, opened)
            is_row = (brackets.byte[opened] == _OBJECT) & is_list[parent] & ~in_row[parent]
            is_start[opened[is_row]] = True
            ends_row = np.concatenate([[self._is_row[level]], is_row])
            is_end[closed] = ends_row[np.searchsorted(opened, closed)]
            in_row = np.concatenate([[self._in_row[level]], is_row | in_row[parent]])
            is_list = np.concatenate([[self._is_list[level]], brackets.byte[opened] == _LIST])
            around = opened
            self._is_row[level], self._in_row[level] = bool(ends_row[-1]), bool(in_row[-1])
            self._is_list[level] = bool(is_list[-1])
        return is_start, is_end


def _structure(body: mmap.mmap) -> Iterator[tuple[_Brackets, int]]:
    """Find the brackets outside of texts, down to the level of rows, block by block; with each the block's end.

    Raises
    ------
    Refused
        When brackets are nested too deep, or one stays open or closes nothing.
    """
    at, depth, commas, in_text = 0, 0, 0, 0
    while at < len(body):
        block = body[at : at + _BLOCK]
        if at + len(block) < len(body) and (len(block) - len(block.rstrip(b"\\"))) % 2:
            block = block[:-1]  # a backslash and what it escapes stay together
        if b"\\" in block:
            block = block.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        codes = np.frombuffer(block, np.uint8)
        marks = np.flatnonzero(_IS_MARK[codes])
        kinds = codes[marks]
        quotes = kinds == _QUOTE
        outside = ((np.cumsum(quotes, dtype=np.int32) + in_text) & 1 == 0) & ~quotes
        marks, kinds = marks[outside], kinds[outside]
        before = commas + np.cumsum(kinds == _COMMA, dtype=np.int64)
        delta = _DELTA[kinds]
        levels = depth + np.cumsum(delta, dtype=np.int32)
        if len(levels):
            if levels.max() > DEEPEST:
                raise Refused("problem.said.batch-parts")
            if levels.min() < 0:
                raise Refused("problem.said.unreadable")
            depth, commas = int(levels[-1]), int(before[-1])
        levels -= np.minimum(delta, 0)  # a bracket closes the level that it is on
        few = (delta != 0) & (levels <= _ROW_LEVEL)
        yield _Brackets(at + marks[few], kinds[few], levels[few], before[few]), at + len(block)
        in_text ^= int(quotes.sum()) & 1
        at += len(block)
    if depth:
        raise Refused("problem.said.unreadable")


def _parsed(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Refused("problem.said.unreadable") from None


def _form(given: Any, known_tables: Sequence[str]) -> tuple[list[Any] | None, dict[str, range]]:
    """The client numbers, or which of the rows are the applications', and which each history table's."""
    named = {_APPLICATIONS: given}
    if isinstance(given, dict):
        if set(given) - {_IDS, _APPLICATIONS, "history"} or (_IDS in given) == (_APPLICATIONS in given):
            raise Refused("problem.said.batch-json")
        named = {}
        for name, value in given.items():  # in the order of the body
            if name != "history":
                named[_APPLICATIONS] = value
            elif not isinstance(value, dict) or (_IDS in given and value):
                raise Refused("problem.said.batch-json")
            else:
                unknown = [table for table in value if table not in known_tables]
                if unknown:
                    raise Refused("problem.said.table", known=", ".join(known_tables), found=brief(unknown[0]))
                named |= value
    applications = named[_APPLICATIONS]
    if not isinstance(applications, list) or not all(isinstance(rows, list) for rows in named.values()):
        raise Refused("problem.said.batch-json")
    if len(named) == 1 and not (applications and applications[0] == {}):
        return applications, {}
    spans, begin = {}, 0
    for name, rows in named.items():
        if not all(row == {} for row in rows):
            raise Refused("problem.said.batch-json")
        spans[name] = range(begin, begin + len(rows))
        begin += len(rows)
    return None, spans


class _Rows:
    """The rows of a body, by their order in it."""

    def __init__(self, body: mmap.mmap, cut: _Cut) -> None:
        self._body, self._starts, self._ends, self._parts = body, cut.starts, cut.ends, cut.parts()

    def is_sound(self, at: int) -> bool:
        """Whether a row holds no more than a row may."""
        return self._ends[at] - self._starts[at] <= LARGEST_ROW and self._parts[at] < MOST_COLUMNS

    def raw(self, at: int) -> bytes:
        """A row as it was written."""
        return self._body[self._starts[at] : self._ends[at]]

    def parsed(self, span: range) -> Iterator[Any]:
        """Rows parsed, a few at a time; None in place of one that holds too much."""
        at = span.start
        while at < span.stop:
            some, size = [], 0
            while at < span.stop and size < _AT_ONCE:
                some.append(self.raw(at) if self.is_sound(at) else b"null")
                size += len(some[-1])
                at += 1
            yield from _parsed(b"[" + b",".join(some) + b"]")


def _with_history(rows: _Rows, applications: range, history: dict[str, range], out: BinaryIO) -> dict[str, Any]:
    """Write each application with its own history rows."""
    place: dict[int, int] = {}
    for at, row in enumerate(rows.parsed(applications)):
        number = None if row is None else row.get(ID_COLUMN)
        if row is not None:
            if not _is_whole(number) or number in place:
                raise Refused("problem.said.batch-history")
            place[number] = at
    owned: dict[str, _Owned] = {}
    credits_of: dict[int, int] = {}
    for table in sorted(history, key=lambda name: name == "bureau_balance"):  # whose owners are known by bureau
        owners = _owners(rows, table, history[table], place, credits_of)
        owned[table] = _Owned(owners, len(applications), history[table].start)
    index = array("q", [0])
    for at, application in enumerate(applications):
        own = {table: owned[table].of(at) for table in history}
        every = [application, *(one for some in own.values() for one in some)]
        if len(every) <= MOST_HISTORY_OF_ONE and all(map(rows.is_sound, every)):
            tables = (b'"%b":[%b]' % (table.encode(), b",".join(map(rows.raw, some))) for table, some in own.items())
            out.write(b'{"application":%b,"history":{%b}}' % (rows.raw(application), b",".join(tables)))
        else:
            out.write(TOO_LARGE)
        index.append(out.tell())
    return _indexed(out, index, len(applications), list(history))


class _Owned:
    """The rows of a history table by application.

    Parameters
    ----------
    owners : the application of each row
    begin : the first row's place in the body
    """

    def __init__(self, owners: "np.ndarray[Any, np.dtype[np.int64]]", applications: int, begin: int) -> None:
        self._rows = begin + np.argsort(owners, kind="stable")
        self._ends = np.cumsum(np.bincount(owners, minlength=applications)).tolist()

    def of(self, application: int) -> list[int]:
        """Places of the rows of an application."""
        first = self._ends[application - 1] if application else 0
        found: list[int] = self._rows[first : self._ends[application]].tolist()
        return found


def _owners(
    rows: _Rows, table: str, span: range, place: dict[int, int], credits_of: dict[int, int]
) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The application of each row of a history table, by its place."""
    key, known, parent = (
        (_CREDIT, credits_of, "bureau") if table == "bureau_balance" else (ID_COLUMN, place, "applications")
    )
    owners = np.empty(len(span), np.int64)
    for at, row in enumerate(rows.parsed(span)):
        number = None if row is None else row.get(key)
        if row is None:
            raise Refused("problem.said.batch-row", place=f"{table}[{at}]", most=MOST_COLUMNS)
        if not _is_whole(number):
            raise Refused("problem.rows.whole", place=f"{table}[{at}].{key}", found=brief(number))
        owner = known.get(number)
        if owner is None:
            raise Refused("problem.rows.owner", place=f"{table}[{at}].{key}", parent=parent, found=brief(number))
        owners[at] = owner
        credit = row.get(_CREDIT) if table == "bureau" else None
        if _is_whole(credit) and credits_of.setdefault(credit, owner) != owner:
            raise Refused("problem.said.batch-credit", place=f"bureau[{at}].{_CREDIT}", found=brief(credit))
    return owners


def _is_whole(number: Any) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _indexed(out: BinaryIO, index: "array[int]", rows: int, tables: Sequence[str]) -> dict[str, Any]:
    place = out.tell()
    out.write(index.tobytes())
    return {"form": "documents", "rows": rows, "tables": list(tables), "index": place}
