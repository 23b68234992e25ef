"""A service whose artefacts can be changed while it answers.

The rule: a request sees one service from its beginning to its end, the one that was current when it came. So an
answer's score, reasons, model version and record always belong together, and the old service goes when the last one
who uses it is done.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, cast

from scoring.errors import ArtefactError, ClairscoreError
from scoring.i18n import LANGUAGES
from scoring.model.artefacts import CHAMPION_FILE, PORTFOLIO_FILE, check_not_older, digest_of_file
from scoring.server.middleware.logs import Metrics, event_logger
from scoring.service import Service

STALE: Final = "clairscore.stale"
"""Where an ASGI scope says whether the artefacts on the disk were refused."""
_pinned: ContextVar["_Pin | None"] = ContextVar("pinned service", default=None)


class _Pin:
    """The service of one request; empty when the request is over, whoever still holds it then."""

    def __init__(self, service: Service) -> None:
        self.service: Service | None = service


class Live:
    """Holds the current service.

    Attributes
    ----------
    face : the service as everything else sees it: every attribute is that of the request's service
    refused : why the artefacts on the disk do not serve; empty where they do
    """

    def __init__(self, service: Service) -> None:
        self._current = service
        self.face = cast("Service", _Face(self))
        self.refused = ""

    @property
    def now(self) -> Service:
        """The service of the request that asks, else the current one."""
        pin = _pinned.get()
        return self._current if pin is None or pin.service is None else pin.service

    def change(self, service: Service) -> None:
        """Make another service the current one, for whoever comes from now on."""
        self._current = service
        self.refused = ""

    @contextmanager
    def pinned(self) -> Iterator[Service]:
        """One service until the block ends."""
        pin = _Pin(self._current)
        token = _pinned.set(pin)
        try:
            yield self._current
        finally:
            _pinned.reset(token)
            pin.service = None


class _Face:
    """Looks like a service, and asks the one that is meant each time."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def __getattr__(self, name: str) -> Any:
        return getattr(self._live.now, name)


# New artefacts while serving: checked aside, taken over whole, or refused while the old ones serve on.

_log = event_logger(__name__)
State = tuple[tuple[str, int, int, int], ...]


class Renewal:
    """Watches over the artefacts of a live service.

    Parameters
    ----------
    load : reads the artefacts and makes a service of them, or raises
    changed : told of a service that has taken over
    """

    def __init__(
        self,
        live: Live,
        folder: Path,
        load: Callable[[], Service],
        *,
        metrics: Metrics,
        changed: Callable[[Service], None] = lambda _: None,
    ) -> None:
        self._live, self._folder, self._load, self._metrics, self._changed = live, folder, load, metrics, changed
        self._one_at_a_time = asyncio.Lock()
        self._served = state_of(folder)
        metrics.model.labels(live.now.model.model_version).set(1)

    async def renew(self) -> bool:
        """Read the artefacts again; true where they serve from now on."""
        async with self._one_at_a_time:
            self._served = state_of(self._folder)
            old = self._live.now.model.model_version
            try:
                service = await asyncio.to_thread(tried, self._load)
                check_not_older(service.artefacts, self._live.now.artefacts)
            except ClairscoreError as error:
                self._live.refused = str(error)
                self._metrics.stale.set(1)
                self._metrics.changes.labels("refused").inc()
                _log.error("artefacts refused, the old ones serve on", model=old, reason=str(error))
                return False
            self._live.change(service)
            self._changed(service)
            await asyncio.to_thread(_forget)
            self._metrics.stale.set(0)
            self._metrics.changes.labels("taken over").inc()
            new = service.model.model_version
            if new != old:
                self._metrics.model.remove(old)
            self._metrics.model.labels(new).set(1)
            _log.info("artefacts taken over", model=new, former=old)
            return True

    async def watch(self, seconds: float) -> None:
        """Look at the folder from time to time, until cancelled."""
        before = self._served
        while True:
            await asyncio.sleep(seconds)
            try:
                state = await asyncio.to_thread(state_of, self._folder)
                if state == before and state != self._served:  # changed, and nobody writes any more
                    await self.renew()
                before = state
            except Exception as error:  # noqa: BLE001  # such as no thread left: the next look must come all the same
                self._served = ()  # whatever was begun is tried again
                _log.error("artefacts not looked at", error=type(error).__name__)


def _forget() -> None:
    """Free the old artefacts, also from what the collector was told at the start to leave alone."""
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
        gc.freeze()


def state_of(folder: Path) -> State:
    """What shows that a file of the artefacts was changed or replaced."""
    found = []
    for path in sorted({*folder.glob("*.json"), folder / PORTFOLIO_FILE}):
        try:
            stat = path.stat()
        except OSError:
            continue
        found.append((path.name, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def tried(load: Callable[[], Service]) -> Service:
    """A service that has shown that it answers.

    Raises
    ------
    ClairscoreError
        When it doesn't.
    """
    try:
        service = load()
        _ = service.simulator  # made once; whoever asks first should not wait for it
        artefacts = service.artefacts
        for client in (*service.portfolio.examples().values(), None):
            if client is not None:
                explanation = service.assess(client).explanation
                for lang in LANGUAGES:
                    _ = [reason.sentence(lang) for reason in explanation.principal]
        found = digest_of_file(artefacts.portfolio)
    except ClairscoreError:
        raise
    except Exception as error:
        raise ArtefactError(
            f"New artefacts must answer for their own clients; got {type(error).__name__}. Train again."
        ) from error
    if found != artefacts.champion.portfolio.digest:
        raise ArtefactError(
            f"The clients' file must not change while it is read; {PORTFOLIO_FILE} did, after {CHAMPION_FILE} was. "
            "Move a whole folder into place."
        )
    return service
