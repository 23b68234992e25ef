"""A batch under way: the journal goes, the model changes, somebody is erased."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from scoring.api.batch import CSV, NDJSON, BatchProblem, Lines
from scoring.audit.audited_decisions import Recorder, made_of
from scoring.audit.batches import FIRST_PART, PART, Batch, Given, KnownClients
from scoring.audit.idempotency import Key
from scoring.audit.record import row_of
from scoring.audit.verification import verify
from scoring.audit.writer import Journal
from scoring.errors import ConflictError, ErasedError, JournalError, KeyInUseError, KeyReusedError
from scoring.model.additive_model import read_model
from scoring.model.artefacts import read_artefacts
from scoring.server.identity import ANONYMOUS
from scoring.service import Service
from scoring.settings import DEMO

KEY = Key("a key", "", "a request")


@pytest.fixture
def own(demo: Service, tmp_path: Path) -> Iterator[Recorder]:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    yield Recorder(demo, journal)
    journal.close()


@pytest.fixture(scope="module")
def ids(demo: Service) -> list[int]:
    return demo.portfolio.frame(["client_id"])["client_id"].head(FIRST_PART + 50).to_list()


def batch(recorder: Recorder, ids: list[int], key: Key | None = None) -> Batch:
    return Batch(recorder, KnownClients(recorder.service, ids), who=ANONYMOUS, key=key)


def test_a_part_that_cannot_be_recorded_is_not_given(own: Recorder, ids: list[int]) -> None:
    parts = batch(own, ids).parts()
    assert len(next(parts)) == FIRST_PART
    own.journal.close()
    with pytest.raises(JournalError):
        next(parts)


@pytest.mark.parametrize("form", [NDJSON, CSV])
def test_a_batch_that_has_to_end_says_why(form: str) -> None:
    lines = Lines(form, None, "en", "/api/predict/batch")
    for error, kind in ((JournalError("later"), "journal"), (None, "internal")):
        last = lines.end(error)
        assert last.endswith(b"\n")
        if form == NDJSON:
            told = BatchProblem.model_validate(orjson.loads(last), strict=True)
            assert (told.row, told.problem.type) == (None, f"/problems/{kind}")
        else:
            assert last.startswith(b",")


def test_what_is_recorded_is_not_recorded_again(own: Recorder, ids: list[int]) -> None:
    begun = batch(own, ids, KEY)
    first = next(begun.parts())
    again = batch(own, ids, KEY)
    whole = [one for part in again.parts() for one in part]
    assert again.batch_id == begun.batch_id
    assert whole[: len(first)] == first
    found = verify(own.journal.engine)
    assert (found.faults, found.rows) == ((), len(ids))
    with pytest.raises(KeyReusedError):
        next(batch(own, ids, replace(KEY, request="another")).parts())


def test_a_batch_under_a_key_runs_once_at_a_time(own: Recorder, ids: list[int]) -> None:
    running = batch(own, ids, KEY).parts()
    next(running)
    for _ in range(2):
        with pytest.raises(KeyInUseError):
            next(batch(own, ids, KEY).parts())
    assert next(batch(own, ids, replace(KEY, name="another")).parts())
    running.close()
    assert sum(len(part) for part in batch(own, ids, KEY).parts()) == len(ids)
    assert next(batch(own, ids, KEY).parts())  # one that came to its end, too
    assert verify(own.journal.engine).faults == ()


def test_a_batch_that_cannot_begin_leaves_its_key_free(own: Recorder, ids: list[int]) -> None:
    next(batch(own, ids, KEY).parts())
    for _ in range(2):
        with pytest.raises(KeyReusedError):
            next(batch(own, ids, replace(KEY, request="another")).parts())


def test_two_services_do_not_write_one_batch_twice(own: Recorder, demo: Service) -> None:
    """They share the journal, not the keys that run: who comes second goes on, and the first is refused."""
    ids = [100002] * (FIRST_PART + 3 * PART)
    journal = Journal(own.journal.engine.url.render_as_string())
    first, second = batch(own, ids, KEY).parts(), batch(Recorder(demo, journal), ids, KEY).parts()
    given = [next(first), next(second)]
    assert given[0] == given[1]
    with pytest.raises(KeyInUseError):
        for _ in range(4):
            given += [next(second), next(first)]
    second.close()
    whole = [one for part in batch(own, ids, KEY).parts() for one in part]
    names = [one.decision_id for one in whole if isinstance(one, Given)]
    assert len(set(names)) == len(ids)
    assert {one.decision_id for part in given for one in part if isinstance(one, Given)} <= set(names)
    found = verify(own.journal.engine)
    assert (found.rows, found.faults) == (len(ids), ())
    journal.close()


def test_what_follows_a_part_that_was_lost_is_not_recorded(
    own: Recorder, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next part is under way when one before it fails."""
    part = own.batch(who=ANONYMOUS)
    rows = [row_of(own.service.model, made_of(own.service.assess(100002)), 100002)]
    with monkeypatch.context() as broken:
        broken.setattr(own.journal._writer, "write", lambda entries: [JournalError("not now")] * len(entries))
        lost = part.begin(rows)
        with pytest.raises(JournalError, match="not now"):
            lost.wait()
    with pytest.raises(KeyInUseError):
        part.begin(rows).wait()
    assert own.journal.head.seq == 0


def test_another_model_does_not_go_on_with_a_batch(own: Recorder, ids: list[int]) -> None:
    next(batch(own, ids, KEY).parts())
    artefacts = read_artefacts(DEMO)
    other = next(kind for kind in artefacts.champion.models if kind != artefacts.champion.serves)
    changed = Recorder(Service(replace(artefacts, model=read_model(DEMO / f"{other}.json"))), own.journal)
    with pytest.raises(ConflictError, match="begun by another model"):
        next(batch(changed, ids, KEY).parts())


def test_a_batch_does_not_go_on_with_other_data_of_the_clients(own: Recorder, ids: list[int]) -> None:
    next(batch(own, ids, KEY).parts())
    artefacts = read_artefacts(DEMO)
    portfolio = artefacts.champion.portfolio.model_copy(update={"digest": "sha256:" + "0" * 64})
    champion = artefacts.champion.model_copy(update={"portfolio": portfolio})
    changed = Recorder(Service(replace(artefacts, champion=champion)), own.journal)
    with pytest.raises(ConflictError, match="begun with other data"):
        next(batch(changed, ids, KEY).parts())


def test_a_batch_of_somebody_erased_is_not_given_again(own: Recorder, ids: list[int]) -> None:
    given = next(batch(own, ids, KEY).parts())
    assert isinstance(given[3], Given)
    own.journal.erase(ids[3])
    with pytest.raises(ErasedError):
        next(batch(own, ids, KEY).parts())
