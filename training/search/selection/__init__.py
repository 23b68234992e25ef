"""From all features to the few dozen that a person can read: the path, what each step costs, and its report."""

from training.search.selection.document import describe_selection, document, draw
from training.search.selection.page import PICTURE, html
from training.search.selection.path import Selection, Step, select
from training.search.selection.price import NOTICES, Narrowing, Priced, price

__all__ = [
    "NOTICES",
    "PICTURE",
    "Narrowing",
    "Priced",
    "Selection",
    "Step",
    "describe_selection",
    "document",
    "draw",
    "html",
    "price",
    "select",
]
