"""What goes wrong under load, on purpose, and what becomes of the decisions that were given.

The rule: after each fault the journal is read from the disk: every decision that was given is in it once, the chain
verifies, and the service gives decisions again without being touched.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
from sqlalchemy import select

from benchmarks.engines import postgres, postgres_binaries
from benchmarks.measure import Figure
from benchmarks.serving.asking import Asking, Told
from benchmarks.serving.servers import ROOT, Service, service
from scoring.audit.store.database import ENTRIES, engine_of
from scoring.audit.verification import verify
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, read_artefacts, write_champion
from scoring.settings import DEMO

KILLS = 50
SMALL_DISK = "8m"
LONGEST_RECOVERY = 30.0
"""Seconds after which a service that gives no decision again has not recovered."""


def figures() -> Iterator[Figure]:
    """Kill the service; fill its disk; lock its journal; stop its database; damage its artefacts."""
    clients = _clients()
    yield from _killed(clients)
    if os.geteuid() == 0:
        yield from _disk_full(clients)
        yield from _read_only(clients)
    else:
        print("left out: a full disk and a file that may not be changed; only root may make them", file=sys.stderr)
    yield from _locked(clients)
    if postgres_binaries() is None:
        print("left out: PostgreSQL, which is not on the machine", file=sys.stderr)
    else:
        yield from _database_stopped(clients)
    yield from _artefacts_damaged(clients)


def _clients() -> list[int]:
    return [int(one) for one in pl.read_parquet(DEMO / PORTFOLIO_FILE, columns=[ID_COLUMN])[ID_COLUMN].to_list()]


def _in_journal(url: str, told: Told, *, name: str, bare: int | None = None) -> Iterator[Figure]:
    """What the journal on the disk says of what was told."""
    engine = engine_of(url)
    checked = verify(engine)
    with engine.connect() as connection:
        held = Counter(connection.execute(select(ENTRIES.c.decision_id)).scalars())
    engine.dispose()
    yield Figure(f"{name}: decisions given", len(told.decisions), "decisions", 1, at_least=True)
    yield Figure(
        f"{name}: given but not in the journal", sum(one not in held for one in told.decisions), "decisions", 0
    )
    yield Figure(f"{name}: in the journal twice", sum(times > 1 for times in held.values()), "decisions", 0)
    yield Figure(f"{name}: faults of the chain", len(checked.faults), "entries", 0)
    if bare is not None:
        yield Figure(f"{name}: refused with 503", told.statuses[503], "requests", 1, at_least=True)
        yield Figure(f"{name}: refused without a time to come again", bare, "requests", 0)
    strange = sum(count for status, count in told.statuses.items() if status not in (0, 200, 503))
    yield Figure(f"{name}: answers of another kind", strange, "requests", 0)


@contextmanager
def _place() -> Iterator[str]:
    work = ROOT / "data" / "work"
    work.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=work) as scratch:
        yield f"sqlite:///{Path(scratch) / 'journal.sqlite'}"


def _killed(clients: list[int]) -> Iterator[Figure]:
    """SIGKILL at a random moment, again and again on one journal."""
    choose, told, starts = random.Random(1), Told(), list[float]()
    with _place() as url:
        for _ in range(KILLS):
            with service(DEMO, url) as running:
                starts.append(running.began_in)
                with Asking(running.address, clients) as asking:
                    time.sleep(choose.uniform(0.2, 1.5))
                    running.process.kill()
                    running.process.wait()
            told.decisions += asking.told.decisions
            told.statuses += asking.told.statuses
        name = f"kill −9, {KILLS} times under load"
        yield Figure(f"{name}: longest start again", max(starts), "s")
        yield from _in_journal(url, told, name=name)


def _recovery(asking: Asking) -> float:
    """Seconds until decisions are given again."""
    began, given = time.monotonic(), len(asking.told.decisions)
    while len(asking.told.decisions) == given:
        if time.monotonic() - began > LONGEST_RECOVERY:
            return LONGEST_RECOVERY
        time.sleep(0.02)
    return time.monotonic() - began


def _interrupted(
    running: Service, clients: list[int], *, name: str, fail: Callable[[], object], mend: Callable[[], object]
) -> Iterator[Figure]:
    """Load, a fault until decisions are refused, and its end."""
    with Asking(running.address, clients) as asking:
        _recovery(asking)
        fail()
        began, refused = time.monotonic(), asking.told.statuses[503]
        while asking.told.statuses[503] - refused < 50 and time.monotonic() - began < 60:
            time.sleep(0.05)
        mend()
        again = _recovery(asking)
        time.sleep(1)
    yield Figure(f"{name}: decisions again after", again, "s", LONGEST_RECOVERY - 1)
    yield from _in_journal(running.journal, asking.told, name=name, bare=asking.told.bare)


@contextmanager
def _small_disk() -> Iterator[Path]:
    with TemporaryDirectory() as scratch:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", scratch], check=True)
        try:
            yield Path(scratch)
        finally:
            subprocess.run(["umount", "-l", scratch], check=True)


def _disk_full(clients: list[int]) -> Iterator[Figure]:
    with _small_disk() as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(4 << 20))
        with service(DEMO, f"sqlite:///{disk / 'journal.sqlite'}") as running:
            yield from _interrupted(running, clients[:50], name="disk full", fail=lambda: None, mend=ballast.unlink)


def _read_only(clients: list[int]) -> Iterator[Figure]:
    with _place() as url, service(DEMO, url) as running:
        journal = Path(url.removeprefix("sqlite:///"))
        yield from _interrupted(
            running,
            clients,
            name="journal that may not be changed",
            fail=lambda: _unchangeable(journal, True),
            mend=lambda: _unchangeable(journal, False),
        )


def _unchangeable(journal: Path, so: bool) -> None:
    for file in journal.parent.glob(f"{journal.name}*"):
        subprocess.run(["chattr", "+i" if so else "-i", str(file)], check=True)


def _locked(clients: list[int]) -> Iterator[Figure]:
    with _place() as url, service(DEMO, url) as running:
        other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
        yield from _interrupted(
            running,
            clients,
            name="journal locked by another program",
            fail=lambda: other.execute("BEGIN EXCLUSIVE"),
            mend=lambda: other.execute("ROLLBACK"),
        )
        other.close()


def _database_stopped(clients: list[int]) -> Iterator[Figure]:
    binaries = postgres_binaries()
    if binaries is None:
        return
    with postgres(binaries) as connection:
        folder = Path(connection.info.host)
        owner = (folder / "data").owner()
        connection.close()

        def control(*words: str) -> None:
            command = [str(binaries / "pg_ctl"), "-D", str(folder / "data"), "-w", *words]
            user = owner if os.geteuid() == 0 else None
            subprocess.run(command, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
        with service(DEMO, f"postgresql://clairscore@/postgres?host={folder}") as running:
            for how in ("fast", "immediate"):
                yield from _interrupted(
                    running,
                    clients,
                    name=f"PostgreSQL stopped ({how}) and started",
                    fail=lambda how=how: control("-m", how, "stop"),  # type: ignore[misc]
                    mend=lambda: control("-l", str(folder / "log"), "-o", options, "start"),
                )


def _artefacts_damaged(clients: list[int]) -> Iterator[Figure]:
    """Each damage is refused while the old artefacts serve on; whole ones are taken."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "artefacts"
        shutil.copytree(DEMO, folder)
        os.environ["CLAIRSCORE_WATCH"] = "0.5"
        try:
            with service(folder) as running:
                with Asking(running.address, clients) as asking:
                    refused, taken = _damaged(running, folder)
                name = "artefacts damaged in 5 ways under load: the old ones serve on"
                yield Figure(name, refused, "ways", 5, at_least=True)
                name = "artefacts replaced by whole ones under load: they serve"
                yield Figure(name, int(taken), "times", 1, at_least=True)
                yield from _in_journal(running.journal, asking.told, name="artefacts damaged and replaced")
        finally:
            del os.environ["CLAIRSCORE_WATCH"]


