"""The path: each step removes what it is for and nothing else, whatever the order of the columns."""

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
import pytest

from training.config import SelectionSettings
from training.data.matrix import Matrix, make_matrix
from training.search.selection import Narrowing, describe_selection, select
from training.search.selection.path import STEPS, clusters

SETTINGS = SelectionSettings(most_rows=10_000)


@dataclass(frozen=True)
class Declared:
    name: str
    kind: str = "number"
    direction: int = 0
    sensitive: bool = False


FEATURES = (
    Declared("strong", direction=1),
    Declared("copy"),
    Declared("contrary", direction=-1),
    Declared("noise"),
    Declared("nearly_constant"),
    Declared("drifting"),
    Declared("trade", kind="category"),
    Declared("gender", kind="category", sensitive=True),
    Declared("empty"),
)


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    generator = np.random.default_rng(11)
    clients = 6000
    strong, contrary = generator.normal(size=(2, clients))
    trade = generator.choice(["cook", "clerk", "driver"], clients)
    log_odds = -2.0 + 0.7 * strong + 0.7 * contrary + np.where(trade == "driver", 0.8, 0.0)
    target = (generator.random(clients) < 1 / (1 + np.exp(-log_odds))).astype(int)
    ids = np.arange(clients) + 100_001
    frame = pl.DataFrame(
        {
            "SK_ID_CURR": ids,
            "strong": strong,
            "copy": np.exp(strong) + 1.5 * generator.random(clients),
            "contrary": contrary,
            "noise": generator.normal(size=clients),
            "nearly_constant": np.where(np.arange(clients) < 12, 1.0, 0.0),
            "drifting": np.where(np.arange(clients) < 900, 5.0, 0.0) + contrary,
            "trade": trade,
            "gender": generator.choice(["F", "M"], clients),
            "empty": pl.Series([None] * clients, dtype=pl.Float64),
        }
    )
    return make_matrix(frame, dict(zip(ids.tolist(), target.tolist(), strict=True)), FEATURES)


def _removed(matrix: Matrix, settings: SelectionSettings = SETTINGS) -> dict[str, set[str]]:
    found = select(matrix, settings, seed=1, declared=FEATURES)
    return {step.name: set(step.removed) for step in found.steps}


def test_each_step_removes_what_it_is_for(matrix: Matrix) -> None:
    settings = replace(SETTINGS, least_iv=0.01)
    assert _removed(matrix, settings) == {
        "all": {"gender", "empty"},
        "varies": {"nearly_constant"},
        "stable": {"drifting"},
        "informs": {"noise"},
        "agrees": {"contrary"},
        "distinct": {"copy"},
    }
    assert select(matrix, settings, seed=1).retained == ("strong", "trade")


def test_every_feature_goes_once_or_stays(matrix: Matrix) -> None:
    found = select(matrix, SETTINGS, seed=1, declared=FEATURES)
    gone = [name for step in found.steps for name in step.removed]
    assert sorted([*gone, *found.retained]) == sorted(feature.name for feature in FEATURES)
    assert tuple(step.name for step in found.steps) == STEPS
    for before, after in zip(found.steps[:-1], found.steps[1:], strict=True):
        assert set(before.retained) == set(after.retained) | set(after.removed)


def test_the_order_of_the_columns_is_nothing(matrix: Matrix) -> None:
    turned = matrix.only(matrix.candidates[::-1])
    assert set(select(turned, SETTINGS, seed=1).retained) == set(select(matrix, SETTINGS, seed=1).retained)


def test_increasing_functions_of_a_feature_are_the_same_feature(matrix: Matrix) -> None:
    other = replace(matrix, frame=matrix.frame.with_columns(pl.col("strong").exp(), pl.col("contrary") ** 3))
    assert select(other, SETTINGS, seed=1) == select(matrix, SETTINGS, seed=1)


def test_a_leak_is_named_and_stays(matrix: Matrix) -> None:
    noise = np.random.default_rng(3).normal(size=len(matrix))
    leak = replace(matrix, frame=matrix.frame.with_columns(noise=pl.Series(3.0 * matrix.target + noise)))
    found = select(leak, SETTINGS, seed=1)
    informs = next(step for step in found.steps if step.name == "informs")
    assert "make sure that it was known on the day" in informs.flagged["noise"]
    assert "noise" in found.retained


