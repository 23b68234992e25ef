"""Long works that do not depend on each other, a few at a time, each in a process of its own.

The rule: what a work returns is the same wherever it ran. A work in another process tells how far it is through a file
that this one reads, so that its words arrive while it runs.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from time import sleep
from typing import TypeVar

from joblib.externals.loky import ProcessPoolExecutor, cpu_count  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS uses one thread; OpenMP and joblib keep theirs."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits


Found = TypeVar("Found")
Notice = Callable[[str], None]
Work = Callable[[Notice], Found]
LISTEN = 0.25
"""Seconds between two looks at what the works say."""
FEW = 50_000
"""Clients up to whom each process may have a copy of them."""


def cores(most: int = 2) -> int:
    """Processes to work in: as many as this process may use cores, at most `most`.

    Limits of a container count, and those of the variable ``LOKY_MAX_CPU_COUNT``.
    """
    return max(1, min(most, cpu_count()))


def processes_for(clients: int) -> int:
    """Processes for works that each get so many clients: one where copies would take too much memory."""
    return cores() if clients <= FEW else 1


def run_in_processes(works: Sequence[Work[Found]], notice: Notice, *, processes: int) -> list[Found]:
    """Do the works and return what they return, in their order.

    Parameters
    ----------
    works : each is given what it says its words to, and can be pickled where `processes` is above 1
    notice : told what the works say, a line a time
    processes : works at a time; 1 is this process, one work after the other

    Raises
    ------
    Exception
        What a work raised; the others are stopped.
    """
    if processes == 1 or len(works) == 1:
        return [work(notice) for work in works]
    with tempfile.TemporaryDirectory() as folder:
        ears = [_Ear(Path(folder) / str(number), notice) for number in range(len(works))]
        # a pool of its own: joblib keeps the reusable one for itself
        executor = ProcessPoolExecutor(max_workers=min(processes, len(works)))
        try:
            futures = [executor.submit(_work, work, ear.path) for work, ear in zip(works, ears, strict=True)]
            while not all(future.done() for future in futures):
                for future in futures:
                    if future.done():
                        future.result()  # raises what its work raised
                sleep(LISTEN)
                for ear in ears:
                    ear.listen()
            found = [future.result() for future in futures]
        except BaseException:
            executor.shutdown(wait=True, kill_workers=True)
            raise
        executor.shutdown(wait=True)
        for ear in ears:
            ear.listen()
    return found


class _Ear:
    """Reads the lines that a work has written since the last time."""

    def __init__(self, path: Path, notice: Notice) -> None:
        self.path, self._notice, self._read = path, notice, 0

    def listen(self) -> None:
        if not self.path.is_file():
            return
        with self.path.open(encoding="utf-8") as file:
            file.seek(self._read)
            while (line := file.readline()).endswith("\n"):
                self._read = file.tell()
                self._notice(line.removesuffix("\n"))


def _work(work: Work[Found], notices: Path) -> Found:
    parent = os.getppid()
    with notices.open("a", encoding="utf-8", buffering=1) as file, one_thread():

        def notice(text: str) -> None:
            if os.getppid() != parent:  # who asked for this was stopped: what is kept is for whoever resumes
                os._exit(1)
            print(text.replace("\n", " "), file=file)

        return work(notice)
