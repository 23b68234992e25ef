"""Bodies read in real children: limits hold, a child ends with its caller, the process that forks them is replaced."""

import asyncio
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.data.tables import HISTORY, TABLES
from scoring.data.uploads import reader as reading
from scoring.data.uploads.limits import MEGABYTE
from scoring.data.uploads.reader import UploadReader
from scoring.data.uploads.spool import Spool
from scoring.errors import InputError, OverloadedError, UploadError
from tests.running import run

pytestmark = pytest.mark.skipif(not reading.AVAILABLE, reason="children are limited on Linux alone")
COLUMNS = [column.name for column in TABLES["application_test"].columns]
NUMBERS = [column.name for column in TABLES["application_test"].columns if column.dtype != "string"]
ASKED: dict[str, Any] = {"columns": COLUMNS, "numbers": NUMBERS, "ids": ["client_id"], "tables": HISTORY}
TEXT = "OCCUPATION_TYPE"


@pytest.fixture
def reader() -> Iterator[UploadReader]:
    made = UploadReader()
    yield made
    made.close()


def spooled(reader: UploadReader, data: bytes) -> Spool:
    spool = Spool(reader.space)
    spool.write(data)
    return spool


async def read(reader: UploadReader, kind: str, data: bytes) -> dict[str, Any]:
    body = spooled(reader, data)
    try:
        told, result = await reader.read(body, {**ASKED, "kind": kind})
        result.close()
    finally:
        body.close()
    return told


def parquet(table: pa.Table, **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()


def lying_footer() -> bytes:
    """A page of 200 MB of which the footer declares a few bytes."""
    table = pa.table({TEXT: ["x" * 10_000] * 20_000})
    whole = parquet(table, compression="zstd", use_dictionary=False, data_page_size=2**30)
    chunk = pq.read_metadata(io.BytesIO(whole)).row_group(0).column(0)
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    true = varint(2 * chunk.total_uncompressed_size)
    small = bytes([0x80 | 100, *[0x80] * (len(true) - 2), 0])
    assert true in whole[footer:]
    return whole[:footer] + whole[footer:].replace(true, small)


def varint(value: int) -> bytes:
    out = []
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*out, value])


def dictionaries() -> bytes:
    cell = pa.DictionaryArray.from_arrays(pa.array(np.zeros(99_999, np.int32)), pa.array(["x" * 100_000]))
    return parquet(pa.table({TEXT: cell}))


def nested() -> bytes:
    return parquet(pa.table({TEXT: [[1, 2]]}))


HOSTILE: list[tuple[str, str, Callable[[], bytes]]] = [
    ("commas", "csv", lambda: b"," * (8 * MEGABYTE)),
    ("wide header", "csv", lambda: b",".join([b"SK_ID_CURR"] * 300) + b"\n1\n"),
    ("long header", "csv", lambda: b"x" * MEGABYTE + b"\n1\n"),
    ("a huge cell", "csv", lambda: b'SK_ID_CURR,%b\n1,"%b"\n' % (TEXT.encode(), b"x" * (4 * MEGABYTE))),
    ("an open quotation mark", "csv", lambda: f'SK_ID_CURR,{TEXT}\n1,"'.encode() + b"1,2\n" * MEGABYTE),
    ("rows without end", "csv", lambda: f"SK_ID_CURR,{TEXT}\n".encode() + b",\n" * 100_001),
    ("a footer that lies", "parquet", lying_footer),
    ("lists", "parquet", nested),
    ("no footer", "parquet", lambda: b"PAR1" + bytes(4 * MEGABYTE) + b"\xff\xff\xff\x7fPAR1"),
    ("a footer of zeros", "parquet", lambda: b"PAR1" + bytes(100_000) + (100_000).to_bytes(4, "little") + b"PAR1"),
    ("more columns than declared", "parquet", lambda: parquet(pa.table({f"c{at}": [1] for at in range(300)}))),
    ("empty objects", "json", lambda: b"[" + b"{}," * 200_000 + b"{}]"),
    ("brackets", "json", lambda: b"[" * MEGABYTE),
    ("nothing", "json", lambda: b""),
    ("nothing", "csv", lambda: b""),
    ("nothing", "parquet", lambda: b""),
]


