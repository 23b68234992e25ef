"""The officers' pages and the model app: Gradio Blocks mounted on the API's app, once in each language."""

import os

# Before Gradio is imported: it reads these once, and must not call home.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
from fastapi import FastAPI

from scoring.language import LANGUAGES
from scoring.recording import Recorder
from scoring.service import Service
from scoring.web.export import add_export
from scoring.web.failures import tell_failures
from scoring.web.frame import build_pages
from scoring.web.head import head_html
from scoring.web.model_app import mount_model_app, path_of
from scoring.web.page_language import PageLanguage
from scoring.web.static import add_static
from scoring.web.theme import make_theme

__all__ = ["mount_pages"]


def mount_pages(app: FastAPI, service: Service, recorder: Recorder) -> FastAPI:
    """Mount the pages at ``/fr/`` and ``/en/`` and the model app below them, with the files and the way in at ``/``."""
    tell_failures()
    add_static(app)
    add_export(app, service)
    app = mount_model_app(
        app, service, recorder
    )  # before the officers' pages, which would answer for all that lies below them
    for lang in LANGUAGES:
        app = gr.mount_gradio_app(
            app,
            build_pages(service, recorder, lang),
            path=f"/{lang}",
            theme=make_theme(),
            head=head_html("../"),
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            show_error=False,
            favicon_path=None,
        )
    paths = {f"{path}/": lang for lang in LANGUAGES for path in (f"/{lang}", path_of(lang))}
    app.add_middleware(PageLanguage, paths=paths)
    return app
