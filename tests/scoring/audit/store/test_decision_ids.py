"""Names of decisions: an UUID of version 7 each, in the order of time, and what an address takes for one."""

import re
import time
import uuid

from scoring.audit.store.entries import DECISION_ID, name_in_batch, new_id, row_in_batch


def test_a_name_is_an_uuid_of_version_7() -> None:
    for _ in range(200):
        name = new_id()
        assert (uuid.UUID(name).version, uuid.UUID(name).variant) == (7, uuid.RFC_4122)
        assert str(uuid.UUID(name)) == name
        assert re.fullmatch(DECISION_ID, name)


def test_names_follow_time_and_never_repeat() -> None:
    before = new_id()
    time.sleep(0.002)
    names = [new_id() for _ in range(10_000)]
    assert before < min(names)
    assert len(set(names)) == len(names)
    assert abs(int(before.replace("-", "")[:12], 16) / 1_000 - time.time()) < 60


def test_a_row_of_a_batch_is_found_by_its_name() -> None:
    batch = new_id()
    place = row_in_batch(name_in_batch(batch, 17))
    assert place is not None
    assert (place.batch_id, place.position) == (batch, 17)
    assert re.fullmatch(DECISION_ID, name_in_batch(batch, 0))
    for other in (batch, f"{batch}.", f"{batch}.x", f"{batch}.1.2", "17", f"{batch.upper()}.1"):
        assert row_in_batch(other) is None
