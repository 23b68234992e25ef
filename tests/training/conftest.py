"""Small made-up clients for the training tests: ties, edges, missing values, rare codes, an interaction."""

import os
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from training.matrix import Matrix, make_matrix

# Two workers of pytest fill two cores: a training that starts processes of its own would only load its libraries again.
os.cpu_count = lambda: 1


@dataclass(frozen=True)
class Declared:
    name: str
    kind: str = "number"
    direction: int = 0
    sensitive: bool = False


FEATURES = (
    Declared("score", direction=-1),
    Declared("debt", direction=1),
    Declared("left"),
    Declared("right"),
    Declared("trade", kind="category"),
    Declared("home", kind="category"),
    Declared("noise"),
)


def made_clients(clients: int, seed: int) -> tuple[pl.DataFrame, dict[int, int]]:
    generator = np.random.default_rng(seed)
    score = np.round(generator.beta(4, 3, clients), 2)  # ties
    debt = np.round(generator.lognormal(0, 1, clients), 1)
    left, right = generator.integers(0, 6, clients) / 2.0, np.round(generator.normal(size=clients), 2)
    trade = generator.choice(["cook", "clerk", "driver", "pilot", "judge"], clients, p=[0.4, 0.34, 0.2, 0.03, 0.03])
    home = generator.choice(["own", "rent"], clients)
    log_odds = -1.4 - 7.0 * (score - 0.55) + 0.5 * np.minimum(debt, 4) + 0.9 * np.where(left > 1, right, -right)
    log_odds += np.select([trade == "driver", trade == "clerk"], [0.8, -0.5], 0.0)
    target = (generator.random(clients) < 1 / (1 + np.exp(-log_odds))).astype(int)
    hide = generator.random((clients, 4)) < np.array([0.2, 0.05, 0.1, 0.15])
    frame = pl.DataFrame(
        {
            "SK_ID_CURR": np.arange(100_001, 100_001 + clients),
            "score": np.where(hide[:, 0], np.nan, score),
            "debt": np.where(hide[:, 1], np.nan, debt),
            "left": left,
            "right": np.where(hide[:, 2], np.nan, right),
            "trade": [None if hidden else str(code) for hidden, code in zip(hide[:, 3], trade, strict=True)],
            "home": [str(code) for code in home],
            "noise": np.round(generator.normal(size=clients), 3),
        }
    )
    return frame, dict(zip(frame["SK_ID_CURR"].to_list(), target.tolist(), strict=True))


@pytest.fixture(scope="session")
def made() -> Callable[[int, int], Matrix]:
    def make(clients: int, seed: int) -> Matrix:
        frame, target = made_clients(clients, seed)
        return make_matrix(frame, target, FEATURES)

    return make


@pytest.fixture(scope="session")
def matrix(made: Callable[[int, int], Matrix]) -> Matrix:
    return made(1500, 1)
