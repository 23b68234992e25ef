"""The figures of the Explore page: who has most, two facts together, how many of each kind, shares over two facts."""

from collections.abc import Sequence
from typing import Any

from scoring.data.features import DICTIONARY, Feature, say
from scoring.i18n import number, percent, text
from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns
from scoring.portfolio.filters import Filters
from scoring.portfolio.peers import SHOWN, Paid, out_of_100
from scoring.portfolio.queries import (
    CELL,
    Density,
    Kind,
    Measure,
    Plane,
    Points,
    Square,
    Squares,
    kinds,
    plane,
    squares,
    top,
)
from scoring.web.charts import Bar, Cell, Figure, Table, Tile, bars, density, grid, points
from scoring.web.explore.view import View
from scoring.web.page import DECISION, Place
from scoring.web.percentile_figures import interval_words

# Shares over two facts as a figure: approvals proposed, or difficulties, in words alone where too few.


def squares_figure(columns: Columns, among: Flags, view: View, lang: str) -> Figure:
    """The share accepted, or who had difficulties, over two facts; a click picks those in a square."""
    x, y = DICTIONARY[view.across].label.say(lang), DICTIONARY[view.up].label.say(lang)
    says = text(lang, f"explore.squares.says.{view.show}", x=x, y=y)
    if view.show == "difficulties" and view.sensitive:
        return Figure("squares", says, says, [], {}, Table([], []), few=text(lang, "explore.squares.sensitive"))
    found = squares(columns, among, (view.across, view.up), view.show, sensitive=view.sensitive)
    if not found.across or not found.up:
        return Figure("squares", says, says, [], {}, Table([], []), few=text(lang, "explore.none"))
    tiles = [
        [_tile(one, found, at, up, view.show, lang) for at, one in enumerate(row)] for up, row in enumerate(found.rows)
    ]
    across, above = ([band.words(lang) for band in side] for side in (found.across, found.up))
    table = Table(
        [x, y, text(lang, f"explore.squares.column.{view.show}"), text(lang, "page.compare.column.clients")],
        [
            [across[at], above[up], _share_words(one, view.show, lang), number(one.size, lang)]
            for up, row in enumerate(found.rows)
            for at, one in enumerate(row)
        ],
    )
    return grid(
        "squares", _range_title(found, view.show, lang), [_broken(one) for one in across], [_broken(one) for one in above], tiles, table,
        says=says, x_title=x, y_title=y, note=text(lang, f"explore.squares.note.{view.show}", least=CELL),
    )  # fmt: skip


def _share(one: Square, show: Measure) -> float | None:
    """The share that is drawn; None where too few."""
    if show == "accepted":
        return one.accepted if one.size >= CELL else None
    return 1 - one.paid.share if isinstance(one.paid, Paid) and one.paid.known >= SHOWN else None


def _share_words(one: Square, show: Measure, lang: str) -> str:
    if show == "accepted":
        return text(lang, "explore.none.short") if one.accepted is None else percent(one.accepted, lang)
    if not isinstance(one.paid, Paid):
        return text(lang, "explore.squares.few")
    return percent(out_of_100(1 - one.paid.share) / 100, lang)


def _tile(one: Square, found: Squares, at: int, up: int, show: Measure, lang: str) -> Tile:
    share_words = _share_words(one, show, lang)
    known = one.paid.known if isinstance(one.paid, Paid) else 0
    hover = text(
        lang,
        f"explore.squares.hover.{show}",
        x=found.across[at].words(lang),
        y=found.up[up].words(lang),
        share=share_words,
        count=number(one.size, lang),
        known=number(known, lang),
    )
    share = _share(one, show)
    return Tile(
        share, share_words if share is not None or one.size >= CELL else text(lang, "explore.squares.few"), hover
    )


def _range_title(found: Squares, show: Measure, lang: str) -> str:
    shares = [value for row in found.rows for one in row if (value := _share(one, show)) is not None]
    if not shares:
        return text(lang, f"explore.squares.title.{show}.few")
    low, high = (percent(end, lang) for end in (min(shares), max(shares)))
    return text(lang, f"explore.squares.title.{show}", low=low, high=high)


def _broken(label: str) -> str:
    """A label on two lines, so that several fit side by side."""
    words = label.split(" ")
    if len(words) < 2:
        return label
    half = min(range(1, len(words)), key=lambda at: abs(len(" ".join(words[:at])) - len(" ".join(words[at:]))))
    return f"{' '.join(words[:half])}<br>{' '.join(words[half:])}"


TOGETHER = ((0.5, "strong"), (0.2, "some"))
FEW_POINTS = 200
"""Points up to which each has a row in the table."""


def _label(feature: str, lang: str) -> str:
    return DICTIONARY[feature].label.say(lang)


def _empty(key: str, title: str, lang: str) -> Figure:
    return Figure(key, title, title, [], {}, Table([], []), few=text(lang, "explore.none"))


