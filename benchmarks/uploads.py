"""Bodies of batches, hostile and honest: time, memory of the service and its children, and how others fare meanwhile.

The rule: each body is sent to a service that runs as a user runs it; another caller asks for a decision again and again
meanwhile. Memory is what comes on top of the service that waits.
"""

import http.client
import io
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import Figure, memory_of
from benchmarks.serving.servers import Running, service
from scoring.data.tables import TABLES, Column, Kind
from scoring.data.tables.column_types import ID_COLUMN
from scoring.settings import DEMO

MEGABYTE: Final = 2**20
CLIENTS: Final = 48_744
LONGEST, MOST_MEMORY, LONGEST_WAIT = 5.0, 300.0, 0.5
"""Seconds until a body is refused, or its answer begins; MB; seconds that another call may take."""
JSON, CSV, PARQUET = "application/json", "text/csv", "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Body:
    """A kind of body, made when it is sent."""

    name: str
    type: str
    make: Callable[[], bytes]
    accepted: bool = False


def figures() -> Iterator[Figure]:
    """Send each body to one service after the other; then small batches, again and again."""
    with service(DEMO) as running:
        first = _send(running, b"[100002]", JSON)
        yield Figure("first batch of one client, with the start of the reader", first.whole, "s", 1)
        small = statistics.median(_send(running, b"[100002]", JSON).whole for _ in range(50))
        yield Figure("batch of one client, median", small, "s", 0.1)
        for body in BODIES:
            sent = _measure(running, body.make(), body.type)
            if (
                sent.status == http.HTTPStatus.OK
            ) != body.accepted or sent.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
                raise RuntimeError(
                    f"{body.name} must be {'accepted' if body.accepted else 'refused'}; got {sent.status}"
                )
            name = f"{body.name} ({sent.megabytes:.3g} MB, {'accepted' if body.accepted else 'refused'})"
            yield Figure(
                f"{name}: until {'the first line' if body.accepted else 'the answer'}", sent.first, "s", LONGEST
            )
            if body.accepted:
                yield Figure(f"{name}: whole answer", sent.whole, "s")
            yield Figure(f"{name}: most memory on top", sent.memory, "MB", MOST_MEMORY)
            yield Figure(f"{name}: longest other call", sent.other, "s", LONGEST_WAIT)


@dataclass(frozen=True)
class Sent:
    """What came of a body."""

    status: int
    first: float
    whole: float
    megabytes: float
    memory: float = 0.0
    other: float = 0.0


def _send(running: Running, body: bytes, kind: str) -> Sent:
    connection = http.client.HTTPConnection(running.address.removeprefix("http://"), timeout=600)
    began = time.perf_counter()
    connection.request("POST", "/api/predict/batch", body, {"Content-Type": kind})
    answer = connection.getresponse()
    answer.read1(1)
    first = time.perf_counter() - began
    while answer.read1(MEGABYTE):
        pass
    connection.close()
    return Sent(answer.status, first, time.perf_counter() - began, len(body) / MEGABYTE)


def _measure(running: Running, body: bytes, kind: str) -> Sent:
    idle, peak, other = running.memory, [0.0], [0.0]
    end = threading.Event()

    def look() -> None:
        while not end.wait(0.02):
            peak[0] = max(peak[0], memory_of(running.process.pid) / MEGABYTE)

    def ask() -> None:
        connection = http.client.HTTPConnection(running.address.removeprefix("http://"), timeout=600)
        while not end.wait(0.05):
            began = time.perf_counter()
            connection.request("GET", "/api/predict/100002")
            connection.getresponse().read()
            other[0] = max(other[0], time.perf_counter() - began)
        connection.close()

    threads = [threading.Thread(target=one) for one in (look, ask)]
    for one in threads:
        one.start()
    try:
        sent = _send(running, body, kind)
    finally:
        end.set()
        for one in threads:
            one.join()
    return Sent(sent.status, sent.first, sent.whole, sent.megabytes, max(peak[0] - idle, 0.0), other[0])


def _applications(rows: int = CLIENTS) -> pl.DataFrame:
    """Applications with a value in every column, all different."""
    random = np.random.default_rng(1)
    columns = TABLES["application_test"].columns
    made: dict[str, Any] = {column.name: _column(column, rows, random) for column in columns}
    return pl.DataFrame(made | {ID_COLUMN: np.arange(1_000_001, 1_000_001 + rows)})


def _column(column: Column, rows: int, random: np.random.Generator) -> Any:
    if column.dtype == "string":
        return random.choice(np.array(column.codes or ["other"]), rows).tolist()
    if column.kind is Kind.FLAG:
        return random.integers(0, 2, rows)
    low = max(-10_000.0, -10_000.0 if column.low is None else column.low)
    high = min(100_000.0, 100_000.0 if column.high is None else column.high)
    drawn = np.round(random.uniform(low, high, rows), 3)
    return np.round(drawn).astype(np.int64) if column.dtype == "int" or column.whole else drawn


