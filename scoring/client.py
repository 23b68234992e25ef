"""A client for scripts in Python: decisions, batches, lists of clients, with problems as exceptions.

It needs `httpx` alone, and nothing else of this product: where installing it is not handy, copy the file
`scoring/client.py` beside a script, under any name. NumPy's numbers, NaN, NA, rows and frames of pandas and Polars are
taken.

    with Client("http://127.0.0.1:7860", lang="en") as service:
        decision = service.predict(100002)
        print(decision["decision"], decision["reasons"][0]["text"])

The rule: whatever is tried again is decided once. Each decision is asked for with an idempotency key of its own, so
that an answer that was lost on the way is given again, not made again; a batch that was cut goes on where it ended.
"""

import json
import math
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self, TypedDict, cast

import httpx

# What the service gives, as types: plain dictionaries, whose keys a type checker knows.

Outcome = Literal["accept", "review", "decline"]
Value = float | str | None


class Reason(TypedDict):
    """Why: one feature's part, with the client's value and the usual one."""

    code: str
    feature: str
    group: str
    effect: Literal["against", "for"]
    points: float
    value: Value
    usual: Value
    text: str


class Constant(TypedDict):
    """What every client starts from."""

    log_odds: float
    points: float


class Contribution(TypedDict):
    """One term's part in the score."""

    features: list[str]
    log_odds: float
    points: float
    usual_points: float


class Decision(TypedDict):
    """A decision on one client, recorded before it was given."""

    decision_id: str
    decided_at: str
    client_id: int | None
    pd: float
    repayment_probability: float
    log_odds: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[str]
    outside_training: list[str]
    unknown_history: list[str]
    threshold: float
    threshold_points: float
    cost_fn: float
    cost_fp: float
    reference_points: float
    reasons: list[Reason]
    missing: list[str]
    constant: Constant | None
    contributions: list[Contribution] | None
    model_version: str
    synthetic: bool
    language: str


class BatchReason(TypedDict):
    """Why, in short."""

    code: str
    points: float
    text: str


class BatchDecision(TypedDict):
    """A decision of a batch; `row` is the place in what was sent, from 0."""

    row: int
    client_id: int | None
    decision_id: str
    pd: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[str]
    reasons: list[BatchReason]


class BatchProblem(TypedDict):
    """A row of a batch that could not be decided on."""

    row: int
    client_id: int | None
    problem: dict[str, Any]


class ListedClient(TypedDict):
    """One client of a list."""

    client_id: int
    role: Literal["new", "test", "train"]
    points: float
    pd: float
    decision: Outcome
    level: int
    facts: dict[str, Value]


# An answer that is a problem (RFC 9457), as an exception.


class Problem(Exception):  # noqa: N818  # what RFC 9457 calls it
    """An answer that is a problem.

    Attributes
    ----------
    kind : the end of its `type`, such as ``unknown-client``: stable, never translated
    status : of HTTP
    title, detail : in the language asked for
    errors : which fields are not as documented, and why
    """

    def __init__(self, status: int, document: Mapping[str, Any]) -> None:
        self.kind = str(document.get("type", "")).rsplit("/", 1)[-1] or "unknown"
        self.status = status
        self.title = str(document.get("title", ""))
        self.detail = str(document.get("detail", ""))
        self.errors: list[dict[str, str]] = list(document.get("errors") or [])
        super().__init__(f"{self.kind} ({status}): {self.detail or self.title}")

    @classmethod
    def of(cls, answer: httpx.Response) -> Self:
        """The problem of an answer, whoever on the way gave it."""
        try:
            document = answer.json()
        except ValueError:
            document = {}
        return cls(answer.status_code, document if isinstance(document, dict) else {})


# Values of data libraries as plain JSON: NumPy's numbers, NaN and NA, rows and frames of pandas and Polars.


def plain_value(value: Any, name: str) -> bool | int | float | str | None:
    """One cell: a number, a text, true or false, or None for what is missing.

    >>> plain_value(float("nan"), "AMT_ANNUITY"), plain_value(2.5, "AMT_ANNUITY")
    (None, 2.5)
    """
    if hasattr(value, "item") and not getattr(value, "shape", ()):  # a scalar of NumPy
        value = value.item()
    if value is None or _is_missing(value):
        return None
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, float | Decimal):
        number = float(value)
        if math.isinf(number):
            raise ValueError(f"{name} must be finite; got {number}. Send nothing where the value is not known.")
        return number
    raise TypeError(
        f"{name} must be a number, a text or missing; got {value!r} of type {type(value).__name__}. Convert it first."
    )


