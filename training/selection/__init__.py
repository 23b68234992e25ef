"""From all features to the few dozen that a person can read: the path, what each step costs, and its report."""

from training.selection.document import describe_selection, document
from training.selection.narrowing import Narrowing
from training.selection.page import PICTURE, html
from training.selection.path import Selection, Step, select
from training.selection.pictures import draw
from training.selection.price import NOTICES, Priced, price

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
