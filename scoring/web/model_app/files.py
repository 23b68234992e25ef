"""The models as files to take away, below the model app's own address, so that one rule of access holds for both."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI
from fastapi.responses import Response

from scoring.additive_model import AdditiveModel
from scoring.artefacts import Kind
from scoring.exports.grid import grid_of
from scoring.exports.grid_files import FILES
from scoring.exports.pmml import pmml_of
from scoring.exports.sql import sql_of
from scoring.language import LANGUAGES
from scoring.reports import KINDS, Reports
from scoring.web.model_app.place import path_of

CODE: Mapping[str, tuple[Callable[[AdditiveModel], str], str]] = MappingProxyType(
    {
        "sql": (lambda model: sql_of(model, "duckdb"), "application/sql; charset=utf-8"),
        "pmml": (pmml_of, "application/xml; charset=utf-8"),
    }
)
"""The model as a program, by the ending of its file."""


def add_files(app: FastAPI, reports: Reports) -> None:
    """Add ``files/{model}.{form}`` in each language: the grid as CSV, Excel and JSON, the model as SQL and PMML."""
    for lang in LANGUAGES:
        _add(app, reports, lang)


def _add(app: FastAPI, reports: Reports, lang: str) -> None:
    @app.get(f"{path_of(lang)}/files/{{name}}", include_in_schema=False)
    def file(name: str) -> Response:
        stem, _, form = name.partition(".")
        kind = next((one for one in KINDS if one == stem and one in reports.models), None)
        if kind is None or form not in (*FILES, *CODE):
            return Response(status_code=404)
        body, media = content(reports, kind, form, lang)
        version = reports.models[kind].model_version
        headers = {"Content-Disposition": f'attachment; filename="clairscore-{version}.{form}"'}
        return Response(body, media_type=media, headers=headers)


def content(reports: Reports, kind: Kind, form: str, lang: str) -> tuple[str | bytes, str]:
    """A file's content and its media type."""
    model = reports.models[kind]
    if form in CODE:
        write, media = CODE[form]
        return write(model), media
    told, media = FILES[form]
    return told(grid_of(model, reports.evaluation.tables.get(kind)), lang), media
