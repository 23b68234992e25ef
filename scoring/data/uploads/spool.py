"""A body on its way to the disk: never whole in memory, its fingerprint made as it comes, the space of all bounded."""

import hashlib
import os
import tempfile
import threading
import weakref
from collections.abc import AsyncIterator
from typing import BinaryIO, Final

import orjson
from anyio.to_thread import run_sync

from scoring.data.uploads.limits import KILOBYTE, MEGABYTE
from scoring.errors import OverloadedError
from scoring.i18n import Said

SPACE: Final = 1024 * MEGABYTE
"""Bytes on the disk of all bodies, and what was read from them, at one time."""
_AT_ONCE: Final = 256 * KILOBYTE


class Space:
    """How much of the disk all spools together hold.

    Parameters
    ----------
    most : bytes

    Attributes
    ----------
    held : bytes
    """

    def __init__(self, most: int = SPACE) -> None:
        self._most, self.held = most, 0
        self._lock = threading.Lock()  # a spool may be let go in any thread

    def take(self, size: int) -> None:
        """Count bytes.

        Raises
        ------
        OverloadedError
            When they are more than there may be.
        """
        with self._lock:
            if self.held + size > self._most:
                raise OverloadedError(Said("problem.said.upload-space"))
            self.held += size

    def give(self, size: int) -> None:
        """Count bytes that are held no more."""
        with self._lock:
            self.held -= size


class Spool:
    """A file without a name, counted; it goes with `close`, or with the last who holds it."""

    def __init__(self, space: Space) -> None:
        try:
            self.file: BinaryIO = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        except OSError:
            raise OverloadedError(Said("problem.said.upload-space")) from None
        self._space, self._held = space, [0]
        self._finalizer = weakref.finalize(self, _let_go, self.file, space, self._held)

    @property
    def size(self) -> int:
        """Bytes counted."""
        return self._held[0]

    def grow(self, size: int) -> None:
        """Count bytes that are, or will be, in the file."""
        self._space.take(size)
        self._held[0] += size

    def shrink(self, size: int) -> None:
        """Count no more than the bytes that are in the file."""
        self._space.give(self._held[0] - size)
        self._held[0] = size

    def write(self, data: bytes | bytearray) -> None:
        """Write at the end.

        Raises
        ------
        OverloadedError
            When the disk or the space is full.
        """
        self.grow(len(data))
        at = memoryview(data)
        try:
            while at:
                at = at[self.file.write(at) :]
        except OSError:
            raise OverloadedError(Said("problem.said.upload-space")) from None

    def read(self, begin: int, end: int) -> bytes:
        """Read bytes from `begin` to before `end`."""
        found = b""
        while len(found) < end - begin and (
            more := os.pread(self.file.fileno(), end - begin - len(found), begin + len(found))
        ):
            found += more
        return found

    def close(self) -> None:
        """Remove the file."""
        self._finalizer()


def _let_go(file: BinaryIO, space: Space, held: list[int]) -> None:
    file.close()
    space.give(held[0])


async def spool_body(stream: AsyncIterator[bytes], kind: str, space: Space) -> tuple[Spool, str]:
    """Write a body to a spool as it arrives.

    Parameters
    ----------
    kind : its content type, which is part of its fingerprint

    Returns
    -------
    tuple
        The spool, and `scoring.audit.fingerprint` of the kind and the body in hexadecimal digits.

    Raises
    ------
    OverloadedError
        When there is no room for it.
    """
    spool = Spool(space)
    digest = hashlib.sha256(b"[" + orjson.dumps(kind) + b',"')
    waiting = bytearray()

    def written() -> None:
        digest.update(waiting.hex().encode())
        spool.write(waiting)

    try:
        async for chunk in stream:
            waiting += chunk
            if len(waiting) >= _AT_ONCE:
                await run_sync(written)
                waiting.clear()
        await run_sync(written)
    except BaseException:
        spool.close()
        raise
    digest.update(b'"]')
    return spool, "sha256:" + digest.hexdigest()
