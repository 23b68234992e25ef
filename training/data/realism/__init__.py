"""The synthetic portfolio beside real tables: figures a column, a picture a table, and how well the two are told apart.

The rule: real clients leave it as summary statistics of many rows, never as a row; what is committed
(``summary.json`` and the page made from it) holds distances and shares alone.
"""

from pathlib import Path

from scoring.settings import ROOT
from training.data.realism.adversarial import Adversarial, tell_apart
from training.data.realism.figures import ColumnFigures, Labelled, TableFigures, compare_tables, read_labelled
from training.data.realism.pages import html
from training.data.realism.pictures import draw
from training.data.realism.summary import page, summarise

SUMMARY_FILE = Path(__file__).parent / "summary.json"
PAGE_FILE = ROOT / "docs" / "synthetic-portfolio.md"

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
