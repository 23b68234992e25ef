"""The waterfall's bars begin where the one before ended, and end at the client's points."""

import re
from dataclasses import replace

import pytest

from scoring.data.features import DICTIONARY
from scoring.explain.reasons import Explanation, Step
from scoring.web.waterfall import finding, signed, waterfall_html
from tests.scoring.web.test_gauge import AT_600

STEPS = (Step("history_here", -60.0), Step("income", 25.0), Step("situation", -5.0))


def explained(steps: tuple[Step, ...], reference: float = 640.0) -> Explanation:
    one_of = {feature.group: name for name, feature in DICTIONARY.items()}
    effects = {one_of[step.group]: step.points for step in steps}
    return Explanation(reference_points=reference, effects=effects, against=(), in_favour=())


def bars(html: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'cs-step-(\w+)" style="left:([\d.]+)%;width:([\d.]+)%', html)
    return [(kind, float(left), float(width)) for kind, left, width in found]


def test_bars_hang_together() -> None:
    html = waterfall_html(explained(STEPS), AT_600, "fr")
    against, gain, last = bars(html)
    assert [against[0], gain[0], last[0]] == ["against", "for", "against"]
    assert against[1] == pytest.approx(gain[1], abs=0.02)  # down to where the next begins
    assert gain[1] + gain[2] == pytest.approx(last[1] + last[2], abs=0.02)
    assert against[2] / gain[2] == pytest.approx(60 / 25, abs=0.01)
    client = re.search(r'cs-mark-client" style="left:([\d.]+)%', html)
    assert client
    assert float(client[1]) == pytest.approx(last[1], abs=0.02)


def test_every_figure_is_in_the_table() -> None:
    html = waterfall_html(explained(STEPS), AT_600, "en")
    for shown in ("640.00", "−60.00", "+25.00", "−5.00", "600.00"):
        assert f">{shown}<" in html


@pytest.mark.parametrize("points", [0.0, 1e-9, -1e-9])
def test_the_smallest_step_can_be_seen(points: float) -> None:
    html = waterfall_html(explained((Step("income", points),), reference=600.0), AT_600, "fr")
    assert all(width >= 0.4 for _, _, width in bars(html))


def test_everything_stays_on_the_picture() -> None:
    html = waterfall_html(explained((Step("income", -400.0), Step("situation", 360.0))), AT_600, "fr")
    for _, left, width in bars(html):
        assert left >= 0.0
        assert left + width <= 100.0


@pytest.mark.parametrize(
    ("reference", "steps", "said"),
    [
        (640.0, STEPS, "40 points fewer than the usual client; what counts most: history with us"),
        (560.0, (Step("external_scores", 45.0), Step("income", -5.0)), "40 points more than the usual client"),
        (599.0, (Step("income", 1.0),), "1 point more than the usual client; what counts most: income and job"),
        (600.2, (Step("income", -0.2),), "As many points as the usual client"),
        (600.0, (), "As many points as the usual client"),
    ],
)
def test_the_title_says_the_finding(reference: float, steps: tuple[Step, ...], said: str) -> None:
    assert finding(explained(steps, reference), AT_600, "en").startswith(said)


def test_what_counts_most_goes_the_way_of_the_score() -> None:
    steps = (Step("income", 50.0), Step("situation", -45.0), Step("history_here", -45.0))
    assert "personal situation" in finding(explained(steps), AT_600, "en")


def test_signs() -> None:
    assert signed(0.0, "en", 0) == "+0"
    assert signed(-0.4, "en", 1) == "−0.4"


def test_another_reference_moves_no_bar_by_itself() -> None:
    one = bars(waterfall_html(explained(STEPS), AT_600, "fr"))
    other = bars(
        waterfall_html(
            explained(STEPS, 740.0), replace(AT_600, points=700.0, threshold_points=AT_600.threshold_points + 100), "fr"
        )
    )
    assert one == other
