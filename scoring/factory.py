"""The app built from its parts, and the server that runs it."""

import logging
import signal
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from scoring.api import add_api
from scoring.artefacts import read_artefacts
from scoring.errors import ClairscoreError
from scoring.journal import Journal
from scoring.journal.anchoring import Anchoring, anchor_of
from scoring.recording import Recorder
from scoring.service import Service
from scoring.settings import Settings, read_settings
from scoring.web import mount_pages

DESCRIPTION = "Probability of default, decision and reasons, from the same additive model everywhere."


def build_app(service: Service, recorder: Recorder) -> FastAPI:
    """Build the web app: API, documentation, pages."""
    app = FastAPI(
        title="Clairscore",
        description=DESCRIPTION,
        version=service.model.model_version,
        docs_url=None,
        redoc_url=None,
    )
    add_api(app, service, recorder)  # before the pages: a route that is added after Gradio's mount answers 404
    app = mount_pages(app, service, recorder)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)  # last, so around the pages' middleware
    return app


def load_service(settings: Settings) -> Service:
    """Read the artefacts that the settings name, and make the service.

    Raises
    ------
    ArtefactError, SettingsError
        When the artefacts are not sound, or their clients must not be served openly.
    """
    service = Service(read_artefacts(settings.artefacts), offer_step=settings.offer_step)
    settings.check_access(synthetic=service.synthetic)
    return service


def anchoring_of(settings: Settings, journal: Journal) -> Anchoring | None:
    """What notes the journal's head outside; None where the settings name no anchor.

    Raises
    ------
    SettingsError
        When the anchor is none of ours.
    """
    if not settings.journal_anchor:
        return None
    return Anchoring(
        lambda: journal.head,
        anchor_of(settings.journal_anchor),
        entries=settings.journal_anchor_entries,
        seconds=settings.journal_anchor_seconds,
    )


def main() -> None:
    """Serve until stopped; a problem of settings or artefacts is one message and exit code 2."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        settings = read_settings()
        service, journal = load_service(settings), Journal(settings.journal_url)
        anchoring = anchoring_of(settings, journal)
        app = build_app(service, Recorder(service, journal, durable=settings.is_durable))
    except ClairscoreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
    signal.signal(signal.SIGTERM, _end)  # the server raises it again after its own end, which must not cut ours short
    try:
        uvicorn.run(app, host=settings.host, port=settings.port, proxy_headers=True, log_config=None)
    finally:
        journal.close()
        if anchoring is not None:
            anchoring.close()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
