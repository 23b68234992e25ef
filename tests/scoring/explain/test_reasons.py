"""Reasons are the score's own terms: they add up, are ordered, told once a group, and never sensitive."""

import math

import numpy as np
import polars as pl
import pytest

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.explain.reasons import LEAST_POINTS, MOST_REASONS, effects_in_points, explain
from scoring.i18n import LANGUAGES
from scoring.model.additive_model import Lookup
from scoring.model.scale import pd_of
from scoring.service import Service


@pytest.fixture(scope="module")
def clients(demo: Service) -> pl.DataFrame:
    return pl.read_parquet(demo.artefacts.portfolio)


def test_contributions_and_intercept_are_the_score_of_every_client(demo: Service, clients: pl.DataFrame) -> None:
    model, lookup = demo.model, Lookup(demo.model)
    many = lookup.score_many(clients)
    assert np.abs(model.intercept + many.contributions.sum(axis=1) - many.log_odds).max() <= 1e-9
    for position, row in enumerate(clients.iter_rows(named=True)):
        scored = lookup.score(row)
        assert scored.log_odds == many.log_odds[position]
        explanation = explain(model, scored, row)
        points = model.scale.points(scored.log_odds)
        assert abs(explanation.reference_points + math.fsum(explanation.effects.values()) - points) <= 1e-9
        assert abs(explanation.reference_points + math.fsum(step.points for step in explanation.steps) - points) <= 1e-9


def test_reasons_are_few_ordered_and_one_a_group(demo: Service, clients: pl.DataFrame) -> None:
    for client_id in clients[ID_COLUMN].head(300):
        explanation = demo.assess(client_id).explanation
        for reasons, sign in ((explanation.against, -1), (explanation.in_favour, 1)):
            sizes = [abs(reason.points) for reason in reasons]
            assert len(reasons) <= MOST_REASONS
            assert sizes == sorted(sizes, reverse=True)
            assert all(size >= LEAST_POINTS for size in sizes)
            assert all(reason.points * sign > 0 for reason in reasons)
            assert len({reason.group for reason in reasons}) == len(reasons)
            assert not any(DICTIONARY[reason.feature].sensitive for reason in reasons)


def test_the_strongest_effect_is_told(demo: Service, clients: pl.DataFrame) -> None:
    for client_id in clients[ID_COLUMN].head(300):
        assessment = demo.assess(client_id)
        effects = assessment.explanation.effects
        strongest = max(effects, key=lambda feature: abs(effects[feature]))
        assert strongest in {reason.feature for reason in assessment.explanation.principal}


def test_sentences_hold_the_words_of_the_dictionary(demo: Service, clients: pl.DataFrame) -> None:
    for client_id in clients[ID_COLUMN].head(100):
        for reason in demo.assess(client_id).explanation.principal:
            for lang in LANGUAGES:
                sentence = reason.sentence(lang)
                assert DICTIONARY[reason.feature].label.say(lang)[1:] in sentence
                assert str(round(abs(reason.points))) in sentence
                assert "{" not in sentence
                assert "None" not in sentence


def test_a_missing_value_is_said_to_be_missing_or_what_it_means(demo: Service, clients: pl.DataFrame) -> None:
    unknown, telling = 0, 0
    for client_id in clients[ID_COLUMN].head(2000):
        for reason in demo.assess(client_id).explanation.principal:
            if reason.value is not None:
                continue
            absence = DICTIONARY[reason.feature].absence
            if absence is None:
                unknown += 1
                assert reason.sentence("en").startswith("We do not have")
                assert reason.sentence("fr").startswith("Nous n'avons pas")
            else:
                telling += 1
                assert absence.fr in reason.sentence("fr")
    assert unknown > 0
    assert telling > 0


def test_a_pair_is_shared_half_and_half(demo: Service, clients: pl.DataFrame) -> None:
    model, lookup = demo.model, Lookup(demo.model)
    row = clients.row(0, named=True)
    scored = lookup.score(row)
    effects = effects_in_points(model, scored)
    for feature, points in effects.items():
        by_hand = sum(
            model.scale.points_of_change(contribution - usual) / len(term.features)
            for term, contribution, usual in zip(
                model.terms, scored.contributions, model.reference.contributions, strict=True
            )
            if feature in term.features
        )
        assert points == pytest.approx(by_hand, abs=1e-12)


def test_the_demo_is_calibrated_on_its_untouched_clients(demo: Service, clients: pl.DataFrame) -> None:
    test = clients.filter(pl.col("ROLE") == "test")
    pd = [pd_of(value) for value in Lookup(demo.model).score_many(test).log_odds]
    outcomes = test["OUTCOME"].to_numpy()
    error = np.std(outcomes - np.array(pd)) / math.sqrt(len(pd))
    assert abs(outcomes.mean() - np.mean(pd)) <= 3 * error
