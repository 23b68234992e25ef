"""A batch under way: the journal goes, the model changes, somebody is erased."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from scoring.access.identity import ANONYMOUS
from scoring.additive_model import read_model
from scoring.api.lines import CSV, NDJSON, BatchProblem, Lines
from scoring.artefacts import read_artefacts
from scoring.batches import FIRST_PART, Batch, Given, KnownClients
from scoring.errors import ConflictError, ErasedError, JournalError, KeyReusedError
from scoring.journal import Journal, verify
from scoring.journal.keys import Key
from scoring.recording import Recorder
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


def test_another_model_does_not_go_on_with_a_batch(own: Recorder, ids: list[int]) -> None:
    next(batch(own, ids, KEY).parts())
    artefacts = read_artefacts(DEMO)
    other = next(kind for kind in artefacts.champion.models if kind != artefacts.champion.serves)
    changed = Recorder(Service(replace(artefacts, model=read_model(DEMO / f"{other}.json"))), own.journal)
    with pytest.raises(ConflictError, match="begun by another model"):
        next(batch(changed, ids, KEY).parts())


def test_a_batch_of_somebody_erased_is_not_given_again(own: Recorder, ids: list[int]) -> None:
    given = next(batch(own, ids, KEY).parts())
    assert isinstance(given[3], Given)
    own.journal.erase(ids[3])
    with pytest.raises(ErasedError):
        next(batch(own, ids, KEY).parts())
