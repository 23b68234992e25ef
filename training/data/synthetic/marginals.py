"""Distributions of single columns, from the committed summary statistics (`calibrate`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from scoring.model.arrays import Reals
from training.data.synthetic.columns import Codes

_FILE = Path(__file__).with_name("calibration.json")


@cache
def calibration() -> Mapping[str, Any]:
    """Return the committed summary statistics."""
    return dict(json.loads(_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Number:
    """A number's distribution: common values, and quantiles joined by straight lines for the rest.

    Parameters
    ----------
    missing
        Share of missing values.
    probabilities, quantiles
        Of the values that are not common; the ends reach a little further than what was seen.
    common_share, common_values, common_cumulated
        Share of the known values that are common, these values in order, and their cumulated shares.
    """

    missing: float
    probabilities: tuple[float, ...]
    quantiles: tuple[float, ...]
    common_share: float = 0.0
    common_values: tuple[float, ...] = ()
    common_cumulated: tuple[float, ...] = ()

    @classmethod
    def read(cls, statistics: Mapping[str, Any]) -> Number:
        """Make it of one entry of the summary statistics."""
        inner = tuple(float(q) for q in statistics["quantiles"])
        low = inner[0] - 0.5 * (inner[1] - inner[0])
        low = max(low, 0.0) if inner[0] >= 0 else low
        high = inner[-1] + (inner[-1] - inner[-2])
        levels = tuple(float(p) for p in calibration()["probabilities"])
        missing, probabilities, quantiles = float(statistics["missing"]), (0.0, *levels, 1.0), (low, *inner, high)
        if "common" not in statistics:
            return cls(missing, probabilities, quantiles)
        shares = statistics["common"]["values"]
        cumulated = np.cumsum(list(shares.values())) / sum(shares.values())
        return cls(
            missing,
            probabilities,
            quantiles,
            float(statistics["common"]["share"]),
            tuple(float(value) for value in shares),
            tuple(float(c) for c in cumulated),
        )

    def at(self, u: Reals) -> Reals:
        """Return the values at probabilities `u`, common values left out of account."""
        return np.interp(u, self.probabilities, self.quantiles)

    def rank(self, values: Reals) -> Reals:
        """Return the ranks of values among all, inside (0, 1); common values at their own."""
        known = np.sort(np.concatenate([np.asarray(self.quantiles), np.asarray(self.common_values)]))
        below = self.common_share * np.interp(known, *self._steps()) if self.common_values else 0.0
        whole = below + (1 - self.common_share) * np.interp(known, self.quantiles, self.probabilities)
        return np.clip(np.interp(values, known, whole), 1e-3, 1 - 1e-3)

    def _steps(self) -> tuple[Reals, Reals]:
        shares = np.diff(np.asarray(self.common_cumulated), prepend=0.0)
        return np.asarray(self.common_values), np.asarray(self.common_cumulated) - 0.5 * shares

    def mixed(self, u: Reals, chance: Reals) -> Reals:
        """Return the values at probabilities `u`, a common value where `chance` falls into their share.

        Both parts use the same `u`, so that a high `u` gives a high value either way.
        """
        if not self.common_values:
            return self.at(u)
        index = np.searchsorted(np.asarray(self.common_cumulated[:-1]), u, side="right")
        return np.where(chance < self.common_share, np.asarray(self.common_values)[index], self.at(u))


@dataclass(frozen=True)
class Levels:
    """A category's distribution: levels in their stored order, and cumulated shares."""

    missing: float
    names: tuple[str, ...]
    cumulated: tuple[float, ...]

    @classmethod
    def read(cls, statistics: Mapping[str, Any], without: tuple[str, ...] = ()) -> Levels:
        """Make it of one entry of the summary statistics, some levels left out."""
        retained = {name: share for name, share in statistics["levels"].items() if name not in without}
        total = sum(retained.values())
        cumulated = np.cumsum([share / total for share in retained.values()])
        return cls(float(statistics["missing"]), tuple(retained), tuple(float(c) for c in cumulated))

    def by_number(self) -> Levels:
        """Return the same levels from the least number to the greatest, for counts stored as levels."""
        order = np.argsort([float(name) for name in self.names], kind="stable")
        shares = np.diff(np.asarray(self.cumulated), prepend=0.0)[order]
        names = tuple(self.names[i] for i in order)
        return Levels(self.missing, names, tuple(float(c) for c in np.cumsum(shares)))

    def at(self, u: Reals) -> Codes:
        """Return the levels at probabilities `u`."""
        index = np.searchsorted(np.asarray(self.cumulated[:-1]), u, side="right")
        return Codes(index.astype(np.int64), self.names)

    def numbers_at(self, u: Reals) -> Reals:
        """Return the levels at probabilities `u` as numbers, for counts stored as levels."""
        return np.asarray([float(name) for name in self.names])[self.at(u).index]


def application_number(name: str) -> Number:
    """Return the distribution of a numeric column of the main table."""
    return Number.read(calibration()["application"]["numbers"][name])


def probability(z: Reals) -> Reals:
    """Return the normal distribution function: the probability at a standard normal score."""
    return np.asarray(ndtr(z), dtype=np.float64)


def score(u: float) -> float:
    """Return the standard normal score of a probability."""
    return float(ndtri(u))


def normal_score(p: Reals) -> Reals:
    """Return the standard normal scores of probabilities."""
    return np.asarray(ndtri(p), dtype=np.float64)


def logistic(x: Reals) -> Reals:
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))
