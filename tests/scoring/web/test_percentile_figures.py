"""Figures of the Compare and Explore pages: findings as titles, sizes, tables of the same, words where too few."""

import numpy as np
import pytest

from scoring.i18n import LANGUAGES, number, text
from scoring.portfolio.filters import Filters, Range
from scoring.portfolio.peers import Paid, Peers
from scoring.service import Service
from scoring.web.charts import Figure, figure_html
from scoring.web.charts.palette import CLIENT
from scoring.web.explore.figures import figures
from scoring.web.explore.picking import masks_of
from scoring.web.explore.view import View
from scoring.web.filter_selection import Selection
from scoring.web.pages.explore import QUESTIONS
from scoring.web.percentile_figures import along_figure, standing_figure

WHO = 100002
FORBIDDEN = ("log-odds", "WoE", "SHAP", "feature", "EBM", "scorecard")


@pytest.fixture(scope="module")
def peers(demo: Service) -> Peers:
    return demo.peers


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_fact_can_be_compared(peers: Peers, lang: str) -> None:
    group = peers.everyone(WHO)
    for feature in peers.columns.features[::7]:
        html = figure_html(standing_figure(peers, group, feature, WHO, lang), lang)
        assert not any(word in html for word in FORBIDDEN)


def test_the_client_is_in_the_brand_colour(peers: Peers) -> None:
    income = standing_figure(peers, peers.everyone(WHO), "income_total", WHO, "en")
    assert income.layout["shapes"][0]["line"]["color"] == CLIENT
    assert income.layout["shapes"][0]["x0"] == peers.columns.value(peers.columns.place_of(WHO), "income_total")
    occupation = standing_figure(peers, peers.everyone(WHO), "occupation", WHO, "en")
    assert list(occupation.data[0]["marker"]["color"]).count(CLIENT) == 1


def test_a_small_group_is_told_in_words(peers: Peers) -> None:
    small = peers.selected(np.arange(len(peers.columns)) < 20, sensitive=False, client_id=WHO)
    figure = standing_figure(peers, small, "income_total", WHO, "en")
    assert figure.few
    assert not figure.data


def test_difficulties_along_a_fact(peers: Peers) -> None:
    figure = along_figure(peers, peers.everyone(), "income_total", 180_000.0, "en")
    assert isinstance(figure, Figure)
    assert list(figure.data[0]["marker"]["color"]).count(CLIENT) == 1
    paid = peers.paid(peers.everyone())
    assert isinstance(paid, Paid)
    assert number(paid.known, "en") in figure.note


def test_a_small_group_shows_difficulties_of_all(peers: Peers) -> None:
    figure = along_figure(peers, peers.nearest(WHO, 60), "income_total", 180_000.0, "en")
    assert isinstance(figure, Figure)
    assert figure.note == text("en", "page.compare.along.note.all", known="1,045")


@pytest.mark.parametrize("feature", ["age_years", "gender", "family_status", "children"])
def test_no_difficulties_along_what_is_sensitive(peers: Peers, feature: str) -> None:
    said = along_figure(peers, peers.everyone(), feature, None, "en")
    assert said == text("en", "page.compare.along.sensitive")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_each_question_draws_four_charts(demo: Service, lang: str, question: object) -> None:
    view = question.view  # type: ignore[attr-defined]
    found = figures(demo.peers.columns, view, WHO, masks_of(demo, view), lang)
    assert [one.key for one in found] == ["top", "plane", "kinds", "squares"]
    for one in found:
        html = figure_html(one, lang)
        assert not any(word in html for word in FORBIDDEN)
        assert one.few or one.table.rows


def test_difficulties_of_a_group_chosen_by_age_are_not_shown(demo: Service) -> None:
    view = View(show="difficulties", chosen=Selection(Filters(numbers={"age_years": Range(None, 30)})))
    found = figures(demo.peers.columns, view, None, masks_of(demo, view), "en")[3]
    assert found.few == text("en", "explore.squares.sensitive")
    assert not found.data


def test_nobody_left_is_said_in_each_chart(demo: Service) -> None:
    view = View(chosen=Selection(Filters(numbers={"income_total": Range(1e12, None)})))
    found = figures(demo.peers.columns, view, None, masks_of(demo, view), "en")
    assert {one.few for one in found} == {text("en", "explore.none")}
