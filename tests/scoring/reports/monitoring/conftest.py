"""The demo's model and clients as what is watched, and later clients made from those that no model was fitted on."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from scoring.model.additive_model import AdditiveModel, NumberAxis, Term, read_model
from scoring.model.scale import pd_of_many
from scoring.reports.monitoring import Later, Seen, Trained, look
from scoring.service import Service
from scoring.settings import DEMO

Change = Callable[[pl.DataFrame], pl.DataFrame]
ID = "SK_ID_CURR"


@pytest.fixture(scope="session")
def trained(demo: Service) -> Trained:
    other = next(kind for kind in demo.artefacts.champion.models if kind != demo.artefacts.champion.serves)
    frame = pl.read_parquet(demo.artefacts.portfolio).filter(pl.col("ROLE") == "test").sort(ID)
    return Trained(demo.model, read_model(DEMO / f"{other}.json"), frame, frame["OUTCOME"].cast(pl.Float64).to_numpy())


@pytest.fixture(scope="session")
def clients(demo: Service) -> pl.DataFrame:
    """Two thousand clients like those of training, drawn with replacement, with numbers of their own."""
    frame = pl.read_parquet(demo.artefacts.portfolio).filter(pl.col("ROLE") == "test").sort(ID)
    drawn = frame.sample(2_000, with_replacement=True, seed=7)
    risk = demo.lookup.sum_many(drawn).log_odds
    return drawn.with_columns(pl.Series(ID, np.arange(700_001, 702_001)), pl.Series("risk", risk))


def _numbers(model: AdditiveModel) -> list[Term]:
    return [term for term in model.terms if len(term.axes) == 1 and isinstance(term.axes[0], NumberAxis)]


@pytest.fixture(scope="session")
def heaviest(demo: Service) -> str:
    """The number that moves the score most."""

    def weight(term: Term) -> float:
        return float(np.average(np.abs(term.scores), weights=term.counts))

    return max(_numbers(demo.model), key=weight).features[0]


@pytest.fixture(scope="session")
def finest(demo: Service, heaviest: str) -> str:
    """Another number, whose training clients lie most evenly in most bins."""
    others = [term for term in _numbers(demo.model) if term.features[0] != heaviest]

    def evenness(term: Term) -> float:
        shares = np.asarray(term.counts)[1:] / sum(term.counts)
        return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())

    return max(others, key=evenness).features[0]


@pytest.fixture(scope="session")
def category(demo: Service) -> str:
    """A category that the model uses."""
    found = [name for name, facts in demo.model.features.items() if facts.kind == "category"]
    if not found:
        pytest.skip("the model that serves uses no category")
    return found[0]


@pytest.fixture(scope="session")
def lived(demo: Service, clients: pl.DataFrame) -> np.ndarray:
    """Outcomes that are what the serving model's probabilities say: along them, as many as their sum, by no chance."""
    pd = pd_of_many(demo.lookup.sum_many(clients).log_odds)
    order = np.argsort(pd, kind="stable")
    outcome = np.empty(len(pd))
    outcome[order] = np.diff(np.floor(np.cumsum(pd[order]) + 0.5), prepend=0.0)
    return outcome


@pytest.fixture(scope="session")
def seen(trained: Trained, clients: pl.DataFrame) -> Callable[..., Seen]:
    """What a look sees once the clients are changed, without outcomes unless some are given."""

    def of(change: Change = lambda frame: frame, outcome: np.ndarray | None = None, **more: object) -> Seen:
        frame = change(clients)
        known = np.full(frame.height, np.nan) if outcome is None else outcome
        return look(trained, Later(frame, known, **more))  # type: ignore[arg-type]

    return of
