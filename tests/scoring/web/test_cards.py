"""Reasons as cards, and the small pictures of their terms."""

import re
from html import unescape

import pytest

from scoring.explain.reasons import Effect, Reason
from scoring.i18n import LANGUAGES, text
from scoring.model.additive_model import AdditiveModel, CategoryAxis, FeatureFacts, NumberAxis, Reference
from scoring.web.cards import HEIGHT, SHOWN, WIDTH, reasons_html, shape_svg
from tests.scoring.model.additive_model.models import _term, small_model


def model() -> AdditiveModel:
    """Time in job in four bins, the lower the riskier, and an occupation."""
    return small_model(
        terms=(
            _term(("years_employed",), (NumberAxis(edges=(1.0, 5.0, 10.0)),), (0.1, 0.4, 0.2, -0.1, -0.3, 0.0)),
            _term(("occupation",), (CategoryAxis(levels=(("Laborers",), ("Managers",))),), (0.0, 0.2, -0.2, 0.0)),
        ),
        features={
            "years_employed": FeatureFacts(kind="number", low=0.0, high=40.0, usual=6.0),
            "occupation": FeatureFacts(kind="category", usual="Managers"),
        },
        reference=Reference(contributions=(0.0, 0.0), clients=10),
    )


def reason(feature: str = "years_employed", points: float = -12.4, value: object = 2.0, usual: object = 6.0) -> Reason:
    effect: Effect = "against" if points < 0 else "for"
    return Reason(feature, "income", effect, points, value, usual)  # type: ignore[arg-type]


def dot(svg: str) -> tuple[float, float]:
    found = re.search(r'cs-shape-client" cx="([\d.]+)" cy="([\d.]+)"', svg)
    assert found
    return float(found[1]), float(found[2])


def test_the_dot_climbs_with_the_points() -> None:
    places = [dot(shape_svg(model(), "years_employed", value, 6.0)) for value in (0.5, 3.0, 7.0, 20.0)]
    assert [x for x, _ in places] == sorted({x for x, _ in places})
    assert [y for _, y in places] == sorted({y for _, y in places}, reverse=True)
    assert all(0 < x < WIDTH and 0 < y < HEIGHT for x, y in places)


def test_the_usual_tick_stands_below_the_usual_value() -> None:
    tick = re.search(r'cs-shape-usual" d="M([\d.]+)', shape_svg(model(), "years_employed", 0.5, 6.0))
    assert tick
    assert float(tick[1]) == dot(shape_svg(model(), "years_employed", 6.0, 6.0))[0]


@pytest.mark.parametrize(
    ("feature", "value"), [("years_employed", None), ("occupation", "Pilots"), ("age_years", 40.0)]
)
def test_what_has_no_place_has_no_picture(feature: str, value: object) -> None:
    assert shape_svg(model(), feature, value, None) == ""  # type: ignore[arg-type]


def test_categories_have_places_too() -> None:
    laborer, manager = (dot(shape_svg(model(), "occupation", one, "Managers")) for one in ("Laborers", "Managers"))
    assert laborer[1] > manager[1]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_card_says_the_whole_sentence(lang: str) -> None:
    told = reason()
    html = reasons_html(model(), (told,), "against", lang)
    assert told.sentence(lang) in unescape(html)
    assert f'data-points="{told.points!r}"' in html
    assert "−12<" in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_value_as_usual_is_said_so(lang: str) -> None:
    html = unescape(reasons_html(model(), (reason(value=6.0),), "against", lang))
    assert f"<small>{text(lang, 'page.decision.as_usual')}</small>" in html


def test_only_the_first_three_are_unfolded() -> None:
    told = tuple(reason(points=-float(points)) for points in (9, 8, 7, 6))
    shown, folded = reasons_html(model(), told, "against", "fr").split("<details")
    assert shown.count("data-feature") == SHOWN
    assert folded.count("data-feature") == 1
    assert "<details" not in reasons_html(model(), told[:SHOWN], "against", "fr")


@pytest.mark.parametrize("effect", ["against", "for"])
def test_no_reason_is_said_in_words(effect: Effect) -> None:
    html = unescape(reasons_html(model(), (), effect, "en"))
    assert text("en", f"page.decision.none.{effect}") in html
    assert "data-feature" not in html