def _go(client_id: int) -> str:
    return Place(DECISION, client_id).address


def top_figure(columns: Columns, among: Flags, view: View, client: int | None, lang: str) -> Figure:
    """The ten clients with most of something; a click opens the client."""
    feature = DICTIONARY[view.top]
    found = top(columns, among, view.top)
    label = feature.label.say(lang)
    if not found.ids:
        return _empty("top", label, lang)
    values = [say(feature, value, lang) for value in found.values]
    first = found.values.count(found.values[0])
    if first == len(found.values) and found.tied > first:
        title = text(lang, "explore.top.title.tied", label=label, count=number(found.tied, lang), value=values[0])
    else:
        title = text(lang, "explore.top.title", label=label, client=found.ids[0], value=values[0])
    rows = [
        Bar(
            str(one),
            value,
            words,
            id=f"go:{_go(one)}",
            marked=one == client,
            hover=text(lang, "explore.top.hover", client=one, value=words),
        )
        for one, value, words in zip(found.ids, found.values, values, strict=True)
    ]
    table = Table(
        [text(lang, "explore.client"), label],
        [[Cell(str(one), go=_go(one)), words] for one, words in zip(found.ids, values, strict=True)],
    )
    note = text(lang, "explore.top.note", known=number(found.known, lang))
    return bars("top", title, rows, table, says=text(lang, "explore.top.says", label=label), note=note)


def plane_figure(columns: Columns, among: Flags, view: View, client: int | None, lang: str) -> Figure:
    """Two facts of each client, or how many have what where they are many; an area can be drawn."""
    x, y = DICTIONARY[view.x], DICTIONARY[view.y]
    found = plane(columns, among, view.x, view.y)
    title = _together(found, x, y, lang)
    if not found.known:
        return _empty("plane", text(lang, "explore.plane.says", x=x.label.say(lang), y=y.label.say(lang)), lang)
    says = text(lang, "explore.plane.says", x=x.label.say(lang), y=y.label.say(lang))
    axes = (_axis(x, lang), _axis(y, lang))
    own = _own(columns, view, client, lang)
    area = _area(view)
    heads = [text(lang, "explore.client"), x.label.say(lang), y.label.say(lang)]
    if isinstance(found.drawn, Points):
        drawn = found.drawn
        pairs = [(say(x, at, lang), say(y, up, lang)) for at, up in zip(drawn.x, drawn.y, strict=True)]
        hovers = [
            text(lang, "explore.plane.hover", client=one, x=at, y=up)
            for one, (at, up) in zip(drawn.ids, pairs, strict=True)
        ]
        rows: list[list[str | Cell]] = [
            [Cell(str(one), go=_go(one)), *pair] for one, pair in zip(drawn.ids, pairs, strict=True)
        ]
        ids = [f"go:{_go(one)}" for one in drawn.ids]
        note = text(lang, "explore.plane.note.points", known=number(found.known, lang))
        return points(
            "plane", title, drawn.x, drawn.y, ids, Table(heads, rows[:FEW_POINTS]),
            says=says, hovers=hovers, axes=axes, client=own, area=area, note=note,
        )  # fmt: skip
    return _dense(found, found.drawn, title, (x, y), lang, says=says, axes=axes, own=own, area=area)


def _dense(found: Plane, drawn: Density, title: str, facts: tuple[Feature, Feature], lang: str, **given: Any) -> Figure:
    x, y = facts
    across = [interval_words(x, low, high, lang) for low, high in zip(drawn.x_edges, drawn.x_edges[1:], strict=False)]
    up = [interval_words(y, low, high, lang) for low, high in zip(drawn.y_edges, drawn.y_edges[1:], strict=False)]
    hovers = [
        [
            text(lang, "explore.plane.hover.many", count=number(count, lang), x=at, y=high) if count else ""
            for at, count in zip(across, row, strict=True)
        ]
        for high, row in zip(up, drawn.counts, strict=True)
    ]
    most = sorted(
        ((count, at, high) for high, row in enumerate(drawn.counts) for at, count in enumerate(row) if count),
        key=lambda one: -one[0],
    )[:20]
    table = Table(
        [x.label.say(lang), y.label.say(lang), text(lang, "page.compare.column.clients")],
        [[across[at], up[high], number(count, lang)] for count, at, high in most],
    )
    note = text(lang, "explore.plane.note.many", known=number(found.known, lang), outside=number(drawn.outside, lang))
    return density(
        "plane", title, drawn.x_edges, drawn.y_edges, drawn.counts, table,
        says=given["says"], hovers=hovers, axes=given["axes"], client=given["own"], area=given["area"], note=note,
    )  # fmt: skip


def _together(found: Plane, x: Feature, y: Feature, lang: str) -> str:
    labels = {"x": x.label.say(lang), "y": y.label.say(lang)}
    strength = next((name for least, name in TOGETHER if found.together and abs(found.together) >= least), None)
    if strength is None:
        return text(lang, "explore.plane.title.none", **labels)
    way = "up" if (found.together or 0.0) > 0 else "down"
    return text(lang, f"explore.plane.title.{strength}.{way}", **labels)


