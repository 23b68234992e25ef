"""The synthetic portfolio beside real tables: figures a column, a picture a table, and how well the two are told apart.

The rule: real clients leave it as summary statistics of many rows, never as a row; what is committed
(``summary.json`` and the page made from it) holds distances and shares alone.
"""

from pathlib import Path

from training.realism.adversarial import Adversarial, tell_apart
from training.realism.figures import ColumnFigures, TableFigures, compare_tables
from training.realism.pages import html
from training.realism.pictures import draw
from training.realism.reading import Labelled, read_labelled
from training.realism.summary import page, summarise

SUMMARY_FILE = Path(__file__).parent / "summary.json"
PAGE_FILE = Path(__file__).parent.parent.parent / "docs" / "synthetic-portfolio.md"

__all__ = [
    "PAGE_FILE",
    "SUMMARY_FILE",
    "Adversarial",
    "ColumnFigures",
    "Labelled",
    "TableFigures",
    "compare_tables",
    "draw",
    "html",
    "page",
    "read_labelled",
    "summarise",
    "tell_apart",
]