def _json_rows(rows: int) -> bytes:
    return json.dumps({"applications": _applications(rows).to_dicts()}, separators=(",", ":")).encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def _long_texts(*, dictionary: bool) -> bytes:
    """All text columns of 100,000 rows, each cell one text of 2,000 characters, in a file of some kilobytes."""
    names = [column.name for column in TABLES["application_test"].columns if column.dtype == "string"]
    cell = pa.DictionaryArray.from_arrays(pa.array(np.zeros(20_000, np.int32)), pa.array(["x" * 2_000]))
    column = cell if dictionary else cell.dictionary_decode()
    out = io.BytesIO()
    with pq.ParquetWriter(
        out, pa.schema([(name, column.type) for name in names]), compression="zstd", use_dictionary=dictionary
    ) as writer:
        for _ in range(5):
            writer.write_table(pa.table(dict.fromkeys(names, column)))
    return out.getvalue()


def _lying() -> bytes:
    """The same in plain pages, with a footer that declares next to nothing unpacked."""
    whole = _long_texts(dictionary=False)
    size = int.from_bytes(whole[-8:-4], "little")
    footer = bytearray(whole[-8 - size : -8])
    about = pq.read_metadata(io.BytesIO(whole))
    declared = set[int]()
    for at in range(about.num_row_groups):
        group = about.row_group(at)
        declared |= {
            group.total_byte_size,
            *(group.column(one).total_uncompressed_size for one in range(group.num_columns)),
        }
    for value in declared:
        true = _varint(2 * value)
        footer = footer.replace(true, bytes([0x80 | 100, *[0x80] * (len(true) - 2), 0]))
    return whole[: -8 - size] + bytes(footer) + whole[-8:]


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(0x80 | value & 0x7F)
        value >>= 7
    return bytes([*out, value])


def _many(text: bytes, megabytes: float, head: bytes = b"", tail: bytes = b"") -> bytes:
    return head + text * int(megabytes * MEGABYTE / len(text)) + tail


_HEAD = b"SK_ID_CURR,OCCUPATION_TYPE\n"
BODIES: Final = (
    Body("CSV of commas", CSV, lambda: _many(b",", 2)),
    Body("CSV of commas", CSV, lambda: _many(b",", 8)),
    Body("CSV of commas in lines", CSV, lambda: _many(b",\n", 60, _HEAD)),
    Body("CSV with a wide header", CSV, lambda: _many(b"SK_ID_CURR,", 8)),
    Body("CSV with a huge quoted cell", CSV, lambda: _many(b"x", 60, _HEAD + b'1,"', b'"\n')),
    Body("CSV of quotation marks", CSV, lambda: _many(b'"', 60, _HEAD)),
    Body("CSV of blank lines", CSV, lambda: _many(b"\n", 60, _HEAD)),
    Body("Parquet whose footer lies", PARQUET, _lying),
    Body("Parquet of dictionaries", PARQUET, lambda: _long_texts(dictionary=True), accepted=True),
    Body(
        "Parquet with a footer of zeros",
        PARQUET,
        lambda: b"PAR1" + bytes(7 * MEGABYTE) + (7 * MEGABYTE).to_bytes(4, "little") + b"PAR1",
    ),
    Body("JSON of {},", JSON, lambda: _many(b"{},", 60, b"[", b"{}]")),
    Body(
        "JSON of history {},",
        JSON,
        lambda: _many(b"{},", 60, b'{"applications":[{"SK_ID_CURR":1}],"history":{"bureau":[', b"{}]}}"),
    ),
    Body("JSON of lists", JSON, lambda: _many(b"[],", 60, b"[", b"[]]")),
    Body("JSON of one wide row", JSON, lambda: _many(b'"a":1,', 60, b"[{", b'"b":1}]'), accepted=True),
    Body("JSON of deep brackets", JSON, lambda: _many(b"[", 60)),
    Body("JSON of a long text", JSON, lambda: _many(b"x", 60, b'["', b'"]')),
    Body("JSON of a long text in a row", JSON, lambda: _many(b"x", 60, b'[{"A":"', b'"}]'), accepted=True),
    Body("JSON of backslashes", JSON, lambda: _many(b"\\", 60, b'["', b'"]')),
    Body("JSON of numbers", JSON, lambda: _many(b"1,", 60, b"[", b"1]")),
    Body(f"JSON of {CLIENTS:,} clients' numbers", JSON, lambda: json.dumps([100002] * CLIENTS).encode(), accepted=True),
    Body("JSON of 16,000 applications", JSON, lambda: _json_rows(16_000), accepted=True),
    Body(f"CSV of {CLIENTS:,} applications", CSV, lambda: _applications().write_csv().encode(), accepted=True),
    Body(f"Parquet of {CLIENTS:,} applications", PARQUET, lambda: _parquet(_applications()), accepted=True),
)
"""A row that holds too much is a fault of that row alone, as any other."""
