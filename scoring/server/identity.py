"""Who asks: a name and a role, known before any route or page runs.

The rule: an identity is made by the door (the middleware that read the session or the key) and by nobody else; routes
and pages only read it. Where no authentication is configured, everyone is `ANONYMOUS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

Role = Literal["anonymous", "script", "officer", "validator", "owner"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SCOPE_KEY: Final = "clairscore.identity"
"""Where the door leaves the identity in an ASGI scope."""

OPEN_KEY: Final = "clairscore.open"
"""Where the door says whether everyone may have everything; without a door, everyone may."""

SENSITIVE_KEY: Final = "clairscore.sensitive"
"""Where the door says whether whoever asks may see sensitive facts of clients; without a door, everyone may."""


@dataclass(frozen=True)
class Identity:
    """Who asks.

    Attributes
    ----------
    name : a person's or a key's name, as it is recorded in the journal; empty for someone unknown
    """

    name: str
    role: Role


ANONYMOUS: Final = Identity("", "anonymous")


def of_scope(scope: Mapping[str, Any]) -> Identity:
    """The identity that the door left in an ASGI scope; `ANONYMOUS` where there is no door.

    >>> of_scope({}) is ANONYMOUS
    True
    """
    found = scope.get(SCOPE_KEY, ANONYMOUS)
    return found if isinstance(found, Identity) else ANONYMOUS


def may_read_journal(scope: Mapping[str, Any]) -> bool:
    """Whether whoever asks may leaf through the journal: validators and owners, and everyone where nothing is closed.

    >>> may_read_journal({}), may_read_journal({OPEN_KEY: False})
    (True, False)
    >>> may_read_journal({OPEN_KEY: False, SCOPE_KEY: Identity("ana", "validator")})
    True
    """
    return bool(scope.get(OPEN_KEY, True)) or of_scope(scope).role in ("validator", "owner")


def may_see_sensitive(scope: Mapping[str, Any]) -> bool:
    """Whether whoever asks may see sensitive facts of clients: people, and scripts whose key has the scope for it.

    >>> may_see_sensitive({}), may_see_sensitive({SENSITIVE_KEY: False})
    (True, False)
    """
    return bool(scope.get(SENSITIVE_KEY, True))
