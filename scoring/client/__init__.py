"""A client for scripts in Python: decisions, batches, lists of clients, with problems as exceptions.

It needs `httpx` alone, and nothing else of this product: where installing it is not handy, copy the folder
`scoring/client` beside a script, under any name. NumPy's numbers, NaN, NA, rows and frames of pandas and Polars are
taken.

    with Client("http://127.0.0.1:7860", lang="en") as service:
        decision = service.predict(100002)
        print(decision["decision"], decision["reasons"][0]["text"])

The rule: whatever is tried again is decided once. Each decision is asked for with an idempotency key of its own, so
that an answer that was lost on the way is given again, not made again; a batch that was cut goes on where it ended.
"""

from .connection import Client
from .problem import Problem
from .types import (
    BatchDecision,
    BatchProblem,
    BatchReason,
    Constant,
    Contribution,
    Decision,
    ListedClient,
    Outcome,
    Reason,
)

__all__ = [
    "BatchDecision",
    "BatchProblem",
    "BatchReason",
    "Client",
    "Constant",
    "Contribution",
    "Decision",
    "ListedClient",
    "Outcome",
    "Problem",
    "Reason",
]
