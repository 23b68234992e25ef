"""Ways to damage tables, ways to store them, and what then happens to the decisions: for tests, and for a page of docs.

``python -m tests.damaged_tables`` writes ``docs/damaged-tables.md`` again.
"""

from __future__ import annotations

import gzip
import http
import json
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
from fastapi import FastAPI
from fastapi.testclient import TestClient

from scoring.api import add_api
from scoring.audit.audited_decisions import Recorder
from scoring.audit.batches import BatchFindings
from scoring.audit.writer import Journal
from scoring.data.features import DICTIONARY, Plan
from scoring.data.tables import TABLES, RawTables, read_rows, read_tables
from scoring.errors import InputError, TableError
from scoring.model.additive_model import Lookup
from scoring.model.artefacts import read_artefacts
from scoring.model.decision import decide_many
from scoring.service import Service
from scoring.settings import DEMO, ROOT
from training.data.synthetic import write_portfolio

PAGE = ROOT / "docs" / "damaged-tables.md"
CLIENTS, SEED = 260, 5
"""Clients enough to tell that a feature moved."""
ID = "SK_ID_CURR"
Content = pl.DataFrame | bytes
Store = Callable[[Path, str, bytes], None]


@dataclass(frozen=True)
class Outcome:
    """What happened to a batch of tables.

    Attributes
    ----------
    refused : the message, where the tables were refused or the batch stopped
    stopped : whether that was for the share of its findings
    rows : rows of each table that came out
    dropped : rows counted as left out, by table
    counted : what was put right and what was found, in words, with its numbers
    decisions : client, probability and decision, sorted; None where there are none
    """

    refused: str = ""
    stopped: bool = False
    rows: Mapping[str, int] | None = None
    dropped: Mapping[str, int] | None = None
    counted: frozenset[str] = frozenset()
    decisions: pl.DataFrame | None = None


@cache
def whole() -> Path:
    """Return the folder of a synthetic portfolio without damage, as Parquet."""
    folder = Path(tempfile.mkdtemp(prefix="clairscore-test-")) / "tables"
    write_portfolio(CLIENTS, SEED, folder)
    return folder


@cache
def table(name: str) -> pl.DataFrame:
    """Return a table without damage."""
    return pl.read_parquet(whole() / f"{name}.parquet")


@cache
def _lookup() -> Lookup:
    return Lookup(read_artefacts(DEMO).model)


@cache
def _plan() -> Plan:
    return Plan([DICTIONARY[name] for name in _lookup().model.features])


def decide(folder: Path) -> Outcome:
    """Read the tables of a folder and decide on every client, as ``scoring batch`` does."""
    lookup = _lookup()
    findings = BatchFindings(DEMO, folder)
    repairs: tuple[str, ...] = ()
    try:
        with read_tables(folder) as raw:
            repairs = tuple(map(str, raw.repairs))
            findings.look_at_tables(raw)
            frames = {name: frame.collect("polars").to_native() for name, frame in raw.frames.items()}
            dropped: dict[str, int] = {}
            for repair in raw.repairs:
                dropped[repair.table] = dropped.get(repair.table, 0) + repair.dropped
            lazy = {name: nw.from_native(frame.lazy()) for name, frame in frames.items()}
            matrix = _plan()(RawTables(lazy, raw.absent, None, {}))
            findings.look_at_features(lookup.model, matrix)
    except TableError as error:
        return Outcome(str(error), "--accept-findings" in str(error), counted=frozenset((*repairs, *findings.lines())))
    return Outcome(
        rows={name: frame.height for name, frame in frames.items()},
        dropped=dropped,
        counted=frozenset((*repairs, *findings.lines())),
        decisions=_decided(matrix),
    )


def _decided(matrix: pl.DataFrame) -> pl.DataFrame:
    lookup = _lookup()
    return pl.concat(
        [matrix.select(ID), decide_many(lookup.model, lookup.score_many(matrix)).select("pd", "decision")],
        how="horizontal",
    )


def as_csv(frame: pl.DataFrame) -> bytes:
    """Return a frame as the bytes of a CSV."""
    return frame.write_csv().encode()


def as_parquet(frame: pl.DataFrame) -> bytes:
    """Return a frame as the bytes of a Parquet file."""
    with tempfile.TemporaryDirectory() as folder:
        frame.write_parquet(Path(folder) / "table.parquet")
        return (Path(folder) / "table.parquet").read_bytes()


