"""Tables damaged at random: the same decisions, a counted finding, or a refusal; no row is lost without a word.

A few damages here; ``make fuzz`` tries many (CLAIRSCORE_DAMAGES says how many).
"""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest

from scoring.data.tables import HISTORY, TABLES
from scoring.data.tables.column_types import Column, Kind
from scoring.data.tables.spellings import MISSING_MARKS
from tests import damaged_tables
from tests.damaged_tables import FRAMES, PAGE, READERS, as_csv, decide, outcome, stored, table, undamaged

DAMAGES = int(os.environ.get("CLAIRSCORE_DAMAGES", "16"))
PARTS = 8
"""Tests that share the damages, so that workers share them too."""
ALL = ("application_train", "application_test", *HISTORY)
FACTORS = (12.0, 30.4375, 100.0, 365.25, 1_000.0)
OF_A_UNIT = (Kind.DAYS, Kind.AMOUNT, Kind.SHARE)
EVENTS = ("bureau_balance", "POS_CASH_balance", "credit_card_balance", "installments_payments")
"""Tables in which two equal rows may be two events: what stands twice there cannot be told from them."""
Damaged = tuple[str, pl.DataFrame | bytes]
Damage = Callable[[random.Random, str, str], Damaged]


def columns(name: str, *kinds: Kind) -> list[Column]:
    return [column for column in TABLES[name].columns if column.kind in kinds and column.name != "TARGET"]


def some(rng: random.Random, frame: pl.DataFrame) -> pl.Expr:
    """Rows: one, a few, or all."""
    share = rng.choice([0.0, 0.05, 1.0])
    first = rng.randrange(frame.height)
    chosen = [row == first or rng.random() < share for row in range(frame.height)]
    return pl.Series(chosen)


def put(frame: pl.DataFrame, name: str, where: pl.Expr, value: pl.Expr) -> pl.DataFrame:
    return frame.with_columns(pl.when(where).then(value).otherwise(pl.col(name)).alias(name))


def sign(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name)
    column = rng.choice(columns(name, Kind.DAYS, Kind.AMOUNT, Kind.MONTHS, Kind.SHARE))
    # Where both signs are usual, one value of the other tells nothing.
    usual = column.low is None or (column.low < 0 and (column.high is None or column.high > 0))
    where = pl.lit(True) if usual else some(rng, frame)
    return f"sign of {column.name}", put(frame, column.name, where, -pl.col(column.name))


def unit(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name)
    column = rng.choice(columns(name, *OF_A_UNIT))
    factor = rng.choice(FACTORS) ** rng.choice([-1, 1])
    value = pl.col(column.name) * factor
    typed = value.round().cast(pl.Int64) if column.whole else value
    # Every value: one alone in another unit is another possible value.
    return f"unit of {column.name}, {factor:g}", frame.with_columns(typed.alias(column.name))


def code(rng: random.Random, name: str, _: str) -> Damaged:
    column = rng.choice(columns(name, Kind.CATEGORY) or columns("bureau", Kind.CATEGORY))
    frame = table(name)
    to = rng.choice(["Astronaut", column.codes[0].upper() + " ", column.codes[-1].lower(), "?", "0", "yes"])
    return f"code of {column.name}: {to!r}", put(frame, column.name, some(rng, frame), pl.lit(to))


def mark(rng: random.Random, name: str, reader: str) -> Damaged:
    frame = table(name)
    to = rng.choice([*MISSING_MARKS, "-", "missing"])
    if reader == "Parquet":
        column = rng.choice(columns(name, Kind.CATEGORY))
        return f"mark {to!r} in {column.name}", put(frame, column.name, some(rng, frame), pl.lit(to))
    column = rng.choice([one for one in TABLES[name].columns if one.name != "TARGET"])
    texts = frame.with_columns(pl.all().cast(pl.String))
    return f"mark {to!r} in {column.name}", put(texts, column.name, some(rng, frame), pl.lit(to))


def pad(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name)
    column = rng.choice(columns(name, Kind.CATEGORY))
    space = rng.choice([" ", "   ", "\t", "\u00a0"])
    value = pl.lit(space * rng.randrange(2)) + pl.col(column.name) + pl.lit(space)
    return f"pad {column.name} by {space!r}", put(frame, column.name, some(rng, frame), value)


def quote(rng: random.Random, name: str, reader: str) -> Damaged:
    if reader == "Parquet":
        return pad(rng, name, reader)
    lines = as_csv(table(name)).decode().split("\n")
    chosen = rng.sample(range(len(lines) - 1), min(3, len(lines) - 1))
    for i in chosen:
        place = rng.randrange(len(lines[i]))
        lines[i] = rng.choice(
            [
                '"' + lines[i].replace('"', '""') + '"',
                '"' + lines[i],
                lines[i][:place] + '"' + lines[i][place:],
            ]
        )
    return f"quotation marks in lines {chosen}", "\n".join(lines).encode()


def cut(rng: random.Random, name: str, reader: str) -> Damaged:
    content = READERS[reader][0](table(name))
    place = rng.randrange(1, len(content))
    while reader != "Parquet" and content[place - 1 : place] == b"\n":  # right behind a line nothing shows it
        place -= 1
    return f"cut at {place}", content[:place]


