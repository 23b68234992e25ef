"""What can be taken away, below the model app's own address, so that one rule of access holds for both.

The models' grids and programs; the journal; and the product's own files that the tour names, those and no others.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from scoring.audit.audited_decisions import Recorder
from scoring.audit.reader import export
from scoring.audit.store.chain import canonical
from scoring.i18n import LANGUAGES
from scoring.model.additive_model import AdditiveModel
from scoring.model.artefacts import Kind
from scoring.reports.brief import files, path_of
from scoring.reports.exports.grid import grid_of
from scoring.reports.exports.grid_files import FILES
from scoring.reports.exports.pmml import pmml_of
from scoring.reports.exports.sql import sql_of
from scoring.reports.folder import KINDS, Reports, ReportsNow
from scoring.server.identity import may_read_journal, of_scope
from scoring.settings import ROOT

NAMED = frozenset(files())
"""Files of the repository that are shown: those that the tour names."""
CODE: Mapping[str, tuple[Callable[[AdditiveModel], str], str]] = MappingProxyType(
    {
        "sql": (lambda model: sql_of(model, "duckdb"), "application/sql; charset=utf-8"),
        "pmml": (pmml_of, "application/xml; charset=utf-8"),
    }
)
"""The model as a program, by the ending of its file."""


def add_files(app: FastAPI, reports: ReportsNow, recorder: Recorder) -> None:
    """Add ``files/{model}.{form}``, ``files/journal.jsonl`` and ``files/source?path=`` in each language."""
    for lang in LANGUAGES:
        _add(app, reports, recorder, lang)


def _add(app: FastAPI, now: ReportsNow, recorder: Recorder, lang: str) -> None:
    @app.get(f"{path_of(lang)}/files/source", include_in_schema=False)
    def source(path: str) -> Response:
        if path not in NAMED or not (ROOT / path).is_file():
            return Response(status_code=404)
        media = "application/pdf" if path.endswith(".pdf") else "text/plain; charset=utf-8"
        return FileResponse(ROOT / path, media_type=media, headers={"X-Content-Type-Options": "nosniff"})

    @app.get(f"{path_of(lang)}/files/journal.jsonl", include_in_schema=False)
    def entries(request: Request) -> Response:
        if not may_read_journal(request.scope):
            return Response(status_code=403)
        recorder.consult([], of_scope(request.scope), page="journal.jsonl")
        lines = (canonical(entry) + "\n" for entry in export(recorder.journal.engine))
        headers = {
            "Content-Disposition": 'attachment; filename="clairscore-journal.jsonl"',
            "Cache-Control": "no-store",
        }
        return StreamingResponse(lines, media_type="application/x-ndjson", headers=headers)

    @app.get(f"{path_of(lang)}/files/{{name}}", include_in_schema=False)
    def file(name: str) -> Response:
        reports = now.now
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
    write_grid, media = FILES[form]
    return write_grid(grid_of(model, reports.evaluation.tables.get(kind)), lang), media
