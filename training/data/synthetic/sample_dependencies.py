"""Columns of the main table drawn one after the other, each given those before it (statistics of `relate`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scoring.model.arrays import Integers, Reals
from training.data.synthetic.columns import Codes
from training.data.synthetic.marginals import normal_score, probability
from training.data.synthetic.sequence import JOINED

_FILE = Path(__file__).with_name("relations.json")
_UNKNOWN = -1e9
"""What a missing number is to a tree: below all others."""
_LINE = "(line)"


@dataclass(frozen=True)
class Tree:
    """Questions, each about one column: is the number above a value, or is the level a stated one."""

    column: tuple[str, ...]
    value: tuple[float | str, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]

    def leaves(self, drawn: Drawn) -> Integers:
        """Return the node that each client ends in, shape (clients,)."""
        node = np.zeros(drawn.size, dtype=np.int64)
        for i, name in enumerate(self.column):  # children come after their parents
            if name:
                here = np.flatnonzero(node == i)
                high = drawn.above(name, self.value[i])[here]
                node[here] = np.where(high, self.right[i], self.left[i])
        return node


@dataclass(frozen=True)
class NumberRelation:
    """A number: its distribution, and the deciles of its ranks in each group."""

    p: Reals
    v: Reals
    tree: Tree
    row: Integers
    deciles: Reals
    weights: Mapping[str, float]
    rest: Reals

    def ranks(self, drawn: Drawn, u: Reals) -> Reals:
        """Return the ranks in (0, 1) at probabilities `u` within each client's group."""
        if not self.weights:
            return self._within(drawn, u)
        explained = np.round(sum(w * drawn.score(name) for name, w in self.weights.items()), 10)
        drawn.numbers[_LINE] = explained
        rest = np.interp(self._within(drawn, u), np.linspace(0, 1, len(self.rest)), self.rest)
        return np.clip(probability(explained + rest), 1e-4, 1 - 1e-4)

    def middle(self, values: Reals) -> Reals:
        """Return the normal score of the middle rank of each value; 0 where missing."""
        near = 1e-6 * np.maximum(np.abs(values), 1.0)
        low, high = np.interp(values - near, self.v, self.p), np.interp(values + near, self.v, self.p)
        z = normal_score(np.clip((low + high) / 2, 1e-4, 1 - 1e-4))
        return np.where(np.isnan(values), 0.0, z)

    def _within(self, drawn: Drawn, u: Reals) -> Reals:
        q = self.deciles[self.row[self.tree.leaves(drawn)]]
        place = np.minimum((u * 10).astype(np.int64), 9)
        clients = np.arange(len(u))
        low, high = q[clients, place], q[clients, place + 1]
        return np.asarray(np.clip(low + (high - low) * (u * 10 - place), 1e-4, 1 - 1e-4))

    def at(self, ranks: Reals) -> Reals:
        """Return the values at ranks."""
        return np.interp(ranks, self.p, self.v)


@dataclass(frozen=True)
class LevelRelation:
    """A category: its levels, and the cumulated shares in each group."""

    levels: tuple[str, ...]
    shares: Reals
    tree: Tree
    row: Integers
    cumulated: Reals

    def at(self, drawn: Drawn, u: Reals) -> Codes:
        """Return the levels at probabilities `u` within each client's group."""
        of_leaf = self.cumulated[self.row[self.tree.leaves(drawn)]]
        index = np.minimum((u[:, None] >= of_leaf).sum(axis=1), len(self.levels) - 1)
        return Codes(index.astype(np.int64), self.levels)


@cache
def relations() -> tuple[Mapping[str, NumberRelation | LevelRelation], Mapping[str, Mapping[str, Any]]]:
    """Return the committed statistics: relations by column, and factors of a building's forms by measure."""
    document = json.loads(_FILE.read_text(encoding="utf-8"))
    return {name: _read(entry) for name, entry in document["columns"].items()}, document["factors"]


