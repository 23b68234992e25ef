"""Who asks, for the routes: ``def route(who: Who)``; and where, as consultations say it."""

from typing import Annotated, Final

from fastapi import Depends, Request

from scoring.server.identity import Identity, of_scope

PAGE: Final = "api"
"""Where facts of clients are shown that a route gives."""


async def who(request: Request) -> Identity:
    """The identity that the door found, or `ANONYMOUS`."""
    return of_scope(request.scope)


Who = Annotated[Identity, Depends(who)]
