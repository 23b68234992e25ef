"""A batch's answer, line by line: NDJSON, or CSV that a spreadsheet takes for no formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, Final

import orjson
from pydantic import BaseModel, Field

from scoring.api.answers import Problem, ReviewCause
from scoring.api.problem_types import KIND_OF, STATUS
from scoring.audit.batches import Given, Refused
from scoring.errors import ClairscoreError
from scoring.explain.batch_scoring import Teller
from scoring.i18n.spreadsheets import csv_text
from scoring.model.decision import Outcome

NDJSON: Final = "application/x-ndjson"
CSV: Final = "text/csv"
COLUMNS: Final = (
    "row", "client_id", "decision_id", "pd", "points", "low_points", "high_points", "level", "decision",
    "review_because", "reasons", "problem",
)  # fmt: skip
BETWEEN: Final = " | "


class BatchReason(BaseModel):
    """One reason of a batch's line."""

    code: str
    points: float
    text: str


class BatchDecision(BaseModel):
    """One line of a batch's answer: a client decided on."""

    row: int = Field(description="the place in what was sent, from 0")
    client_id: int | None
    decision_id: str
    pd: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[ReviewCause]
    reasons: list[BatchReason]


class BatchProblem(BaseModel):
    """One line of a batch's answer: a row that could not be decided on; `row` is None where the batch had to end."""

    row: int | None
    client_id: int | None
    problem: Problem


LINES: Final = (BatchDecision, BatchProblem)


class Lines:
    """Writes parts of a batch in one language and one form.

    Parameters
    ----------
    teller : says the reasons; None where none were asked for
    instance : the address that was called
    """

    def __init__(self, form: str, teller: Teller | None, lang: str, instance: str) -> None:
        self.form = form
        self._teller, self._lang, self._instance = teller, lang, instance

    @property
    def head(self) -> bytes:
        """What comes before the first part."""
        return _csv([COLUMNS]) if self.form == CSV else b""

    def write(self, part: Iterable[Given | Refused]) -> bytes:
        """The lines of one part."""
        if self.form == CSV:
            return _csv(self._cells(one) for one in part)
        return b"".join(orjson.dumps(self._fields(one), option=orjson.OPT_APPEND_NEWLINE) for one in part)

    def end(self, error: ClairscoreError | None) -> bytes:
        """The last line of a batch that had to end early; None for a cause that is nobody's business outside."""
        problem = self._problem(error)
        if self.form == CSV:
            return _csv([[*[""] * (len(COLUMNS) - 1), csv_text(problem["detail"])]])
        return orjson.dumps({"row": None, "client_id": None, "problem": problem}, option=orjson.OPT_APPEND_NEWLINE)

    def _fields(self, one: Given | Refused) -> dict[str, Any]:
        if isinstance(one, Refused):
            return {"row": one.row, "client_id": one.client_id, "problem": self._problem(one.error)}
        client = one.client
        return {
            "row": one.row,
            "client_id": one.client_id,
            "decision_id": one.decision_id,
            "pd": client.pd,
            "points": client.points,
            "low_points": client.low_points,
            "high_points": client.high_points,
            "level": client.level,
            "decision": client.decision,
            "review_because": client.review_because,
            "reasons": [] if self._teller is None else self._teller.tell(client),
        }

    def _cells(self, one: Given | Refused) -> Sequence[Any]:
        if isinstance(one, Refused):
            told = csv_text(self._problem(one.error)["detail"])
            return (one.row, one.client_id, *[""] * (len(COLUMNS) - 3), told)
        client = one.client
        reasons = [] if self._teller is None else self._teller.tell(client)
        return (
            one.row,
            one.client_id,
            one.decision_id,
            repr(client.pd),
            repr(client.points),
            repr(client.low_points),
            repr(client.high_points),
            client.level,
            client.decision,
            BETWEEN.join(client.review_because),
            csv_text(BETWEEN.join(reason.text for reason in reasons)),
            "",
        )

    def _problem(self, error: ClairscoreError | None) -> dict[str, Any]:
        kind, detail = "internal", ""
        if error is not None and type(error) in KIND_OF:
            kind, detail = KIND_OF[type(error)], error.say(self._lang) or ""
        said = Problem.of(kind, int(STATUS[kind]), self._lang, instance=self._instance, detail=detail)
        return said.model_dump(exclude_none=True)


def _csv(rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()
