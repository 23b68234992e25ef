"""The gauge shows what it is given: segments cut at the levels, marker and band in their places, a sentence."""

import math
import re
from dataclasses import replace

import pytest

from scoring.model.decision import Decision
from scoring.web.gauge import CENTRE_X, CENTRE_Y, HIGH, LOW, gauge_svg

AT_600 = Decision(
    outcome="accept",
    pd=0.032,
    log_odds=-3.4,
    points=600.0,
    threshold=1 / 11,
    threshold_points=537.0,
    low_points=590.0,
    high_points=610.0,
    level=4,
    review_because=(),
)


def at(points: float) -> Decision:
    return replace(AT_600, points=points, low_points=points - 10, high_points=points + 10)


def angle_of_marker(svg: str) -> float:
    """The angle, 0 (high) to π (low), of the first corner of the marker, which points at the value."""
    found = re.search(r'class="cs-marker" d="M([\d.]+) ([\d.]+)', svg)
    assert found
    return math.atan2(CENTRE_Y - float(found[2]), float(found[1]) - CENTRE_X)


@pytest.mark.parametrize("points", [400.0, 475.0, 537.0, 550.0, 625.0, 700.0])
def test_the_marker_stands_at_the_points(points: float) -> None:
    expected = math.pi * (HIGH - points) / (HIGH - LOW)
    assert angle_of_marker(gauge_svg(at(points), 40.0, "fr")) == pytest.approx(expected, abs=1e-3)


def test_more_points_are_further_right() -> None:
    angles = [angle_of_marker(gauge_svg(at(points), 40.0, "fr")) for points in range(400, 701, 25)]
    assert angles == sorted(angles, reverse=True)


@pytest.mark.parametrize(("points", "end"), [(-50.0, LOW), (399.0, LOW), (701.0, HIGH), (2000.0, HIGH)])
def test_beyond_its_ends_the_marker_stays_at_the_end(points: float, end: float) -> None:
    svg, svg_at_end = gauge_svg(at(points), 40.0, "en"), gauge_svg(at(end), 40.0, "en")
    assert angle_of_marker(svg) == pytest.approx(angle_of_marker(svg_at_end))
    assert "≤ 400" in svg
    assert "≥ 700" in svg


def test_five_segments_meet_at_the_levels() -> None:
    svg = gauge_svg(AT_600, 40.0, "fr")
    assert re.findall(r"cs-seg-(\d)", svg) == ["1", "2", "3", "4", "5"]


def test_a_threshold_near_an_end_leaves_out_what_has_no_room() -> None:
    svg = gauge_svg(replace(AT_600, threshold_points=690.0), 40.0, "fr")
    assert re.findall(r"cs-seg-(\d)", svg) == ["1", "2", "3"]


@pytest.mark.parametrize(("lang", "word"), [("fr", "niveau demandé"), ("en", "level asked")])
def test_it_says_in_words_what_it_shows(lang: str, word: str) -> None:
    svg = gauge_svg(AT_600, 40.0, lang)
    label = re.search(r'role="img" aria-label="([^"]*)"', svg)
    assert label
    assert "600" in label[1]
    assert "537" in label[1]
    assert word in label[1]


def test_the_exact_points_are_kept() -> None:
    assert f'data-points="{599.123456789012!r}"' in gauge_svg(at(599.123456789012), 40.0, "fr")
