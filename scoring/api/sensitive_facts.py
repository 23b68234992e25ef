"""Sensitive facts of clients over the API: given, filtered and sorted by only for whom the door lets see them.

The rule: what is asked for by name and is not for the asker is refused; what is given unasked leaves it out.
"""

from collections.abc import Iterable

from fastapi import Request

from scoring.data.features import DICTIONARY
from scoring.errors import ForbiddenError
from scoring.i18n import Said
from scoring.server.identity import may_see_sensitive


def check_sensitive(request: Request, named: Iterable[str]) -> None:
    """Refuse what a request names, to be shown, filtered or sorted by, where it is sensitive and not for the asker.

    Raises
    ------
    ForbiddenError
        When the asker's key lacks the scope.
    """
    if not may_see_sensitive(request.scope):
        found = sorted(name for name in set(named) if is_sensitive(name))
        if found:
            raise ForbiddenError(Said("problem.said.sensitive", found=", ".join(found)))


def without_sensitive(request: Request, named: Iterable[str]) -> list[str]:
    """The facts that the asker may see, of those given to whoever names none."""
    allowed = may_see_sensitive(request.scope)
    return [name for name in named if allowed or not is_sensitive(name)]


def is_sensitive(name: str) -> bool:
    """Whether a name is of a sensitive feature."""
    return name in DICTIONARY and DICTIONARY[name].sensitive
