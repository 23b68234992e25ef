"""No query of the journal reads more as the journal grows: each is served by an index, on either store.

Every function that sends a statement is run while its statements are caught, and each is planned by the store. A
function that is added without being run here fails, and so does a query that scans a table.
"""

import ast
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from benchmarks.engines import postgres, postgres_binaries
from scoring.audit.audited_decisions import Recorder
from scoring.audit.batches import Batch, KnownClients
from scoring.audit.client_history import Spot
from scoring.audit.entry_list import Wanted, counts
from scoring.audit.idempotency import Key
from scoring.audit.override_rates import overruled
from scoring.audit.reader import export
from scoring.audit.rotation import first_entry, is_kept, keep_whole, size_of
from scoring.audit.store.chain import Head
from scoring.audit.store.database import ENTRIES, PAYLOADS, check_goes_on, engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import ClairscoreError, JournalError, UnknownDecisionError
from scoring.server.identity import Identity
from scoring.service import Service
from scoring.settings import ROOT

CLIENT, OTHER = 100002, 100003
OFFICER = Identity("Claire", "officer")
PLACES = [
    *sorted((ROOT / "scoring" / "audit").rglob("*.py")),
]
OF_THE_STORE = (
    {
        ("scoring/audit/store/database.py", name)
        for name in (
            "_sqlite",
            "configure",
            "begin",
            "prepare",
            "exclusive",
            "truncate_log",
            "version_of",
            "_from_version",
            "_fill_parts",
        )
    }
    | {("scoring/audit/store/group_commit.py", name) for name in ("_head", "_insert")}
    | {("scoring/audit/backups.py", name) for name in ("_check_closed", "_as_one_file")}
)
"""Functions that set the store up, or speak to its driver: their statements are no queries, or planned below."""
WHOLE_WALKS = {"_astray", "rotate"}
"""A check of the whole chain reads all of it, under no lock; a rotation empties the tables, at a bounded size."""


@dataclass
class Caught:
    """Statements, with who sent them."""

    statements: dict[str, Any] = field(default_factory=dict)
    senders: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def note(self, statement: str, parameters: Any) -> None:
        self.statements.setdefault(statement, parameters)
        frame, found = sys._getframe(), self.senders.setdefault(statement, set())
        while frame := frame.f_back:  # type: ignore[assignment]
            file = frame.f_code.co_filename
            if file.startswith(str(ROOT / "scoring")):
                found.add((str(Path(file).relative_to(ROOT)), frame.f_code.co_name))


@contextmanager
def caught(engines: list[Engine]) -> Iterator[Caught]:
    found = Caught()

    def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        found.note(statement, parameters[0] if many else parameters)

    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    yield found
    for engine in engines:
        event.remove(engine, "before_cursor_execute", listen)


