"""Who asks, for the routes: ``def route(who: Who)``."""

from typing import Annotated

from fastapi import Depends, Request

from scoring.access.identity import Identity, of_scope


async def who(request: Request) -> Identity:
    """The identity that the door found, or `ANONYMOUS`."""
    return of_scope(request.scope)


Who = Annotated[Identity, Depends(who)]
