"""The officers' pages, one file each, in the order of the bar."""

from scoring.web.page import Page
from scoring.web.pages import client, clients, decision

PAGES: tuple[Page, ...] = (clients, decision, client)

__all__ = ["PAGES"]