def _axis(feature: Feature, lang: str) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": feature.label.say(lang), "tickformat": ",.3~f"}
    if feature.unit == "share":
        axis["tickformat"] = ",.0%"
    return axis


def _own(columns: Columns, view: View, client: int | None, lang: str) -> tuple[float, float, str] | None:
    if client is None:
        return None
    place = columns.place_of(client)
    x, y = (columns.value(place, feature) for feature in (view.x, view.y))
    if not (isinstance(x, float) and isinstance(y, float)):
        return None
    return x, y, text(lang, "charts.here")


def _area(view: View) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The area that was drawn, where it was drawn on these two facts."""
    within = [view.picked.filters.numbers.get(feature) for feature in (view.x, view.y)]
    if view.origin != "plane" or any(one is None for one in within):
        return None
    (left, right), (low, high) = ((one.low or 0.0, one.high or 0.0) for one in within if one is not None)
    return (left, right), (low, high)


def kinds_figure(columns: Columns, among: Flags, view: View, lang: str) -> Figure:
    """How many clients of each code or band; a click picks them."""
    label, counted = _label(view.kind, lang), kinds(columns, among, view.kind)
    found = counted.published
    total = sum(one.size for one in found) + counted.others
    if not total:
        return _empty("kinds", label, lang)
    biggest = max(found, key=lambda one: one.size)
    title = text(
        lang,
        "explore.kinds.title",
        label=label,
        band=biggest.band.words(lang),
        share=percent(biggest.size / total, lang),
    )
    picked = view.picked.filters if view.origin == "kinds" else Filters()
    rows = [
        Bar(
            one.band.words(lang),
            one.size,
            text(lang, "page.compare.share", share=percent(one.size / total, lang), count=number(one.size, lang)),
            id=at,
            marked=_is_picked(one, picked),
            hover=_decided(one, lang),
        )
        for at, one in enumerate(found)
    ]
    if counted.others:
        rows.append(_others(counted.others, total, lang))
    heads = [label, text(lang, "page.compare.column.clients")]
    heads += [text(lang, f"decision.officer.{one}") for one in ("accept", "review", "decline")]
    lines = [
        [one.band.words(lang), number(one.size, lang), *(number(count, lang) for count in one.decisions)]
        for one in found
    ]
    says = text(lang, "explore.kinds.says", label=label)
    note = text(lang, "explore.kinds.note", known=number(total, lang))
    if counted.unknown:
        absent = say(DICTIONARY[view.kind], None, lang)
        unknown = number(counted.unknown, lang)
        note = text(lang, "explore.kinds.note.unknown", known=number(total, lang), unknown=unknown, absent=absent)
    return bars("kinds", title, rows, Table(heads, lines), says=says, note=note)


def _others(count: int, total: int, lang: str) -> Bar:
    words = text(lang, "page.compare.share", share=percent(count / total, lang), count=number(count, lang))
    return Bar(text(lang, "page.compare.others"), count, words)


def _is_picked(one: Kind, picked: Filters) -> bool:
    band = one.band
    if band.code is not None:
        return picked.codes.get(band.feature) == (band.code,)
    within = picked.numbers.get(band.feature)
    return within is not None and within.low == band.low and (within.high is None) == (band.high is None)


def _decided(one: Kind, lang: str) -> str:
    accepted, reviewed, declined = (number(count, lang) for count in one.decisions)
    return text(
        lang,
        "explore.kinds.hover",
        band=one.band.words(lang),
        count=number(one.size, lang),
        accepted=accepted,
        reviewed=reviewed,
        declined=declined,
    )


def figures(
    columns: Columns, view: View, client: int | None, masks: tuple[Flags, Flags], lang: str
) -> Sequence[Figure]:
    """The four figures: each over those chosen and picked, but the one they were picked in over those chosen."""
    return [
        top_figure(columns, _among(view, "top", masks), view, client, lang),
        plane_figure(columns, _among(view, "plane", masks), view, client, lang),
        kinds_figure(columns, _among(view, "kinds", masks), view, lang),
        squares_figure(columns, _among(view, "squares", masks), view, lang),
    ]


def clients_of(columns: Columns, view: View, client: int | None, masks: tuple[Flags, Flags]) -> tuple[int, ...]:
    """Numbers of the clients of whom the figures show facts: the others are in groups alone."""
    drawn = plane(columns, _among(view, "plane", masks), view.x, view.y).drawn
    ranked = top(columns, _among(view, "top", masks), view.top).ids
    own = () if client is None else (client,)
    return tuple(dict.fromkeys([*own, *ranked, *(drawn.ids if isinstance(drawn, Points) else ())]))


def _among(view: View, chart: str, masks: tuple[Flags, Flags]) -> Flags:
    chosen, picked = masks
    return chosen if view.origin == chart else picked
