"""Shapes that a person would question, and the fixed splits that answer the question.

The rule: a shape is questioned for what is seen on its curve alone: up and down again and again, or a step that a
handful of clients make. The answer is coarser: wider cells, never a shape drawn by hand.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats

FEW = 40
"""Clients who may not make a jump by themselves."""
JUMP = 0.10
"""Log-odds from which a step is seen: it changes the odds by a tenth."""
JAGGED = 3
"""Turns beyond which an unconstrained curve is jagged."""
TURN = 0.05
"""Log-odds below which a turn is not seen."""
COARSE = 6
"""Cells that a questioned curve is refitted with."""


@dataclass(frozen=True)
class Question:
    """What a person would ask about the curve of a number.

    Attributes
    ----------
    why : ``jagged``: it turns more than three times; ``jump``: at most forty clients make a step
    size : turns, or the step in log-odds
    """

    name: str
    why: Literal["jagged", "jump"]
    size: float


def question(name: str, scores: Floats, counts: NDArray[np.int64]) -> Question | None:
    """Look at one curve.

    Parameters
    ----------
    scores, counts : shape (cells,), log-odds and clients of each cell of values in their order, missing left out

    >>> question("x", np.array([0.0, 0.3, 0.0]), np.array([500, 30, 500]))
    Question(name='x', why='jump', size=0.3)
    >>> question("x", np.array([0.0, 0.1, 0.3]), np.array([500, 500, 500])) is None
    True
    """
    steps = np.abs(np.diff(scores))
    for at, step in enumerate(steps):
        if step >= JUMP and min(counts[at], counts[at + 1]) <= FEW:
            return Question(name, "jump", float(step))
    turns = count_turns(scores)
    return Question(name, "jagged", float(turns)) if turns > JAGGED else None


def count_turns(scores: Floats) -> int:
    """How often a curve turns, by more than `TURN` each time.

    >>> count_turns(np.array([0.0, 0.2, 0.1, 0.4, 0.39, 0.5])), count_turns(np.array([0.0, 0.01, 0.0, 0.01]))
    (2, 0)
    """
    turns, heading, extreme = 0, 0, float(scores[0]) if len(scores) else 0.0
    for score in scores[1:]:
        moved = float(score) - extreme
        if heading == 0:
            heading, extreme = (int(np.sign(moved)), float(score)) if abs(moved) > TURN else (0, extreme)
        elif moved * heading >= 0.0:
            extreme = float(score)
        elif abs(moved) > TURN:
            turns, heading, extreme = turns + 1, -heading, float(score)
    return turns


def coarse_cuts(values: Floats, counts_of_a_cell: int) -> tuple[float, ...]:
    """Where the cells of a questioned curve begin: at quantiles, none of them holding a handful of clients.

    Parameters
    ----------
    values : shape (clients,), known values
    counts_of_a_cell : clients that each cell must hold
    """
    cells = max(2, min(COARSE, len(values) // max(counts_of_a_cell, 1)))
    cuts: list[float] = []
    ordered = np.sort(values)
    begun = 0
    for wanted in np.quantile(ordered, np.arange(1, cells) / cells, method="higher"):
        here = int(np.searchsorted(ordered, wanted, side="left"))
        if here - begun >= counts_of_a_cell and len(ordered) - here >= counts_of_a_cell:
            # halfway to the value below, so that no client lies on the cut
            cuts.append(float((ordered[here - 1] + ordered[here]) / 2.0))
            begun = here
    return tuple(cuts)
