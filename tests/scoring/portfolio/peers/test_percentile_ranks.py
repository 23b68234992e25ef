"""Where a client stands: shares that add up, intervals that hold everybody, sentences in both languages."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import LANGUAGES
from scoring.portfolio.peers import Peers, Standing, group_words, out_of_100, paid_words, standing_words
from scoring.portfolio.peers.percentile_ranks import intervals


@pytest.mark.parametrize("feature", ["income_total", "previous_refused_count", "occupation", "car_age", "owns_car"])
def test_shares_add_up_and_are_those_by_hand(peers: Peers, clients: pl.DataFrame, feature: str) -> None:
    for client in clients[ID_COLUMN][::600]:
        found = peers.standing(peers.everyone(client), feature, client)
        others = clients.filter(pl.col(ID_COLUMN) != client)[feature]
        assert found.known + found.unknown == len(others)
        assert found.unknown == others.null_count()
        if found.value is None:
            assert found.place == "missing"
        elif DICTIONARY[feature].kind == "category":
            assert found.alike == pytest.approx((others == found.value).sum() / found.known)
        else:
            assert found.below + found.alike + found.above == pytest.approx(1.0)
            assert found.below == pytest.approx((others < found.value).sum() / found.known)


@pytest.mark.parametrize(
    "feature", ["income_total", "previous_refused_count", "car_age", "ext_source_mean", "owns_car"]
)
def test_the_intervals_hold_everybody(peers: Peers, clients: pl.DataFrame, feature: str) -> None:
    found = peers.distribution(peers.everyone(), feature)
    assert sum(found.counts) == len(clients) - clients[feature].null_count()
    assert len(found.edges) == len(found.counts) + 1
    assert 1 <= len(found.counts) <= 50
    assert found.median == clients[feature].median()
    if found.beyond:
        assert found.interval(len(found.counts) - 1)[1] is None


@given(st.lists(st.floats(-1e7, 1e7).map(lambda one: round(one, 2)), min_size=1, max_size=60))
def test_intervals_are_round_and_cover_the_bulk(values: list[float]) -> None:
    known = np.array(values)
    edges = intervals(known, whole=False)
    assert 2 <= len(edges) <= 62
    assert (np.diff(edges) > 0).all()
    low, high = np.quantile(known, (0.005, 0.99))
    assert edges[0] <= low + 1e-6
    assert edges[-1] >= high - 1e-6 * max(1.0, abs(high))


def test_whole_numbers_have_an_interval_each(peers: Peers) -> None:
    found = peers.distribution(peers.everyone(), "previous_refused_count")
    assert found.whole
    assert [found.interval(at) for at in range(3)] == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("below", "alike", "value", "place"),
    [
        (0.8, 0.0, 5.0, "above"),
        (0.2, 0.0, 5.0, "below"),
        (0.48, 0.02, 5.0, "middle"),
        (0.995, 0.0, 5.0, "highest"),
        (0.0, 0.0, 5.0, "lowest"),
        (0.0, 0.9, 5.0, "alike"),
        (0.0, 0.1, "A", "alike"),
        (0.0, 0.0, "A", "alone"),
        (0.0, 0.0, None, "missing"),
    ],
)
def test_what_is_worth_saying(below: float, alike: float, value: float | str | None, place: str) -> None:
    assert Standing(value, 100, 20, below, alike, 1 - below - alike).place == place


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_has_its_sentence(peers: Peers, clients: pl.DataFrame, lang: str) -> None:
    for client in clients[ID_COLUMN][::3000]:
        groups = [
            peers.everyone(client),
            peers.similar(client),
            peers.similar(client, ["age_years"]),
            peers.nearest(client),
        ]
        groups.append(peers.similar(client, []))
        groups.append(peers.selected(np.arange(len(clients)) < 8, sensitive=False, client_id=client))
        for group in groups:
            assert group_words(group, lang)
            assert paid_words(peers.paid(group), lang)
            assert all(one.words(lang) for one in group.chosen)
            for feature in peers.columns.features[::16]:
                assert standing_words(feature, peers.standing(group, feature, client), lang)


@given(st.floats(0, 1))
def test_of_a_hundred_is_none_or_all_only_where_it_is(share: float) -> None:
    assert (out_of_100(share) == 0) == (share == 0)
    assert (out_of_100(share) == 100) == (share == 1)