def test_hostile_bodies_are_refused_and_the_next_is_read(reader: UploadReader) -> None:
    async def all_of_them() -> None:
        taken = []
        for name, kind, make in HOSTILE:
            try:
                taken.append((name, await read(reader, kind, make())))
            except InputError:
                continue
        assert taken == []
        assert await read(reader, "json", b"[1]") == {"form": "ids"}

    run(all_of_them())


def test_texts_that_would_unpack_to_gigabytes_are_their_rows_fault(reader: UploadReader) -> None:
    told = run(read(reader, "parquet", dictionaries()))
    assert (told["form"], told["ends"][-1]) == ("cells", 99_999)


def greedy(code: str, **options: Any) -> UploadReader:
    """A reader whose children run some code in place of reading JSON, with one second of the processor."""
    started = f"""
import scoring.data.uploads.__main__ as forking
forking.CPU_SECONDS = 1
def read(body, out, tables):
    {code}
forking.read_json = read
forking.main()
"""
    return UploadReader(command=["-c", started], **options)


@pytest.mark.parametrize(
    "code",
    [
        "held = [bytearray(2**20) for _ in range(10**6)]",
        "import pyarrow; held = [pyarrow.allocate_buffer(2**20) for _ in range(10**6)]",
        "import numpy; held = [numpy.ones(2**17) for _ in range(10**6)]",
        "while True: pass",
        "while True: out.write(bytes(2**20))",
    ],
    ids=["memory of Python", "memory of Arrow", "memory of numpy", "processor", "result"],
)
def test_a_child_that_reaches_a_limit_is_refused(code: str) -> None:
    reader = greedy(code)
    try:
        with pytest.raises(InputError, match="must be readable within"):
            run(read(reader, "json", b"[1]"))
    finally:
        reader.close()


def test_a_child_that_fails_otherwise_is_told_apart() -> None:
    reader = greedy("raise ValueError(body[:9])")
    try:
        with pytest.raises(UploadError, match="failed"):
            run(read(reader, "json", b"[1]"))
    finally:
        reader.close()


async def child_of(forking: psutil.Process) -> psutil.Process:
    async with asyncio.timeout(20):
        while not (found := forking.children()):
            await asyncio.sleep(0.01)
    return found[0]


def forking_process(reader: UploadReader) -> psutil.Process:
    """The process of this reader: other tests' applications may have theirs in the same process."""
    assert reader._process is not None
    return psutil.Process(reader._process.pid)


ENDLESS = "import time; time.sleep(600)"


def test_a_child_ends_when_its_caller_hangs_up() -> None:
    reader = greedy(ENDLESS)

    async def hang_up() -> psutil.Process:
        reading = asyncio.ensure_future(read(reader, "json", b"[1]"))
        await asyncio.sleep(0)  # until it has begun
        child = await child_of(forking_process(reader))
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return child

    try:
        _, alive = psutil.wait_procs([run(hang_up())], timeout=10)
        assert not alive
        assert reader.space.held == 0
    finally:
        reader.close()


def test_a_child_ends_with_the_process_that_forked_it_and_another_one_serves() -> None:
    reader = greedy(ENDLESS)

    async def kill() -> psutil.Process:
        reading = asyncio.ensure_future(read(reader, "json", b"[1]"))
        await asyncio.sleep(0)
        forking = forking_process(reader)
        child = await child_of(forking)
        forking.kill()
        with pytest.raises(OverloadedError):
            await reading
        assert await read(reader, "csv", b"client_id\n1\n") == {"form": "ids"}
        return child

    try:
        _, alive = psutil.wait_procs([run(kill())], timeout=10)
        assert not alive
    finally:
        reader.close()


def test_the_process_ends_with_the_reader(reader: UploadReader) -> None:
    assert run(read(reader, "json", b"[1]")) == {"form": "ids"}
    forking = forking_process(reader)
    reader.close()
    assert not forking.is_running()


def test_a_body_whose_turn_does_not_come_is_asked_to_come_again() -> None:
    reader = greedy(ENDLESS, at_once=1, patience=0.05)

    async def two() -> None:
        first = asyncio.ensure_future(read(reader, "json", b"[1]"))
        await asyncio.sleep(0)
        with pytest.raises(OverloadedError, match="as many batches"):
            await read(reader, "json", b"[1]")
        first.cancel()
        await asyncio.wait({first})

    try:
        run(two())
    finally:
        reader.close()


def test_another_system_reads_no_body(reader: UploadReader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AVAILABLE", False)
    with pytest.raises(OverloadedError, match="Linux"):
        run(read(reader, "json", b"[1]"))
