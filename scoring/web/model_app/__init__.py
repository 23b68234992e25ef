"""The model app, for whoever must trust the model, keep it, or mark it: tour, model, points, controls, journal.

Mounted before the officers' pages, whose path its own lies below.
"""

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import RedirectResponse, Response

from scoring.language import LANGUAGES
from scoring.recording import Recorder
from scoring.reports import ReportsNow
from scoring.service import Service
from scoring.web.head import head_html
from scoring.web.model_address import link, path_of
from scoring.web.model_app.files import add_files
from scoring.web.model_app.frame import build_model_app
from scoring.web.model_app.pages import MODEL_PAGES
from scoring.web.theme import make_theme

__all__ = ["link", "mount_model_app", "path_of"]


def mount_model_app(app: FastAPI, service: Service, recorder: Recorder) -> FastAPI:
    """Mount the model app in each language, with its files."""
    reports = ReportsNow(lambda: service.artefacts)
    add_files(app, reports, recorder.journal)
    for lang in LANGUAGES:
        _add_way_in(app, path_of(lang))
        app = gr.mount_gradio_app(
            app,
            build_model_app(service, recorder, reports, lang, MODEL_PAGES),
            path=path_of(lang),
            theme=make_theme(),
            head=head_html("../../", of_the_model=True),
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            show_error=False,
            favicon_path=None,
        )
    return app


def _add_way_in(app: FastAPI, path: str) -> None:
    """The address without its last slash would be taken for one of the officers' pages."""

    @app.get(path, include_in_schema=False)
    async def way_in() -> Response:
        return RedirectResponse(f"{path}/", status_code=307)
