"""One figure of a benchmark, and the machine it was taken on."""

import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """A measured value; `bound` is the most it may be (the least where `at_least`), None where nothing is asked."""

    name: str
    value: float
    unit: str
    bound: float | None = None
    at_least: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the bound holds; None without one."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def machine() -> dict[str, str | int]:
    """What the figures were taken on, without a host's name."""
    return {
        "cores": os.cpu_count() or 0,
        "architecture": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
    }


def median_seconds(work: Callable[[], object], *, least: float = 0.5, rounds: int = 5) -> float:
    """Median over `rounds` of the time that one call takes; each round lasts at least `least` / `rounds` seconds."""
    work()
    calls = 1
    while True:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        spent = time.perf_counter() - start
        if spent >= least / rounds:
            break
        calls = max(calls * 2, int(calls * least / rounds / max(spent, 1e-9)))
    times = [spent / calls]
    for _ in range(rounds - 1):
        start = time.perf_counter()
        for _ in range(calls):
            work()
        times.append((time.perf_counter() - start) / calls)
    return statistics.median(times)


def memory_of(process: int) -> int:
    """Bytes of a process and of those that it started, pages that several share counted once."""
    return sum(_memory(one) for one in _family(process))


def _family(process: int) -> Iterator[int]:
    """A process and those that it started, as far down as there are any."""
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found = children.read_text().split()
        except OSError:  # it ended meanwhile
            continue
        for child in found:
            yield from _family(int(child))


def _memory(process: int) -> int:
    """Bytes of a process, pages that it shares counted in proportion; 0 of one that has ended."""
    try:
        said = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(said[1]) * 1024 if said else 0
