"""Other servers of the very EBM that we serve compiled: MLflow's, vetiver's, and a bare route that calls the library.

The rule: each runs as its documents say, from an environment of its own in the folder that CLAIRSCORE_BENCH_RIVALS
names; what is not there is left out, with a message. They neither record nor, but for the bare route, explain.

    python -m venv DIR/mlflow
    DIR/mlflow/bin/pip install mlflow==3.17.2 interpret-core==0.7.8 scikit-learn==1.9.1
    python -m venv DIR/vetiver
    DIR/vetiver/bin/pip install vetiver==0.2.6 interpret-core==0.7.8 scikit-learn==1.9.1 uvloop httptools orjson
"""

import json
import os
import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory

from benchmarks import fitted
from benchmarks.measure import Figure
from benchmarks.serving.artefacts import Served
from benchmarks.serving.requests import paths
from benchmarks.serving.servers import Running, free_port, running, service
from benchmarks.serving.wrk import Load, load

HERE = Path(__file__).parent
VARIABLE = "CLAIRSCORE_BENCH_RIVALS"
SECONDS = 15
BODIES = 200


@dataclass(frozen=True)
class Rival:
    """Another server.

    Attributes
    ----------
    environment : folder below the one that the variable names
    path : where it predicts
    least : how many times its throughput ours must reach
    """

    name: str
    environment: str
    path: str
    least: float


RIVALS = (
    Rival("MLflow 3.17.2 models serve", "mlflow", "/invocations", 20),
    Rival("vetiver 0.2.6", "vetiver", "/predict", 2.5),
    Rival("FastAPI with predict_proba and explain_local", "vetiver", "/explained", 8),
)


def figures(served: Served) -> Iterator[Figure]:
    """Throughput and latency of each, ours just before and just after."""
    folder = os.environ.get(VARIABLE, "")
    with TemporaryDirectory() as scratch:
        model = Path(scratch) / "ebm.pickle"
        model.write_bytes(pickle.dumps(served.twin.fitted.library))
        clients = fitted.training_clients().frame.sample(BODIES, seed=random.Random(1).randrange(2**31))
        frame = fitted.for_library(served.twin, clients)
        example = {
            "kinds": frame.dtypes.astype(str).to_dict(),
            "rows": json.loads(frame.head(20).to_json(orient="records")),
        }
        (Path(scratch) / "example.json").write_text(json.dumps(example))
        rows = [json.loads(text) for text in frame.to_json(orient="records", lines=True).splitlines()]
        for rival in RIVALS:
            python = Path(folder) / rival.environment / "bin" / "python"
            if not folder or not python.exists():
                wanted = f"{VARIABLE} must name a folder with {rival.environment}/"
                print(f"left out: {rival.name}; {wanted}", file=sys.stderr)
                continue
            ours = _ours(served)
            with _started(rival, python, Path(scratch)) as other:
                bodies = [json.dumps(_body(rival, row)) for row in rows]
                load(other.address + rival.path, bodies, connections=32, seconds=2, method="POST")
                alone = load(other.address + rival.path, bodies, connections=1, seconds=5, method="POST")
                theirs = load(other.address + rival.path, bodies, connections=32, seconds=SECONDS, method="POST")
            ours_after = _ours(served)
            yield from _compared(rival, alone, theirs, (ours.a_second + ours_after.a_second) / 2, ours)


def _ours(served: Served) -> Load:
    with service(served.folder) as mine:
        asked = paths(served)
        load(mine.address, asked, connections=32, seconds=2)
        return load(mine.address, asked, connections=32, seconds=SECONDS)


def _compared(rival: Rival, alone: Load, theirs: Load, ours: float, one: Load) -> Iterator[Figure]:
    if theirs.refused or theirs.lost:
        raise RuntimeError(f"{rival.name} must answer; {theirs.refused + theirs.lost} requests failed")
    yield Figure(f"{rival.name}, 1 connection", alone.a_second, "requests/s")
    yield Figure(f"{rival.name}, 32 connections", theirs.a_second, "requests/s")
    yield Figure(f"{rival.name}, 32 connections: p99", theirs.p99, "ms")
    yield Figure(f"GET predict, 32 connections, beside {rival.name}", ours, "requests/s")
    yield Figure(f"GET predict over {rival.name}", ours / theirs.a_second, "1", rival.least, at_least=True)
    yield Figure(f"p99 of {rival.name} over GET predict's", theirs.p99 / one.p99, "1", 1, at_least=True)


def _body(rival: Rival, row: dict[str, object]) -> object:
    if rival.environment == "mlflow":
        return {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    return [row]


def _started(rival: Rival, python: Path, scratch: Path) -> AbstractContextManager[Running]:
    port = free_port()
    if rival.environment == "mlflow":
        saved = scratch / "mlflow"
        if not saved.exists():
            run([python, HERE / "save_for_mlflow.py", scratch / "ebm.pickle", saved], check=True, cwd=scratch)
        command = [str(python.with_name("mlflow")), "models", "serve", "-m", str(saved), "-p", str(port)]
        command += ["--env-manager", "local", "--host", "127.0.0.1"]
    else:
        script = "serve_vetiver.py" if rival.path == "/predict" else "serve_bare.py"
        given = (scratch / "ebm.pickle", scratch / "example.json")
        command = [str(python), str(HERE / script), *map(str, given), str(port)]
    environment = {"PATH": f"{python.parent}:{os.environ['PATH']}", "MLFLOW_DISABLE_TELEMETRY": "true"}
    return running(command, path="/ping", environment=environment, port=port, cwd=scratch)
