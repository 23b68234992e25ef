"""The service's command line: decisions without a server."""

import csv
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scoring.artefacts import read_artefacts
from scoring.errors import ClairscoreError
from scoring.files import file_aside
from scoring.language import DEFAULT, LANGUAGES
from scoring.service import Service
from scoring.tables import read_tables

cli = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
COLUMNS = ("SK_ID_CURR", "pd", "points", "decision", "reasons")
BETWEEN_REASONS = " | "


@cli.callback()
def _commands() -> None:
    """Keep `batch` a command of its own while it is the only one."""


@cli.command()
def batch(
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote.")],
    tables: Annotated[Path, typer.Option(help="Folder of raw tables (CSV, zip or Parquet).")],
    out: Annotated[Path, typer.Option(help="CSV file to write.")],
    lang: Annotated[str, typer.Option(help=f"Language of the reasons: {', '.join(LANGUAGES)}.")] = DEFAULT,
) -> None:
    """Decide for every client of raw tables: SK_ID_CURR, pd, points, decision, reasons."""
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"must be one of {', '.join(LANGUAGES)}; got {lang}")
    service = Service(read_artefacts(artefacts))
    raw = read_tables(tables)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (
        Progress(*columns, console=console) as progress,
        file_aside(out) as aside,
        aside.open("w", encoding="utf-8", newline="") as file,
    ):
        task = progress.add_task("Building features", total=None)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        written = 0
        for total, assessment in service.assess_tables(raw):
            decision = assessment.decision
            reasons = BETWEEN_REASONS.join(reason.sentence(lang) for reason in assessment.explanation.principal)
            writer.writerow((assessment.client_id, decision.pd, decision.points, decision.outcome, reasons))
            written += 1
            if written % 500 == 0 or written == total:
                progress.update(task, description="Deciding", total=total, completed=written)
    console.print(f"{written} decisions written to {out}")


def main() -> None:
    """Run the command line; a problem with what was given is one message and exit code 2."""
    try:
        cli()
    except ClairscoreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
