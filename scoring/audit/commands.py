"""``python -m scoring journal``: check the chain, list it, make a decision again, erase, export, back up, restore."""

import json
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from scoring.audit.anchors import heads_in
from scoring.audit.backups import back_up, serving
from scoring.audit.backups import restore as restore_backup
from scoring.audit.entry_list import Line, Wanted, listing
from scoring.audit.erasure import Erasure
from scoring.audit.reader import export as export_entries
from scoring.audit.reader import opened
from scoring.audit.reader import replay as make_again
from scoring.audit.store.chain import KINDS, Head
from scoring.audit.store.database import SCHEMA_VERSION, engine_of, truncate_log
from scoring.audit.verification import Verification
from scoring.audit.verification import verify as verify_chain
from scoring.audit.writer import Journal
from scoring.errors import SettingsError
from scoring.files import file_aside
from scoring.server.console import Commands
from scoring.settings import read_settings

journal_cli = typer.Typer(
    cls=Commands, no_args_is_help=True, help="The journal of decisions (CLAIRSCORE_JOURNAL_URL says where)."
)
_STILL_IN_LOG = (
    "Erased text is not yet gone from the journal's write-ahead log: a reader is open, such as an export. When it has "
    "ended, or the service was stopped, run: python -m scoring journal truncate-log"
)
_DAYS = {"d": 1, "w": 7, "y": 365}
Time = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])]


@journal_cli.command()
def verify(
    head: Annotated[str, typer.Option(help="A head noted before, SEQ:DIGEST: shows whether the end was cut.")] = "",
    anchors: Annotated[Path | None, typer.Option(help="File of anchors, or a log that holds their lines.")] = None,
) -> None:
    """Compute every digest anew; exit code 1 where the chain is not as it was written."""
    noted, settings = _noted(head, anchors), read_settings()
    found = verify_chain(engine_of(settings.journal_url), anchors=noted, may_rotate=settings.is_open)
    _tell_verified(found, noted)
    if found.faults:
        raise typer.Exit(1)
    if found.entries:
        typer.echo("The chain is as it was written.")


@journal_cli.command()
def backup(
    out: Annotated[Path, typer.Option(dir_okay=False, help="New file to write; it holds personal data.")],
    anchors: Annotated[Path | None, typer.Option(help="File of anchors, or a log that holds their lines.")] = None,
) -> None:
    """Copy the journal into one file, also while it is served, and verify the copy; exit code 1 if it is broken."""
    noted = _noted("", anchors)  # before, for a service may go on
    settings = read_settings()
    found = back_up(settings.journal_url, out, may_rotate=settings.is_open)
    _tell_verified(found, ())
    typer.echo(f"The backup is in {out}.")
    beyond = [one for one in noted if one.seq > found.head.seq]
    if beyond:
        typer.echo(f"FAULT entry {beyond[-1].seq}: it was noted outside, and the backup ends before it")
    if found.faults or beyond:
        raise typer.Exit(1)


@journal_cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup that `journal backup` made.")],
    anchors: Annotated[Path | None, typer.Option(help="File of anchors, or a log that holds their lines.")] = None,
) -> None:
    """Put a backup in the journal's place, verified before and after, while nothing serves it; the old one is kept."""
    settings = read_settings()
    done = restore_backup(settings.journal_url, file, _noted("", anchors), may_rotate=settings.is_open)
    _tell_verified(done.found, ())
    if done.replaced is not None:
        typer.echo(f"The journal that was replaced is kept as {done.replaced}: it holds personal data.")
    if done.beyond:
        last = max(one.seq for one in done.beyond)
        typer.echo(
            f"Entries {done.found.head.seq + 1} to {last} at least are lost: {len(done.beyond)} heads noted outside "
            "lie behind the end of the backup. Put the file of anchors aside, as evidence, before the service starts: "
            "it does not go on from another end than was noted. Repeat the erasures that were done since the backup."
        )
    if done.found.faults:
        raise typer.Exit(1)


@journal_cli.command()
def upgrade() -> None:
    """Bring a journal of an earlier version up to this one; the service does so too, when it starts."""
    url = read_settings().journal_url
    with serving(url), opened(engine_of(url)):
        typer.echo(f"The journal's tables are of version {SCHEMA_VERSION}.")


@journal_cli.command("list")
def list_(
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")] = "",
    client: Annotated[int | None, typer.Option(help="The client's number.")] = None,
    by: Annotated[str | None, typer.Option(help="Name of who asked.")] = None,
    model: Annotated[str | None, typer.Option(help="Version of the model.")] = None,
    since: Time = None,
    until: Time = None,
    before: Annotated[int | None, typer.Option(help="Only entries before this number: the next page.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most entries to show.")] = 50,
) -> None:
    """Show entries, newest first. The output holds personal data."""
    if kind and kind not in KINDS:
        raise typer.BadParameter(f"must be one of {', '.join(KINDS)}; got {kind}")
    wanted = Wanted(kind=kind or None, client_id=client, asked_by=by, model=model, since=_utc(since), until=_utc(until))
    page = listing(engine_of(read_settings().journal_url), wanted, before=before, limit=limit)
    for line in page.lines:
        typer.echo(_said(line))
    if page.before is not None:
        typer.echo(f"More: --before {page.before}")


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
def erase(
    client: Annotated[int | None, typer.Argument(help="The client's number.")] = None,
    decision: Annotated[str, typer.Option(help="One decision instead: its id.")] = "",
) -> None:
    """Erase what was recorded on a client, or of one decision. The chain still verifies; it can't be made again."""
    if (client is None) == (not decision):
        raise typer.BadParameter("must name a client's number or --decision ID")
    url = read_settings().journal_url
    with serving(url), closing(Journal(url)) as journal:
        erased = journal.erase_decision(decision) if client is None else journal.erase(client)
    _tell_erased(erased, f"Erased {erased}.")


