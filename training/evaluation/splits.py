"""Stratified splits that depend on the seed and the clients alone: a matrix is sorted, so row order is nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Positions of the clients to fit on and of those held out, both increasing."""

    fit: Rows
    held: Rows


def hold_out(target: NDArray[np.integer], share: float, seed: int) -> Split:
    """Hold out `share` of each outcome.

    >>> split = hold_out(np.array([0, 0, 0, 0, 1, 1]), 0.5, seed=1)
    >>> len(split.held), sorted([*split.fit, *split.held]) == [0, 1, 2, 3, 4, 5]
    (3, True)
    """
    generator = np.random.default_rng([seed, 0])
    held = np.concatenate([rows[: round(share * len(rows))] for rows in _shuffled(target, generator)])
    return _split(len(target), np.sort(held))


def stratified_folds(target: NDArray[np.integer], folds: int, seed: int) -> list[Split]:
    """Deal the clients of each outcome into folds; every client is held out exactly once."""
    generator = np.random.default_rng([seed, 1])
    fold = np.empty(len(target), dtype=np.int64)
    start = 0
    for rows in _shuffled(target, generator):
        fold[rows] = (start + np.arange(len(rows))) % folds
        start += len(rows)
    return [_split(len(target), np.flatnonzero(fold == number)) for number in range(folds)]


def _shuffled(target: NDArray[np.integer], generator: np.random.Generator) -> Iterator[Rows]:
    for outcome in (0, 1):
        yield generator.permutation(np.flatnonzero(target == outcome))


def _split(clients: int, held: Rows) -> Split:
    retained = np.ones(clients, dtype=bool)
    retained[held] = False
    return Split(fit=np.flatnonzero(retained), held=held)
