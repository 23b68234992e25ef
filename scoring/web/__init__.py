"""The officers' pages and the model app: Gradio Blocks mounted on the API's app, once in each language."""

import os

# Before Gradio is imported: it reads these once, and must not call home.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

from fastapi import FastAPI

from scoring.language import LANGUAGES
from scoring.recording import Recorder
from scoring.service import Service
from scoring.web.builds import Builds, build_of
from scoring.web.export import add_export
from scoring.web.failures import tell_failures
from scoring.web.frame import build_pages
from scoring.web.model_app import mount_model_app
from scoring.web.mounting import mount
from scoring.web.page_language import Mounted, PageLanguage
from scoring.web.static import add_static

__all__ = ["mount_pages"]


def mount_pages(app: FastAPI, service: Service, recorder: Recorder) -> FastAPI:
    """Mount the pages at ``/fr/`` and ``/en/`` and the model app below them, with the files and the way in at ``/``."""
    tell_failures()
    add_static(app)
    add_export(app, service, recorder)
    # The model's pages before the officers', which would answer for all that lies below them.
    pages = mount_model_app(app, service, recorder)
    for lang in LANGUAGES:
        blocks = build_pages(service, recorder, lang)
        mount(app, blocks, f"/{lang}")
        pages[f"/{lang}/"] = Mounted(lang, build_of(blocks))
    app.add_middleware(PageLanguage, pages=pages)
    app.add_middleware(Builds, builds={path: page.build for path, page in pages.items()})
    return app