def shuffle(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name).sample(fraction=1.0, shuffle=True, seed=rng.randrange(9999))
    return "rows and columns in another order", frame.select(rng.sample(frame.columns, frame.width))


def duplicate(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name)
    again = frame.sample(min(frame.height, rng.randrange(1, 5)), seed=rng.randrange(9999))
    if rng.random() < 0.5 and "AMT_CREDIT" in again.columns:
        again = again.with_columns(pl.col("AMT_CREDIT") + 1)
    return "rows again", pl.concat([frame, again])


def kind(rng: random.Random, name: str, _: str) -> Damaged:
    frame = table(name)
    column = rng.choice([one for one in TABLES[name].columns if one.name != "TARGET"])
    to = rng.choice([pl.String, pl.Float64, pl.Int64, pl.Binary, pl.Categorical, pl.Boolean, pl.Date])
    try:
        cast = frame[column.name].cast(to)
        kept = cast.cast(frame.schema[column.name]).equals(frame[column.name])
        # Polars makes days of any number, and panics where it writes one beyond its calendar.
        kept = kept and (to != pl.Date or float(frame[column.name].abs().max() or 0) < 1e6)  # type: ignore[arg-type]
    except pl.exceptions.PolarsError:
        kept = False
    # A type that holds other values is another damage: decimals that are cut off are possible values.
    return (f"type of {column.name}: {to}", frame.with_columns(cast)) if kept else shuffle(rng, name, _)


KINDS: Mapping[str, Damage] = {
    "sign": sign, "unit": unit, "code": code, "mark": mark, "pad": pad, "quote": quote, "cut": cut,
    "shuffle": shuffle, "duplicate": duplicate, "type": kind,
}  # fmt: skip


def tried(number: int) -> tuple[str, str]:
    """Try one damage; return what it was, and how it ended: ``same``, ``counted``, ``refused`` or what is wrong."""
    rng = random.Random(number)  # the same number, the same damage
    damage = list(KINDS)[number % len(KINDS)]
    name = rng.choice(ALL)
    reader = rng.choice(["CSV", "CSV in a zip", "Parquet"])
    if damage == "unit" and (name == "application_test" or not columns(name, *OF_A_UNIT)):
        name = "application_train"  # of the other, a tenth of the clients: too few to tell
    if damage in {"code", "pad"} and not columns(name, Kind.CATEGORY):
        name = "bureau"
    if damage == "duplicate" and name in EVENTS:
        name = "bureau"
    if damage in {"mark", "quote"} and reader == "Parquet" and not columns(name, Kind.CATEGORY):
        reader = "CSV"
    what, content = KINDS[damage](rng, name, reader)
    what = f"{number}: {name} as {reader}, {what}"
    try:
        found = outcome(name, reader, content)
    except pl.exceptions.ComputeError:  # what Polars does not write as CSV
        return what, "same"
    if found.refused:
        return what, "refused" if "\n" not in found.refused and " must " in found.refused else found.refused
    usual = undamaged(name, "Parquet")
    assert found.rows is not None
    assert found.dropped is not None
    assert found.decisions is not None
    assert usual.decisions is not None
    frame = "application" if name.startswith("application") else name
    written = table(name).height if isinstance(content, bytes) else content.height
    others = sum(table(one).height for one in ALL[:2] if one != name) if frame == "application" else 0
    counted = found.counted - usual.counted
    if not counted and (found.rows[frame] + found.dropped.get(name, 0) != written + others):
        return what, f"{written + others} rows in, {found.rows[frame]} out"
    if counted:
        return what, "counted"
    return what, "same" if found.decisions.equals(usual.decisions) else "changed in silence"


@pytest.mark.parametrize("part", range(PARTS))
def test_no_damage_is_silent(part: int) -> None:
    ends = dict(tried(number) for number in range(part, DAMAGES, PARTS))
    assert {what: end for what, end in ends.items() if end not in {"same", "counted", "refused"}} == {}


def rows_of_page() -> dict[str, dict[str, str]]:
    heads, _, *rows = (
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    )
    return {row[0]: dict(zip(heads, row, strict=True)) for row in rows}


@pytest.mark.parametrize("kind", damaged_tables.KINDS)
def test_the_page_says_what_happens(kind: str) -> None:
    written, readers = rows_of_page()[kind], READERS if "CLAIRSCORE_DAMAGES" in os.environ else ("CSV", "Parquet")
    found = damaged_tables.row_of_page(kind, readers)
    assert found == {head: written[head] for head in found}
    assert "SILENCE" not in str(written)


def test_the_page_has_every_kind_and_no_other() -> None:
    assert list(rows_of_page()) == list(damaged_tables.KINDS)


def test_damage_is_told_where_it_is() -> None:
    with tempfile.TemporaryDirectory() as made:
        stored("application_test", "CSV", FRAMES["a column renamed"](table("application_test")), folder=Path(made))
        found = decide(Path(made))
    assert "application_test.csv" in found.refused
