"""Who is like a client, where the client stands among them, and how many of them paid without difficulty.

The rule: outcomes are those of test clients, told for groups of ten or more, never for a group that was chosen by age,
sex or family, never along them, and never for one person.
"""

from scoring.portfolio.peers.bands import FEWEST, Band, Paid, Withheld, bands, paid
from scoring.portfolio.peers.groups import (
    CRITERIA,
    KINDS,
    NEAREST,
    SHOWN,
    USUAL,
    Along,
    Chosen,
    Criterion,
    Group,
    Kind,
    Peers,
)
from scoring.portfolio.peers.percentile_ranks import Categories, Distribution, Standing
from scoring.portfolio.peers.words import group_words, out_of_100, paid_words, standing_words

__all__ = [
    "CRITERIA",
    "FEWEST",
    "KINDS",
    "NEAREST",
    "SHOWN",
    "USUAL",
    "Along",
    "Band",
    "Categories",
    "Chosen",
    "Criterion",
    "Distribution",
    "Group",
    "Kind",
    "Paid",
    "Peers",
    "Standing",
    "Withheld",
    "bands",
    "group_words",
    "out_of_100",
    "paid",
    "paid_words",
    "standing_words",
]