def _zipped(folder: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(folder / f"{name}.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.csv", content)


READERS: Mapping[str, tuple[Callable[[pl.DataFrame], bytes], Store]] = {
    "CSV": (as_csv, lambda folder, name, content: _write(folder / f"{name}.csv", content)),
    "CSV, gzip": (as_csv, lambda folder, name, content: _write(folder / f"{name}.csv.gz", gzip.compress(content, 1))),
    "CSV in a zip": (as_csv, _zipped),
    "Parquet": (as_parquet, lambda folder, name, content: _write(folder / f"{name}.parquet", content)),
}
"""By name: how a frame becomes bytes, and how these become a file of a folder."""


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def stored(name: str, reader: str, content: Content, *, folder: Path) -> None:
    """Store one table in a folder, beside the others without damage."""
    for other in TABLES:
        if other != name:
            (folder / f"{other}.parquet").symlink_to(whole() / f"{other}.parquet")
    to_bytes, store = READERS[reader]
    store(folder, name, to_bytes(content) if isinstance(content, pl.DataFrame) else content)


def outcome(name: str, reader: str, content: Content) -> Outcome:
    """Decide on the portfolio with one table stored so."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        stored(name, reader, content, folder=folder)
        return decide(folder)


@cache
def undamaged(name: str, reader: str) -> Outcome:
    """Return what happens with one table stored so, without damage."""
    return outcome(name, reader, table(name))


# What a page of the documentation shows.

Frames = Callable[[pl.DataFrame], pl.DataFrame]
Texts = Callable[[str], bytes]
APPLICATION = "application_train"
_EMPLOYED = pl.col("DAYS_EMPLOYED")
_TEXTS = [column.name for column in TABLES[APPLICATION].columns if column.dtype == "string"]


def quoted_lines(text: str) -> bytes:
    """Quote as a whole each line in which a field is quoted, as spreadsheets do."""
    return "\n".join('"' + row.replace('"', '""') + '"' if '"' in row else row for row in text.split("\n")).encode()


FRAMES: Mapping[str, Frames] = {
    "a sign: days of employment above zero": lambda frame: frame.with_columns(
        DAYS_EMPLOYED=pl.when(_EMPLOYED < 0).then(-_EMPLOYED).otherwise(_EMPLOYED)
    ),
    "a sign: incomes below zero": lambda frame: frame.with_columns(-pl.col("AMT_INCOME_TOTAL")),
    "a unit: employment in years": lambda frame: frame.with_columns(
        DAYS_EMPLOYED=pl.when(_EMPLOYED < 0).then((_EMPLOYED / 365.25).cast(pl.Int64)).otherwise(_EMPLOYED)
    ),
    "a unit: external scores in percent": lambda frame: frame.with_columns(pl.col("EXT_SOURCE_2") * 100),
    "365243 emptied beforehand": lambda frame: frame.with_columns(pl.when(_EMPLOYED < 0).then(_EMPLOYED)),
    "codes that nobody declared": lambda frame: frame.with_columns(OCCUPATION_TYPE=pl.lit("Astronaut")),
    "codes in capitals": lambda frame: frame.with_columns(pl.col("NAME_INCOME_TYPE").str.to_uppercase()),
    "flags as 1 and 0": lambda frame: _flags(frame, 1, 0),
    "flags as true and false": lambda frame: _flags(frame, True, False),
    "flags as oui and non": lambda frame: _flags(frame, "oui", "non"),
    "missing texts as NULL": lambda frame: frame.with_columns(pl.col(_TEXTS).fill_null("NULL")),
    r"missing texts as \N": lambda frame: frame.with_columns(pl.col(_TEXTS).fill_null(r"\N")),
    "missing texts as <NA>": lambda frame: frame.with_columns(pl.col(_TEXTS).fill_null("<NA>")),
    "missing texts as an empty text": lambda frame: frame.with_columns(pl.col(_TEXTS).fill_null("")),
    "codes padded with spaces": lambda frame: frame.with_columns(pl.col(_TEXTS).str.pad_end(40)),
    "ids as decimals": lambda frame: frame.with_columns(pl.col(ID).cast(pl.Float64)),
    "amounts as texts": lambda frame: frame.with_columns(pl.col("AMT_CREDIT").cast(pl.String)),
    "rows in another order": lambda frame: frame.sample(fraction=1.0, shuffle=True, seed=1),
    "columns in another order": lambda frame: frame.select(reversed(frame.columns)),
    "a row number": lambda frame: frame.with_row_index("Unnamed: 0"),
    "rows twice": lambda frame: pl.concat([frame, frame.head(3)]),
    "an id with two rows": lambda frame: pl.concat(
        [frame, frame.head(1).with_columns(pl.col("AMT_CREDIT") + 1)]
    ),
    "a column renamed": lambda frame: frame.rename({"AMT_CREDIT": "CREDIT"}),
    "a column too many": lambda frame: frame.with_columns(EXTRA=1),
    "an infinite amount": lambda frame: frame.with_columns(AMT_CREDIT=pl.lit(float("inf"))),
    "another table": lambda _: table("POS_CASH_balance"),
}  # fmt: skip
"""Damage of values, rows and columns."""

FILES: Mapping[str, Texts] = {
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "UTF-16": lambda text: text.encode("utf-16"),
    "semicolons, after a line `sep=;`": lambda text: b"sep=;\n" + pl.read_csv(
        text.encode(), infer_schema=False).write_csv(separator=";").encode(),
    "lines quoted as a whole": quoted_lines,
    "line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "blank lines": lambda text: text.replace("\n", "\n\n", 3).encode(),
    "the header again": lambda text: (text + text.split("\n", 1)[0] + "\n").encode(),
    "a quotation mark that is not closed": lambda text: text.replace("Cash loans", '"Cash loans', 1).encode(),
    "cut within a row": lambda text: text.encode()[: len(text) // 2],
}  # fmt: skip
"""Damage of a CSV's text."""

ANY_FILE: Mapping[str, Callable[[bytes], bytes]] = {
    "a file cut short": lambda content: content[:-40],
    "a Git LFS pointer": lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
    "a web page": lambda _: b"<!DOCTYPE html><html>log in</html>",
}
"""Damage of any file's bytes, after it was packed."""


def _flags(frame: pl.DataFrame, yes: object, no: object) -> pl.DataFrame:
    return frame.with_columns(pl.col("FLAG_OWN_CAR", "FLAG_OWN_REALTY").replace_strict({"Y": yes, "N": no}))


def said(name: str, reader: str, found: Outcome) -> str:
    """Return an outcome in a few words."""
    if found.stopped:
        return "stopped"
    if found.refused:
        return "refused"
    usual = undamaged(name, reader)
    counted = sorted({_kind(line) for line in found.counted - usual.counted})
    what = f": {', '.join(counted)}" if counted else ""
    assert found.decisions is not None
    assert usual.decisions is not None
    same = found.decisions.equals(usual.decisions)
    if same:
        return f"same, counted{what}" if counted else "same"
    return f"counted{what}" if counted else "CHANGED IN SILENCE"


def _kind(line: str) -> str:
    """Return what a line of findings is about, without its numbers."""
    for refusal in ("impossible values", "unknown codes", "missing values"):
        if f"hold {refusal}" in line:
            return refusal
    return line.split(": ")[1].split(" (", maxsplit=1)[0] if ": " in line else "features that moved"


def of_rows(change: Frames) -> str:
    """Return what happens to single applications of a damaged table, as the API and its client read them."""
    lookup, plan = _lookup(), _plan()
    usual, refused, same, reviews = table(APPLICATION).head(12), 0, True, 0
    try:
        damaged = change(usual)
    except pl.exceptions.PolarsError:
        return "–"
    if damaged.height != usual.height or not set(usual.columns) <= {*damaged.columns, "AMT_CREDIT"}:
        return "–"
    before = {row[ID]: row for row in usual.iter_rows(named=True)}
    for row in damaged.iter_rows(named=True):
        try:
            found = plan(read_rows({"application": [_without_label(row)]}))
        except InputError:
            refused += 1
            continue
        expected = plan(read_rows({"application": [_without_label(before[int(row[ID])])]}))
        if not found.equals(expected):
            outside = lookup.score(found.row(0, named=True)).outside
            same &= bool(outside)
            reviews += bool(outside)
    if refused:
        return "refused" if refused == damaged.height else "refused, row by row"
    return ("review" if reviews else "same") if same else "as it says"


BODIES: Mapping[str, tuple[Callable[[pl.DataFrame], bytes], str]] = {
    "batch in CSV": (as_csv, "text/csv"),
    "batch in Parquet": (as_parquet, "application/vnd.apache.parquet"),
}
"""By name: how a frame becomes the body of a batch, and the body's type."""


@cache
def _api() -> TestClient:
    """The API over the demo, with a journal of its own, which end with the process."""
    app = FastAPI(docs_url=None, redoc_url=None)
    service = Service(read_artefacts(DEMO))
    folder = tempfile.mkdtemp(prefix="clairscore-test-")
    add_api(app, service, Recorder(service, Journal(f"sqlite:///{folder}/journal.sqlite")))
    return TestClient(app)


def _rows_of(content: bytes, kind: str) -> list[dict[str, Any]] | None:
    """What a batch answers, row by row; None where it is refused as a whole."""
    answer = _api().post("/api/predict/batch", content=content, headers={"content-type": kind})
    if answer.status_code != http.HTTPStatus.OK:
        assert answer.status_code == http.HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
        return None
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert len(rows) == int(answer.headers["x-batch-rows"])  # as many as were read, decided or told
    return rows


@cache
def _usual_rows(body: str) -> Mapping[int, float]:
    to_bytes, kind = BODIES[body]
    return {row["client_id"]: row["pd"] for row in _rows_of(to_bytes(table(APPLICATION)), kind) or []}


def of_body(body: str, content: bytes) -> str:
    """Return what happens to the table as the body of a batch."""
    rows, usual = _rows_of(content, BODIES[body][1]), _usual_rows(body)
    if rows is None:
        return "refused"
    decided = [row for row in rows if "pd" in row]
    if len(decided) < len(rows):
        return "refused, row by row"
    moved = [row for row in decided if row["pd"] != usual[row["client_id"]]]
    if not moved:
        return "same"
    return "review" if all("outside_training" in row["review_because"] for row in moved) else "as it says"


def _without_label(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != "TARGET"}


KINDS = (*FRAMES, *FILES, *ANY_FILE)


HEADS = ("damage", *READERS, *BODIES, "single rows")


def row_of_page(kind: str, readers: Collection[str] = tuple(READERS)) -> dict[str, str]:
    """Return what happens with one kind of damage, by reader, body of a batch, and of single rows."""
    whole_table = table(APPLICATION)
    cells = {"damage": kind, **dict.fromkeys(readers, "–"), **dict.fromkeys(HEADS[-3:], "–")}
    if kind in FRAMES:
        damaged = FRAMES[kind](whole_table)
        for reader in readers:
            cells[reader] = said(APPLICATION, reader, outcome(APPLICATION, reader, damaged))
        for body, (to_bytes, _) in BODIES.items():
            cells[body] = of_body(body, to_bytes(damaged))
        cells["single rows"] = of_rows(FRAMES[kind])
    elif kind in FILES:
        content = FILES[kind](as_csv(whole_table).decode())
        for reader in readers:
            if reader != "Parquet":
                cells[reader] = said(APPLICATION, reader, outcome(APPLICATION, reader, content))
        cells["batch in CSV"] = of_body("batch in CSV", content)
    else:
        for reader in readers:
            cells[reader] = said(APPLICATION, reader, _damaged_file(reader, ANY_FILE[kind]))
        for body, (to_bytes, _) in BODIES.items():
            cells[body] = of_body(body, ANY_FILE[kind](to_bytes(whole_table)))
    return cells


def _damaged_file(reader: str, damage: Callable[[bytes], bytes]) -> Outcome:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        stored(APPLICATION, reader, table(APPLICATION), folder=folder)
        (path,) = (one for one in folder.iterdir() if not one.is_symlink())
        path.write_bytes(damage(path.read_bytes()))
        return decide(folder)


HEAD = f"""# Damaged tables, and what happens

Made by `python -m tests.damaged_tables`, and held to what happens by a test. The table of the applications is damaged
as a whole, in a synthetic portfolio of {CLIENTS} clients, and decided on with the demo's model. The readers are those
of every command (`batch`, `run`, `watch`, `features`, `check`, …); a batch in CSV or Parquet is sent to the API, which
puts right the same spellings without counting them; single rows are those of the API and its Python client.

- *same*: every probability and decision is the one without damage;
- *counted*: a repair or a finding says what and how often (decisions 9 and 41);
- *stopped*: findings are above the share that training saw; `--accept-findings` goes on (decision 42);
- *refused*: one message says what must hold, what was got, where, and what to do;
- *review*: a value lies outside what training saw, and a person looks;
- *as it says*: a row is decided as it says; nothing beside it tells that it is wrong;
- –: the reader has no such damage.
"""
FOOT = """
What cannot be told: one value in whose place another possible one stands; a month or an instalment that stands twice,
for two equal ones are possible (`check` counts months that repeat; an instalment paid in parts repeats as published); a
CSV that is cut right behind the end of a line; columns of one meaning and range that changed places; another unit in a
small part of the clients. Of a single row, a unit is seen only where the value lies outside what training saw, and is a
review. A feature is held against training from 200 clients on.
"""


def page() -> str:
    """Return the page of the documentation."""
    rows = [dict(zip(HEADS, HEADS, strict=True)), dict.fromkeys(HEADS, "---"), *map(row_of_page, KINDS)]
    return "\n".join([HEAD, *(f"| {' | '.join(row[head] for head in HEADS)} |" for row in rows), FOOT])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
