"""An open demo's journal begins anew when it is full, goes on in one chain, and loses the oldest part alone."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from scoring import factory
from scoring.audit.audited_decisions import Recorder
from scoring.audit.backups import back_up, restore
from scoring.audit.record import Made, row_of
from scoring.audit.rotation import Rotation, keep_whole, size_of
from scoring.audit.store.database import engine_of, file_before
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import JournalError, QuotaError, UnknownDecisionError
from scoring.server.identity import ANONYMOUS
from scoring.server.middleware.rate_limits import ADDRESS, Allowance, Quota
from scoring.service import Service
from scoring.settings import Settings
from tests.running import run
from tests.scoring.audit.conftest import Record

CLIENT = 100002


@pytest.fixture
def recorder(demo: Service, own: Journal) -> Recorder:
    return Recorder(demo, own)


def before_of(journal: Journal) -> str:
    return f"sqlite:///{file_before(journal.engine)}"


def test_a_new_chain_names_the_head_of_the_old_one(own: Journal, record: Record, url: str) -> None:
    first = record(own, CLIENT)
    old = own.head
    own.rotate()
    second = record(own, CLIENT)
    assert (own.head.seq, second.link.previous != old.digest) == (3, True)
    found = verify(engine_of(url), anchors=[old, own.head], may_rotate=True)
    assert (found.entries, found.before, found.head, found.faults) == (2, old, own.head, ())
    kept = verify(engine_of(before_of(own)), anchors=[old])
    assert (kept.entries, kept.head, kept.faults) == (1, old, ())
    with pytest.raises(UnknownDecisionError):
        Recorder.read(Recorder(None, own), first.entry_id)  # type: ignore[arg-type]


def test_where_no_journal_may_rotate_a_missing_beginning_is_a_fault(own: Journal, record: Record, url: str) -> None:
    record(own, CLIENT)
    noted = own.head
    own.rotate()
    assert "its number should be 1" in verify(engine_of(url)).faults[0].what
    assert "the end was cut" in verify(engine_of(url), anchors=[noted]).faults[-1].what


def test_another_old_head_noted_outside_is_a_fault(own: Journal, record: Record, url: str) -> None:
    record(own, CLIENT)
    own.rotate()
    [fault] = verify(engine_of(url), anchors=[type(own.head)(1, "0" * 64)], may_rotate=True).faults
    assert "goes on from another one" in fault.what


def test_every_writer_goes_on_after_it_and_none_after_a_cut(url: str, record: Record) -> None:
    journals = [Journal(url), Journal(url)]
    try:
        for journal in (*journals, journals[1]):
            record(journal, CLIENT)  # the first one knows an older head than the chain's
        journals[1].rotate()
        assert [record(journal, CLIENT).link.seq for journal in journals] == [5, 6]
        assert verify(engine_of(url), may_rotate=True).faults == ()
        Path(str(file_before(journals[0].engine))).unlink()
        with journals[0].engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM journal_entries WHERE seq > 4")
            connection.exec_driver_sql("DELETE FROM journal_payloads WHERE seq > 4")
        with pytest.raises(JournalError, match="must go on from entry"):
            record(journals[0], CLIENT)
    finally:
        for journal in journals:
            journal.close()


def test_the_oldest_file_goes(own: Journal, record: Record, url: str) -> None:
    for _ in range(3):
        record(own, CLIENT)
        own.rotate()
    kept = verify(engine_of(before_of(own)), may_rotate=True)
    assert (kept.entries, kept.head.seq, kept.faults) == (2, 5, ())
    assert verify(engine_of(url), may_rotate=True).before == kept.head
    names = {path.name for path in file_before(own.engine).parent.iterdir()}
    assert {name for name in names if not name.endswith(("-wal", "-shm"))} == {
        "journal.sqlite",
        "journal.sqlite.before",
    }


def test_an_empty_journal_is_left_alone(own: Journal) -> None:
    own.rotate()
    assert own.head.seq == 0
    assert not file_before(own.engine).exists()


def test_a_chain_that_has_just_begun_does_not_push_the_old_one_out(own: Journal, record: Record) -> None:
    record(own, CLIENT)
    old = own.head
    for _ in range(2):
        own.rotate()
    assert own.head.seq == 2
    assert verify(engine_of(before_of(own))).head == old


def test_nothing_leaves_the_journal_before_the_old_chain_is_on_the_disk(
    own: Journal, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = record(own, CLIENT)

    def fails(_descriptor: int) -> None:
        raise OSError("no more room")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match="no more room"):
            own.rotate()
    assert Recorder.read(Recorder(None, own), first.entry_id).payload is not None  # type: ignore[arg-type]
    assert verify(own.engine).faults == ()


@pytest.mark.parametrize("synthetic", [True, False])
def test_decisions_on_real_clients_never_leave_the_journal(
    own: Journal, record: Record, url: str, monkeypatch: pytest.MonkeyPatch, synthetic: bool
) -> None:
    record(own, CLIENT)
    settings = Settings(CLAIRSCORE_JOURNAL_URL=url, CLAIRSCORE_AUTH="none", CLAIRSCORE_JOURNAL_LIMIT=1)
    assert settings.is_open  # which may serve real clients, on a loopback address
    asked: list[Callable[[], None]] = []
    monkeypatch.setattr(factory, "Rotation", lambda _engine, _limit, rotate: asked.append(rotate) or BytesIO())
    serves = [True]
    with factory.bounded(own, settings, synthetic=lambda: synthetic and serves[0]):
        assert (own.limit, len(asked)) == ((1_000_000, 1) if synthetic else (0, 0))
        serves[0] = False  # other artefacts were put in place
        for rotate in asked:
            rotate()
    assert own.head.seq == 1


def test_a_retention_leaves_the_beginning(own: Journal, record: Record, url: str) -> None:
    record(own, CLIENT)
    own.rotate()
    own.retain(datetime.now(UTC) + timedelta(days=1))
    assert verify(engine_of(url), may_rotate=True).faults == ()


def test_a_full_journal_begins_anew_by_itself_and_stays_bounded(recorder: Recorder, url: str) -> None:
    journal, limit, rotated = recorder.journal, 400_000, threading.Semaphore(0)

    def rotate() -> None:
        journal.rotate()
        rotated.release()

    rotation = Rotation(engine_of(url), limit, rotate)
    try:
        for _ in range(2):
            while not rotated.acquire(blocking=False):
                recorder.decide_known(CLIENT, who=ANONYMOUS, source="api")
    finally:
        rotation.close()
    assert verify(journal.engine, may_rotate=True).faults == ()
    assert verify(engine_of(before_of(journal)), may_rotate=True).faults == ()
    assert size_of(journal.engine) < limit


@pytest.fixture
def small(own: Journal) -> Iterator[Journal]:
    own.quota = Quota(Allowance(3, 1e9), Allowance(5, 1e9))
    token = ADDRESS.set("192.0.2.1")
    yield own
    ADDRESS.reset(token)


def test_a_visitor_has_so_much_and_all_together_too(small: Journal, recorder: Recorder) -> None:
    def decide(address: str) -> None:
        ADDRESS.set(address)
        recorder.decide_known(CLIENT, who=ANONYMOUS, source="api")

    for _ in range(3):
        decide("192.0.2.1")
    with pytest.raises(QuotaError, match="records so much an hour"):
        decide("192.0.2.1")
    with pytest.raises(QuotaError):
        run(recorder.decide_known_async(CLIENT, who=ANONYMOUS, source="api"))
    for _ in range(2):
        decide("192.0.2.2")
    with pytest.raises(QuotaError):
        decide("192.0.2.3")
    decide("")  # what no visitor asked for
    assert small.head.seq == 6


def test_the_rows_of_a_batch_count(small: Journal, recorder: Recorder, demo: Service) -> None:
    one = demo.assess(CLIENT)
    row = row_of(demo.model, Made(one.facts, one.decision, one.explanation), CLIENT)
    with pytest.raises(QuotaError):
        recorder.batch(who=ANONYMOUS).add([row] * 3)
    assert small.head.seq == 0
    recorder.batch(who=ANONYMOUS).add([row] * 2)


def test_what_people_type_counts(small: Journal, recorder: Recorder) -> None:
    small.quota = Quota(Allowance(100, 5_000), Allowance(100, 1e9))
    with pytest.raises(QuotaError):
        for _ in range(3):
            recorder.note(CLIENT, "x" * 2_000, ANONYMOUS)
    assert small.head.seq == 2


def test_a_journal_that_served_real_clients_never_begins_anew(
    own: Journal, record: Record, url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record(own, CLIENT)
    keep_whole(engine_of(url))
    record(own, CLIENT)
    head = own.head
    own.rotate()
    assert own.head == head
    found = verify(engine_of(url), anchors=[head])
    assert (found.entries, found.faults) == (2, ())
    with closing(Rotation(engine_of(url), 1, own.rotate)) as rotation:
        for _ in range(3):
            rotation._look()
    assert [one.message for one in caplog.records if "is full" in one.message] == [
        "the journal is full and holds decisions on real clients: it does not begin anew"
    ]
    back_up(url, tmp_path / "copy.sqlite")
    restored = f"sqlite:///{tmp_path / 'restored.sqlite'}"
    restore(restored, tmp_path / "copy.sqlite")
    with closing(Journal(restored)) as again:
        again.rotate()
        assert record(again, CLIENT).link.previous == head.digest


@pytest.mark.parametrize("synthetic", [True, False])
def test_a_service_of_real_clients_marks_its_journal(
    demo: Service, own: Journal, record: Record, url: str, monkeypatch: pytest.MonkeyPatch, synthetic: bool
) -> None:
    monkeypatch.setattr(Service, "synthetic", synthetic)
    monkeypatch.setattr(factory, "load_service", lambda _: demo)
    settings = Settings(journal_url=url, auth="none", host="127.0.0.1", public_url=None)
    run(_built(settings, own))
    record(own, CLIENT)
    head = own.head
    own.rotate()
    assert (own.head == head) is not synthetic


async def _built(settings: Settings, journal: Journal) -> object:
    return factory.build_server(settings, journal)
