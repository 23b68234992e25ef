"""Bodies on their way to the disk: whole, fingerprinted as ever, counted, and let go."""

from collections.abc import AsyncIterator

import pytest

from scoring.audit.record import fingerprint
from scoring.data.uploads.spool import Space, Spool, spool_body
from scoring.errors import OverloadedError
from tests.running import run


async def chunks(data: bytes, size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


@pytest.mark.parametrize("data", [b"", b"[1]", bytes(range(256)) * 4_000])
def test_a_body_is_kept_and_its_fingerprint_is_the_journals(data: bytes) -> None:
    space = Space()
    spool, found = run(spool_body(chunks(data, 60_001), "text/csv", space))
    assert found == fingerprint(["text/csv", data.hex()])  # what batches were recorded under before
    assert spool.read(0, spool.size) == data
    assert space.held == len(data)
    spool.close()
    assert space.held == 0


def test_there_is_no_room_for_more_than_the_space() -> None:
    space = Space(1_000)
    first, _ = run(spool_body(chunks(b"x" * 600, 100), "text/csv", space))
    with pytest.raises(OverloadedError, match="no room"):
        run(spool_body(chunks(b"x" * 600, 100), "text/csv", space))
    assert space.held == 600
    first.close()
    run(spool_body(chunks(b"x" * 600, 100), "text/csv", space))[0].close()


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    space = Space()
    spool = Spool(space)
    spool.file.close()
    spool.file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115, PTH123
    with pytest.raises(OverloadedError, match="no room"):
        spool.write(b"x")
    spool.file.close()
    spool.close()


def test_a_spool_that_nobody_holds_is_let_go() -> None:
    space = Space()
    spool = Spool(space)
    spool.write(b"x")
    del spool
    assert space.held == 0
