"""A real server over the committed demo, and a real Chromium on it."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests import ROOT

# Chromium's own calls home would only fail here, and say so on the console.
SWITCHES = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]


def find_chromium() -> str | None:
    """A Chromium of this machine; one without a window of its own draws a page in half the time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for found in map(shutil.which, names) if found), None)


class Server:
    """``python app.py`` as a user would run it, with a journal of its own; it can be ended and started again.

    Parameters
    ----------
    settings : further variables of its environment
    """

    def __init__(self, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._folder = tempfile.mkdtemp(prefix="clairscore-")
        journal = f"sqlite:///{Path(self._folder) / 'journal.sqlite'}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CLAIRSCORE_")}
        self._environment = {**kept, "HOST": "127.0.0.1", "PORT": str(port), "CLAIRSCORE_JOURNAL_URL": journal}
        self._environment.update(settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and wait until it answers."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [sys.executable, "app.py"]
        process = subprocess.Popen(command, cwd=ROOT, env=self._environment, **quiet)  # type: ignore[call-overload]
        self._process = process
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"the server must stay up; it ended with code {process.returncode}")
            try:
                urllib.request.urlopen(f"{self.address}/health", timeout=5).close()  # noqa: S310
                break
            except OSError:
                time.sleep(0.1)

    def stop(self) -> None:
        """End it, as a machine that is shut down would."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(15)
            self._process = None

    def forget(self) -> None:
        """End it for good, with its journal."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def serving(**settings: str) -> Iterator[str]:
    """A server that runs; gives its address."""
    server = Server(**settings)
    try:
        server.start()
        yield server.address
    finally:
        server.forget()


@contextmanager
def chromium(executable: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=SWITCHES)
        yield browser
        browser.close()
