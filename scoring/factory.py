"""The app built from its parts, and the server that runs it."""

import contextlib
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from scoring import VERSION
from scoring.api import KnownClientShortcut, add_api
from scoring.api.head_requests import HeadRequests
from scoring.audit.anchors import Anchoring, anchor_of, last_noted
from scoring.audit.audited_decisions import Recorder
from scoring.audit.backups import serving
from scoring.audit.letters import Sender, read_sender
from scoring.audit.reader import opened
from scoring.audit.rotation import Rotation, keep_whole
from scoring.audit.store.database import engine_of
from scoring.audit.writer import Journal
from scoring.errors import ClairscoreError, JournalError
from scoring.model.artefacts import read_artefacts
from scoring.server.middleware.logs import configure_logs
from scoring.server.middleware.rate_limits import Quota
from scoring.server.middleware.stack import Guard
from scoring.server.model_reload import Live, Renewal, tried
from scoring.server.serving import Pinned, Server
from scoring.service import Service
from scoring.settings import Settings, read_settings
from scoring.web import mount_pages

DESCRIPTION = "Probability of default, decision and reasons, from the same additive model everywhere."


def build_app(service: Service, recorder: Recorder, sender: Sender | None = None) -> FastAPI:
    """Build the web app: API, documentation, pages; `sender` is the lender as its letters speak of it."""
    app = FastAPI(
        title="Clairscore",
        description=DESCRIPTION,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
    )
    known_client = add_api(
        app, service, recorder, sender
    )  # before the pages: a route that is added after Gradio's mount answers 404
    app = mount_pages(app, service, recorder)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)  # late, so around the pages' middleware
    app.add_middleware(KnownClientShortcut, route=known_client, handlers=app.exception_handlers)
    app.add_middleware(HeadRequests)
    return app


def load_service(settings: Settings) -> Service:
    """Read the artefacts that the settings name, and make the service.

    Raises
    ------
    ArtefactError, SettingsError
        When the artefacts are not sound, or their clients must not be served openly.
    """
    artefacts = read_artefacts(settings.artefacts, keys=settings.model_keys, since=settings.model_signed_since)
    service = Service(artefacts, offer_step=settings.offer_step, unknown_history=settings.unknown_history)
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


@contextlib.contextmanager
def bounded(journal: Journal, settings: Settings, *, synthetic: Callable[[], bool]) -> Iterator[None]:
    """Keep the journal of an open service from filling the disk, whoever comes.

    Parameters
    ----------
    synthetic : whether the clients who are served now are all made up; decisions on real ones never leave the journal
    """
    journal.quota = Quota()
    if not (settings.journal_limit and settings.journal_url.startswith("sqlite") and synthetic()):
        yield
        return
    journal.limit = settings.journal_limit * 1_000_000

    def rotate() -> None:
        if synthetic():
            journal.rotate()

    with contextlib.closing(Rotation(engine_of(settings.journal_url), journal.limit, rotate)):
        yield


def upgrade_journal(url: str) -> None:
    """Bring a journal of an earlier version up to this one before anything waits for it.

    One that is not there yet, or does not answer, stops no start: until it does, nothing is decided.
    """
    with contextlib.suppress(JournalError), opened(engine_of(url)):
        pass


def build_server(settings: Settings, journal: Journal) -> Server:
    """Build all that serves: the app, what guards it, and what renews its artefacts.

    Raises
    ------
    ArtefactError, SettingsError
        When the artefacts or the settings are not sound.
    """
    live = Live(tried(lambda: load_service(settings)))
    recorder = Recorder(live.face, journal, durable=settings.is_durable)
    app = build_app(live.face, recorder, read_sender(settings.letter))
    guard = Guard(Pinned(app, live), settings, synthetic=live.now.synthetic)

    def changed(service: Service) -> None:
        guard.policy.synthetic = service.synthetic
        if not service.synthetic:
            with contextlib.suppress(JournalError):  # one that does not answer stops no start
                keep_whole(engine_of(settings.journal_url))

    changed(live.now)
    renewal = Renewal(live, settings.artefacts, lambda: load_service(settings), metrics=guard.metrics, changed=changed)
    return Server(guard, renewal, settings)


def main() -> None:
    """Serve until stopped; a problem of settings or artefacts is one message and exit code 2."""
    configure_logs()
    served = contextlib.ExitStack()
    try:
        settings = read_settings()
        served.enter_context(serving(settings.journal_url))
        upgrade_journal(settings.journal_url)
        journal = Journal(settings.journal_url, known=last_noted(settings.journal_anchor))
        server = build_server(settings, journal)
        anchoring = anchoring_of(settings, journal)
        if settings.is_open:
            served.enter_context(bounded(journal, settings, synthetic=lambda: server.guard.policy.synthetic))
    except ClairscoreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
    gc.collect()
    gc.freeze()  # what is loaded now stays: looking through it again and again would take a fifth of each answer
    signal.signal(signal.SIGTERM, _end)  # the server raises it again after its own end, which must not cut ours short
    with contextlib.ExitStack() as ending:  # each of them ends, whatever becomes of the others
        ending.enter_context(served)
        ending.callback(gc.unfreeze)  # or a library complains at the very end of what it still holds
        if anchoring is not None:
            ending.callback(anchoring.close)
        ending.callback(journal.close)
        with contextlib.suppress(KeyboardInterrupt):  # likewise raised again, after Ctrl+C
            server.run()


def _end(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
