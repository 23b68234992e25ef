"""The grid as files for a jury's own tools: CSV, Excel and JSON, the same lines in the same order.

The rule: numbers are written whole and as numbers; no text can be taken for a formula by a spreadsheet.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import xlsxwriter

from scoring.files import BYTE_ORDER_MARK
from scoring.i18n import Words
from scoring.i18n.figures import csv_text
from scoring.reports.exports.binned import Bin
from scoring.reports.exports.grid import Grid, Line, Variable

COLUMNS: Mapping[str, Words] = MappingProxyType(
    {
        "variable": Words("Variable", "Variable"),
        "name": Words("Nom", "Name"),
        "bin": Words("Classe", "Bin"),
        "clients": Words("Clients", "Clients"),
        "share": Words("Part", "Share"),
        "defaulters": Words("En difficulté", "With difficulties"),
        "event_rate": Words("Taux de défaut", "Event rate"),
        "woe": Words("WoE", "WoE"),
        "iv": Words("IV de la classe", "IV of the bin"),
        "iv_variable": Words("IV de la variable", "IV of the variable"),
        "coefficient": Words("Coefficient", "Coefficient"),
        "points": Words("Points", "Points"),
        "log_odds": Words("Log-cote", "Log-odds"),
        "low": Words("Points, borne basse (90 %)", "Points, low (90%)"),
        "high": Words("Points, borne haute (90 %)", "Points, high (90%)"),
    }
)
"""Columns in order: the name that programs read, and the heading that people read."""
CONSTANT = Words("Constante", "Constant")
_FORMATS = {"share": "0.0%", "event_rate": "0.0%", "clients": "#,##0", "defaulters": "#,##0", "points": "0.0"}
_WIDTHS = {"variable": 44, "name": 30, "bin": 34}


def grid_csv(grid: Grid, lang: str) -> str:
    """The grid as CSV with a byte order mark, headed by the names of `COLUMNS`."""
    out = io.StringIO()
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in _rows(grid, lang):
        writer.writerow(["" if cell is None else _plain(cell) for cell in row])
    return out.getvalue()


def grid_json(grid: Grid, lang: str) -> str:
    """The grid as JSON: one object a variable, its bins with their exact bounds or codes."""
    document = {
        "format": "clairscore-grid",
        "version": 1,
        "model": grid.model_version,
        "kind": grid.kind,
        "clients": grid.clients,
        "defaulters": grid.defaulters,
        "constant": {"points": grid.constant, "log_odds": grid.log_odds},
        "variables": [_variable(variable, lang) for variable in grid.variables],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def grid_xlsx(grid: Grid, lang: str) -> bytes:
    """The grid as one sheet of Excel, with a filter on its headings."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(grid.kind)
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {name: book.add_format({"num_format": form}) for name, form in _FORMATS.items()}
        for place, (name, words) in enumerate(COLUMNS.items()):
            sheet.write_string(0, place, words.say(lang), head)
            sheet.set_column(place, place, _WIDTHS.get(name, 13), formats.get(name))
        last = 0
        for last, row in enumerate(_rows(grid, lang), start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(last, place, cell)
                elif cell is not None:
                    sheet.write_number(last, place, cell)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    return out.getvalue()


FILES: Mapping[str, tuple[Callable[[Grid, str], str | bytes], str]] = MappingProxyType(
    {
        "csv": (grid_csv, "text/csv; charset=utf-8"),
        "xlsx": (grid_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "json": (grid_json, "application/json"),
    }
)
"""Writers and media types by the ending of the file."""


def _rows(grid: Grid, lang: str) -> Iterator[Sequence[str | float | None]]:
    empty = [None] * (len(COLUMNS) - 5)
    yield (CONSTANT.say(lang), "", *empty[:9], grid.constant, grid.log_odds, None, None)
    for variable in grid.variables:
        label = variable.label(lang)
        for line in variable.lines:
            yield (label, variable.name, line.describe(variable.features, lang), *_numbers(variable, line))


def _numbers(variable: Variable, line: Line) -> tuple[float | None, ...]:
    of_line = (line.clients, line.share, line.defaulters, line.event_rate, line.woe, line.iv)
    return (*of_line, variable.iv, variable.coefficient, line.points, line.log_odds, line.low, line.high)


def _variable(variable: Variable, lang: str) -> dict[str, Any]:
    return {
        "features": list(variable.features),
        "label": variable.label(lang),
        "iv": variable.iv,
        "coefficient": variable.coefficient,
        "bins": [
            {
                "told": line.describe(variable.features, lang),
                "values": [_values(one) for one in line.bins],
                **{
                    name: getattr(line, name)
                    for name in ("clients", "share", "defaulters", "event_rate", "woe", "iv", "points", "log_odds")
                },
                "points_low": line.low,
                "points_high": line.high,
            }
            for line in variable.lines
        ],
    }


def _values(one: Bin) -> dict[str, Any]:
    """What a bin takes: ``from`` ≤ value < ``below``, or codes."""
    if one.kind == "interval":
        return {"kind": one.kind, "from": one.low, "below": one.high}
    return {"kind": one.kind, **({"codes": list(one.codes)} if one.codes else {})}


def _plain(cell: str | float) -> str:
    """A cell that no spreadsheet takes for a formula; numbers are written whole."""
    return csv_text(cell) if isinstance(cell, str) else repr(cell)
