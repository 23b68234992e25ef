"""The whole report as one HTML page: the summary's figures, then each table's picture and columns."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from training.data.realism.adversarial import Adversarial
from training.data.realism.figures import ColumnFigures, Side, TableFigures

_STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1200px;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;font-size:12px}th,td{padding:.2rem .5rem;border-bottom:1px solid #ddd;"
    "text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}img{max-width:100%}"
)
_LEVELS = 6


def html(tables: Sequence[TableFigures], adversarial: Adversarial) -> str:
    """Return the page; each table's picture is expected beside it as ``NAME.png``."""
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Synthetic against real</title>",
        f"<style>{_STYLE}</style></head><body><h1>Synthetic against real tables</h1>",
        "<p>Summary statistics of labelled clients. Distance: Kolmogorov-Smirnov for numbers, total variation for "
        "categories, 0 (alike) to 1. Quantiles: 5, 25, 50, 75 and 95%.</p>",
        f"<h2>Told apart: AUC {adversarial.auc:.3f}</h2><p>Trees on {adversarial.rows:,} rows of either kind of the "
        f"main table; 0.5 is not at all. Columns that give the synthetic rows away most: "
        f"{escape(', '.join(f'{name} ({share:.0%})' for name, share in adversarial.gain))}.</p>",
    ]
    for table in tables:
        name = escape(table.name)
        parts += [
            f"<h2>{name}</h2><p>Rows: {table.real_rows:,} real, {table.synthetic_rows:,} synthetic; a client "
            f"{table.real_per_client:.2f} and {table.synthetic_per_client:.2f}; clients with any "
            f"{table.real_clients:.1%} and {table.synthetic_clients:.1%}.</p>",
            f"<img src='{name}.png' alt='{name}: missing shares, correlations and distances, real against synthetic'>",
            "<table><thead><tr><th>column</th><th>distance</th><th>missing, real</th><th>synthetic</th>"
            "<th>correlation, real</th><th>synthetic</th><th>values, real</th><th>values, synthetic</th></tr></thead>",
            *(_row(column) for column in table.columns),
            "</table>",
        ]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _row(column: ColumnFigures) -> str:
    real, synthetic = column.real, column.synthetic
    numbers = (
        _number(column.distance, ".3f"),
        f"{real.missing:.1%}",
        f"{synthetic.missing:.1%}",
        _number(real.correlation, "+.3f"),
        _number(synthetic.correlation, "+.3f"),
    )
    cells = "".join(f"<td class='n'>{cell}</td>" for cell in numbers)
    return f"<tr><td>{escape(column.name)}</td>{cells}<td>{_values(real)}</td><td>{_values(synthetic)}</td></tr>"


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _values(side: Side) -> str:
    if side.quantiles is not None:
        return " | ".join(f"{q:,g}" for q in side.quantiles)
    if side.levels is None:
        return "too few"
    first = sorted(side.levels.items(), key=lambda item: (-item[1], item[0]))[:_LEVELS]
    return escape(", ".join(f"{level} {share:.1%}" for level, share in first))
