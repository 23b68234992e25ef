"""A model as a points table: one row a cell, with which anyone adds up a client's points by hand.

The rule: points are written whole; the points of the constant and of one row of each term add up to the client's. No
cell of the file can be taken for a formula by a spreadsheet.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from scoring.data.features import DICTIONARY
from scoring.files import BYTE_ORDER_MARK
from scoring.i18n import Words
from scoring.i18n.figures import csv_text
from scoring.model.additive_model import AdditiveModel, Term
from scoring.reports.exports.binned import Bin, bins_of

CONSTANT = Words("Constante", "Constant")
COLUMNS = (
    "term", "label", "bin", "points", "log_odds", "clients",
    "feature_1", "kind_1", "from_1", "below_1", "codes_1",
    "feature_2", "kind_2", "from_2", "below_2", "codes_2",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One cell of a term.

    Attributes
    ----------
    term : position in the document, from 1; 0 is the constant
    points, log_odds : what the cell adds
    clients : training clients in the cell; None for the constant
    """

    term: int
    features: tuple[str, ...]
    bins: tuple[Bin, ...]
    points: float
    log_odds: float
    clients: int | None


def rows_of(model: AdditiveModel) -> Iterator[Row]:
    """The constant, then every cell of every term in the document's order.

    Cells that no value can reach, the unseen one of a number, are left out.
    """
    yield Row(0, (), (), model.scale.points(model.intercept), model.intercept, None)
    for position, term in enumerate(model.terms, start=1):
        yield from _rows(model, term, position)


def _rows(model: AdditiveModel, term: Term, position: int) -> Iterator[Row]:
    first = bins_of(term.axes[0])
    second: list[Bin | None] = list(bins_of(term.axes[1])) if len(term.axes) == 2 else [None]
    width = term.axes[1].cells if len(term.axes) == 2 else 1
    for one in first:
        for other in second:
            cell = one.cell * width + (other.cell if other is not None else 0)
            yield Row(
                position,
                term.features,
                (one,) if other is None else (one, other),
                model.scale.points_of_change(term.scores[cell]) + 0.0,  # a plain 0 rather than −0
                term.scores[cell],
                term.counts[cell],
            )


def label(row: Row, lang: str) -> str:
    """The name of the row's term: its features', joined."""
    if not row.features:
        return CONSTANT.say(lang)
    return " × ".join(DICTIONARY[name].label.say(lang) for name in row.features)


def describe(row: Row, lang: str) -> str:
    """The row's bins in words."""
    return " × ".join(one.say(DICTIONARY[name], lang) for name, one in zip(row.features, row.bins, strict=True))


def points_csv(model: AdditiveModel, lang: str) -> str:
    """The table as CSV with a byte order mark, for a person and for a program.

    ``kind`` is ``missing``, ``interval`` (``from`` ≤ value < ``below``, an empty bound is none), ``codes`` (a JSON
    list) or ``other`` (a code that training never saw).
    """
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows_of(model):
        parts: list[Any] = []
        for name, one in zip(row.features, row.bins, strict=True):
            parts += [
                name,
                one.kind,
                *_bounds(one),
                _json(one.codes) if one.codes else "",
            ]
        parts += [""] * (len(COLUMNS) - 6 - len(parts))
        clients = "" if row.clients is None else row.clients
        labels = (csv_text(label(row, lang)), csv_text(describe(row, lang)))
        writer.writerow((row.term, *labels, repr(row.points), repr(row.log_odds), clients, *parts))
    return out.getvalue()


def _json(codes: Sequence[str]) -> str:
    """Codes for a program to read; a character at which a sheet could split the list is written by its number."""
    return json.dumps(list(codes), ensure_ascii=False).replace(";", "\\u003b")


def _bounds(one: Bin) -> tuple[str, str]:
    return ("" if one.low is None else repr(one.low), "" if one.high is None else repr(one.high))