def _read(entry: Mapping[str, Any]) -> NumberRelation | LevelRelation:
    t = entry["tree"]
    tree = Tree(tuple(t["column"]), tuple(t["value"]), tuple(t["left"]), tuple(t["right"]))
    row = np.zeros(max(len(tree.column), 1), dtype=np.int64)
    for i, leaf in enumerate(entry["leaves"]):
        row[int(leaf)] = i
    if "levels" not in entry:
        of = entry["distribution"]
        return NumberRelation(
            np.asarray(of["p"]), np.asarray(of["v"]), tree, row, np.asarray(list(entry["leaves"].values())),
            entry.get("weights", {}), _with_ends(entry.get("rest", [])),
        )  # fmt: skip
    shares = np.zeros((len(entry["leaves"]), len(entry["levels"])))
    for i, leaf in enumerate(entry["leaves"].values()):
        for index, share in leaf.items():
            shares[i, int(index)] = share
    cumulated = np.cumsum(shares, axis=1)
    return LevelRelation(tuple(entry["levels"]), np.asarray(entry["shares"]), tree, row, cumulated / cumulated[:, -1:])


def _with_ends(quantiles: list[float]) -> Reals:
    """Return quantiles with ends half as far beyond as the next are apart."""
    if not quantiles:
        return np.empty(0)
    low, high = 1.5 * quantiles[0] - 0.5 * quantiles[1], 1.5 * quantiles[-1] - 0.5 * quantiles[-2]
    return np.asarray([low, *quantiles, high])


def _spread(ranks: Reals, missing: np.ndarray) -> Reals:
    """Return the ranks of a line, which need not be uniform among the clients at hand, spread evenly over them."""
    known = np.flatnonzero(~missing)
    out = ranks.copy()
    out[known[np.argsort(ranks[known], kind="stable")]] = (np.arange(len(known)) + 0.5) / max(len(known), 1)
    return out


@dataclass
class Drawn:
    """The columns drawn so far: what the trees of the next ones ask.

    Parameters
    ----------
    size
        Clients.
    numbers, levels
        By name; NaN and -1 are missing.
    ranks
        Ranks of the numbers, known for every client.
    """

    size: int
    numbers: dict[str, Reals] = field(default_factory=dict)
    levels: dict[str, Codes] = field(default_factory=dict)
    ranks: dict[str, Reals] = field(default_factory=dict)
    _scores: dict[str, Reals] = field(default_factory=dict)

    def above(self, name: str, requested: float | str) -> np.ndarray:
        """Return the answer to a question of a tree, shape (clients,)."""
        if isinstance(requested, str):
            return self.levels[name].equals(requested)
        return np.nan_to_num(self.numbers[name], nan=_UNKNOWN) > requested

    def number(self, rng: np.random.Generator, name: str, missing: np.ndarray | None = None) -> Reals:
        """Draw a number; what `missing` marks has a rank, but no value."""
        relation = relations()[0][name]
        if not isinstance(relation, NumberRelation):
            raise TypeError(f"{name} must be a number; got a category. Use level()")
        ranks = relation.ranks(self, rng.random(self.size))
        if relation.weights:
            ranks = _spread(ranks, np.zeros(self.size, dtype=bool) if missing is None else missing)
        value = relation.at(ranks)
        self.ranks[name] = ranks
        self.numbers[name] = value if missing is None else np.where(missing, np.nan, value)
        return self.numbers[name]

    def score(self, name: str) -> Reals:
        """Return the normal scores of a number drawn before."""
        if name not in self._scores:
            relation = relations()[0][name]
            if not isinstance(relation, NumberRelation):
                raise TypeError(f"{name} must be a number; got a category. Use its levels")
            self._scores[name] = relation.middle(self.numbers[name])
        return self._scores[name]

    def level(self, rng: np.random.Generator, name: str) -> Codes:
        """Draw a category; of a region, its population and rating become numbers as well."""
        relation = relations()[0][name]
        if not isinstance(relation, LevelRelation):
            raise TypeError(f"{name} must be a category; got a number. Use number()")
        drawn = relation.at(self, rng.random(self.size))
        self.levels[name] = drawn
        if name == "REGION":
            self.numbers |= self.parts(name)
        return drawn

    def parts(self, name: str) -> dict[str, Reals]:
        """Return the columns that were drawn together under a name."""
        drawn = self.levels[name]
        table = [level.split("|") for level in drawn.levels]
        return {
            part: np.asarray([float(row[i]) for row in table])[drawn.index]
            for i, part in enumerate(JOINED.get(name, ()))
        }
