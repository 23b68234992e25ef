"""Bodies of batches read in child processes, as the service sees it: a few at a time, each under limits.

The rule: the service waits without holding anything up; whoever hangs up takes the child along; a body that reaches a
limit is refused, and the next one gets a child of its own. Where the system can't limit a child, which must be Linux,
no body is read.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Sequence
from typing import Any, Final

import orjson

from scoring.data.uploads.limits import CPU_SECONDS, LARGEST_RESULT, LIMIT, MEGABYTE, MEMORY, NO_ROOM, WALL_SECONDS
from scoring.data.uploads.spool import Space, Spool
from scoring.errors import InputError, OverloadedError, UploadError
from scoring.i18n import Said, shown
from scoring.settings import ROOT

AT_ONCE: Final = 2
"""Bodies that are read at the same time."""
PATIENCE: Final = 20.0
"""Seconds that a body may wait for its turn."""
TO_START: Final = 20.0
"""Seconds that the process which forks children may take to begin, on a machine that is busy."""
TO_END: Final = 5.0
AVAILABLE: Final = sys.platform == "linux"
_ENVIRONMENT: Final = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",  # the others take memory ahead, which a limit would count
    "MALLOC_ARENA_MAX": "1",
    "OPENBLAS_NUM_THREADS": "1",  # numpy's threads would be no more than a risk to a fork
}
_PASSED: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
"""What a child needs of the service's environment, which holds passwords too."""
_LIMITED: Final = frozenset({-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGXCPU, LIMIT})
"""How a child ends that reached a limit: libraries meet one in their own ways."""
_log = logging.getLogger(__name__)


class UploadReader:
    """Reads bodies; the process that forks the children is started by the first one.

    Parameters
    ----------
    at_once : bodies read at the same time
    patience : seconds that one may wait for its turn
    command : what Python runs to fork children
    """

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        patience: float = PATIENCE,
        command: Sequence[str] = ("-m", "scoring.data.uploads"),
    ) -> None:
        self.space, self._command = Space(), command
        self._turns, self._patience = asyncio.Semaphore(at_once), patience
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[Any, UploadReader] | None = None

    async def read(self, body: Spool, order: dict[str, Any]) -> tuple[dict[str, Any], Spool]:
        """Read a body.

        Parameters
        ----------
        asked : `kind` (json, csv, parquet) and the names that may be in it; see the readers

        Returns
        -------
        tuple
            What the reader says of its result, and the result.

        Raises
        ------
        InputError
            When the body is not as documented, or reaches a limit.
        OverloadedError
            When the body's turn does not come, there is no room, or the process that forks children is gone.
        UploadError
            When the child failed for a reason of its own.
        """
        if not AVAILABLE:
            raise OverloadedError(Said("problem.said.upload-system"))
        try:
            async with asyncio.timeout(self._patience):
                await self._turns.acquire()
        except TimeoutError:
            raise OverloadedError(Said("problem.said.upload-turn")) from None
        result = Spool(self.space)
        try:
            result.grow(LARGEST_RESULT)
            answer = await self._answer(body, result, order)
            result.shrink(os.fstat(result.file.fileno()).st_size)
        except BaseException:
            result.close()
            raise
        finally:
            self._turns.release()
        return answer, result

    def close(self) -> None:
        """End the process that forks children, and with it those that there are."""
        if self._finalizer is not None:
            self._finalizer()
        self._control = self._process = self._finalizer = None

    async def _answer(self, body: Spool, result: Spool, order: dict[str, Any]) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        link, theirs = socket.socketpair()
        with link:
            link.setblocking(False)
            with theirs:
                self._hand(theirs, body, result)
            reply = b""
            try:
                async with asyncio.timeout(TO_START + WALL_SECONDS):
                    await loop.sock_sendall(link, orjson.dumps(order) + b"\n")
                    while b"\n" not in reply and (more := await loop.sock_recv(link, 65_536)):
                        reply += more
            except (TimeoutError, OSError):
                reply = b""
        if not reply:
            self.close()  # it ended, or hangs: another one for what comes
            raise OverloadedError(Said("problem.said.upload-turn"))
        return _told(orjson.loads(reply.splitlines()[0]))

    def _hand(self, link: socket.socket, body: Spool, result: Spool) -> None:
        """Have a child forked; where the process that does it is gone, start it again."""
        descriptors = [link.fileno(), body.file.fileno(), result.file.fileno()]
        for again in (True, False):
            control = self._control or self._start()
            try:
                socket.send_fds(control, [b"."], descriptors)
                return
            except OSError:
                self.close()
                if not again:
                    raise OverloadedError(Said("problem.said.upload-turn")) from None

    def _start(self) -> socket.socket:
        control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            process = subprocess.Popen(  # noqa: S603  # ourselves
                [sys.executable, *self._command],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd=ROOT,
                env={name: os.environ[name] for name in _PASSED if name in os.environ} | _ENVIRONMENT,
                process_group=0,  # what is typed at a terminal is for the service
            )
        control.setblocking(False)
        self._control, self._process = control, process
        self._finalizer = weakref.finalize(self, _end, control, process)
        return control


def _told(answer: dict[str, Any]) -> dict[str, Any]:
    """What a child said, or how it ended."""
    if "refused" in answer:
        values = {name: shown(value) if isinstance(value, str) else value for name, value in answer["values"].items()}
        raise InputError(Said(answer["refused"], **values))
    if "ended" not in answer:
        return answer
    if answer["ended"] == -signal.SIGALRM:  # it had little of a busy machine
        raise OverloadedError(Said("problem.said.upload-turn"))
    if answer["ended"] in _LIMITED:
        raise InputError(Said("problem.said.upload-limit", seconds=CPU_SECONDS, megabytes=MEMORY // MEGABYTE))
    if answer["ended"] == NO_ROOM:
        raise OverloadedError(Said("problem.said.upload-space"))
    _log.error("a child that reads bodies ended with code %s", answer["ended"])
    raise UploadError("A body must be read or refused; the child that read it failed.")


def _end(control: socket.socket, process: "subprocess.Popen[bytes]") -> None:
    control.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(TO_END)
        return
    process.kill()
    process.wait()
