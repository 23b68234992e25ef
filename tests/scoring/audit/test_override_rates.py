"""What monitoring asks of the journal: how often people overruled one model, in counts alone."""

from scoring.audit.audited_decisions import Recorder
from scoring.audit.override_rates import overruled
from scoring.audit.record import Made, row_of
from scoring.audit.writer import Journal
from scoring.server.identity import Identity
from scoring.service import Service
from tests.scoring.audit.conftest import Record

OFFICER = Identity("anna", "officer")


def test_decisions_and_what_stands_in_place_of_them(
    own: Journal, demo: Service, record: Record, clients: list[int]
) -> None:
    recorder = Recorder(demo, own)
    made = [record(own, client) for client in clients]
    before = {one.entry_id: recorder.read(one.entry_id).payload for one in made}
    first, second = made[0].entry_id, made[1].entry_id
    decided = str((before[first] or {})["decision"])
    other = next(one for one in ("accept", "decline", "review") if one != decided)
    recorder.override(first, other, "the employer was called", OFFICER)
    again = str((before[second] or {})["decision"])
    away = next(one for one in ("accept", "decline") if one != again)
    recorder.override(second, away, "first thought", OFFICER)
    recorder.override(second, again, "second thought", OFFICER)
    found = overruled(own.engine, demo.model.model_version)
    assert found.decisions == len(clients)
    assert found.moves == {(decided, other): 1}


def test_another_models_decisions_do_not_count(own: Journal, record: Record, clients: list[int]) -> None:
    record(own, clients[0])
    found = overruled(own.engine, "ebm-000000000000")
    assert (found.decisions, found.moves) == (0, {})


def test_rows_of_batches_count(own: Journal, demo: Service, clients: list[int]) -> None:
    recorder = Recorder(demo, own)
    batch = recorder.batch(who=OFFICER, source="batch", purpose="", inputs="")
    rows = []
    for client in clients:
        assessed = demo.assess(client)
        rows.append(row_of(demo.model, Made(assessed.facts, assessed.decision, assessed.explanation), client))
    batch.add(rows)
    assert overruled(own.engine, demo.model.model_version).decisions == len(clients)
