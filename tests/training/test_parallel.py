import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from scoring.errors import TrainingError
from training.parallel import Notice, run_in_processes


def _squared(number: int, notice: Notice) -> tuple[int, int]:
    notice(f"{number} is seen")
    return number**2, os.getpid()


def _failing(notice: Notice) -> tuple[int, int]:
    notice("about to fail")
    raise TrainingError("A work must end well; got none.")


@pytest.mark.parametrize("processes", [1, 2])
def test_works_return_the_same_in_their_order_wherever_they_run(processes: int) -> None:
    said: list[str] = []
    found = run_in_processes([partial(_squared, number) for number in (3, 1, 2)], said.append, processes=processes)
    assert [value for value, _ in found] == [9, 1, 4]
    assert sorted(said) == ["1 is seen", "2 is seen", "3 is seen"]
    assert ({process for _, process in found} == {os.getpid()}) is (processes == 1)


@pytest.mark.parametrize("processes", [1, 2])
def test_what_a_work_raises_is_raised(processes: int) -> None:
    with pytest.raises(TrainingError, match="must end well"):
        run_in_processes([partial(_squared, 1), _failing], lambda _: None, processes=processes)


PROGRAM = """
import sys, time
from pathlib import Path
from training.parallel import run_in_processes

def work(notice):
    for number in range(1000):
        with open(sys.argv[1], "a") as file:
            file.write("x")
        notice(str(number))
        time.sleep(0.05)

run_in_processes([work, work], lambda _: None, processes=2)
"""


@pytest.mark.integration
def test_workers_end_with_whom_they_work_for(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, str(kept)])
    for _ in range(600):
        if kept.is_file() and len(kept.read_text()) > 4:
            break
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    time.sleep(1.0)
    then = kept.read_text()
    time.sleep(1.0)
    assert kept.read_text() == then
