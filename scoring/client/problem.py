"""An answer that is a problem (RFC 9457), as an exception."""

from collections.abc import Mapping
from typing import Any, Self

import httpx


class Problem(Exception):  # noqa: N818  # what RFC 9457 calls it
    """An answer that is a problem.

    Attributes
    ----------
    kind : the end of its `type`, such as ``unknown-client``: stable, never translated
    status : of HTTP
    title, detail : in the language asked for
    errors : which fields are not as documented, and why
    """

    def __init__(self, status: int, said: Mapping[str, Any]) -> None:
        self.kind = str(said.get("type", "")).rsplit("/", 1)[-1] or "unknown"
        self.status = status
        self.title = str(said.get("title", ""))
        self.detail = str(said.get("detail", ""))
        self.errors: list[dict[str, str]] = list(said.get("errors") or [])
        super().__init__(f"{self.kind} ({status}): {self.detail or self.title}")

    @classmethod
    def of(cls, answer: httpx.Response) -> Self:
        """The problem of an answer, whoever on the way gave it."""
        try:
            said = answer.json()
        except ValueError:
            said = {}
        return cls(answer.status_code, said if isinstance(said, dict) else {})
