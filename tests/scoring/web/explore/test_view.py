"""The Explore page's address: written and read back, what it can't mean left out, what is picked as filters."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from scoring.data.features import DICTIONARY
from scoring.errors import InputError
from scoring.portfolio.filters import Filters, Range
from scoring.portfolio.queries import kinds, squares
from scoring.service import Service
from scoring.web.explore.picking import masks_of, picked_by
from scoring.web.explore.view import View, insensitive, numbers, read_view
from scoring.web.filter_selection import Selection, narrowed, read_selection, selection_words
from scoring.web.pages.explore import QUESTIONS, group_of, questions_html, usable

FILTERS = Filters(
    decisions=("accept", "decline"),
    numbers={"income_total": Range(100_000, None), "age_years": Range(30, 40.5)},
    codes={"occupation": ("Laborers", None), "education": ("Secondary / secondary special",)},
)
VIEWS = [
    View(),
    View(top="income_total", x="age_years", kind="housing", show="difficulties"),
    View(chosen=Selection(FILTERS)),
    View(chosen=Selection(FILTERS), picked=Selection(Filters(codes={"housing": ("With parents",)})), origin="kinds"),
    View(
        picked=Selection(Filters(numbers={"income_total": Range(1, 2), "credit_amount": Range(3, 4)})), origin="plane"
    ),
]


@pytest.mark.parametrize("view", VIEWS)
def test_an_address_is_read_back(demo: Service, view: View) -> None:
    assert read_view(view.query, demo.peers.columns) == view


def test_what_an_address_cannot_mean_is_left_out(demo: Service) -> None:
    columns = demo.peers.columns
    assert (
        read_view({"top": "gender", "x": "nothing", "across": "age_years", "show": "all", "pick": "x;y"}, columns)
        == View()
    )
    with pytest.raises(InputError, match="A filter must be"):
        read_view({"nothing": "1"}, columns)


def test_a_portfolio_without_histories_has_its_questions_too() -> None:
    columns: Any = SimpleNamespace(features=["income_total", "occupation", "age_years"])
    view = read_view({}, columns)
    assert view.top == "income_total"
    assert [one.key for one in QUESTIONS if usable(one, columns)] == []


def test_a_clients_number_selects_nobody(demo: Service) -> None:
    assert read_selection({"number": "100002"}).filters == Filters()


def test_what_is_offered(demo: Service) -> None:
    columns = demo.peers.columns
    assert all(DICTIONARY[name].kind == "number" for name in numbers(columns))
    assert not any(DICTIONARY[name].sensitive for name in insensitive(columns))
    assert "age_years" in numbers(columns)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_each_question_is_a_place(demo: Service, question: Any) -> None:
    columns = demo.peers.columns
    assert usable(question, columns)
    assert read_view(question.view.query, columns) == question.view
    for lang in ("fr", "en"):
        html = questions_html(columns, question.view, None, lang)
        assert html.count('aria-current="true"') == 1
        assert html.count("data-question") == len(QUESTIONS)


def test_the_first_question_is_about_transactions() -> None:
    assert QUESTIONS[0].view.top == "card_drawings_sum"


def clicked(**values: Any) -> Any:
    return SimpleNamespace(**{"what": "one", "id": None, "x": None, "y": None, **values})


@pytest.mark.parametrize(
    "feature", ["occupation", "income_total", "previous_refused_count", "owns_car", "years_employed"]
)
def test_a_picked_bar_holds_its_clients(demo: Service, feature: str) -> None:
    columns, view = demo.peers.columns, View(kind=feature, chosen=Selection(Filters(decisions=("decline",))))
    chosen = masks_of(demo, view)[0]
    for at, kind in enumerate(kinds(columns, chosen, feature).published):
        picked = picked_by(demo, view, "kinds", clicked(id=at))
        assert picked is not None
        then = View(kind=feature, chosen=view.chosen, picked=Selection(picked), origin="kinds")
        assert masks_of(demo, then)[1].sum() == kind.size
        # As other pages read it, by its words.
        words = group_of(then).words
        assert demo.portfolio.matching(read_selection(words).filters).sum() == kind.size


def test_a_picked_square_holds_its_clients(demo: Service) -> None:
    columns, view = demo.peers.columns, View(across="income_total", up="income_total")
    view = View(across="income_total", up="occupation")
    found = squares(columns, np.ones(len(columns), dtype=bool), (view.across, view.up), view.show)
    for up, row in enumerate(found.rows):
        for at, square in enumerate(row):
            picked = picked_by(demo, view, "squares", clicked(x=at, y=up))
            assert picked is not None
            assert demo.portfolio.matching(picked).sum() == square.size


def test_a_drawn_area_holds_its_clients(demo: Service) -> None:
    area = clicked(what="area", x=[210_123.5, 100_432.25], y=[300_000, 500_000])
    picked = picked_by(demo, View(), "plane", area)
    assert picked is not None
    assert picked.numbers == {"income_total": Range(100_000, 210_000), "credit_amount": Range(300_000, 500_000)}


@pytest.mark.parametrize(
    ("chart", "event"),
    [
        ("kinds", clicked(id=99)),
        ("kinds", clicked(id="<b>")),
        ("squares", clicked(x=0.5, y=1)),
        ("squares", clicked(x=0, y=-1)),
        ("top", clicked(id=100002)),
        ("plane", clicked(what="none")),
    ],
)
def test_what_is_nothing_picks_nothing(demo: Service, chart: Any, event: Any) -> None:
    assert picked_by(demo, View(), chart, event) is None


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_selection_in_words(lang: str) -> None:
    filters = Filters(
        roles=("new",), decisions=("review",), levels=(1, 2), points=Range(500, 600),
        numbers={"income_total": Range(None, 5), "age_years": Range(30, 30), "credit_amount": Range(2, None)},
        codes={"occupation": ("Laborers", None)},
    )  # fmt: skip
    words = selection_words(Selection(filters), lang)
    assert len(words) == 8
    assert all(words)


def test_both_filters_hold_together(demo: Service) -> None:
    one = Filters(decisions=("accept", "decline"), numbers={"income_total": Range(100_000, 200_000)})
    other = Filters(
        decisions=("decline",), numbers={"income_total": Range(150_000, None)}, codes={"housing": ("With parents",)}
    )
    both = demo.portfolio.matching(one) & demo.portfolio.matching(other)
    assert demo.portfolio.matching(narrowed(one, other)).to_list() == both.to_list()
    assert both.sum() > 0


def test_age_and_family_make_a_selection_sensitive() -> None:
    assert Selection(Filters(numbers={"age_years": Range(30, None)})).sensitive
    assert Selection(Filters(codes={"family_status": ("Widow",)})).sensitive
    assert not Selection(Filters(codes={"housing": ("With parents",)})).sensitive
