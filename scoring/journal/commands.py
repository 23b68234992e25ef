"""``python -m scoring journal``: check the chain, make a decision again, erase a client's values, export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from scoring.errors import SettingsError
from scoring.files import file_aside
from scoring.journal.chain import Head
from scoring.journal.reading import export as export_entries
from scoring.journal.reading import replay as make_again
from scoring.journal.store import engine_of
from scoring.journal.verifying import verify as verify_chain
from scoring.journal.writing import Journal
from scoring.settings import read_settings

journal_cli = typer.Typer(no_args_is_help=True, help="The journal of decisions (CLAIRSCORE_JOURNAL_URL says where).")


@journal_cli.command()
def verify(
    head: Annotated[str, typer.Option(help="A head noted before, SEQ:DIGEST: shows whether the end was cut.")] = "",
) -> None:
    """Compute every digest anew; exit code 1 where the chain is not as it was written."""
    found = verify_chain(engine_of(read_settings().journal_url), anchors=_head(head))
    for fault in found.faults:
        typer.echo(f"FAULT {fault}")
    erased = f", {found.erased} of them without values (erased)" if found.erased else ""
    typer.echo(f"{found.entries} entries{erased}; head {found.head}")
    if found.faults:
        raise typer.Exit(1)
    typer.echo("The chain is as it was written.")


@journal_cli.command()
def replay(decision_id: Annotated[str, typer.Argument(help="The decision's id.")]) -> None:
    """Make a decision again from its record; exit code 1 where it differs."""
    made = make_again(engine_of(read_settings().journal_url), decision_id)
    recorded = made.recorded
    typer.echo(f"recorded: {recorded['decision']}, pd {recorded['pd']!r}, {recorded['model']['version']}")
    typer.echo(f"again:    {made.again['decision']}, pd {made.again['pd']!r}, {made.again['model']['version']}")
    if not made.same:
        raise typer.Exit(1)
    typer.echo("Score, decision and reasons are the same, to the last digit.")


@journal_cli.command()
def erase(client: Annotated[int, typer.Argument(help="The client's number.")]) -> None:
    """Erase the values of every decision on a client. The chain still verifies; they can't be made again."""
    journal = Journal(read_settings().journal_url)
    try:
        entry = journal.erase(client)
    finally:
        journal.close()
    typer.echo(f"Erased, as entry {entry.link.seq} says.")


@journal_cli.command()
def export(out: Annotated[Path, typer.Option(help="JSON Lines file to write.")]) -> None:
    """Write every entry with what was recorded, enough to verify elsewhere. The file holds personal data."""
    written = 0
    with file_aside(out) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        for entry in export_entries(engine_of(read_settings().journal_url)):
            file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")
            written += 1
    typer.echo(f"{written} entries are in {out}.")


def _head(stated: str) -> list[Head]:
    if not stated:
        return []
    seq, _, digest = stated.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise SettingsError(f"A head must be SEQ:DIGEST, as `verify` prints it; got {stated!r}. Copy the whole of it.")
    return [Head(int(seq), digest)]
