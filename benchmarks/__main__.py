"""Run benchmarks, print a table, write ``benchmarks/results.json``.

``python -m benchmarks`` runs all, ``python -m benchmarks NAME …`` the named ones; figures of the others are kept.
"""

import importlib
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.measure import Figure, machine

RESULTS = Path(__file__).parent / "results.json"
BENCHMARKS = (
    "scoring",
    "exports",
    "listing",
    "start",
    "features",
    "training",
    "quality",
    "ceiling",
    "what_if",
    "pages",
    "officers",
    "crowd",
    "serving",
    "faults",
    "access",
    "connections",
    "uploads",
)


def main() -> None:
    """Run the benchmarks named on the command line, or all; figures of the others are kept."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = sorted(set(names) - set(BENCHMARKS))
    if unknown:
        raise SystemExit(f"A benchmark must be one of {', '.join(BENCHMARKS)}; got {', '.join(unknown)}.")
    console = Console()
    rows = []
    for name in names:
        table = Table("name", "value", "unit", "bound", "holds", title=name)
        with console.status(f"measuring {name}"):
            for figure in importlib.import_module(f"benchmarks.{name}").figures():
                table.add_row(*_shown(figure))
                rows.append(_written(name, figure))
        console.print(table)
    # Read at the end: another run may have written its figures meanwhile.
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    rows += [row for row in kept if row["benchmark"] not in names]
    rows.sort(key=lambda row: BENCHMARKS.index(row["benchmark"]))
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _shown(figure: Figure) -> tuple[str, ...]:
    bound = "" if figure.bound is None else f"{'≥' if figure.at_least else '≤'} {figure.bound:g}"
    holds = {None: "", True: "yes", False: "NO"}[figure.holds]
    return figure.name, f"{figure.value:.4g}", figure.unit, bound, holds


def _written(benchmark: str, figure: Figure) -> dict[str, object]:
    return {
        "benchmark": benchmark,
        "name": figure.name,
        "value": figure.value,
        "unit": figure.unit,
        "bound": figure.bound,
        "holds": figure.holds,
        "machine": machine(),
    }


if __name__ == "__main__":
    main()