def plain_row(row: Any) -> dict[str, bool | int | float | str | None]:
    """One row: a mapping, or a row of a pandas frame (a Series)."""
    cells = row if isinstance(row, Mapping) else row.to_dict() if hasattr(row, "to_dict") else None
    if cells is None:
        raise TypeError(f"A row must be a mapping or a row of a frame; got {type(row).__name__}. Give a dict.")
    return {str(name): plain_value(value, str(name)) for name, value in cells.items()}


def plain_rows(rows: Any) -> list[dict[str, bool | int | float | str | None]]:
    """Many rows: a frame of pandas or Polars, or rows one by one."""
    return [plain_row(row) for row in _records(rows)]


def plain_whom(whom: Any) -> list[int | dict[str, bool | int | float | str | None]]:
    """Clients' numbers, or rows of raw applications."""
    return [
        plain_row(one) if isinstance(one, Mapping) or hasattr(one, "to_dict") else plain_id(one)
        for one in _records(whom)
    ]


def plain_id(value: Any) -> int:
    """A client's number, also where a library made a decimal of it.

    >>> plain_id(100002.0)
    100002
    """
    number = plain_value(value, "A client's number")
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"A client's number must be a whole number; got {value!r}. Give SK_ID_CURR.")
    return number


def _records(rows: Any) -> Iterable[Any]:
    if hasattr(rows, "to_dicts"):  # Polars
        return list(rows.to_dicts())
    if hasattr(rows, "columns") and hasattr(rows, "to_dict"):  # pandas
        return list(rows.to_dict("records"))
    return list(rows)


def _is_missing(value: Any) -> bool:
    """NaN and NaT differ from themselves; NA does not even say whether it does."""
    try:
        return bool(value != value)  # noqa: PLR0124
    except TypeError:
        return True
    except ValueError:  # an array: it says so for each of its values
        return False


Cells = Mapping[str, Any]
"""A row by column; a row of a pandas frame will do, and NumPy's numbers, NaN and NA in it."""
Frame = Any
"""A frame of pandas or Polars."""
_FILES = {".csv": "text/csv", ".parquet": "application/vnd.apache.parquet", ".json": "application/json"}
_MOST_PATIENCE = 60.0


