"""The model app, for whoever must trust the model, keep it, or mark it: tour, model, points, controls, journal.

Mounted before the officers' pages, whose path its own lies below.
"""

from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from scoring.audit.audited_decisions import Recorder
from scoring.i18n import LANGUAGES
from scoring.reports.brief import path_of
from scoring.reports.folder import ReportsNow
from scoring.service import Service
from scoring.web.links import link
from scoring.web.model_app.files import add_files
from scoring.web.model_app.frame import build_model_app
from scoring.web.mounting import mount
from scoring.web.outdated_pages import build_of
from scoring.web.page_language import Mounted

__all__ = ["link", "mount_model_app", "path_of"]


def mount_model_app(app: FastAPI, service: Service, recorder: Recorder) -> dict[str, Mounted]:
    """Mount the model app in each language, with its files; what is mounted at each path."""
    reports = ReportsNow(lambda: service.artefacts)
    add_files(app, reports, recorder)
    pages = {}
    for lang in LANGUAGES:
        path = path_of(lang)
        _add_way_in(app, path)
        blocks = build_model_app(service, recorder, reports, lang)
        mount(app, blocks, path)
        pages[f"{path}/"] = Mounted(lang, build_of(blocks), of_the_model=True, blocks=blocks)
    return pages


def _add_way_in(app: FastAPI, path: str) -> None:
    """The address without its last slash would be taken for one of the officers' pages."""

    @app.get(path, include_in_schema=False)
    async def way_in() -> Response:
        return RedirectResponse(f"{path}/", status_code=307)
