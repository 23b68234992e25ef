"""A selection of clients as CSV, by a route of our own: numbers, decision, score and the facts asked for.

The rule: no text in it can be taken for a formula by a spreadsheet, and no outcome is in it.
"""

import csv
import io
from collections.abc import Iterator
from typing import Any

import polars as pl
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY, say
from scoring.errors import InputError
from scoring.files import BYTE_ORDER_MARK
from scoring.i18n import LANGUAGES, text
from scoring.i18n.figures import csv_text
from scoring.portfolio.filters import CLIENT_ID, DECISION, POINTS
from scoring.server.identity import of_scope
from scoring.service import Service
from scoring.web.filter_selection import read_selection

AT_ONCE = 2_000
"""Rows that are looked at, and written, at a time."""
FACTS = "facts"
PATH = "/{lang}/clients.csv"
PAGE = "clients.csv"
"""What consultations call it."""
SEPARATOR = {"fr": ";", "en": ","}
"""What a spreadsheet in each language expects between cells."""


def add_export(app: FastAPI, service: Service, recorder: Recorder) -> None:
    """Add the route, before the pages: they would answer for all that lies below them."""

    def export(lang: str, request: Request) -> Response:
        if lang not in LANGUAGES:
            return Response(status_code=404)
        words = dict(request.query_params)
        names = words.pop(FACTS, "")
        held = set(service.portfolio.features)
        facts = [name for name in dict.fromkeys(names.split(",")) if name in held and name in DICTIONARY]
        try:
            selection = read_selection(words)
            members = service.portfolio.matching(selection.filters)
        except InputError as error:
            return PlainTextResponse(error.say(lang), status_code=422)
        numbers = service.portfolio.ids[members.to_numpy()].tolist()
        if numbers:
            who = of_scope(request.scope)
            recorder.consult(numbers, who, page=PAGE, filters=selection.words, facts=facts)
        headers = {
            "Content-Disposition": 'attachment; filename="clients.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        lines = _lines(service, members, facts, lang)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    app.get(PATH, include_in_schema=False)(export)


def _lines(service: Service, wanted: pl.Series, facts: list[str], lang: str) -> Iterator[str]:
    frame = service.portfolio.frame([CLIENT_ID, DECISION, POINTS, *facts])
    heads = [text(lang, "explore.client"), text(lang, "selection.decision"), text(lang, "chart.points")]
    yield BYTE_ORDER_MARK + _written([[*heads, *(DICTIONARY[name].label.say(lang) for name in facts)]], lang)
    for at in range(0, frame.height, AT_ONCE):  # a copy of all that is wanted would be held while a reader is slow
        some = frame.slice(at, AT_ONCE).filter(wanted.slice(at, AT_ONCE))
        if some.height:
            yield _written([_row(row, facts, lang) for row in some.iter_rows()], lang)


def _row(row: tuple[Any, ...], facts: list[str], lang: str) -> list[str | int | float]:
    client, decision, points, *values = row
    cells = [_cell(name, value, lang) for name, value in zip(facts, values, strict=True)]
    return [int(client), text(lang, f"decision.officer.{decision}"), round(float(points), 2), *cells]


def _cell(feature: str, value: Any, lang: str) -> str | float:
    if value is None:
        return ""
    return say(DICTIONARY[feature], value, lang) if isinstance(value, str) else float(value)


def _written(rows: list[list[str | int | float]], lang: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATOR[lang], lineterminator="\r\n")
    writer.writerows([[plain(cell, lang) for cell in row] for row in rows])
    return out.getvalue()


def plain(cell: str | float, lang: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number with the decimal sign of the language.

    >>> plain("=1+1", "en"), plain("labourer", "en"), plain(-2.5, "fr"), plain(310000.0, "fr")
    ("'=1+1", 'labourer', '-2,5', '310000')
    """
    if isinstance(cell, str):
        return csv_text(cell)
    written = f"{cell:.15g}"
    return written.replace(".", ",") if lang == "fr" else written
