"""The board's evidence, counted on a folder of tables by DuckDB.

The rule: counts alone leave the tables. How often clients had difficulties is kept only for groups of a hundred or
more, so that no outcome of a few clients can be read off.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from scoring.data.tables import RawTables, read_tables
from scoring.data.tables.file_discovery import find_tables
from scoring.errors import SettingsError
from scoring.files import file_aside, read_versioned, validated
from training.data.problems.cards import Board, Card, Evidence
from training.provenance import synthetic_origin

FORMAT, VERSION = "clairscore/problem-counts", 1
LABELS = "labels"
FEWEST_OUTCOMES = 100
"""Labelled clients below which a group's outcomes are not kept."""
Count = Annotated[int, Field(ge=0)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Outcomes(_Form):
    """How many labelled clients there are, and how many of them had difficulties: in the group, and in all."""

    labelled: Count
    difficulties: Count
    all_labelled: Count
    all_difficulties: Count


class Found(_Form):
    """What one piece of evidence came to: the rows concerned, of all."""

    query: str
    touched: Count
    total: Count
    outcomes: Outcomes | None = None


class DataSet(_Form):
    """Counts on one folder of tables.

    Attributes
    ----------
    seed : of a synthetic portfolio; None where nothing proves that the tables are synthetic
    found : by card; a piece of evidence whose tables are absent is None
    """

    name: str
    seed: int | None
    clients: Count
    rows: dict[str, Count]
    found: dict[str, tuple[Found | None, ...]]

    @property
    def synthetic(self) -> bool:
        """Whether the tables are proved synthetic."""
        return self.seed is not None


class Counts(_Form):
    """The counts file."""

    data_sets: tuple[DataSet, ...] = ()


def count_evidence(board: Board, tables: Path, name: str) -> DataSet:
    """Count every card's evidence on a folder of raw tables.

    Parameters
    ----------
    name : what the page calls these tables

    Raises
    ------
    TableError
        When a table is not as declared.
    SettingsError
        When a card's SQL does not run.
    """
    labelled = "application_train" in find_tables(tables)
    connection = duckdb.connect(config={"memory_limit": "3GB"})
    try:
        with read_tables(tables, labels=labelled, connection=connection) as raw:
            origin = synthetic_origin(tables, raw.sources)
            rows = _views(raw)
            found = {card.id: tuple(_count(card, e, rows, connection) for e in card.evidence) for card in board.cards}
    finally:
        connection.close()
    seed = None if origin is None else origin["seed"]
    return DataSet(name=name, seed=seed, clients=rows["application"], rows=rows, found=found)


def _views(raw: RawTables) -> dict[str, int]:
    """Name each table for SQL, and return its number of rows."""
    frames = dict(raw.frames)
    if raw.labels is not None:
        frames[LABELS] = raw.labels
    rows = {}
    for name, frame in frames.items():
        native = frame.to_native()
        native.create_view(name)
        rows[name] = int(native.aggregate("count(*)").fetchall()[0][0])
    return rows


def _count(card: Card, evidence: Evidence, there: Iterable[str], connection: duckdb.DuckDBPyConnection) -> Found | None:
    if not set(card.needs_of(evidence)) <= set(there):
        return None
    # COALESCE: a condition on a missing value does not hold
    holds = f"coalesce(({evidence.where}), false)"
    try:
        touched, total = connection.sql(
            f"SELECT count(*) FILTER (WHERE {holds}), count(*) FROM {card.source_of(evidence)}"  # noqa: S608
        ).fetchall()[0]
        outcomes = None
        if card.source_of(evidence) == "application" and LABELS in there:
            outcomes = _outcomes(holds, connection)
    except duckdb.Error as error:
        raise SettingsError(
            f"a card's evidence must be SQL that runs; got, in {card.id}: {str(error).splitlines()[0]}. "
            "Correct the card."
        ) from error
    return Found(query=card.digest_of(evidence), touched=touched, total=total, outcomes=outcomes)


def _outcomes(holds: str, connection: duckdb.DuckDBPyConnection) -> Outcomes | None:
    labelled, difficulties, everyone, all_difficulties = connection.sql(
        f"SELECT count(*) FILTER (WHERE {holds}), count(*) FILTER (WHERE {holds} AND TARGET = 1), count(*), "  # noqa: S608
        "count(*) FILTER (WHERE TARGET = 1) FROM application JOIN labels USING (SK_ID_CURR)"
    ).fetchall()[0]
    if min(labelled, everyone - labelled) < FEWEST_OUTCOMES:
        return None
    return Outcomes(
        labelled=labelled, difficulties=difficulties, all_labelled=everyone, all_difficulties=all_difficulties
    )


def with_data_set(counts: Counts, new: DataSet) -> Counts:
    """Return the counts with a data set added, or replaced where its name is there; synthetic ones come first."""
    others = [data_set for data_set in counts.data_sets if data_set.name != new.name]
    ordered = sorted([*others, new], key=lambda data_set: (not data_set.synthetic, data_set.name))
    return Counts(data_sets=tuple(ordered))


def read_counts(path: Path) -> Counts:
    """Read the counts file.

    Raises
    ------
    ArtefactError
        When it is missing or not as declared.
    """
    document = read_versioned(
        path, FORMAT, VERSION, remedy="Run `python -m training problems --tables DIR --name NAME`."
    )
    return validated(Counts, {"data_sets": document.get("data_sets")}, path)


def write_counts(counts: Counts, path: Path) -> None:
    """Write the counts file, whole or not at all."""
    document = {"format": FORMAT, "version": VERSION, **counts.model_dump(mode="json")}
    with file_aside(path) as aside:
        aside.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
