"""What each kind of picture draws: bars from zero, grey and one client, words where there are too few."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.web.charts import Bar, Figure, Mark, Series, Table, Tile, bars, density, grid, histogram, lines, points
from scoring.web.charts.palette import CLIENT, GROUP

NONE = Table([], [])
AXES = ({"title": "x"}, {"title": "y"})


def pictures() -> list[Figure]:
    return [
        bars("k", "t", [Bar("a", 3, "3", id=7), Bar("b", 1, "1", marked=True)], NONE, says="s"),
        histogram("k", "t", [0, 1, 3], [5, 6], NONE, says="s", hovers=["", ""], ticks=[(0, "0")], mark=Mark(2, "m")),
        points("k", "t", [1], [2], [7], NONE, says="s", hovers=[""], axes=AXES, client=(1, 2, "c")),
        density("k", "t", [0, 1, 2], [0, 1], [[4, 0]], NONE, says="s", hovers=[["", ""]], axes=AXES),
        grid("k", "t", ["a"], ["b"], [[Tile(0.5, "50%", "")]], NONE, says="s", x_title="x", y_title="y"),
        lines("k", "t", [Series("one", [0, 1], [1, None])], NONE, says="s"),
    ]


@pytest.mark.parametrize("figure", pictures(), ids=lambda figure: str(figure.data[0]["type"]))
def test_colours_are_names_that_follow_the_theme(figure: Figure) -> None:
    def colours(part: object) -> list[str]:
        if isinstance(part, dict):
            own = part.get("color", [])
            found = [one for one in ([own] if isinstance(own, str) else own) if isinstance(one, str)]
            return found + [one for value in part.values() for one in colours(value)]
        return [one for value in part for one in colours(value)] if isinstance(part, list) else []

    named = colours([*map(dict, figure.data), dict(figure.layout)])
    assert all(name.startswith("var(--cs-") for name in named)
    assert "legend" not in figure.layout


def test_bars_begin_at_zero_and_mark_the_client() -> None:
    figure = bars(
        "k", "t", [Bar("a", 3, "3", id=7), Bar("b", None, "few", size="9 clients", marked=True)], NONE, says="s"
    )
    trace = figure.data[0]
    assert trace["x"] == [3, 0]
    assert trace["marker"]["color"] == [GROUP, CLIENT]
    assert trace["customdata"] == [7, None]
    assert trace["text"] == ["3", "few"]
    assert figure.layout["xaxis"]["rangemode"] == "tozero"
    assert "9 clients" in figure.layout["yaxis"]["ticktext"][1]


@given(st.floats(-1e9, 1e9), st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=9, unique=True))
def test_a_mark_stays_inside_the_picture(at: float, edges: list[float]) -> None:
    edges.sort()
    counts = [1] * (len(edges) - 1)
    hovers = [""] * len(counts)
    figure = histogram("k", "t", edges, counts, NONE, says="s", hovers=hovers, ticks=[], mark=Mark(at, "here"))
    line = figure.layout["shapes"][0]
    assert edges[0] <= line["x0"] <= edges[-1]
    if edges[0] <= at <= edges[-1]:
        assert line["x0"] == at
    assert math.isclose(sum(figure.data[0]["width"]) / 0.94, edges[-1] - edges[0], rel_tol=1e-9)


def test_density_leaves_a_gap_where_nobody_is() -> None:
    figure = density("k", "t", [0, 1, 2], [0, 1], [[4, 0]], NONE, says="s", hovers=[["", ""]], axes=AXES)
    assert figure.data[0]["z"] == [[2.0, None]]
    assert figure.layout["dragmode"] == "select"


def test_a_tile_of_too_few_has_words_and_no_colour() -> None:
    tiles = [[Tile(0.1, "10%", ""), Tile(None, "12 clients", ""), Tile(0.3, "30%", "", marked=True)]]
    figure = grid("k", "t", ["a", "b", "c"], ["u"], tiles, NONE, says="s", x_title="x", y_title="y")
    assert figure.data[0]["z"] == [[0, None, 4]]
    assert [one["text"] for one in figure.layout["annotations"]] == ["10%", "12 clients", "<b>30%</b>"]
    assert len(figure.layout["shapes"]) == 1


def test_tiles_that_are_all_alike_have_one_colour() -> None:
    figure = grid(
        "k", "t", ["a", "b"], ["u"], [[Tile(0.1, "", ""), Tile(0.1, "", "")]], NONE, says="s", x_title="", y_title=""
    )
    assert len(set(figure.data[0]["z"][0])) == 1


def test_a_line_is_named_where_it_ends() -> None:
    figure = lines("k", "t", [Series("one", [0, 1, 2], [1, 3, None]), Series("two", [0, 1], [2, 2])], NONE, says="s")
    assert [(one["x"], one["y"], one["text"]) for one in figure.layout["annotations"]] == [(1, 3, "one"), (1, 2, "two")]
