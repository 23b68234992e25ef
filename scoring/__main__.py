"""The service's command line: decisions without a server, a score added up by hand, the model in other languages."""

import csv
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import Annotated, cast

import typer

from scoring.audit.audited_decisions import BatchRecord, Recorder, made_of
from scoring.audit.backups import serving
from scoring.audit.batches import BatchFindings
from scoring.audit.commands import journal_cli
from scoring.audit.receipts.commands import receipt, verify, verify_page
from scoring.audit.record import row_of
from scoring.audit.rotation import keep_whole
from scoring.audit.store.database import engine_of
from scoring.audit.writer import Journal
from scoring.data.tables import RawTables, fingerprint, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ClairscoreError, FileError
from scoring.files import file_aside
from scoring.i18n import DEFAULT, LANGUAGES
from scoring.i18n.figures import csv_text
from scoring.model.additive_model import read_model
from scoring.model.additive_model.published import json_schema
from scoring.model.artefacts import Artefacts, read_artefacts
from scoring.model.signatures import sign_folder, write_private_key
from scoring.reports.exports.binned import by_hand
from scoring.reports.exports.grid import grid_of
from scoring.reports.exports.grid_files import FILES as GRID_FILES
from scoring.reports.exports.pmml import pmml_of
from scoring.reports.exports.points import points_csv
from scoring.reports.exports.points_page import points_html
from scoring.reports.exports.sql import DIALECTS, Dialect, sql_of
from scoring.reports.folder import KINDS, Reports
from scoring.server.access.commands import keys_cli
from scoring.server.console import Commands, counted, error_console, give
from scoring.server.identity import Identity
from scoring.service import Assessment, Service
from scoring.settings import DEMO, read_settings

cli = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__
)
COLUMNS = (ID_COLUMN, "pd", "points", "decision", "reasons")
BETWEEN_REASONS = " | "
PART = 1_000
"""Decisions of a batch that are recorded together."""


@cli.command()
def batch(
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote.")],
    tables: Annotated[Path, typer.Option(help="Folder of raw tables (CSV, zip or Parquet).")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="CSV file to write.")],
    lang: Annotated[str, typer.Option(help=f"Language of the reasons: {', '.join(LANGUAGES)}.")] = DEFAULT,
    purpose: Annotated[str, typer.Option(help="What the decisions are for; recorded with them.")] = "",
    record: Annotated[bool, typer.Option(help="Record every decision in the journal before it is written.")] = True,
    accept_findings: Annotated[
        bool, typer.Option("--accept-findings", help="Decide where columns hold more refused values than training saw.")
    ] = False,
) -> None:
    """Decide for every client of raw tables: SK_ID_CURR, pd, points, decision, reasons."""
    _checked(lang)
    service = Service(_read(artefacts))
    raw = read_tables(tables)
    service.check_tables(raw)
    findings = BatchFindings(service.artefacts.folder, tables, accept_findings)
    findings.look_at_tables(raw)
    with ExitStack() as stack:
        begin: Callable[[], BatchRecord] | None = None
        if record:
            url = read_settings().journal_url
            stack.enter_context(serving(url))
            if not service.synthetic:
                keep_whole(engine_of(url))
            journal = stack.enter_context(closing(Journal(url)))
            recorder, who, inputs = Recorder(service, journal), Identity(_user(), "owner"), fingerprint(raw)

            def begin() -> BatchRecord:
                return recorder.batch(who=who, purpose=purpose, inputs=inputs, findings=findings.document())

        done: list[int] = []
        try:
            _write_batch(_in_parts(service, raw, findings, begin, done), out, lang)
        except FileError as error:
            if not done:
                raise
            raise FileError(
                f"{error} {sum(done)} decisions are recorded in the journal and in no file: they stay there "
                "(`python -m scoring journal export`), and a second batch records them once more."
            ) from error
    for line in findings.lines():
        error_console.print(f"Found: {line}.", markup=False, highlight=False, soft_wrap=True)


def _in_parts(
    service: Service,
    raw: RawTables,
    findings: BatchFindings,
    begin: Callable[[], BatchRecord] | None,
    done: list[int],
) -> Iterator[tuple[int, Assessment]]:
    """What `assess_tables` gives, a part at a time, each on the disk before it is given; `done` gets their sizes."""
    assessed = service.assess_tables(raw, look=lambda frame: findings.look_at_features(service.model, frame))
    recorded: BatchRecord | None = None
    while part := list(islice(assessed, PART)):
        if begin is not None:
            recorded = recorded or begin()
            recorded.add([row_of(service.model, made_of(one), one.client_id) for _, one in part])
            done.append(len(part))
        yield from part


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may know no name
        return ""


def _write_batch(assessed: Iterator[tuple[int, Assessment]], out: Path, lang: str) -> None:
    with (
        counted() as update,
        file_aside(out) as aside,
        aside.open("w", encoding="utf-8-sig", newline="") as file,
    ):
        update(0, None, "building features")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        written = 0
        for total, assessment in assessed:
            decision = assessment.decision
            reasons = BETWEEN_REASONS.join(reason.sentence(lang) for reason in assessment.explanation.principal)
            writer.writerow((assessment.client_id, decision.pd, decision.points, decision.outcome, csv_text(reasons)))
            written += 1
            if written % 500 == 0 or written == total:
                update(written, total, "deciding")
    error_console.print(f"{written} decisions written to {out}")


