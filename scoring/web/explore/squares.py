"""Shares over two facts as a figure: approvals proposed, or difficulties, in words alone where too few."""

from scoring.data.features import DICTIONARY
from scoring.i18n import number, percent, text
from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns
from scoring.portfolio.peers import SHOWN, Paid, out_of_100
from scoring.portfolio.queries import CELL, Measure, Square, Squares, squares
from scoring.web.charts import Figure, Table, Tile, grid
from scoring.web.explore.view import View


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
    said = _share_words(one, show, lang)
    known = one.paid.known if isinstance(one.paid, Paid) else 0
    hover = text(
        lang,
        f"explore.squares.hover.{show}",
        x=found.across[at].words(lang),
        y=found.up[up].words(lang),
        share=said,
        count=number(one.size, lang),
        known=number(known, lang),
    )
    share = _share(one, show)
    return Tile(share, said if share is not None or one.size >= CELL else text(lang, "explore.squares.few"), hover)


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
