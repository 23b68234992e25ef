"""A proxy as the one in front of a Space: https outside, plain http inside, the caller told in headers."""

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

VISITOR: Final = "203.0.113.7"
"""Address that the visitor comes from (one of those kept for documents)."""
_HOP: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"})


@contextmanager
def proxied(port: int, host: str) -> Iterator[str]:
    """Run a proxy in front of a service on this machine; gives the address to call it at.

    Parameters
    ----------
    port : the service's
    host : the name that visitors type
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP}
            told = {
                "Host": host,
                "X-Forwarded-For": VISITOR,
                "X-Forwarded-Proto": "https",
                "X-Forwarded-Host": host,
                "X-Forwarded-Port": "443",
            }
            inside = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                inside.request(self.command, self.path, body=body or None, headers={**headers, **told})
                answer = inside.getresponse()
                content = answer.read()
            except OSError:
                self.send_error(503)
                return
            finally:
                inside.close()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _HOP and name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_HEAD = _pass  # noqa: N815  # names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
