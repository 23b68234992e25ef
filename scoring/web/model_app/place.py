"""How the model app's own pages lead to each other."""

from html import escape

from scoring.web.page import Place

FIRST = "tour"
"""The page that an address without one opens."""


def going(page: str, client: int | None = None, **query: str) -> str:
    """The attributes of an ``<a>`` that leads to a page of this app; already escaped."""
    address = escape(Place(page, client, query).address)
    return f'href="?{address}" data-go="{address}"'