def senders() -> set[tuple[str, str]]:
    """Every function of the journal that sends a statement."""
    found = set()
    for place in PLACES:
        for function in ast.walk(ast.parse(place.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and any(
                isinstance(one, ast.Call)
                and isinstance(one.func, ast.Attribute)
                and one.func.attr in ("execute", "exec_driver_sql", "scalar", "scalars")
                and isinstance(one.func.value, ast.Name | ast.Attribute)
                for one in ast.walk(function)
            ):
                found.add((str(place.relative_to(ROOT)), function.name))
    return found - OF_THE_STORE


def use_everything(recorder: Recorder, engine: Engine) -> None:
    """Ask the journal all that it can be asked."""
    journal, model = recorder.journal, recorder.service.model
    made = recorder.decide_known(CLIENT, who=OFFICER, source="api")
    outcome = next(one for one in ("accept", "decline") if one != made.assessment.decision.outcome)
    recorder.override(made.decision_id, outcome, "why", OFFICER)
    assessment = recorder.service.assess(CLIENT)
    key = Key("key", "Claire", "request")
    for _ in range(2):
        recorder.decide(assessment, who=OFFICER, source="api", key=key)
    keyed = Key("batch", "Claire", "request")
    for _ in range(2):
        source = KnownClients(recorder.service, [CLIENT, OTHER])
        parts = list(Batch(recorder, source, who=OFFICER, key=keyed).parts())
    of_batch = parts[0][0].decision_id  # type: ignore[union-attr]
    review = recorder.ask_review(CLIENT, "why", OFFICER, decision_id=made.decision_id)
    recorder.reviews()
    recorder.reviews(open_only=False)
    recorder.close_review(review.review_id, "accept", "called", OFFICER)
    recorder.note(CLIENT, "a word", OFFICER)
    for name in (made.decision_id, of_batch):
        assert recorder.replay(name).same
        recorder.receipt(name)
        recorder.overrides_of(name)
    for before in (None, Spot(5), Spot(5, 1)):
        recorder.history_of(CLIENT, before=before)
        recorder.events_of(CLIENT, before=before)
        recorder.notes_of(CLIENT, before=before)
    now = datetime.now(UTC)
    for since, until in ((None, None), (now - timedelta(days=1), now + timedelta(days=1))):
        for kind in (None, "decision", "batch"):
            for one in (
                Wanted(kind, since=since, until=until),
                Wanted(kind, CLIENT, since=since, until=until),
                Wanted(kind, since=since, until=until, model=model.model_version),
                Wanted(kind, since=since, until=until, asked_by="Claire"),
                Wanted(kind, since=since, until=until, about=made.decision_id),
                Wanted(kind, CLIENT, since=since, until=until, model=model.model_version, asked_by="Claire"),
            ):
                recorder.listing(one)
                recorder.listing(one, before=4)
    counts(engine)
    overruled(engine, model.model_version)
    journal.check()
    assert verify(engine, anchors=[journal.head]).faults == ()
    assert list(export(engine))
    journal.erase_decision(of_batch)
    with suppress(UnknownDecisionError):
        journal.erase_decision("nobody")
    journal.erase(CLIENT)
    journal.retain(now + timedelta(days=1))
    with suppress(ClairscoreError):
        recorder.read(made.decision_id)
    old = journal.head
    if engine.dialect.name == "sqlite":
        journal.rotate()
        assert size_of(engine) > 0
        keep_whole(engine)
        assert is_kept(engine)
    with engine.connect() as connection:
        first_entry(connection)
        with suppress(JournalError):
            check_goes_on(connection, Head(old.seq, "0" * 64))


def scans_of_sqlite(engine: Engine, statement: str, parameters: Any) -> list[str]:
    """Steps of the plan that read a whole table, or that sort what an index could have given in order."""
    with engine.connect() as connection:
        steps = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    whole = [step for step in steps if step.startswith("SCAN journal_") and "journal_schema" not in step]
    if "WHERE" not in statement and "LIMIT" in statement:  # the last entry
        whole = []
    # A range of numbers that is open at one end is a whole table too, unless the query ends after some entries.
    open_ended = ("(rowid>?)", "(rowid<?)")
    return whole + [step for step in steps if step.endswith(open_ended) and "LIMIT" not in statement]


def scans_of_postgresql(engine: Engine, statement: str, parameters: Any) -> list[str]:
    """The same: where tables are small, only what no index can serve."""
    with engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        steps = [row[0].strip() for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    return [step for step in steps if "Seq Scan on journal_" in step and "journal_schema" not in step]


Scans = Callable[[Engine, str, Any], list[str]]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("CLAIRSCORE_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL must be on the machine; got no initdb below /usr/lib/postgresql. Install it.")
        pytest.skip("PostgreSQL is not on the machine: install it")
    with postgres(binaries) as connection:
        yield f"postgresql://clairscore@/postgres?host={connection.info.host}"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Scans]:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.sqlite'}", scans_of_sqlite
    return request.getfixturevalue("server"), scans_of_postgresql


def test_no_query_of_the_journal_scans(place: tuple[str, Scans], demo: Service) -> None:
    url, scans = place
    journal, engine = Journal(url), engine_of(url)
    journal.engine  # noqa: B018  # its tables are there before statements are caught
    try:
        with caught([engine, journal.engine]) as found:
            use_everything(Recorder(demo, journal), engine)
        ran = set().union(*found.senders.values())
        if engine.dialect.name != "sqlite":  # only a journal on SQLite begins anew
            names = ("rotate", "_begin", "size_of", "keep_whole", "is_kept", "_is_kept")
            ran |= {("scoring/audit/rotation.py", name) for name in names}
        assert senders() - ran == set(), "every function that sends a statement must be run here"
        found.note(f"SELECT seq, digest FROM {ENTRIES.name} ORDER BY seq DESC LIMIT 1", ())  # noqa: S608
        wrong = {}
        for statement, parameters in found.statements.items():
            if not statement.startswith(("SELECT journal", "SELECT DISTINCT", "SELECT count", "UPDATE", "DELETE")):
                continue
            if any(name in WHOLE_WALKS for _, name in found.senders[statement]):
                continue
            if steps := scans(engine, statement, parameters):
                wrong[statement] = steps
        assert wrong == {}
        assert len(found.statements) > 40  # or nothing was caught
    finally:
        journal.close()
        engine.dispose()


def test_a_query_that_scans_is_found(place: tuple[str, Scans], demo: Service) -> None:
    url, scans = place
    journal, engine = Journal(url), engine_of(url)
    try:
        with caught([engine]) as found, journal.engine.connect(), engine.connect() as connection:
            connection.execute(select(PAYLOADS.c.seq).where(PAYLOADS.c.salt == "x")).all()
            connection.execute(select(ENTRIES.c.seq).where(ENTRIES.c.digest > "x")).all()
        planned = {statement: scans(engine, statement, given) for statement, given in found.statements.items()}
        assert len([steps for statement, steps in planned.items() if "salt" in statement or "digest" in statement]) == 2
        assert all(steps for statement, steps in planned.items() if "salt" in statement or "digest" in statement)
    finally:
        journal.close()
        engine.dispose()
