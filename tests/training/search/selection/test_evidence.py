"""Information value, stability, trend and rank correlation: identities, and what chance gives."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import mannwhitneyu, spearmanr

from training.models.screening import coarse_bins
from training.search.selection.path import information, rank_correlation, stability, trend


class TestBins:
    def test_a_rare_flag_has_two_bins(self) -> None:
        assert len(set(coarse_bins(pl.Series([0.0] * 97 + [1.0] * 3)))) == 2

    def test_a_count_that_is_mostly_zero_keeps_its_zeros_apart(self) -> None:
        bins = coarse_bins(pl.Series([0.0] * 95 + [1.0, 1.0, 2.0, 3.0, 9.0]))
        assert len(set(bins[:95])) == 1
        assert (bins[95:] > bins[0]).all()

    def test_missing_is_bin_0_and_order_is_kept(self) -> None:
        values = np.random.default_rng(1).normal(size=500)
        bins = coarse_bins(pl.Series([None, *values]))
        assert bins[0] == 0
        assert (np.diff(bins[1:][np.argsort(values)]) >= 0).all()
        assert len(set(bins[1:])) == 10

    def test_a_column_without_a_value(self) -> None:
        assert coarse_bins(pl.Series([None, None], dtype=pl.Float64)).tolist() == [0, 0]


class TestInformation:
    def test_two_bins_by_hand(self) -> None:
        """Shares 3/4 and 1/4 of the good, 1/4 and 3/4 of the bad: 2 · 1/2 · ln 3."""
        bins = np.repeat([0, 1, 0, 1], [30_000, 10_000, 10_000, 30_000])
        target = np.repeat([0, 0, 1, 1], [30_000, 10_000, 10_000, 30_000])
        found = information(bins, target)
        assert found.value == pytest.approx(np.log(3.0), abs=1e-3)
        assert found.weights == pytest.approx([np.log(3.0), -np.log(3.0)], abs=1e-3)

    def test_noise_has_none_on_average(self) -> None:
        generator = np.random.default_rng(2)
        values = [
            information(generator.integers(0, 10, 2000), (generator.random(2000) < 0.1).astype(np.int64)).value
            for _ in range(300)
        ]
        assert np.mean(values) == pytest.approx(0.0, abs=4 * np.std(values) / np.sqrt(300) + 0.002)

    def test_names_of_bins_mean_nothing(self) -> None:
        generator = np.random.default_rng(3)
        bins, target = generator.integers(0, 5, 800), generator.integers(0, 2, 800)
        assert information(bins, target).value == pytest.approx(information(9 - bins, target).value)

    def test_an_empty_bin_and_one_without_events_are_finite(self) -> None:
        found = information(np.array([0, 0, 3, 3, 3]), np.array([0, 0, 1, 0, 1]))
        assert np.isfinite(found.value)
        assert np.isfinite(found.weights).all()
        assert found.weights[1] == 0.0


class TestStability:
    def test_a_shift_of_one_group_is_seen(self) -> None:
        generator = np.random.default_rng(4)
        groups = np.arange(5000) * 10 // 5000
        bins = generator.integers(0, 5, 5000)
        assert abs(stability(bins, groups)) < 0.03
        shifted = np.where(groups == 7, np.minimum(bins, 1), bins)
        assert stability(shifted, groups) > 0.25


class TestTrend:
    def test_it_is_the_mann_whitney_statistic(self) -> None:
        generator = np.random.default_rng(5)
        values, target = np.round(generator.normal(size=400), 1), generator.integers(0, 2, 400)
        values[:50] = np.nan
        series = pl.Series(values).fill_nan(None)
        known = ~np.isnan(values)
        bad, good = values[known & (target == 1)], values[known & (target == 0)]
        p = mannwhitneyu(bad, good, use_continuity=False, method="asymptotic").pvalue
        from scipy.stats import norm  # noqa: PLC0415

        assert 2 * norm.sf(abs(trend(series, target))) == pytest.approx(p, rel=0.01)
        assert trend(-series, target) == pytest.approx(-trend(series, target))

    @pytest.mark.parametrize("values", [[1.0, 1.0, 1.0], [None, None, 2.0]])
    def test_nothing_to_compare_is_no_trend(self, values: list[float | None]) -> None:
        assert trend(pl.Series(values, dtype=pl.Float64), np.array([0, 1, 1])) == 0.0


class TestCorrelation:
    def test_without_missing_values_it_is_spearmans(self) -> None:
        generator = np.random.default_rng(6)
        values = generator.normal(size=(300, 4)) @ generator.normal(size=(4, 4))
        columns = [pl.Series(str(i), np.round(values[:, i], 1)) for i in range(4)]
        expected = spearmanr(np.round(values, 1)).statistic
        assert rank_correlation(columns, 10) == pytest.approx(expected, abs=1e-12)

    def test_missing_values_of_one_do_not_hide_that_two_are_the_same(self) -> None:
        values = np.random.default_rng(7).normal(size=1000)
        some = np.where(np.arange(1000) % 3 == 0, values, np.nan)
        found = rank_correlation([pl.Series("a", values), pl.Series("b", some).fill_nan(None)], 100)
        assert found[0, 1] == pytest.approx(1.0, abs=5e-3)

    def test_too_few_known_in_both_and_constants_are_0(self) -> None:
        a = pl.Series("a", [1.0, 2.0, 3.0, None, None, None])
        b = pl.Series("b", [None, None, 3.0, 2.0, 1.0, 0.0])
        c = pl.Series("c", [1.0] * 6)
        assert rank_correlation([a, b, c], 2) == pytest.approx(np.eye(3))