def _damaged(running: Service, folder: Path) -> tuple[int, bool]:
    """How many of five damages were refused, and whether whole artefacts were taken."""
    champion = read_artefacts(DEMO).champion
    model = folder / f"{champion.serves}.json"
    before, refused = _version(running), 0
    damages: list[tuple[Path, Callable[[bytes], bytes]]] = [
        (folder / PORTFOLIO_FILE, lambda whole: whole[: len(whole) // 2]),
        (model, lambda whole: whole.replace(b'"intercept":-', b'"intercept":-1', 1)),
        (model, lambda whole: whole.replace(b'"version":1', b'"version":2', 1)),
        (model, lambda whole: whole[:-100]),
        (folder / CHAMPION_FILE, lambda _: b"{}"),
    ]
    for file, damage in damages:
        whole = file.read_bytes()
        file.write_bytes(damage(whole))
        time.sleep(3)
        refused += _version(running) == before
        file.write_bytes(whole)
        time.sleep(2)
    other = {"ebm": "scorecard", "scorecard": "ebm"}[champion.serves]
    write_champion(champion.model_copy(update={"serves": other}), folder / CHAMPION_FILE)
    until = time.monotonic() + 20
    while _version(running) == before and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(1)
    return refused, _version(running) != before


def _version(running: Service) -> str:
    with urllib.request.urlopen(f"{running.address}/health", timeout=30) as answer:  # noqa: S310  # our own
        return str(answer.read())
