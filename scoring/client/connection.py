"""A connection to one service: asks, tries again where that may help, and raises problems."""

import json
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, cast

import httpx

from .plain import plain_id, plain_row, plain_rows, plain_whom
from .problem import Problem
from .types import BatchDecision, BatchProblem, Decision, ListedClient

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
        asked = {"purpose": purpose, "reasons": str(reasons).lower()}
        headers = {"Content-Type": kind, "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        given = 0
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                with self._http.stream(
                    "POST", "/api/predict/batch", params=asked, headers=headers, content=content
                ) as answer:
                    if answer.is_error:
                        answer.read()
                        if self._may_try_again(answer, attempt):
                            continue
                        raise Problem.of(answer)
                    whole = int(answer.headers["X-Batch-Rows"])
                    for at, line in enumerate(answer.iter_lines()):
                        said = json.loads(line)
                        if said["row"] is None:
                            raise Problem(said["problem"]["status"], said["problem"])
                        if at >= given:
                            given += 1
                            yield said
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
        asked = {**(filters or {}), "sort": sort, "limit": str(page)}
        if columns:
            asked["columns"] = ",".join(columns)
        while True:
            said = self._get("/api/clients", asked)
            yield from said["clients"]
            if said["next"] is None:
                return
            asked["cursor"] = said["next"]

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
        asked = {"purpose": purpose, "contributions": str(contributions).lower()}
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return cast("Decision", self._asked("POST", "/api/predict", params=asked, json=body, headers=headers))

    def _get(self, path: str, asked: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._asked("GET", path, params=asked)

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