@cli.command()
def explain(
    client: Annotated[int, typer.Argument(help="The client's number.")],
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote.")] = DEMO,
    lang: Annotated[str, typer.Option(help=f"Language of the names: {', '.join(LANGUAGES)}.")] = DEFAULT,
) -> None:
    """Add up a client's score term by term, as anyone can with the model's tables."""
    _checked(lang)
    service = Service(_read(artefacts))
    assessed = service.assess(client)
    for line in by_hand(service.model, assessed.scored, assessed.facts, lang):
        typer.echo(line)


export = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Write the model in another language, computing the same."
)
cli.add_typer(export, name="export")
cli.add_typer(journal_cli, name="journal")
for command in (receipt, verify, verify_page):
    cli.command()(command)
cli.add_typer(keys_cli, name="keys")
Model = Annotated[Path, typer.Option(help="The model's JSON file.")]
Out = Annotated[Path | None, typer.Option(dir_okay=False, help="File to write; by default the output.")]
POINTS = {"csv": points_csv, "html": points_html}


@export.command()
def sql(
    model: Model = DEMO / "scorecard.json",
    dialect: Annotated[str, typer.Option(help=f"One of {', '.join(DIALECTS)}.")] = DIALECTS[0],
    table: Annotated[str, typer.Option(help="Table with a client's number and the features.")] = "features",
    decision: Annotated[bool, typer.Option(help="Compute the decision and the spread too.")] = True,
    out: Out = None,
) -> None:
    """Write one SELECT: log-odds, probability of default, points, each term's contribution, the decision."""
    give(sql_of(read_model(model), cast("Dialect", dialect), table=table, decision=decision), out)


@export.command()
def pmml(model: Model = DEMO / "scorecard.json", out: Out = None) -> None:
    """Write a PMML 4.4 Scorecard with reason codes."""
    give(pmml_of(read_model(model)), out)


@export.command()
def points(
    model: Model = DEMO / "scorecard.json",
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(POINTS)}.")] = "csv",
    lang: Annotated[str, typer.Option(help=f"Language of the names: {', '.join(LANGUAGES)}.")] = DEFAULT,
    out: Out = None,
) -> None:
    """Write the points table: one row a cell, with which anyone scores a client by hand."""
    if form not in POINTS:
        raise typer.BadParameter(f"must be one of {', '.join(POINTS)}; got {form}")
    give(POINTS[form](read_model(model), _checked(lang)), out)


@export.command()
def grid(
    out: Annotated[
        Path,
        typer.Option(dir_okay=False, help=f"File to write, ending in {', '.join(f'.{form}' for form in GRID_FILES)}."),
    ],
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote.")] = DEMO,
    model: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}; by default the one that serves.")] = "",
    lang: Annotated[str, typer.Option(help=f"Language of the names: {', '.join(LANGUAGES)}.")] = DEFAULT,
) -> None:
    """Write the model as a scorecard's grid: bin, clients, event rate, WoE, IV, coefficient, points."""
    form = out.suffix.removeprefix(".")
    if form not in GRID_FILES:
        raise typer.BadParameter(f"the file must end in one of {', '.join(GRID_FILES)}; got {out.name}")
    reports = Reports(_read(artefacts))
    kind = next((one for one in reports.models if one == (model or reports.serves)), None)
    if kind is None:
        raise typer.BadParameter(f"the model must be one of {', '.join(reports.models)}; got {model}")
    written = GRID_FILES[form][0](grid_of(reports.models[kind], reports.evaluation.tables.get(kind)), _checked(lang))
    with file_aside(out) as aside:
        aside.write_bytes(written if isinstance(written, bytes) else written.encode())


@cli.command()
def sign(
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote.")],
    key: Annotated[Path, typer.Option(help="File of the private key, as `sign-key` writes it.")],
) -> None:
    """Sign a training's folder, so that a service that names the public key takes it and no other."""
    read_artefacts(artefacts)
    signed = sign_folder(artefacts, key)
    typer.echo(f"{len(signed.files)} files of {artefacts} signed at {signed.signed.isoformat()} with {signed.key}")


@cli.command("sign-key")
def sign_key(out: Annotated[Path, typer.Option(dir_okay=False, help="New file for the private key.")]) -> None:
    """Make a key to sign with: the private half goes to a file, the public half is printed."""
    public = write_private_key(out)
    typer.echo(f"CLAIRSCORE_MODEL_KEYS={public}")


@cli.command()
def schema(out: Out = None) -> None:
    """Write the JSON Schema of a model's file."""
    give(json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n", out)


def _read(folder: Path) -> Artefacts:
    settings = read_settings()
    return read_artefacts(folder, keys=settings.model_keys, since=settings.model_signed_since)


def _checked(lang: str) -> str:
    if lang not in LANGUAGES:
        raise typer.BadParameter(f"must be one of {', '.join(LANGUAGES)}; got {lang}")
    return lang


def main() -> None:
    """Run the command line; a problem with what was given is one message and exit code 2."""
    try:
        cli()
    except ClairscoreError as error:
        print(error, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
