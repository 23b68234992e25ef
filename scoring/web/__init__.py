"""The officers' pages: Gradio Blocks mounted on the API's app, once in each language."""

import os

# Before Gradio is imported: it reads these once, and must not call home.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import gradio as gr
from fastapi import FastAPI

from scoring.language import LANGUAGES
from scoring.recording import Recorder
from scoring.service import Service
from scoring.web.frame import build_pages
from scoring.web.page_language import PageLanguage
from scoring.web.static import STYLES, add_static, fingerprint
from scoring.web.theme import make_theme

__all__ = ["mount_pages"]

# Linked rather than passed to Gradio, which writes its own prefix into every selector and breaks those with commas.
_SHEETS = "".join(f'<link rel="stylesheet" href="../static/{name}?{fingerprint(name)}">' for name in STYLES)
_HEAD = (
    '<meta name="color-scheme" content="light dark">'
    f'<link rel="icon" type="image/svg+xml" href="../static/favicon.svg">{_SHEETS}'
    # From the first moment: whoever goes back or forward gets what the address names.
    "<script>addEventListener('popstate', () => location.reload())</script>"
)


def mount_pages(app: FastAPI, service: Service, recorder: Recorder) -> FastAPI:
    """Mount the pages at ``/fr/`` and ``/en/``, with their files and the way in at ``/``."""
    add_static(app)
    for lang in LANGUAGES:
        app = gr.mount_gradio_app(
            app,
            build_pages(service, recorder, lang),
            path=f"/{lang}",
            theme=make_theme(),
            head=_HEAD,
            footer_links=[],
            run_history=False,
            ssr_mode=False,
            favicon_path=None,
        )
    app.add_middleware(PageLanguage, languages=LANGUAGES)
    return app
