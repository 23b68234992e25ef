"""A whole training, from tables to validated artefacts: the embedded default, and tables of the real size.

The rule: the command that a user types is run in a process of its own, validation included; its time is by the clock
and by the cores' work (clock time is nothing on a machine that does something else), and its memory is the largest sum
over it and its workers, pages that they share counted once.

``python -m benchmarks.training default`` or ``full [FOLDER]`` measures one of the two; the folder holds tables that
`python -m training portfolio` wrote.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.fitted import DEMO_CLIENTS, DEMO_SEED
from benchmarks.measure import Figure, memory_of
from training.data.synthetic import write_portfolio
from training.provenance import write_marker

CLIENTS, SEED, TRIALS = 356_255, 1, 30
"""Clients of the real tables, 307,511 of them labelled there and as many here."""
MOST_SECONDS_DEFAULT, MOST_SECONDS, MOST_GIGABYTES = 180, 3_600, 10
LOOK = 1.0
"""Seconds between two looks at the memory."""


def figures() -> Iterator[Figure]:
    """Measure both."""
    yield from default()
    yield from full()


def default() -> Iterator[Figure]:
    """The embedded portfolio, with every trial of the default budget."""
    with tempfile.TemporaryDirectory() as scratch:
        tables = Path(scratch) / "tables"
        _written(tables, DEMO_CLIENTS, DEMO_SEED)
        name = "embedded default, all trials, validated"
        yield from _figures(name, _run(tables, Path(scratch) / "out"), MOST_SECONDS_DEFAULT)


def full(tables: Path | None = None) -> Iterator[Figure]:
    """Tables of the real size, with thirty trials a model."""
    with tempfile.TemporaryDirectory() as scratch:
        if tables is None:
            tables = Path(scratch) / "tables"
            _written(tables, CLIENTS, SEED)
        name = f"{CLIENTS:,} clients, {TRIALS} trials a model, validated"
        yield from _figures(name, _run(tables, Path(scratch) / "out", "--trials", str(TRIALS)), MOST_SECONDS)


def _figures(name: str, measured: tuple[float, float, float], most: float) -> Iterator[Figure]:
    seconds, work, gigabytes = measured
    yield Figure(name, seconds, "s", most)
    yield Figure(f"{name}: work of all cores", work, "s")
    yield Figure(f"{name}: peak memory", gigabytes, "GB", MOST_GIGABYTES)


def _written(folder: Path, clients: int, seed: int) -> None:
    write_portfolio(clients, seed, folder)
    write_marker(folder, clients=clients, seed=seed)


def _run(tables: Path, out: Path, *options: str) -> tuple[float, float, float]:
    """(seconds by the clock, seconds of work, gigabytes) of one run."""
    before, started, most = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter(), 0
    command = [sys.executable, "-m", "training", "run", "--tables", str(tables), "--out", str(out), *options]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while running.poll() is None:
        most = max(most, memory_of(running.pid))
        time.sleep(LOOK)
    if running.returncode:
        raise RuntimeError(f"the run must end well; it ended with code {running.returncode}")
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    work = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return seconds, work, most / 1e9


def main(arguments: Sequence[str]) -> None:
    """Print the figures of one of the two, or of both."""
    if arguments[:1] == ["default"]:
        rows = default()
    elif arguments[:1] == ["full"]:
        rows = full(Path(arguments[1]) if len(arguments) > 1 else None)
    else:
        rows = figures()
    for row in rows:
        bound = "" if row.bound is None else f"≤ {row.bound:g} {row.holds}"
        Console().print(row.name, f"{row.value:.5g}", row.unit, bound, sep="  ", highlight=False)


if __name__ == "__main__":
    main(sys.argv[1:])
