"""The demo's model and clients as what is watched, and later clients made from those that no model was fitted on."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from scoring.additive_model import read_model
from scoring.monitoring import Later, Seen, Trained, look
from scoring.scale import pd_of_many
from scoring.service import Service
from scoring.settings import DEMO

Change = Callable[[pl.DataFrame], pl.DataFrame]
ID = "SK_ID_CURR"


@pytest.fixture(scope="session")
def trained(demo: Service) -> Trained:
    other = next(kind for kind in demo.artefacts.champion.models if kind != demo.artefacts.champion.serves)
    frame = pl.read_parquet(demo.artefacts.portfolio).filter(pl.col("ROLE") == "test").sort(ID)
    return Trained(demo.model, read_model(DEMO / f"{other}.json"), frame)


@pytest.fixture(scope="session")
def clients(demo: Service) -> pl.DataFrame:
    """Two thousand clients like those of training, drawn with replacement, with numbers of their own."""
    frame = pl.read_parquet(demo.artefacts.portfolio).filter(pl.col("ROLE") == "test").sort(ID)
    drawn = frame.sample(2_000, with_replacement=True, seed=7)
    return drawn.with_columns(pl.Series(ID, np.arange(700_001, 702_001)))


@pytest.fixture(scope="session")
def lived(demo: Service, clients: pl.DataFrame) -> np.ndarray:
    """Outcomes that are what the serving model's probabilities say."""
    pd = pd_of_many(demo.lookup.sum_many(clients).log_odds)
    return (np.random.default_rng(5).random(len(pd)) < pd).astype(np.float64)


@pytest.fixture(scope="session")
def seen(trained: Trained, clients: pl.DataFrame) -> Callable[..., Seen]:
    """What a look sees once the clients are changed, without outcomes unless some are given."""

    def of(change: Change = lambda frame: frame, outcome: np.ndarray | None = None, **more: object) -> Seen:
        frame = change(clients)
        known = np.full(frame.height, np.nan) if outcome is None else outcome
        return look(trained, Later(frame, known, **more))  # type: ignore[arg-type]

    return of
