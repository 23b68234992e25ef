"""The load generator: wrk, with a script that sends given requests in turn and says what came back as JSON."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_SCRIPT = """
local sent, at = {}, 0
function init(given)
  for line in io.lines(given[1]) do
    if given[2] == "POST" then
      sent[#sent + 1] = wrk.format("POST", nil, {["Content-Type"] = "application/json"}, line)
    else
      sent[#sent + 1] = wrk.format("GET", line)
    end
  end
end
function request() at = at % #sent + 1 return sent[at] end
function done(summary, latency, _)
  local e = summary.errors
  io.write(string.format('\\nFOUND {"requests": %d, "seconds": %f, "lost": %d, "refused": %d, "p50": %f, "p99": %f}\\n',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.timeout, e.status,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""


@dataclass(frozen=True)
class Load:
    """What came back.

    Attributes
    ----------
    lost : connections that could not be made or broke, and answers that did not come in time
    refused : answers of another status than 2xx or 3xx
    p50, p99 : latency, in milliseconds
    """

    requests: int
    seconds: float
    lost: int
    refused: int
    p50: float
    p99: float

    @property
    def a_second(self) -> float:
        """Requests answered in a second."""
        return self.requests / self.seconds


def load(address: str, lines: Sequence[str], *, connections: int, seconds: int, method: str = "GET") -> Load:
    """Send requests in turn, as fast as they are answered.

    Parameters
    ----------
    address : ``http://HOST:PORT``, for POST with its path
    lines : paths, or bodies for POST
    """
    found = shutil.which("wrk")
    if found is None:
        raise RuntimeError("wrk must be on the machine (Debian: apt-get install wrk)")
    with TemporaryDirectory() as scratch:
        script, sent = Path(scratch) / "script.lua", Path(scratch) / "lines"
        script.write_text(_SCRIPT)
        sent.write_text("\n".join(lines) + "\n")
        command = [found, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), address]
        said = subprocess.run([*command, "--", str(sent), method], check=True, capture_output=True, text=True).stdout
    return Load(**json.loads(said.split("FOUND ", 1)[1]))
