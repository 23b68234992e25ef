"""The problems board: problems met in the data, as cards, with their evidence counted on tables.

The rule: the board is data (``board.toml``, ``cards/*.toml``, ``french.toml``, ``counts.json``); the page and the model
app's JSON are made from it and never edited. Real clients appear in it as counts alone.
"""

from pathlib import Path

from scoring.settings import ROOT
from training.data.problems.cards import Board, Card, Evidence, Sprint, State, read_board
from training.data.problems.counting import Counts, DataSet, count_evidence, read_counts, with_data_set, write_counts
from training.data.problems.document import BOARD_FILE, board_json
from training.data.problems.french import French, left_behind, read_french
from training.data.problems.page import render

COUNTS_FILE = Path(__file__).parent / "counts.json"
PAGE_FILE = ROOT / "docs" / "data-problems.md"

__all__ = [
    "BOARD_FILE",
    "COUNTS_FILE",
    "PAGE_FILE",
    "Board",
    "Card",
    "Counts",
    "DataSet",
    "Evidence",
    "French",
    "Sprint",
    "State",
    "board_json",
    "count_evidence",
    "left_behind",
    "read_board",
    "read_counts",
    "read_french",
    "render",
    "with_data_set",
    "write_counts",
]