@journal_cli.command()
def retain(
    older_than: Annotated[str, typer.Option(help="How long values are kept: 730d, 104w or 2y (of 365 days).")],
) -> None:
    """Erase the values of all that is older; the entries stay, and the chain still verifies."""
    found = re.fullmatch(r"([1-9][0-9]{0,4})([dwy])", older_than)
    if found is None:
        raise typer.BadParameter(f"must be a number with d, w or y, such as 730d; got {older_than!r}")
    since = datetime.now(UTC) - timedelta(days=int(found[1]) * _DAYS[found[2]])
    url = read_settings().journal_url
    with serving(url), closing(Journal(url)) as journal:
        erased = journal.retain(since)
    _tell_erased(erased, f"Erased, from before {since:%Y-%m-%d}, {erased}.")


@journal_cli.command("truncate-log")
def truncate_log_() -> None:
    """Take erased text out of SQLite's write-ahead log, where an erasure could not; exit code 1 when it can't yet."""
    if not truncate_log(engine_of(read_settings().journal_url)):
        typer.echo(_STILL_IN_LOG)
        raise typer.Exit(1)
    typer.echo("The journal's write-ahead log is empty.")


@journal_cli.command()
def export(out: Annotated[Path, typer.Option(dir_okay=False, help="JSON Lines file to write.")]) -> None:
    """Write every entry with what was recorded, enough to verify elsewhere. The file holds personal data."""
    written = 0
    with file_aside(out) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        for entry in export_entries(engine_of(read_settings().journal_url)):
            file.write(json.dumps(entry, ensure_ascii=False, allow_nan=False) + "\n")
            written += 1
    typer.echo(f"{written} entries are in {out}.")


def _noted(head: str, anchors: Path | None) -> list[Head]:
    """Heads noted outside: the one that is named, those of a file, by default those of the setting's own file."""
    if anchors is None:
        kind, _, rest = read_settings().journal_anchor.partition(":")
        own = Path(rest)
        anchors = own if kind == "file" and own.is_file() and own.stat().st_size else None
    return [*_head(head), *(heads_in(anchors) if anchors else ())]


def _tell_verified(found: Verification, noted: Sequence[Head]) -> None:
    for fault in found.faults:
        typer.echo(f"FAULT {fault}")
    if not found.entries:
        typer.echo(
            "0 entries: the chain is empty. Where there were decisions, this is another journal, or its file was "
            "copied without its write-ahead log: use `journal backup`."
        )
        return
    if found.before.seq:
        typer.echo(f"The chain goes on from an older one, whose head was {found.before}.")
    rows = f" with {found.rows} rows of batches" if found.rows else ""
    erased = f", {found.erased} of them without values (erased)" if found.erased else ""
    against = f"; held against {len(noted)} heads noted outside" if noted else ""
    typer.echo(
        f"{found.entries} entries{rows} from {found.since[:19]} to {found.until[:19]} UTC{erased}; head "
        f"{found.head}{against}"
    )


def _tell_erased(erased: Erasure, message: str) -> None:
    typer.echo(message)
    if erased.in_log:
        typer.echo(_STILL_IN_LOG)
        raise typer.Exit(1)
    if not read_settings().journal_url.startswith("sqlite"):
        typer.echo(
            "PostgreSQL keeps erased rows until its next VACUUM, and in its own log and backups as long as those are "
            "kept."
        )


def _head(stated: str) -> list[Head]:
    if not stated:
        return []
    seq, _, digest = stated.partition(":")
    if not seq.isdigit() or len(digest) != 64:
        raise SettingsError(f"A head must be SEQ:DIGEST, as `verify` prints it; got {stated!r}. Copy the whole of it.")
    return [Head(int(seq), digest)]


def _utc(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(tzinfo=UTC)


def _said(line: Line) -> str:
    """An entry in one line: number, time, kind, id, and what its payload says first."""
    payload = line.payload
    if payload is None:
        beside = ["(erased)"]
    else:
        named = {
            "client": payload.get("client_id"),
            "by": payload.get("asked_by"),
            "model": (payload.get("model") or {}).get("version"),
            "says": payload.get("decision") or payload.get("outcome"),
            "about": payload.get("about"),
            "rows": payload.get("rows") if isinstance(payload.get("rows"), int) else None,
        }
        beside = [f"{name}={value}" for name, value in named.items() if value not in (None, "")]
    return " ".join((f"{line.seq:>8}", line.at[:19], f"{line.kind:13}", line.entry_id, *beside))
