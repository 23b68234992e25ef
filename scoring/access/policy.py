"""Who may ask for what. The rule: what is not named here is closed to all but an owner.

>>> policy = Policy(synthetic=False)
>>> decide = policy.need("/api/predict/100002")
>>> decide.lets("officer", ()), decide.lets("script", ("decide",)), decide.lets("script", ("model",))
(True, True, False)
>>> policy.need("/api/model").lets("officer", ()), policy.need("/fr/gradio_api/upload") is None
(False, True)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scoring.access.identity import Role
from scoring.access.keys import Scope
from scoring.language import LANGUAGES

OFFICERS: Final[frozenset[Role]] = frozenset({"officer", "validator", "owner"})
VALIDATORS: Final[frozenset[Role]] = frozenset({"validator", "owner"})
OWNERS: Final[frozenset[Role]] = frozenset({"owner"})


@dataclass(frozen=True)
class Need:
    """Who may have something: people of some roles, scripts with a scope, or everyone."""

    roles: frozenset[Role] = OWNERS
    scope: Scope | None = None
    everyone: bool = False

    def lets(self, role: Role, scopes: Sequence[Scope]) -> bool:
        """Whether somebody may have it."""
        if self.everyone:
            return True
        if role == "script":
            return self.scope is not None and self.scope in scopes
        return role in self.roles


EVERYONE = Need(everyone=True)
OWNER = Need()
PUBLIC: Final = frozenset({"/", "/health", "/ready", "/favicon.ico", "/manifest.json", "/robots.txt"})
PUBLIC_BELOW: Final = ("/static", "/login", "/logout", "/problems")
"""Logging in, and what its page shows."""
DOCUMENTATION: Final = ("/docs", "/openapi.json")
API: Final[tuple[tuple[str, Need], ...]] = (
    ("/api/predict", Need(OFFICERS, "decide")),
    ("/api/clients", Need(OFFICERS, "clients")),
    # Each answers only for what the asker asked for, unless a validator or an owner asks (see `may_read`).
    ("/api/decisions", Need(OFFICERS, "journal")),
    ("/api/reviews", Need(OFFICERS, "journal")),
    ("/api/receipts", Need(OFFICERS, "journal")),
    ("/api/model", Need(VALIDATORS, "model")),
    ("/api/scorecard", Need(VALIDATORS, "model")),
    ("/api/evaluation", Need(VALIDATORS, "model")),
)
MODEL_PAGES: Final = ("/fr/modele", "/en/model")
PAGES: Final = tuple(f"/{lang}" for lang in LANGUAGES)
# What the pages ask of Gradio. Its routes for files, uploads, streams, monitoring and editing are none of ours.
_GRADIO = re.compile(
    r"/?|/(assets|static)/.*|/(theme\.css|config)"
    r"|/gradio_api/(run/predict|queue/join|queue/data|cancel|reset|app_id|info|startup-events|theme\.css|heartbeat/[\w-]+)/?"
)


class Policy:
    """The rules of a service.

    Parameters
    ----------
    synthetic : whether its clients are all made up, so that its model may be shown to everyone
    """

    def __init__(self, *, synthetic: bool) -> None:
        self.synthetic = synthetic

    def need(self, path: str) -> Need | None:
        """What it takes to have a path; None where there is nothing for anybody."""
        if path in PUBLIC or any(within(path, start) for start in PUBLIC_BELOW):
            return EVERYONE
        if path.startswith("/api/"):
            return next((need for start, need in API if within(path, start)), OWNER)
        for start, need in ((one, self._model_pages) for one in MODEL_PAGES):
            if within(path, start):
                return need if _GRADIO.fullmatch(path[len(start) :]) else None
        for start in PAGES:
            if within(path, start):
                return Need(OFFICERS) if _GRADIO.fullmatch(path[len(start) :]) else None
        if any(within(path, start) for start in DOCUMENTATION):
            return Need(OFFICERS, None)
        return OWNER

    @property
    def _model_pages(self) -> Need:
        return EVERYONE if self.synthetic else Need(VALIDATORS)


def within(path: str, start: str) -> bool:
    """Whether a path is a place or below it: /api/model and /api/model/x, not /api/models."""
    return path == start or path.startswith(f"{start}/")


def may_read(role: Role, name: str, asked_by: str) -> bool:
    """Whether somebody may read a decision: validators and owners all, others what they asked for themselves."""
    return role in VALIDATORS or name == asked_by
