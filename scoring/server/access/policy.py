"""Who may ask for what. The rule: what is not named here is closed to all but an owner.

>>> policy = Policy(synthetic=False, open=False)
>>> decide = policy.need("/api/predict/100002")
>>> decide.lets("officer", ()), decide.lets("script", ("decide",)), decide.lets("script", ("model",))
(True, True, False)
>>> policy.need("/api/model").lets("officer", ()), policy.need("/fr/gradio_api/upload") is None
(False, True)
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from scoring.errors import SettingsError
from scoring.i18n import LANGUAGES
from scoring.server.access.keys import Scope
from scoring.server.identity import Identity, Role

# What people who log in by OIDC may do: said in the settings, by what the provider says of them.

PersonRole = Literal["officer", "validator", "owner"]
Claim = Literal["sub", "email", "group"]
_RANK: tuple[PersonRole, ...] = get_args(PersonRole)
_GROUP_CLAIMS = ("groups", "roles")


@dataclass(frozen=True)
class Grant:
    """A role for whoever has a value in a claim."""

    role: PersonRole
    claim: Claim
    value: str


class Roles:
    """The grants of the settings.

    Parameters
    ----------
    given : ``ROLE:CLAIM:VALUE`` each

    Raises
    ------
    SettingsError
        When one is none.

    >>> roles = Roles(["officer:group:credit", "owner:email:anna@bank.example"])
    >>> anna = {"sub": "7", "email": "Anna@bank.example", "email_verified": True, "groups": ["credit"]}
    >>> roles.identity_of(anna)
    Identity(name='anna@bank.example', role='owner')
    >>> roles.identity_of({**anna, "email_verified": False})
    Identity(name='7', role='officer')
    >>> roles.identity_of({"sub": "8", "preferred_username": "anna"}) is None
    True
    """

    def __init__(self, given: Sequence[str]) -> None:
        self.grants = tuple(_read(one) for one in given)

    def identity_of(self, claims: Mapping[str, Any]) -> Identity | None:
        """Who somebody is, with the highest role they were granted; None for somebody without one."""
        held = {grant.role for grant in self.grants if grant.value in _values(claims, grant.claim)}
        role = next((one for one in reversed(_RANK) if one in held), None)
        if role is None:
            return None
        email = _values(claims, "email")
        return Identity(next(iter(email), str(claims["sub"])), role)


def _values(claims: Mapping[str, Any], claim: Claim) -> frozenset[str]:
    """What a provider says under a claim, so far as it can be relied on."""
    if claim == "group":
        groups = [value for name in _GROUP_CLAIMS for value in _listed(claims.get(name))]
        return frozenset(value for value in groups if isinstance(value, str))
    value = claims.get(claim)
    if not isinstance(value, str) or not value:
        return frozenset()
    if claim == "sub":
        return frozenset({value})
    return frozenset({value.casefold()}) if claims.get("email_verified") is True else frozenset()


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _read(given: str) -> Grant:
    role, _, rest = given.partition(":")
    claim, _, value = rest.partition(":")
    if role not in _RANK or claim not in get_args(Claim) or not value:
        raise SettingsError(
            f"CLAIRSCORE_ROLES must be ROLE:CLAIM:VALUE each, ROLE one of {', '.join(_RANK)}, CLAIM one of "
            f"{', '.join(get_args(Claim))}; got {given!r}. Correct it."
        )
    return Grant(role, cast("Claim", claim), value.casefold() if claim == "email" else value)


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
PUBLIC: Final = frozenset(
    {
        "/",
        "/login",
        "/logout",
        "/problems",
        "/receipt",
        "/health",
        "/ready",
        "/favicon.ico",
        "/manifest.json",
        "/robots.txt",
    }
)
PUBLIC_BELOW: Final = ("/static/", "/login/", "/problems/")
"""Logging in, and what its page shows."""
METRICS: Final = "/metrics"
DOCUMENTATION: Final = ("/docs", "/openapi.json")
API: Final[tuple[tuple[str, Need], ...]] = (
    ("/api/predict", Need(OFFICERS, "decide")),
    ("/api/simulate", Need(OFFICERS, "decide")),
    ("/api/clients", Need(OFFICERS, "clients")),
    # Each answers only for what the asker asked for, unless a validator or an owner asks (see `may_read`).
    ("/api/decisions", Need(OFFICERS, "journal")),
    ("/api/reviews", Need(OFFICERS, "journal")),
    ("/api/receipts", Need(OFFICERS, "journal")),
    ("/api/model", Need(VALIDATORS, "model")),
    ("/api/scorecard", Need(VALIDATORS, "model")),
    ("/api/evaluation", Need(VALIDATORS, "model")),
)
_LETTER = re.compile(r"/api/clients/[^/]+/letter/?")
MODEL_PAGES: Final = ("/fr/modele", "/en/model")
PAGES: Final = tuple(f"/{lang}" for lang in LANGUAGES)
SELECTIONS: Final = frozenset(f"{page}/clients.csv" for page in PAGES)
"""A selection of clients as a file, for whoever may see them on the pages."""
# What the pages ask of Gradio; a heartbeat is asked for by pages that keep something on the server, which none of ours
# does now. Its routes for files, uploads, streams, calls by name, cancelling, monitoring and editing are none of ours.
# What an event may be is checked in `scoring.web.page_events`.
_GRADIO = re.compile(
    r"/?|/files/[\w.-]{1,80}|/(assets|static)/(?!.*\.\.)[A-Za-z0-9_.@/-]{1,200}|/theme\.css"
    r"|/gradio_api/(run/predict|queue/join|queue/data|heartbeat/[\w-]+)/?"
)


class Policy:
    """The rules of a service.

    Parameters
    ----------
    synthetic : whether its clients are all made up, so that its model may be shown to everyone
    open : whether everyone may have all that is meant for people and scripts
    metrics : who may read the figures: nobody; this machine, an owner, or a key for it; everyone
    """

    def __init__(self, *, synthetic: bool, open: bool, metrics: Literal["off", "local", "open"] = "local") -> None:
        self.synthetic, self.open, self.metrics = synthetic, open, metrics

    def need(self, path: str, *, near: bool = False) -> Need | None:
        """What it takes to have a path; None where there is nothing for anybody.

        Parameters
        ----------
        near : whether the caller is on this machine
        """
        if path == METRICS:
            return self._figures(near=near)
        found = self._need(path)
        return EVERYONE if found is not None and self.open else found

    def sees_sensitive(self, role: Role, scopes: Sequence[Scope]) -> bool:
        """Whether somebody may see, filter and sort by sensitive facts of clients: people, scripts with that scope."""
        return self.open or role in OFFICERS or "sensitive" in scopes

    def _need(self, path: str) -> Need | None:
        if path in PUBLIC or path.startswith(PUBLIC_BELOW):
            return EVERYONE
        if _LETTER.fullmatch(path):
            return Need(OFFICERS, "decide")  # it lies with the client, and makes a decision
        if within(path, "/api"):
            return next((need for start, need in API if within(path, start)), OWNER)
        if path in SELECTIONS:
            return Need(OFFICERS)
        model_pages = EVERYONE if self.synthetic else Need(VALIDATORS)
        for starts, need in ((MODEL_PAGES, model_pages), (PAGES, Need(OFFICERS))):
            for start in starts:
                if within(path, start):
                    return need if _GRADIO.fullmatch(path[len(start) :]) else None
        return Need(OFFICERS) if any(within(path, start) for start in DOCUMENTATION) else OWNER

    def _figures(self, *, near: bool) -> Need | None:
        if self.metrics == "off":
            return None
        if self.metrics == "open" or near:
            return EVERYONE
        return None if self.open else Need(OWNERS, "metrics")


def within(path: str, start: str) -> bool:
    """Whether a path is a place or below it: /api/model and /api/model/x, not /api/models."""
    return path.startswith(start) and (len(path) == len(start) or path[len(start)] == "/")


def may_read(role: Role, name: str, asked_by: str) -> bool:
    """Whether somebody may read a decision: validators and owners all, others what they asked for themselves."""
    return role in VALIDATORS or name == asked_by
