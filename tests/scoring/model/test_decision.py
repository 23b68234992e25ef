"""Decisions: at the threshold to the bit, levels that never contradict them, one row as many rows."""

import math
from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.model.additive_model import AdditiveModel, Band, DecisionRule, Lookup, Scored
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.decision import OUTSIDE, UNCERTAIN, decide, decide_many
from scoring.model.scale import log_odds_of, pd_of
from tests.scoring.model.additive_model.models import small_model


def with_rule(**changes: float) -> AdditiveModel:
    rule = {"cost_fn": 10, "cost_fp": 1, "threshold": 1 / 11, "review_k": 1.0, "review_cap": 0.1} | changes
    return small_model(rule=DecisionRule.model_validate(rule))


def scored(log_odds: float, spread: float = 0.0, outside: Sequence[str] = ()) -> Scored:
    return Scored(log_odds=log_odds, contributions=(), cells=(), spread=spread, outside=tuple(outside))


AT = log_odds_of(1 / 11)


def test_decides_on_the_unrounded_probability() -> None:
    model = with_rule(threshold=pd_of(AT))
    assert decide(model, scored(AT)).outcome == "accept"
    assert decide(model, scored(math.nextafter(AT, math.inf) + 1e-12)).outcome == "decline"


@given(st.floats(-8, 8), st.floats(0, 2))
def test_a_band_across_the_threshold_wants_a_person(log_odds: float, spread: float) -> None:
    decision = decide(with_rule(review_k=1.5), scored(log_odds, spread))
    crosses = decision.low_points < decision.threshold_points < decision.high_points
    assert (decision.outcome == "review") == (UNCERTAIN in decision.review_because)
    if abs(abs(log_odds - AT) - 1.5 * spread) > 1e-9:
        assert crosses == (decision.outcome == "review")
    assert decision.low_points <= decision.points <= decision.high_points


@given(st.floats(-8, 8), st.floats(0, 2))
def test_the_cap_cuts_reviews_within_the_band_that_is_shown(log_odds: float, spread: float) -> None:
    rule = with_rule(review_k=0.5).rule.model_copy(update={"band": Band(k=2.0, coverage=0.9)})
    decision = decide(small_model(rule=rule), scored(log_odds, spread))
    assert (UNCERTAIN in decision.review_because) == (abs(log_odds - AT) < 0.5 * spread)
    width = small_model().scale.factor * 4.0 * spread
    assert decision.high_points - decision.low_points == pytest.approx(width, abs=1e-9)


def test_values_outside_training_want_a_person() -> None:
    decision = decide(with_rule(), scored(-9.0, 0.1, ["age"]))
    assert (decision.outcome, decision.review_because) == ("review", (OUTSIDE,))


@pytest.mark.parametrize(
    ("doublings", "level"), [(-1.01, 1), (-0.99, 2), (-0.01, 2), (0.01, 3), (0.99, 3), (1.01, 4), (2.01, 5)]
)
def test_levels_are_cut_at_doublings_of_the_odds(doublings: float, level: int) -> None:
    assert decide(with_rule(), scored(AT - doublings * math.log(2))).level == level


@given(st.floats(-8, 8), st.floats(0.01, 0.6))
def test_no_congratulation_beside_a_refusal(log_odds: float, threshold: float) -> None:
    decision = decide(with_rule(threshold=threshold), scored(log_odds))
    assert (decision.level <= 2) == (decision.outcome == "decline")


@given(st.lists(st.tuples(st.floats(-8, 8), st.floats(0, 1), st.booleans()), min_size=1, max_size=20))
def test_many_are_each(clients: list[tuple[float, float, bool]]) -> None:
    model = with_rule()
    log_odds, spread, outside = (np.array(column) for column in zip(*clients, strict=True))
    empty = np.empty((len(clients), 0))
    many = decide_many(model, ScoredMany(log_odds, empty, empty.astype(np.int64), spread, outside))
    each = [decide(model, scored(a, b, ["age"] if c else [])) for a, b, c in clients]
    assert many["decision"].to_list() == [one.outcome for one in each]
    assert many["points"].to_list() == [one.points for one in each]
    assert many["level"].to_list() == [one.level for one in each]
    assert many["pd"].to_list() == pytest.approx([one.pd for one in each], rel=1e-14)


def test_one_client_and_many_agree_through_the_look_up() -> None:
    model = small_model()
    frame = pl.DataFrame({"age": [30.0, None, 65.0], "job": ["a", "zz", None], "ratio": [0.1, 0.9, None]})
    lookup = Lookup(model)
    each = [decide(model, lookup.score(row)).outcome for row in frame.iter_rows(named=True)]
    assert decide_many(model, lookup.score_many(frame))["decision"].to_list() == each
