"""A plan gives what a fresh build gives, whoever came before, and in any thread."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, Plan, build
from scoring.data.tables import read_rows

FEW = [feature for feature in DICTIONARY.values() if feature.table in ("application", "bureau")][::6]


@pytest.fixture(scope="module")
def requests(invented):
    """Applications of several clients, with more or less history; the last has none at all."""
    rows = [invented([client], seed=client) for client in range(1, 5)]
    return [*rows, {"application": invented([9], seed=9)["application"]}]


def fresh(rows, features):
    return build(clean(read_rows(rows)), features).collect("polars").to_native()


def test_every_feature_is_as_built_afresh_whoever_came_before(requests):
    plan = Plan()
    for rows in (*requests, requests[0]):
        assert plan(read_rows(rows)).equals(fresh(rows, None), null_equal=True)


def test_only_the_features_asked_for_are_there(requests):
    assert Plan(FEW)(read_rows(requests[0])).columns == ["SK_ID_CURR", *(feature.name for feature in FEW)]


def test_threads_do_not_see_each_others_clients(requests):
    plan = Plan(FEW)
    expected = [fresh(rows, FEW) for rows in requests]
    with ThreadPoolExecutor(4) as threads:
        got = list(threads.map(lambda i: plan(read_rows(requests[i % len(requests)])), range(40)))
    for i, frame in enumerate(got):
        assert frame.equals(expected[i % len(requests)], null_equal=True)


def test_several_clients_at_once_come_sorted(invented):
    frame = Plan(FEW)(read_rows(invented([7, 3, 5], seed=1)))
    assert frame["SK_ID_CURR"].to_list() == [3, 5, 7]
    assert isinstance(frame, pl.DataFrame)
