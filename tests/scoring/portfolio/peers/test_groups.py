"""Groups against the same done by hand: criteria, the nearest, what is told of them and what is not."""

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import InputError, UnknownClientError
from scoring.portfolio.peers import CRITERIA, SHOWN, Paid, Peers
from scoring.service import Service

CLIENT = 100002


def members(peers: Peers, mask: NDArray[np.bool_]) -> set[int]:
    return set(peers.columns.ids[mask].tolist())


def test_everyone_is_all_but_the_client(peers: Peers, clients: pl.DataFrame) -> None:
    assert members(peers, peers.everyone(CLIENT).members) == set(clients[ID_COLUMN]) - {CLIENT}


def test_similar_is_the_filter_by_hand(peers: Peers, clients: pl.DataFrame) -> None:
    own = clients.row(by_predicate=pl.col(ID_COLUMN) == CLIENT, named=True)
    group = peers.similar(CLIENT, ["occupation", "income_total", "years_employed"])
    kept = clients.filter(pl.col(ID_COLUMN) != CLIENT, pl.col("occupation") == own["occupation"])
    for one in group.chosen:
        if one.low is not None and one.high is not None:
            assert one.low <= own[one.feature] <= one.high
            kept = kept.filter(pl.col(one.feature).is_between(one.low, one.high))
    assert members(peers, group.members) == set(kept[ID_COLUMN])


def test_who_has_no_value_is_like_those_without(peers: Peers, clients: pl.DataFrame) -> None:
    without = clients.filter(pl.col("years_employed").is_null())[ID_COLUMN]
    group = peers.similar(int(without[0]), ["years_employed"])
    assert members(peers, group.members) == set(without[1:])


@pytest.mark.parametrize("criteria", [[], ["contract_type"], list(CRITERIA)])
def test_each_criterion_narrows_the_group(peers: Peers, criteria: list[str]) -> None:
    group = peers.similar(CLIENT, criteria)
    for left_out, size in peers.widened(group).items():
        assert size == peers.similar(CLIENT, [name for name in criteria if name != left_out]).size
        assert size >= group.size


def test_the_nearest_are_the_nearest_by_hand(demo: Service, peers: Peers) -> None:
    columns = peers.columns
    apart = np.abs(columns.contributions - columns.contributions[columns.place_of(CLIENT)]).sum(axis=1)
    group = peers.nearest(CLIENT, 40)
    assert group.size == 40
    assert CLIENT not in members(peers, group.members)
    others = ~group.members
    others[columns.place_of(CLIENT)] = False
    assert apart[group.members].max() <= apart[others].min()
    assert group.farthest == pytest.approx(apart[group.members].max() * demo.model.scale.pdo / np.log(2), rel=1e-6)
    points = columns.numbers("points")[group.members]
    assert group.points == (points.min(), points.max())


def test_the_nearest_of_a_few_are_all_the_others(peers: Peers) -> None:
    assert peers.nearest(CLIENT, 10**9).size == len(peers.columns) - 1
    assert peers.nearest(CLIENT, 0).size == 0


def test_outcomes_are_those_of_test_clients(peers: Peers, clients: pl.DataFrame) -> None:
    told = peers.paid(peers.everyone())
    assert isinstance(told, Paid)
    assert told.known == clients.filter(pl.col("ROLE") == "test").height
    good = clients.filter(pl.col("OUTCOME") == 0).height
    assert told.share == pytest.approx((good + 0.5) / (told.known + 1))


@pytest.mark.parametrize("criterion", [name for name in CRITERIA if DICTIONARY[name].sensitive])
def test_a_group_chosen_by_age_or_family_tells_no_outcome(peers: Peers, criterion: str) -> None:
    group = peers.similar(CLIENT, ["contract_type", criterion])
    assert group.size > 100
    assert peers.paid(group) == "sensitive"
    assert peers.along(group, "income_total") == "sensitive"


def test_nothing_is_told_along_what_is_sensitive(peers: Peers) -> None:
    sensitive = [name for name in peers.columns.features if DICTIONARY[name].sensitive]
    assert {"age_years", "gender", "family_status", "children"} <= set(sensitive)
    assert {str(peers.along(peers.everyone(), name)) for name in sensitive} == {"sensitive"}


@pytest.mark.parametrize(
    "feature", ["income_total", "occupation", "previous_refused_count", "owns_car", "years_employed"]
)
def test_bands_hold_each_client_once(peers: Peers, clients: pl.DataFrame, feature: str) -> None:
    found = peers.along(peers.everyone(), feature)
    assert not isinstance(found, str)
    counted = sum(one.size for one in found)
    known = clients.filter(pl.col(feature).is_not_null()).height
    if DICTIONARY[feature].kind == "number":
        assert counted == known
        assert all(isinstance(one.paid, Paid) and one.paid.known >= SHOWN for one in found)
    else:
        assert counted <= known
    for value in clients[feature].drop_nulls().unique():
        assert sum(one.band.holds(value) for one in found) <= 1


def test_a_small_group_is_not_cut(peers: Peers) -> None:
    assert peers.along(peers.nearest(CLIENT, 60), "income_total") == "few"


def test_who_is_unknown_is_said(peers: Peers) -> None:
    for ask in (peers.everyone, peers.similar, peers.nearest):
        with pytest.raises(UnknownClientError, match="got 7"):
            ask(7)
    with pytest.raises(InputError, match=r"A criterion must be one of .*; got gender"):
        peers.similar(CLIENT, ["gender"])
