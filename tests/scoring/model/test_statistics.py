"""The shared statistics, each against its definition, a library or a simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from scoring.model.statistics import Z_95, delong, expected_auc, psi, two_shares, wilson


def _scores(clients: int = 3000, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    target = (generator.random(clients) < 0.15).astype(np.int64)
    base = generator.normal(size=clients) + 0.8 * target
    return target, np.round(base, 1), np.round(base + 0.4 * generator.normal(size=clients), 1)


class TestDelong:
    def test_area_equals_scikit_learns(self) -> None:
        target, first, _ = _scores()
        assert delong(target, first).value == pytest.approx(roc_auc_score(target, first))
        assert delong(target, first).of_good.mean() == pytest.approx(delong(target, first).value)

    def test_errors_equal_those_of_a_bootstrap(self) -> None:
        target, first, second = _scores()
        one, two = delong(target, first), delong(target, second)
        generator = np.random.default_rng(2)
        drawn = [generator.integers(0, len(target), len(target)) for _ in range(300)]
        values = np.array([[roc_auc_score(target[d], s[d]) for s in (first, second)] for d in drawn])
        assert np.sqrt(one.variance) == pytest.approx(values[:, 0].std(), rel=0.15)
        assert np.sqrt(two.variance_of_change(one)) == pytest.approx(np.diff(values).std(), rel=0.15)

    def test_same_score_has_no_error_of_change(self) -> None:
        target, first, _ = _scores()
        change = delong(target, first).change_since(delong(target, 2.0 * first))
        assert change.low == change.value == change.high == 0.0

    def test_one_outcome_absent_gives_the_whole_interval(self) -> None:
        found = delong(np.zeros(3), np.arange(3.0))
        assert (found.value, found.interval.low, found.interval.high) == (0.5, 0.0, 1.0)


class TestExpectedAuc:
    def test_equals_the_sum_over_pairs_of_two_clients(self) -> None:
        generator = np.random.default_rng(0)
        score, pd = np.round(generator.normal(size=60), 1), generator.uniform(0.05, 0.6, 60)
        above = (score[:, None] > score) + 0.5 * (score[:, None] == score)
        pairs = np.outer(pd, 1.0 - pd) * ~np.eye(60, dtype=bool)
        assert expected_auc(pd, score) == pytest.approx((pairs * above).sum() / pairs.sum(), abs=1e-12)

    def test_certain_outcomes_give_their_own_area(self) -> None:
        target, first, _ = _scores(300)
        assert expected_auc(target.astype(float), first) == pytest.approx(delong(target, first).value)


class TestPsi:
    @given(st.lists(st.integers(0, 500), min_size=2, max_size=8).filter(any))
    def test_same_counts_give_zero_and_others_more(self, counts: list[int]) -> None:
        before = np.array(counts)
        assert psi(before, before) == pytest.approx(0.0, abs=1e-12)
        assert psi(before, before[::-1]) >= 0.0
        assert psi(before, before[::-1]) == pytest.approx(psi(before[::-1], before))

    def test_an_emptied_bin_counts_half_a_client(self) -> None:
        shares = np.array([90.5, 10.5]) / 101, np.array([100.5, 0.5]) / 101
        by_hand = sum((a - e) * np.log(a / e) for e, a in zip(*shares, strict=True))
        assert psi(np.array([90, 10]), np.array([100, 0])) == pytest.approx(by_hand)
        assert by_hand == pytest.approx(0.3118, abs=1e-4)


class TestShares:
    @given(st.integers(1, 5000), st.data())
    def test_wilsons_ends_solve_the_score_equation(self, clients: int, data: st.DataObject) -> None:
        events = data.draw(st.integers(0, clients))
        found = wilson(events, clients)
        assert 0.0 <= found.low <= found.value <= found.high <= 1.0
        for end in (found.low, found.high):
            if 1e-9 < end < 1.0 - 1e-9:
                assert abs(events / clients - end) == pytest.approx(Z_95 * (end * (1 - end) / clients) ** 0.5, abs=1e-9)

    def test_more_clients_make_wilsons_interval_narrower(self) -> None:
        widths = [one.high - one.low for one in (wilson(9 * size, 10 * size) for size in (1, 4, 16, 64))]
        assert widths == sorted(widths, reverse=True)

    @pytest.mark.parametrize(("events", "clients"), [(0, 0), (2, 1), (-1, 5)])
    def test_a_share_of_nobody_or_of_more_than_all_is_refused(self, events: int, clients: int) -> None:
        with pytest.raises(ValueError, match="a share must be of events among clients"):
            wilson(events, clients)

    def test_two_shares_far_apart_are_no_chance(self) -> None:
        assert two_shares(10, 1_000, 50, 1_000) < 1e-6
        assert two_shares(10, 1_000, 12, 1_000) > 0.5
