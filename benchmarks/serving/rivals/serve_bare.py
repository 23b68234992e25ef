"""Run by another Python: FastAPI over the library itself. Arguments: the pickle, example rows, the port."""

import json
import pickle
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import uvicorn
from fastapi import FastAPI

model = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301  # our own
kinds = json.loads(Path(sys.argv[2]).read_text())["kinds"]
app = FastAPI()


@app.get("/ping")
def ping() -> dict[str, str]:
    """Answer."""
    return {"ping": "pong"}


@app.post("/explained")
def explained(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Score and explain."""
    frame = pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
    probability = model.predict_proba(frame)[:, 1]
    local = model.explain_local(frame).data(0)
    return {"pd": probability.tolist(), "names": local["names"], "scores": [float(one) for one in local["scores"]]}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="warning")