def test_a_weak_trend_against_the_dictionary_is_chance(matrix: Matrix) -> None:
    assert _removed(matrix, replace(SETTINGS, contrary=100.0))["agrees"] == set()


def test_a_step_that_would_leave_nothing_leaves_all(matrix: Matrix) -> None:
    found = select(matrix, replace(SETTINGS, least_iv=1e9), seed=1)
    informs = next(step for step in found.steps if step.name == "informs")
    assert informs.retained == found.steps[2].retained
    assert set(informs.flagged) == set(informs.retained)


def test_many_clients_are_sampled_by_seed(matrix: Matrix) -> None:
    few = replace(SETTINGS, most_rows=2000)
    found = select(matrix, few, seed=1)
    assert found == select(matrix, few, seed=1)
    assert found.clients == pytest.approx(2000, abs=1)
    assert found.positives / found.clients == pytest.approx(matrix.positives / len(matrix), abs=1e-3)


def test_in_a_fold_the_path_sees_the_fold_alone(matrix: Matrix) -> None:
    half = matrix.take(np.arange(0, 3000))
    narrowing = Narrowing(SETTINGS, seed=1)
    assert narrowing.path(half) == select(half, SETTINGS, seed=1)
    assert narrowing.path(matrix) == select(matrix, SETTINGS, seed=1)
    few = narrowing(half)
    assert tuple(few.frame.columns) == narrowing.path(half).retained
    assert (few.target == half.target).all()
    assert narrowing.path(half) is narrowing.path(half)


def test_the_description_holds_every_reason(matrix: Matrix) -> None:
    described = describe_selection(select(matrix, SETTINGS, seed=1, declared=FEATURES), SETTINGS)
    assert described["bounds"]["most_psi"] == 0.25
    reasons = {name: reason for step in described["steps"] for name, reason in step["removed"].items()}
    assert reasons["gender"] == "sensitive: described and monitored, never an input"
    assert reasons["nearly_constant"] == "one value for 99.8% of clients"
    assert reasons["contrary"].startswith("declared to lower the risk; ")
    assert reasons["copy"].startswith("like strong: rank correlation +0.")


class TestClusters:
    def _columns(self, **values: np.ndarray) -> list[pl.Series]:
        return [pl.Series(name, column) for name, column in values.items()]

    def test_of_equals_the_plainer_stays(self) -> None:
        """The amount asked for can be changed by the applicant, the external score cannot."""
        values = np.random.default_rng(1).normal(size=500)
        columns = self._columns(ext_source_1=values, credit_amount=-values)
        found = clusters(columns, {"ext_source_1": 0.100, "credit_amount": 0.099}, bound=0.8, tie=0.95)
        assert [one.representative for one in found] == ["credit_amount"]
        assert {m.name: m.correlation for m in found[0].members}["ext_source_1"] == pytest.approx(-1.0)
        found = clusters(columns, {"ext_source_1": 0.100, "credit_amount": 0.050}, bound=0.8, tie=0.95)
        assert [one.representative for one in found] == ["ext_source_1"]

    def test_no_chain_joins_strangers(self) -> None:
        """Each is close to the next, the first and the last are not: they never share a cluster."""
        generator = np.random.default_rng(2)
        steps = generator.normal(size=(6, 2000))
        chain = {f"c{i}": np.cos(0.45 * i) * steps[0] + np.sin(0.45 * i) * steps[1] for i in range(6)}
        found = clusters(self._columns(**chain), dict.fromkeys(chain, 0.1), bound=0.85, tie=0.95)
        assert found
        for cluster in found:
            numbers = [int(member.name[1:]) for member in cluster.members]
            assert max(numbers) - min(numbers) <= 1

    def test_one_column_is_no_cluster(self) -> None:
        assert clusters([pl.Series("a", [1.0, 2.0])], {"a": 0.1}, bound=0.8, tie=0.95) == ()
