"""What people do about a decision is recorded, found again, and erased with the client it is about."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scoring.audit.audited_decisions import MOST_TEXT, REVIEW_OUTCOMES, Recorder
from scoring.audit.entry_list import Wanted
from scoring.audit.record import Made, fingerprint, row_of
from scoring.audit.store.database import engine_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.data.tables import TABLES
from scoring.data.tables.column_types import Column, Kind
from scoring.errors import ConflictError, InputError, UnknownClientError, UnknownDecisionError, UnknownReviewError
from scoring.server.identity import ANONYMOUS, Identity
from scoring.service import Service
from tests.running import run

CLIENT = 100002
OFFICER = Identity("Claire", "officer")
SCRIPT = Identity("nightly", "script")
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture
def own(demo: Service, tmp_path: Path) -> Iterator[Recorder]:
    opened = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield Recorder(demo, opened)
    opened.close()


@pytest.fixture(scope="module")
def raw_application() -> dict[str, object]:
    """An application of nobody in particular: the first code of each category, the lowest of what is never empty."""

    def value(column: Column) -> object:
        if column.kind is Kind.CATEGORY:
            return column.codes[0]
        return 1_000 if column.kind is Kind.AMOUNT else int(column.low or 0)

    columns = [column for column in TABLES["application_test"].columns if not column.nullable]
    return {column.name: value(column) for column in columns if column.kind is not Kind.ID} | {"DAYS_BIRTH": -15_000}


def test_nothing_recorded_yet(own: Recorder) -> None:
    assert own.history_of(CLIENT) == own.notes_of(CLIENT) == own.reviews() == ()
    assert own.listing(Wanted()).lines == ()
    with pytest.raises(UnknownDecisionError):
        own.read("0e37df36-f698-41e6-a49e-ccd29eb9d3a8")


def test_a_decision_says_who_asked_for_what_and_from_what(own: Recorder, demo: Service) -> None:
    made = own.decide_known(CLIENT, who=OFFICER, source="page", purpose="letter")
    payload = own.read(made.decision_id).payload
    assert payload is not None
    said = {name: payload[name] for name in ("source", "client_id", "asked_by", "role", "purpose")}
    assert said == {"source": "page", "client_id": CLIENT, "asked_by": "Claire", "role": "officer", "purpose": "letter"}
    assert payload["inputs"] == demo.artefacts.champion.portfolio.digest
    assert set(payload["values"]) == set(demo.model.features)
    assert own.replay(made.decision_id).same
    assert made.assessment == demo.assess(CLIENT)


def test_a_caller_that_must_not_block_gets_the_same(own: Recorder) -> None:
    made = run(own.decide_known_async(CLIENT, who=SCRIPT, source="api"))
    assert own.replay(made.decision_id).same


def test_fingerprint_ignores_the_order_of_fields(raw_application: dict) -> None:
    sent = [raw_application, dict(reversed(raw_application.items())), raw_application | {"AMT_CREDIT": 1e6}]
    first, same, other = map(fingerprint, sent)
    assert first == same != other
    assert first.startswith("sha256:")


def test_a_page_that_was_opened_and_a_simulation_are_no_decisions(own: Recorder, demo: Service) -> None:
    own.consult(CLIENT, OFFICER, page="decision")
    simulated = own.simulate(demo.assess(CLIENT), changes={"credit_amount": 1000.0}, who=OFFICER)
    assert own.history_of(CLIENT) == ()
    assert [line.kind for line in own.listing(Wanted(client_id=CLIENT)).lines] == ["simulation", "consultation"]
    with pytest.raises(UnknownDecisionError):
        own.read(simulated)


def test_an_override_stands_beside_the_decision(own: Recorder) -> None:
    made = own.decide_known(CLIENT, who=SCRIPT, source="api")
    outcome = made.assessment.decision.outcome
    other, third = sorted({"accept", "review", "decline"} - {outcome})
    own.override(made.decision_id, other, " income proved by payslips ", OFFICER)
    own.override(made.decision_id, third, "on second thoughts", OFFICER)
    [past] = own.history_of(CLIENT)
    assert (past.outcome, past.stands) == (outcome, third)
    assert [(one.by, one.instead_of, one.reason) for one in past.overrides] == [
        ("Claire", outcome, "income proved by payslips"),
        ("Claire", other, "on second thoughts"),
    ]
    assert own.replay(made.decision_id).same  # what was decided is what was decided
    with pytest.raises(ConflictError, match=f"it is {third} already"):
        own.override(made.decision_id, third, "again", OFFICER)


@pytest.mark.parametrize(
    ("outcome", "reason"), [("maybe", "because"), ("accept", "  "), ("accept", "x" * (MOST_TEXT + 1))]
)
def test_an_override_needs_an_outcome_and_a_reason(own: Recorder, outcome: str, reason: str) -> None:
    made = own.decide_known(CLIENT, who=SCRIPT, source="api")
    with pytest.raises(InputError, match="must be"):
        own.override(made.decision_id, outcome, reason, OFFICER)


def test_a_review_is_asked_for_once_and_closed_once(own: Recorder) -> None:
    asked = own.ask_review(CLIENT, "the employer is new", SCRIPT)
    assert own.reviews() == (asked,)
    with pytest.raises(ConflictError, match="waits already"):
        own.ask_review(CLIENT, "again", OFFICER)
    closed = own.close_review(asked.review_id, "accept", "called the employer", OFFICER)
    assert own.reviews() == ()
    assert own.reviews(open_only=False) == (closed,)
    assert closed.closing is not None
    assert (closed.closing.by, closed.closing.outcome) == ("Claire", "accept")
    with pytest.raises(ConflictError, match="closed once"):
        own.close_review(asked.review_id, "decline", "no", OFFICER)
    own.ask_review(CLIENT, "once more", OFFICER)
    assert len(own.reviews()) == 1


def test_a_review_that_is_hidden_or_put_back_by_hand_shows(own: Recorder) -> None:
    open_one, other = own.ask_review(CLIENT, "why", OFFICER), own.ask_review(100003, "why", OFFICER)
    own.close_review(other.review_id, "accept", "called", OFFICER)
    assert verify(own.journal.engine).faults == ()
    for waits, review in (("NULL", open_one), ("1", other)):
        with own.journal.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE journal_payloads SET waits = {waits} WHERE seq = {review.spot.seq}")  # noqa: S608
    assert [fault.seq for fault in verify(own.journal.engine).faults] == [open_one.spot.seq, other.spot.seq]


def test_histories_and_queues_are_read_a_page_at_a_time(own: Recorder, demo: Service) -> None:
    made = [own.decide_known(CLIENT, who=SCRIPT, source="api").decision_id for _ in range(2)]
    one = demo.assess(CLIENT)
    row = row_of(demo.model, Made(one.facts, one.decision, one.explanation), CLIENT)
    made += own.batch(who=SCRIPT).add([row] * 3)
    own.note(CLIENT, "a word", OFFICER)
    found, before = [], None
    while True:
        page = own.history_of(CLIENT, before=before, limit=2)
        if not page:
            break
        found += [past.decision_id for past in page]
        before = page[-1].spot
    assert found == made[::-1]
    first = own.events_of(CLIENT, limit=4)
    rest = own.events_of(CLIENT, before=first.before, limit=4)
    assert [type(event).__name__ for event in (*first.events, *rest.events)] == ["Note", *["Past"] * 5]
    assert rest.before is None
    clients = list(demo.portfolio.examples().values())[:3]
    asked = [own.ask_review(client, "why", OFFICER).review_id for client in clients]
    queue = own.reviews(limit=2)
    assert [one.review_id for one in (*queue, *own.reviews(after=queue[-1].spot.seq))] == asked


def test_a_review_that_is_none(own: Recorder) -> None:
    with pytest.raises(UnknownReviewError):
        own.close_review("nothing", "accept", "why", OFFICER)
    with pytest.raises(UnknownClientError):
        own.ask_review(1, "why", OFFICER)
    with pytest.raises(InputError, match=", ".join(REVIEW_OUTCOMES)):
        own.close_review("nothing", "review", "why", OFFICER)
    assert own.reviews(open_only=False) == ()
    assert own.note(CLIENT, "the journal goes on", OFFICER)


def test_notes_are_read_newest_first(own: Recorder) -> None:
    for words in ("first", "second"):
        own.note(CLIENT, words, OFFICER)
    assert [(one.by, one.text) for one in own.notes_of(CLIENT)] == [("Claire", "second"), ("Claire", "first")]
    with pytest.raises(InputError, match="A note must be"):
        own.note(CLIENT, "\n", OFFICER)


def test_a_batch_is_part_of_each_clients_history(own: Recorder, demo: Service) -> None:
    assessed = [demo.assess(client) for client in (CLIENT, *demo.portfolio.examples().values())]
    rows = [row_of(demo.model, Made(one.facts, one.decision, one.explanation), one.client_id) for one in assessed]
    batch = own.batch(who=SCRIPT, purpose="campaign")
    ids = [*batch.add(rows[:2]), *batch.add(rows[2:])]
    assert len(set(ids)) == len(rows)
    assert all(own.replay(one).same for one in ids)
    [past] = own.history_of(CLIENT)
    assert (past.decision_id, past.purpose, past.source) == (ids[0], "campaign", "batch")
    other = next(one for one in ("accept", "decline") if one != past.outcome)
    own.override(past.decision_id, other, "seen in person", OFFICER)
    assert own.history_of(CLIENT)[0].stands == other


def test_entries_are_found_by_what_is_known_of_them_a_page_at_a_time(own: Recorder, demo: Service) -> None:
    for number in range(5):
        own.decide_known(CLIENT, who=SCRIPT if number % 2 else OFFICER, source="api")
    own.note(CLIENT, "a word", OFFICER)
    first = own.listing(Wanted(), limit=4)
    second = own.listing(Wanted(), before=first.before, limit=4)
    assert [line.seq for line in (*first.lines, *second.lines)] == [6, 5, 4, 3, 2, 1]
    assert second.before is None
    for wanted, count in (
        (Wanted(kind="decision"), 5),
        (Wanted(asked_by="nightly"), 2),
        (Wanted(model=demo.model.model_version), 5),
        (Wanted(client_id=CLIENT), 6),
        (Wanted(client_id=1), 0),
        (Wanted(since=LATER), 0),
        (Wanted(until=LATER), 6),
        (Wanted(kind="decision", asked_by="Claire", model=demo.model.model_version, client_id=CLIENT), 3),
    ):
        assert len(own.listing(wanted).lines) == count, wanted


def test_what_was_typed_goes_with_the_client(own: Recorder, tmp_path: Path) -> None:
    made = own.decide_known(CLIENT, who=SCRIPT, source="api", purpose="secret-purpose")
    other = next(one for one in ("accept", "decline") if one != made.assessment.decision.outcome)
    own.override(made.decision_id, other, "secret-override", OFFICER)
    review = own.ask_review(CLIENT, "secret-review", OFFICER)
    own.close_review(review.review_id, "withdrawn", "secret-closing", OFFICER)
    own.note(CLIENT, "secret-note", OFFICER)
    own.consult(CLIENT, OFFICER, page="decision")
    own.journal.erase(CLIENT)
    assert own.history_of(CLIENT) == own.notes_of(CLIENT) == own.reviews(open_only=False) == ()
    found = verify(engine_of(f"sqlite:///{tmp_path / 'journal.sqlite'}"))
    assert (found.entries, found.erased, found.faults) == (7, 6, ())
    assert b"secret-" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    with pytest.raises(ConflictError, match="erased can't be overridden"):
        own.override(made.decision_id, other, "too late", OFFICER)


def test_one_decision_is_erased_with_what_is_about_it(own: Recorder, raw_application: dict) -> None:
    made = own.decide(own.service.assess_application(raw_application, {}), who=ANONYMOUS, source="api")
    kept = own.decide_known(CLIENT, who=SCRIPT, source="api")
    other = next(one for one in ("accept", "decline") if one != made.assessment.decision.outcome)
    own.override(made.decision_id, other, "secret", OFFICER)
    own.journal.erase_decision(made.decision_id)
    assert own.read(made.decision_id).payload is None
    assert own.overrides_of(made.decision_id) == ()
    assert own.read(kept.decision_id).payload is not None
    with pytest.raises(UnknownDecisionError):
        own.journal.erase_decision(made.decision_id)
    assert verify(own.journal.engine).faults == ()


def test_what_is_older_than_its_time_is_erased_and_later_entries_stay(own: Recorder) -> None:
    first = own.decide_known(CLIENT, who=SCRIPT, source="api")
    own.journal.erase_decision(first.decision_id)
    own.note(CLIENT, "old", OFFICER)
    before = datetime.now(UTC)
    kept = own.decide_known(CLIENT, who=SCRIPT, source="api")
    own.journal.retain(before)
    assert own.notes_of(CLIENT) == ()
    assert own.replay(kept.decision_id).same
    found = verify(own.journal.engine)
    assert (found.entries, found.erased, found.faults) == (5, 2, ())
