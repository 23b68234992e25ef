"""Forks the children that read bodies: `python -m scoring.data.uploads`, with a socket as its input.

The rule: this process reads no body itself, has no thread of its own, and ends with the service. A child ends with
this process, with its caller's hanging up, and with its limits; each is the system's doing, whatever a child is at.
"""

import contextlib
import ctypes
import errno
import fcntl
import gc
import mmap
import os
import resource
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any, BinaryIO, Final, NoReturn

import orjson
import pyarrow as pa

from scoring.data.uploads.csv_rows import read_csv
from scoring.data.uploads.json_rows import read_json
from scoring.data.uploads.limits import (
    CPU_SECONDS,
    FAILED,
    LARGEST_RESULT,
    LIMIT,
    MEMORY,
    NO_ROOM,
    WALL_SECONDS,
    Refused,
)
from scoring.data.uploads.parquet_rows import read_parquet

_PR_SET_PDEATHSIG: Final = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Fork a child for each message until the service closes its end of the socket."""
    control = socket.socket(fileno=sys.stdin.fileno())
    gc.collect()
    gc.freeze()
    poll = select.poll()
    poll.register(control, select.POLLIN)
    children: dict[int, tuple[int, socket.socket]] = {}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor in children:
                poll.unregister(descriptor)
                _bury(descriptor, *children.pop(descriptor))
                continue
            message, given, _, _ = socket.recv_fds(control, 1, 3)
            if not message:
                return  # children end with this process
            pid = os.fork()
            if not pid:
                control.close()
                for watched, (_, link) in children.items():
                    os.close(watched)
                    link.close()
                _child(*given)
            for one in given[1:]:
                os.close(one)
            watched = os.pidfd_open(pid)
            children[watched] = pid, socket.socket(fileno=given[0])
            poll.register(watched, select.POLLIN)


def _bury(watched: int, pid: int, link: socket.socket) -> None:
    """Say how a child ended, after whatever it said itself."""
    os.close(watched)
    _, status = os.waitpid(pid, 0)
    with link:
        link.setblocking(False)
        with contextlib.suppress(OSError):  # the caller may have gone
            link.send(orjson.dumps({"ended": os.waitstatus_to_exitcode(status)}) + b"\n")


def _child(link_fd: int, body_fd: int, out_fd: int) -> NoReturn:
    """Read one body and say what came of it."""
    code = FAILED
    try:
        link = socket.socket(fileno=link_fd)
        _end_with_others(link)
        _limit()
        order = orjson.loads(_line(link))
        with open(out_fd, "wb", closefd=False) as out:
            answer = _read(order, body_fd, out)
        fcntl.fcntl(link, fcntl.F_SETFL, fcntl.fcntl(link, fcntl.F_GETFL) & ~os.O_ASYNC)
        link.sendall(orjson.dumps(answer) + b"\n")
        code = 0
    except (MemoryError, pa.ArrowMemoryError):
        code = LIMIT
    except OSError as error:
        code = {errno.EFBIG: LIMIT, errno.ENOSPC: NO_ROOM}.get(error.errno or 0, FAILED)
    finally:
        os._exit(code)  # whatever else was raised is nobody's: it may hold values


def _end_with_others(link: socket.socket) -> None:
    """End when the process that forked this one does; with `_line`, when the caller closes its end of the link too."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    fcntl.fcntl(link, fcntl.F_SETOWN, os.getpid())
    signal.signal(signal.SIGIO, signal.SIG_DFL)


def _line(link: socket.socket) -> bytes:
    """What is asked; from then on whatever happens on the link ends this process."""
    order = b""
    while not order.endswith(b"\n"):
        more = link.recv(65_536)
        if not more:
            os._exit(1)
        order += more
    fcntl.fcntl(link, fcntl.F_SETFL, fcntl.fcntl(link, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([link], [], [], 0)[0]:
        os._exit(1)  # it closed before
    return order


def _limit() -> None:
    """Bound what this process may use."""
    pa.set_cpu_count(1)  # each thread's stack would count as memory
    pa.set_io_thread_count(1)
    with Path("/proc/self/status").open(encoding="ascii") as status:
        used = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    for what, most in (
        (resource.RLIMIT_DATA, used + MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    for number in (signal.SIGXCPU, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)


def _read(order: dict[str, Any], body_fd: int, out: BinaryIO) -> dict[str, Any]:
    try:
        if not os.fstat(body_fd).st_size:
            raise Refused("problem.said.unreadable")
        with mmap.mmap(body_fd, 0, access=mmap.ACCESS_READ) as body:
            if order["kind"] == "json":
                return read_json(body, out, order["tables"])
            if order["kind"] == "csv":
                return read_csv(body, out, order["columns"], order["ids"], order["numbers"])
            return read_parquet(body, out, order["columns"], order["ids"])
    except Refused as refused:
        return {"refused": refused.key, "values": refused.values}


if __name__ == "__main__":
    main()