class Client:
    """A connection to one service.

    Parameters
    ----------
    address : of the service, such as ``https://scoring.example``
    key : the access key; empty for an open service
    lang : ``fr`` or ``en``; language of the texts
    timeout : seconds that any answer may take to begin
    retries : how often something is tried again where the service is not there or says to come back
    transport : for tests
    """

    def __init__(
        self,
        address: str,
        *,
        key: str = "",
        lang: Literal["fr", "en"] = "fr",
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept-Language": lang, "User-Agent": "clairscore-client"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)
        self._retries = retries

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def predict(
        self,
        client_id: int,
        *,
        changes: Mapping[str, float | bool] | None = None,
        purpose: str = "",
        contributions: bool = False,
        idempotency_key: str = "",
    ) -> Decision:
        """Decide on a client of the portfolio, as the file is or with another request (`changes`).

        Raises
        ------
        Problem
            When there is no such client, or the journal does not answer.
        """
        body: dict[str, Any] = {"client_id": plain_id(client_id)}
        if changes:
            body["changes"] = plain_row(changes)
        return self._decide(body, purpose, contributions, idempotency_key)

    def predict_application(
        self,
        application: Cells,
        history: Mapping[str, Sequence[Cells] | Frame] | None = None,
        *,
        purpose: str = "",
        contributions: bool = False,
        idempotency_key: str = "",
    ) -> Decision:
        """Decide on a raw application, with the rows of its history tables.

        Raises
        ------
        Problem
            When a row is not as its table's schema says, or the journal does not answer.
        """
        body = {
            "application": plain_row(application),
            "history": {name: plain_rows(rows) for name, rows in (history or {}).items()},
        }
        return self._decide(body, purpose, contributions, idempotency_key)

    def batch(
        self,
        whom: Iterable[int] | Sequence[Cells] | Frame | Path,
        *,
        purpose: str = "",
        reasons: bool = True,
        idempotency_key: str = "",
    ) -> Iterator[BatchDecision | BatchProblem]:
        """Decide on many: clients' numbers, raw applications (rows, or a frame), or a file (CSV, Parquet or JSON).

        Decisions come as the service sends them. Where the connection breaks, the batch goes on where it ended.

        Raises
        ------
        Problem
            When the batch can't begin, or had to end.
        """
        kind, content = _body_of(whom)
        query = {"purpose": purpose, "reasons": str(reasons).lower()}
        headers = {"Content-Type": kind, "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        given = 0
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                with self._http.stream(
                    "POST", "/api/predict/batch", params=query, headers=headers, content=content
                ) as answer:
                    if answer.is_error:
                        answer.read()
                        if self._may_try_again(answer, attempt):
                            continue
                        raise Problem.of(answer)
                    whole = int(answer.headers["X-Batch-Rows"])
                    for at, line in enumerate(answer.iter_lines()):
                        document = json.loads(line)
                        if document["row"] is None:
                            raise Problem(document["problem"]["status"], document["problem"])
                        if at >= given:
                            given += 1
                            yield document
                if given == whole:
                    return
            except httpx.TransportError:
                if last:
                    raise
            except Problem as problem:
                if last or problem.kind not in ("journal", "key-in-use"):
                    raise
            time.sleep(_patience(attempt))

    def clients(
        self,
        filters: Mapping[str, str] | None = None,
        *,
        sort: str = "client_id",
        columns: Sequence[str] = (),
        page: int = 100,
    ) -> Iterator[ListedClient]:
        """The clients that filters leave, in an order, page after page.

        Parameters
        ----------
        filters : as the API documents them: ``{"decision": "decline|review", "income_total": "..200000"}``
        sort : what to order by; ``-`` before it turns it round
        columns : features to give with each client
        page : clients fetched at a time
        """
        query = {**(filters or {}), "sort": sort, "limit": str(page)}
        if columns:
            query["columns"] = ",".join(columns)
        while True:
            document = self._get("/api/clients", query)
            yield from document["clients"]
            if document["next"] is None:
                return
            query["cursor"] = document["next"]

    def client(self, client_id: int) -> dict[str, Any]:
        """What describes one client, in words."""
        return self._get(f"/api/clients/{plain_id(client_id)}")

    def decision(self, decision_id: str) -> dict[str, Any]:
        """What was recorded of a decision."""
        return self._get(f"/api/decisions/{decision_id}")

    def replay(self, decision_id: str) -> dict[str, Any]:
        """A decision made again from its record."""
        return self._get(f"/api/decisions/{decision_id}/replay")

    def model(self) -> dict[str, Any]:
        """The model's document."""
        return self._get("/api/model")

    def ready(self) -> dict[str, Any]:
        """That the service can decide and record."""
        return self._get("/ready")

    def _decide(self, body: Mapping[str, Any], purpose: str, contributions: bool, key: str) -> Decision:
        query = {"purpose": purpose, "contributions": str(contributions).lower()}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return cast("Decision", self._asked("POST", "/api/predict", params=query, json=body, headers=headers))

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._asked("GET", path, params=query)

    def _asked(self, method: str, path: str, **how: Any) -> dict[str, Any]:
        """An answer, asked for again where it may be given later."""
        attempt = 0
        while True:
            try:
                answer = self._http.request(method, path, **how)
            except httpx.TransportError:
                if attempt == self._retries:
                    raise
                time.sleep(_patience(attempt))
            else:
                if not answer.is_error:
                    return cast("dict[str, Any]", answer.json())
                if not self._may_try_again(answer, attempt):
                    raise Problem.of(answer)
            attempt += 1

    def _may_try_again(self, answer: httpx.Response, attempt: int) -> bool:
        """Whether the service says to come back, having waited as long as it says."""
        stated = answer.headers.get("Retry-After", "")
        come_back = answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.TOO_MANY_REQUESTS)
        if attempt == self._retries or not (come_back or stated):
            return False
        time.sleep(min(float(stated), _MOST_PATIENCE) if stated.isdigit() else _patience(attempt))
        return True


def _patience(attempt: int) -> float:
    """Seconds to wait before trying again: longer each time."""
    return float(0.2 * 2**attempt)


def _body_of(whom: Iterable[int] | Sequence[Cells] | Frame | Path) -> tuple[str, bytes]:
    if isinstance(whom, Path):
        if whom.suffix not in _FILES:
            raise ValueError(f"a file of a batch must end with {', '.join(_FILES)}; got {whom.name}")
        return _FILES[whom.suffix], whom.read_bytes()
    return _FILES[".json"], json.dumps(plain_whom(whom), allow_nan=False).encode()
