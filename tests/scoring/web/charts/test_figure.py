"""A figure's HTML: the finding, the picture with its sentence, the same figures as a table, nothing unescaped."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest

from scoring.i18n import LANGUAGES, NARROW_SPACE, text
from scoring.web.charts import Cell, Figure, Table, charts, figure_html

NASTY = "<img src=x onerror=alert(1)> & \"quotes\" 'too'"


def figure(**changed: Any) -> Figure:
    values: dict[str, Any] = {
        "key": "income",
        "title": "Their income is high",
        "says": "Incomes of 12 clients",
        "data": [{"type": "bar", "x": [1.5, None], "y": [2, 3]}],
        "layout": {},
        "table": Table(["Income", "Clients"], [["up to 10", Cell("3", go="page=clients&client=7")]]),
    }
    return Figure(**{**values, **changed})


def drawn(html: str) -> dict[str, Any]:
    """What the browser's part is given to draw."""
    found = re.search(r'data-figure="([^"]*)"', html)
    assert found
    told = json.loads(unescape(found[1]))
    assert isinstance(told, dict)
    return told


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_figure_says_draws_and_tells_its_figures(lang: str) -> None:
    html = figure_html(figure(note="12 clients"), lang)
    assert '<h3>Their income is high</h3><p class="cs-figure-note">12 clients</p>' in html
    assert 'role="img" aria-label="Incomes of 12 clients"' in html
    assert f"<summary>{text(lang, 'charts.table')}" in html
    assert '<th scope="row">up to 10</th>' in html
    assert '<a href="?page=clients&amp;client=7" data-go="page=clients&amp;client=7">3</a>' in html


@pytest.mark.parametrize(("lang", "written"), [("fr", f",{NARROW_SPACE}"), ("en", ".,")])
def test_numbers_on_the_axes_are_written_as_the_language_does(lang: str, written: str) -> None:
    assert drawn(figure_html(figure(), lang))["layout"]["separators"] == written


def test_a_gap_is_none_and_what_is_not_finite_is_refused() -> None:
    assert drawn(figure_html(figure(), "en"))["data"][0]["x"] == [1.5, None]
    with pytest.raises(ValueError, match="JSON"):
        figure_html(figure(data=[{"y": [float("nan")]}]), "en")


def test_nothing_is_taken_for_markup() -> None:
    table = Table([NASTY, "b"], [[NASTY, Cell(NASTY, go=NASTY)]])
    html = figure_html(figure(title=NASTY, says=NASTY, note=NASTY, table=table, data=[{"name": NASTY}]), "fr")
    assert not {"img", "script"} & {tag for tag, _ in Tags(html).tags}
    assert drawn(html)["data"] == [{"name": NASTY}]
    plot = next(attributes for tag, attributes in Tags(html).tags if tag == "cs-plot")
    assert plot["aria-label"] == NASTY


def test_too_few_are_said_and_not_drawn() -> None:
    html = figure_html(figure(few="Only 12 clients.", data=[]), "en")
    assert "<cs-plot" not in html
    assert '<p class="cs-few">Only 12 clients.</p>' in html


def test_the_level_of_the_title_is_the_pages() -> None:
    assert figure_html(figure(), "en", level=2).count("<h2>") == 1


def test_a_table_that_is_uneven_is_refused() -> None:
    with pytest.raises(ValueError, match="must have 2 cells, one a head; got 1"):
        Table(["a", "b"], [["1", "2"], ["3"]])


def test_the_part_of_gradio_asks_for_our_own_files_alone() -> None:
    asked = re.findall(r"'([^']*\.js[^']*)'", charts().js_on_load or "")
    assert [re.sub(r"\?[0-9a-f]{12}$", "", one) for one in asked] == ["charts.js", "plotly-cartesian.min.js"]
