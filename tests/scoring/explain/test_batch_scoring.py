"""Many at once are one by one: every number, reason and word, to the last digit."""

import numpy as np
import polars as pl
import pytest

from scoring.explain.batch_scoring import Teller, decide_and_explain
from scoring.explain.reasons import explain
from scoring.i18n import LANGUAGES
from scoring.model.decision import decide
from scoring.service import Service


@pytest.fixture(scope="module")
def frame(demo: Service) -> pl.DataFrame:
    """Every client of the portfolio, and some whose values no training saw."""
    features = list(demo.model.features)
    clients = demo.portfolio.frame(features).sample(1_200, seed=1)
    rng = np.random.default_rng(0)
    odd = clients.sample(300, seed=0)
    for name in features:
        if odd[name].dtype == pl.String:
            strange = pl.Series(rng.choice(["no such code", ""], len(odd)))
        else:
            strange = pl.Series(rng.choice([-1e9, 1e9, np.inf, -np.inf, np.nan], len(odd)))
        odd = odd.with_columns(pl.when(pl.Series(rng.random(len(odd)) < 0.2)).then(strange).otherwise(name).alias(name))
    return pl.concat([clients, odd])


def test_each_of_many_is_decided_and_explained_as_alone(demo: Service, frame: pl.DataFrame) -> None:
    model, lookup = demo.model, demo.lookup
    together = decide_and_explain(model, lookup, frame)
    tellers = {lang: Teller(model, lang) for lang in LANGUAGES}
    assert len(together) == frame.height
    for at, (one, row) in enumerate(zip(together, frame.iter_rows(named=True), strict=True)):
        scored = lookup.score(row)
        alone, explained = decide(model, scored), explain(model, scored, row)
        assert (one.pd, one.log_odds, one.points) == (alone.pd, alone.log_odds, alone.points)
        assert (one.low_points, one.high_points, one.level) == (alone.low_points, alone.high_points, alone.level)
        assert (one.decision, one.review_because) == (alone.outcome, alone.review_because)
        assert one.reasons == [(reason.feature, reason.points) for reason in explained.principal]
        if at < 1_200:  # an infinite value reaches no sentence: the edge of the service refuses it
            for lang, teller in tellers.items():
                told = teller.tell(one)
                assert [reason.text for reason in told] == [reason.sentence(lang) for reason in explained.principal]
                assert [reason.code for reason in told] == [reason.code for reason in explained.principal]
