"""What is said of each cell agrees with the clients, the artefact and the field's definitions."""

import json

import numpy as np
import polars as pl
import pytest

from scoring.model.additive_model import Lookup, read_model
from scoring.model.disclosure import FEWEST_SHOWN, information_value
from scoring.settings import DEMO
from training.data.matrix import Matrix
from training.evaluation.term_statistics import term_statistics

EVALUATION = json.loads((DEMO / "evaluation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def train() -> Matrix:
    """The demo's training clients, with made-up outcomes."""
    clients = pl.read_parquet(DEMO / "portfolio.parquet").filter(pl.col("ROLE") == "train").sort("SK_ID_CURR")
    bad = np.random.default_rng(3).random(clients.height) < 0.083
    return Matrix(clients["SK_ID_CURR"].to_numpy(), bad.astype(np.int8), clients, ())


def test_every_term_is_described_and_what_is_told_is_right(train: Matrix) -> None:
    models = {kind: read_model(DEMO / f"{kind}.json") for kind in ("ebm", "scorecard")}
    statistics = term_statistics(models, dict.fromkeys(models), train)  # type: ignore[arg-type]
    for kind, model in models.items():
        stated = statistics[kind]
        assert (stated["clients"], stated["defaulters"]) == (len(train), train.positives)
        assert [term["features"] for term in stated["terms"]] == [list(term.features) for term in model.terms]
        cells = Lookup(model).sum_many(train.frame).cells
        shown = 0
        for position, (term, wording) in enumerate(zip(model.terms, stated["terms"], strict=True)):
            for cell, (count, bad) in enumerate(zip(term.counts, wording["defaulters"], strict=True)):
                assert bad is None or count >= FEWEST_SHOWN
                assert bad is None or bad == train.target[cells[:, position] == cell].sum()
                shown += bad is not None
            assert (wording["iv"] is None) == (len(term.features) == 2)
            assert wording["iv"] is None or wording["iv"] >= 0.0
        assert shown > 0.8 * sum(count > 0 for term in model.terms if len(term.features) == 1 for count in term.counts)


def test_the_scorecards_scores_are_coefficient_times_evidence() -> None:
    model = read_model(DEMO / "scorecard.json")
    for term, wording in zip(model.terms, EVALUATION["tables"]["scorecard"]["terms"], strict=True):
        weight = wording["coefficient"] * model.calibration.slope
        assert wording["coefficient"] < 0.0
        assert [weight * woe for woe in wording["woe"]] == pytest.approx(list(term.scores), abs=1e-12)


def test_information_is_nothing_where_the_cells_say_nothing_and_grows_with_what_they_say() -> None:
    assert information_value([50, 100], [5, 10]) == pytest.approx(0.0)
    little, much = (information_value([50, 100], [n, 10]) for n in (7, 20))
    assert 0.0 < little < much
