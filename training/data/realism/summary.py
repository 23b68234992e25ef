"""What is committed of the report: a few figures a table, and the page made from them; same figures, same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from training.data.realism.adversarial import Adversarial
from training.data.realism.figures import ColumnFigures, TableFigures

FORMAT, VERSION = "clairscore/realism-summary", 1
_FURTHEST, _DECIMALS = 3, 4


def summarise(
    tables: Sequence[TableFigures], adversarial: Adversarial, *, real_clients: int, synthetic_clients: int
) -> dict[str, Any]:
    """Return the figures that are committed, as JSON values: distances and shares, no value of a column."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "real_clients": real_clients,
        "synthetic_clients": synthetic_clients,
        "adversarial": {
            "auc": _short(adversarial.auc),
            "rows": adversarial.rows,
            "columns": adversarial.columns,
            "gain": {name: _short(share) for name, share in adversarial.gain[:5]},
        },
        "tables": {table.name: _table(table) for table in tables},
    }


def _table(table: TableFigures) -> dict[str, Any]:
    far = [column for column in table.columns if column.distance is not None]
    far.sort(key=lambda column: (-(column.distance or 0.0), column.name))
    missing = [abs(column.real.missing - column.synthetic.missing) for column in table.columns]
    return {
        "columns": len(table.columns),
        "rows_per_client": [_short(table.real_per_client), _short(table.synthetic_per_client)],
        "clients_with_rows": [_short(table.real_clients), _short(table.synthetic_clients)],
        "missing_difference": _short(float(np.mean(missing))),
        "distance_median": _short(float(np.median([column.distance or 0.0 for column in far]))) if far else None,
        "furthest": {column.name: _short(column.distance or 0.0) for column in far[:_FURTHEST]},
        "correlations": _agreement(table.columns),
    }


def _agreement(columns: Sequence[ColumnFigures]) -> float | None:
    """Return how the columns' correlations with TARGET agree: Pearson's, over the columns."""
    pairs = [
        (column.real.correlation, column.synthetic.correlation)
        for column in columns
        if column.real.correlation is not None and column.synthetic.correlation is not None
    ]
    if len(pairs) < 3:
        return None
    real, synthetic = np.asarray(pairs).T
    if np.ptp(real) == 0 or np.ptp(synthetic) == 0:
        return None
    return _short(float(np.corrcoef(real, synthetic)[0, 1]))


def _short(value: float) -> float:
    return round(value, _DECIMALS)


def page(summary: Mapping[str, Any]) -> str:
    """Return the page of the committed summary, in Markdown."""
    stated = summary["adversarial"]
    gain = ", ".join(f"`{name}` ({share:.0%})" for name, share in stated["gain"].items())
    rows = "\n".join(_line(name, table) for name, table in summary["tables"].items())
    return f"""# The synthetic portfolio beside real tables

*Le portefeuille synthétique comparé aux tables réelles*

{summary["synthetic_clients"]:,} labelled synthetic clients against {summary["real_clients"]:,} labelled real ones of
Home Credit Default Risk. The figures below are made by `python -m training realism --tables SYNTHETIC --sample REAL
--publish`, which also writes the whole report (each column's quantiles, shares and correlations, a picture a table) to
a folder outside the repository.

## Told apart

Boosted trees, cross-validated on {stated["rows"]:,} rows of either kind and {stated["columns"]} columns of the main
table, tell real rows from synthetic ones with an AUC of **{stated["auc"]:.3f}**; 0.5 would be not at all, 1 always.
What gives the synthetic rows away most, by share of the trees' gain: {gain}.

## Table by table

| table | columns | rows a client, real / synthetic | clients with rows, real / synthetic | missing share, mean \
difference | distance, median | furthest apart | agreement of correlations with TARGET |
|---|---:|---:|---:|---:|---:|---|---:|
{rows}

Distance, from 0 (alike) to 1: of numbers, the largest gap between the two distribution functions (Kolmogorov-Smirnov);
of categories, half the sum of the differences of the shares (total variation). Known values alone, since missing ones
have a column of their own. Agreement: the correlation, over the columns, of their correlations with TARGET on either
side (in a history table, of each client's mean); 1 would be full agreement. With some thousand clients on a side,
weak correlations are partly chance, so that full agreement is out of reach.
"""


def _line(name: str, table: Mapping[str, Any]) -> str:
    per, held = table["rows_per_client"], table["clients_with_rows"]
    furthest = ", ".join(f"`{column}` {value:.2f}" for column, value in table["furthest"].items())
    agreement = "" if table["correlations"] is None else f"{table['correlations']:.2f}"
    median = "" if table["distance_median"] is None else f"{table['distance_median']:.3f}"
    return (
        f"| `{name}` | {table['columns']} | {per[0]:.1f} / {per[1]:.1f} | {held[0]:.0%} / {held[1]:.0%} | "
        f"{table['missing_difference']:.1%} | {median} | {furthest} | {agreement} |"
    )
