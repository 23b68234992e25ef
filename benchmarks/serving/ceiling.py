"""The load generator on a constant answer: what it can do at most, so that the rest can be believed."""

import sys
from collections.abc import Iterator

from benchmarks.measure import Figure
from benchmarks.serving.servers import free_port, running
from benchmarks.serving.wrk import load

_CONSTANT = """
import asyncio, sys, uvloop

ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\nContent-Type: application/json\\r\\n\\r\\n{}"


class Constant(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(ANSWER * data.count(b"\\r\\n\\r\\n"))


async def serve():
    server = await asyncio.get_running_loop().create_server(Constant, "127.0.0.1", int(sys.argv[1]))
    await server.serve_forever()


uvloop.run(serve())
"""


def figures() -> Iterator[Figure]:
    """Requests a second of a server that does nothing but write the same bytes."""
    port = free_port()
    command = [sys.executable, "-c", _CONSTANT, str(port)]
    with running(command, path="/", environment={}, port=port) as server:
        for connections in (1, 32):
            found = load(server.address, ["/"], connections=connections, seconds=5)
            name = f"wrk on a constant answer, {connections} connections"
            yield Figure(name, found.a_second, "requests/s")
            yield Figure(f"{name}: p99", found.p99, "ms")
