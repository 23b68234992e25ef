"""The officers' pages and the model app: Gradio Blocks mounted on the API's app, once in each language."""

import atexit
import os
import shutil
import tempfile

# Before Gradio is imported: it reads these once, must not call home, and gets a folder for files that stays empty.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ["GRADIO_TEMP_DIR"] = tempfile.mkdtemp(prefix="clairscore-gradio-")

from fastapi import FastAPI

from scoring.audit.audited_decisions import Recorder
from scoring.i18n import LANGUAGES
from scoring.service import Service
from scoring.web.event_inputs import events_of
from scoring.web.export import add_export
from scoring.web.frame import build_pages
from scoring.web.model_app import mount_model_app
from scoring.web.mounting import forget_session, mount
from scoring.web.outdated_pages import Builds, build_of
from scoring.web.page_events import PageEvents, tell_failures
from scoring.web.page_language import Mounted, PageLanguage
from scoring.web.static import add_static

__all__ = ["mount_pages"]

atexit.register(shutil.rmtree, os.environ["GRADIO_TEMP_DIR"], ignore_errors=True)


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
        pages[f"/{lang}/"] = Mounted(lang, build_of(blocks), blocks=blocks)
    built = {path: page.blocks for path, page in pages.items() if page.blocks is not None}
    app.add_middleware(
        PageEvents,
        events={path: events_of(blocks) for path, blocks in built.items()},
        forget=lambda name: forget_session(tuple(built.values()), name),
    )
    app.add_middleware(PageLanguage, pages=pages)
    app.add_middleware(Builds, builds={path: page.build for path, page in pages.items()})
    return app
