"""The officers' pages, one file each, in the order of the bar."""

from scoring.web.page import Page
from scoring.web.pages import client, clients, compare, decision, explore, reviews, simulate

PAGES: tuple[Page, ...] = (clients, decision, client, simulate, compare, explore, reviews)

__all__ = ["PAGES"]
