"""The whole report as one HTML page: the summary's figures, then each table's picture and columns."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scoring.i18n.templates import renderer
from training.data.realism.adversarial import Adversarial
from training.data.realism.figures import ColumnFigures, Side, TableFigures

_LEVELS = 6
_COLUMNS = (
    *("column", "distance", "missing, real", "synthetic", "correlation, real", "synthetic"),
    *("values, real", "values, synthetic"),
)
_render = renderer(Path(__file__).parent)


def html(tables: Sequence[TableFigures], adversarial: Adversarial) -> str:
    """Return the page; each table's picture is expected beside it as ``NAME.png``."""
    return _render(
        "page",
        "page",
        tables=[
            {"name": one.name, "counts": _counts(one), "rows": [_row(column) for column in one.columns]}
            for one in tables
        ],
        adversarial={
            "auc": f"{adversarial.auc:.3f}",
            "rows": f"{adversarial.rows:,}",
            "gain": ", ".join(f"{name} ({share:.0%})" for name, share in adversarial.gain),
        },
        columns=_COLUMNS,
    )


def _counts(table: TableFigures) -> str:
    return (
        f"Rows: {table.real_rows:,} real, {table.synthetic_rows:,} synthetic; a client "
        f"{table.real_per_client:.2f} and {table.synthetic_per_client:.2f}; "
        f"clients with any {table.real_clients:.1%} and {table.synthetic_clients:.1%}."
    )


def _row(column: ColumnFigures) -> dict[str, Any]:
    real, synthetic = column.real, column.synthetic
    numbers = (
        _number(column.distance, ".3f"),
        f"{real.missing:.1%}",
        f"{synthetic.missing:.1%}",
        _number(real.correlation, "+.3f"),
        _number(synthetic.correlation, "+.3f"),
    )
    return {"name": column.name, "numbers": numbers, "real": _values(real), "synthetic": _values(synthetic)}


def _number(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _values(side: Side) -> str:
    if side.quantiles is not None:
        return " | ".join(f"{q:,g}" for q in side.quantiles)
    if side.levels is None:
        return "too few"
    first = sorted(side.levels.items(), key=lambda item: (-item[1], item[0]))[:_LEVELS]
    return ", ".join(f"{level} {share:.1%}" for level, share in first)
