"""An assessment's figures are those of the field, agree with each other, and do not depend on what means nothing."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, f1_score, roc_auc_score

from scoring.errors import TrainingError
from scoring.i18n import LANGUAGES
from scoring.model.costs import CostMatrix
from scoring.model.scale import pd_of_many
from training.evaluation.assess import Scored, assess
from training.evaluation.dictionary import figures_dictionary
from training.evaluation.limits import Setting, limits
from training.evaluation.pictures import draw_costs, draw_ratios, draw_reliability

COSTS = CostMatrix(fn=10.0, fp=1.0)
CLIENTS = 1500


@pytest.fixture(scope="module")
def clients():
    generator = np.random.default_rng(4)
    truth = generator.normal(-2.4, 1.0, CLIENTS)
    target = (generator.random(CLIENTS) < pd_of_many(truth)).astype(np.int64)
    scores = {"scorecard": truth + generator.normal(0, 0.4, CLIENTS), "ebm": truth + generator.normal(0, 0.6, CLIENTS)}
    scores["reference"] = truth + generator.normal(0, 0.5, CLIENTS)
    credit = pl.DataFrame({"credit_amount": generator.uniform(50_000, 900_000, CLIENTS)})
    return target, scores, credit


def assessed(target, scores, credit=None, *, costs=COSTS, seed=1, **more):
    return assess(target, scores, champion="scorecard", costs=costs, seed=seed, amounts=credit, resamples=200, **more)


@pytest.fixture(scope="module")
def document(clients):
    target, scores, credit = clients
    return assessed(target, scores, credit, out_of_fold=Scored(target, scores))


def test_figures_are_those_of_scikit_learn(clients, document):
    target, scores, _ = clients
    for name, log_odds in scores.items():
        pd, found = pd_of_many(log_odds), document["models"][name]["figures"]
        assert found["auc"]["value"] == pytest.approx(roc_auc_score(target, pd), abs=1e-12)
        assert found["average_precision"]["value"] == pytest.approx(average_precision_score(target, pd), abs=1e-9)
        assert found["brier"]["value"] == pytest.approx(brier_score_loss(target, pd), abs=1e-12)
        for figure in found.values():
            assert figure["low"] <= figure["value"] <= figure["high"]


def test_the_cost_is_that_of_the_decisions(clients, document):
    target, scores, _ = clients
    declined = pd_of_many(scores["ebm"]) > COSTS.threshold
    cost = (COSTS.fn * ((target == 1) & ~declined) + COSTS.fp * ((target == 0) & declined)).mean()
    assert document["models"]["ebm"]["optima"]["theory"]["cost"] == pytest.approx(cost, abs=1e-12)
    assert document["models"]["ebm"]["figures"]["cost"]["value"] == pytest.approx(cost, abs=1e-12)


def test_each_optimum_is_best_by_its_own_rule_and_none_is_cheaper_than_the_business(clients, document):
    target, scores, _ = clients
    optima = document["models"]["scorecard"]["optima"]
    assert min(row["cost"] for row in optima.values()) == optima["business"]["cost"]
    pd = pd_of_many(scores["scorecard"])
    best = max(f1_score(target, pd > at) for at in np.unique(pd)[:-1])
    assert f1_score(target, pd > optima["f1"]["threshold"]) == pytest.approx(best, abs=1e-9)


def test_accepting_or_declining_all_costs_what_it_must(clients, document):
    rate = clients[0].mean()
    baselines = json.dumps(document["baselines"])
    assert f"{COSTS.fn * rate:.6f}"[:7] in baselines
    assert f"{COSTS.fp * (1 - rate):.6f}"[:7] in baselines


def test_dearer_by_the_same_factor_moves_no_threshold(clients, document):
    target, scores, _ = clients
    dearer = assessed(target, scores, costs=CostMatrix(fn=30.0, fp=3.0))
    for name in scores:
        before, after = (d["models"][name]["optima"] for d in (document, dearer))
        for criterion, row in before.items():
            assert after[criterion]["threshold"] == row["threshold"]
            assert after[criterion]["cost"] == pytest.approx(3.0 * row["cost"])


def test_the_order_of_clients_is_nothing_to_the_figures(clients, document):
    target, scores, credit = clients
    turned = assessed(target[::-1], {n: s[::-1] for n, s in scores.items()}, credit[::-1])
    for name in scores:
        for figure, values in document["models"][name]["figures"].items():
            if figure in turned["models"][name]["figures"]:
                assert turned["models"][name]["figures"][figure]["value"] == pytest.approx(values["value"])


def test_a_model_does_not_differ_from_itself(clients):
    target, scores, _ = clients
    same = assessed(target, {"scorecard": scores["scorecard"], "ebm": scores["scorecard"]})
    for difference in same["models"]["ebm"]["difference"].values():
        assert (difference["value"], difference["low"], difference["high"]) == (0.0, 0.0, 0.0)


def test_the_same_seed_draws_the_same_intervals(clients):
    target, scores, _ = clients
    first, again = (assessed(target, scores, seed=7) for _ in range(2))
    assert first == again
    other = assessed(target, scores, seed=8)
    assert other["models"]["ebm"]["figures"]["auc"] != first["models"]["ebm"]["figures"]["auc"]


def test_it_is_json_without_nan_and_every_figure_has_its_words(document):
    json.dumps(document, allow_nan=False)
    for figure in figures_dictionary().values():
        for words in (figure.label, figure.definition):
            assert words.fr.strip()
            assert words.en.strip()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_are_drawn_and_limits_said_in_both_languages(document, lang):
    for draw in (draw_costs, draw_reliability, draw_ratios):
        assert draw(document, lang).startswith(b"\x89PNG")
    wording = limits(document, Setting(synthetic=True, trials=0, train_clients=5000))
    assert len({words.fr for words in wording} | {words.en for words in wording}) == 2 * len(wording)


def test_real_clients_are_not_called_synthetic(document):
    wording = [limits(document, Setting(synthetic=real, trials=0, train_clients=5000)) for real in (True, False)]
    assert any("synthetic" in words.en for words in wording[0])
    assert not any("synthetic" in words.en for words in wording[1])


class TestBadInput:
    def test_a_champion_must_be_scored(self, clients):
        target, scores, _ = clients
        with pytest.raises(TrainingError, match="must be among the scored models; got 'scorecard'"):
            assessed(target, {"ebm": scores["ebm"]})

    def test_one_outcome_alone_proves_nothing(self, clients):
        _, scores, _ = clients
        with pytest.raises(TrainingError):
            assessed(np.zeros(CLIENTS, dtype=np.int64), scores)

    def test_scores_must_be_numbers(self, clients):
        target, scores, _ = clients
        broken = {**scores, "ebm": np.where(np.arange(CLIENTS) == 3, np.nan, scores["ebm"])}
        with pytest.raises(TrainingError):
            assessed(target, broken)

    def test_a_credit_must_be_above_nothing(self, clients):
        target, scores, credit = clients
        none = credit.with_columns(pl.lit(0.0).alias("credit_amount"))
        with pytest.raises(TrainingError, match=f"above 0; got {CLIENTS} others"):
            assessed(target, scores, none)

    def test_all_scores_equal_is_a_coin(self, clients):
        target, scores, _ = clients
        flat = assessed(target, {name: np.full(CLIENTS, -2.0) for name in scores})
        assert flat["models"]["ebm"]["figures"]["auc"]["value"] == pytest.approx(0.5)
