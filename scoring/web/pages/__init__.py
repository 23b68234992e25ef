"""The officers' pages, one file each, in the order of the bar."""

from scoring.web.page import Page
from scoring.web.pages import client, clients, decision, reviews

PAGES: tuple[Page, ...] = (clients, decision, client, reviews)

__all__ = ["PAGES"]
