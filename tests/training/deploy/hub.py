"""A stand-in for the hub: the HTTP calls that a push makes, answered as the hub answers them, and kept."""

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "hf_" + "t" * 34
COMMIT = "c" * 40


@dataclass
class Hub:
    """What the hub holds, and what it was asked.

    Attributes
    ----------
    private : whether the Space is; None: there is none yet
    files : what is in it, by path
    creates : whether this account may make one
    """

    address: str = ""
    private: bool | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    creates: int = 200
    made: dict[str, Any] | None = None
    commits: list[dict[str, Any]] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: bytes, token: str) -> tuple[int, Any]:
        """What the hub says to one call."""
        self.asked.append(f"{method} {path}")
        if method == "PUT":  # an upload to storage, whose address is its own permission
            self.stored[path.rsplit("/", 1)[-1]] = body
            return 200, {}
        if token != f"Bearer {TOKEN}":
            return 401, {"error": "Invalid credentials in Authorization header"}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        return self._of_the_space(method, path.removeprefix("/api/spaces/owner/name"), body)

    def _of_the_space(self, method: str, below: str, body: bytes) -> tuple[int, Any]:
        said: tuple[int, Any] = (404, {"error": f"no {below}"})
        if self.private is None:
            said = 404, {"error": "Repository not found"}
        elif method == "GET":
            said = 200, self._told(below)
        elif below in ("/secrets", "/variables"):
            given = json.loads(body)
            kept = self.secrets if below == "/secrets" else self.variables
            kept[given["key"]] = given["value"]
            said = 200, {key: {"value": value} for key, value in kept.items()}
        elif below == "/preupload/main":
            said = 200, {"files": [self._mode(one) for one in json.loads(body)["files"]]}
        elif below.endswith("/info/lfs/objects/batch"):
            said = 200, {"objects": [self._place(one) for one in json.loads(body)["objects"]]}
        elif below == "/commit/main":
            said = self._commit([json.loads(line) for line in body.splitlines()])
        return said

    def _create(self, given: dict[str, Any]) -> tuple[int, Any]:
        if self.creates != 200:
            return self.creates, {"error": "not here"}
        if self.private is not None:
            return 409, {"error": "You already created this space repo", "url": f"{self.address}/spaces/owner/name"}
        self.made, self.private = given, given.get("visibility") == "private"
        return 200, {"url": f"{self.address}/spaces/owner/name"}

    def _told(self, below: str) -> Any:
        tree = [
            {"type": "file", "path": path, "size": len(content), "oid": "0" * 40}
            for path, content in self.files.items()
        ]
        if below.startswith("/tree/"):
            return tree
        siblings = [{"rfilename": path} for path in self.files]
        return {"id": "owner/name", "private": self.private, "sha": COMMIT, "siblings": siblings}

    @staticmethod
    def _mode(one: dict[str, Any]) -> dict[str, Any]:
        large = one["path"].endswith((".parquet", ".png", ".pdf", ".ttf", ".woff2", ".gz"))
        return {"path": one["path"], "uploadMode": "lfs" if large else "regular", "shouldIgnore": False}

    def _place(self, one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "actions": {"upload": {"href": f"{self.address}/storage/{one['oid']}"}}}

    def _commit(self, lines: list[dict[str, Any]]) -> tuple[int, Any]:
        self.commits.append(next(line["value"] for line in lines if line["key"] == "header"))
        for line in lines:
            value = line["value"]
            if line["key"] == "deletedFile":
                self.files.pop(value["path"])
            elif line["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                content = self.stored[value["oid"]]
                assert hashlib.sha256(content).hexdigest() == value["oid"]
                self.files[value["path"]] = content
        return 200, {
            "success": True,
            "commitOid": COMMIT,
            "commitUrl": f"{self.address}/spaces/owner/name/commit/{COMMIT}",
        }


@contextmanager
def hub_here() -> Iterator[Hub]:
    """Run a hub on this machine."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = self.path.partition("?")[0]
            status, said = hub.answer(self.command, path, body, self.headers.get("authorization", ""))
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = _answer  # noqa: N815  # names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
