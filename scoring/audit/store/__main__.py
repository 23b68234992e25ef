"""``python -m scoring.audit.store``: the process that writes, started by the service with a socket as its input.

The rule: what came while one group was written is the next group. It ends when the service does, after what it has.
"""

import contextlib
import logging
import signal
import socket

from scoring.audit.store.chain import Head
from scoring.audit.store.database import engine_of
from scoring.audit.store.group_commit import GroupWriter
from scoring.audit.store.writer_frames import Frames, frame, heard_entries, said_answers

AT_ONCE = 1 << 20
"""Bytes read at a time."""


def main() -> None:
    """Write every group that comes, and answer it."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)  # the service says when it is over
    logging.basicConfig(level=logging.ERROR, format='{"event":"%(message)s","logger":"%(name)s"}')
    frames, documents = Frames(), dict[str, str]()
    writer: GroupWriter | None = None
    with socket.socket(fileno=0) as link, contextlib.suppress(ConnectionError):  # of a service that was killed
        while data := link.recv(AT_ONCE):
            messages = list(frames.take(data))
            if writer is None and messages:
                first = messages.pop(0)
                writer = GroupWriter(engine_of(first["url"]), Head(*first["known"]))
            if writer is None or not messages:
                continue
            entries = []  # of all that came meanwhile: one transaction
            for message in messages:
                documents.update(message["models"])
                writer.know(Head(*message["known"]))
                entries += heard_entries(message["entries"], documents)
            answers = said_answers(writer.write(entries))
            link.sendall(frame({"answers": answers, "head": (writer.head.seq, writer.head.digest)}))
    if writer is not None:
        writer.leave()


if __name__ == "__main__":
    main()
