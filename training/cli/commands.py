"""The command line of the verbs on tables: options in, one line out.

``training.__main__`` adds them to its own. What a verb does is in the file of its name.
"""

from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.server.console import Commands, steps
from scoring.settings import DEMO, ROOT
from training.cli.bounded import DEFAULT_MEMORY, LEAST_MEMORY
from training.cli.console import one_message, out_console
from training.cli.findings import with_findings

if TYPE_CHECKING:
    from training.deploy.plan import Plan

verbs = typer.Typer(add_completion=False, cls=Commands)

Tables = Annotated[Path, typer.Option(help="Folder of the raw tables: Parquet, CSV or zip.")]
Memory = Annotated[float, typer.Option(min=LEAST_MEMORY, help="Memory for DuckDB, in GB; beyond, it spills to disk.")]


@verbs.command()
def fetch(out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the zip, such as data/raw.")]) -> None:
    """Download the competition's tables by Kaggle's own client (`pip install kaggle six`)."""
    # here, and not above, so that --help and a mistyped option are answered at once
    from training.cli.fetch import fetch as fetch_tables  # noqa: PLC0415

    with one_message():
        path = fetch_tables(out)
    out_console.print(f"The eight tables are in {path}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def clean(
    tables: Tables,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the clean tables and cleaning.json.")],
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Write the clean tables as Parquet, and how many rows each rule touched."""
    from training.cli.clean import clean_tables  # noqa: PLC0415  # as above

    with one_message():
        result = clean_tables(tables, out, memory=memory)
    for count in result.counts:
        out_console.print(
            f"{count.table}  {count.rule.name}: {count.touched:,} of {count.rows:,} rows",
            highlight=False,
            soft_wrap=True,
        )
    if result.absent:
        out_console.print(f"Absent tables: {', '.join(result.absent)}.", highlight=False, soft_wrap=True)
    out_console.print(
        f"{sum(result.rows.values()):,} rows of {len(result.rows)} tables are in {out}.",
        highlight=False,
        soft_wrap=True,
    )


@verbs.command()
@with_findings
def features(
    tables: Tables,
    out: Annotated[Path, typer.Option(dir_okay=False, help="File for the features, ending in .parquet.")],
    engine: Annotated[str, typer.Option(help="duckdb (bounded memory), polars or spark.")] = "duckdb",
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Write all features of every client: one row a client, SK_ID_CURR first, sorted."""
    from training.cli.features import Engine, write_features  # noqa: PLC0415  # as above

    try:
        chosen = Engine(engine)
    except ValueError as error:
        raise typer.BadParameter(f"the engine must be one of {', '.join(Engine)}; got {engine}") from error
    with one_message():
        result = write_features(tables, out, chosen, memory=memory)
    if result.absent:
        out_console.print(
            f"Absent tables: {', '.join(result.absent)}; {len(result.left_out)} features are left out.",
            highlight=False,
            soft_wrap=True,
        )
    out_console.print(
        f"{result.features} features of {result.clients:,} clients are in {out}.", highlight=False, soft_wrap=True
    )


@verbs.command()
def problems(
    tables: Annotated[Path | None, typer.Option(help="Folder of raw tables to count on; none: write the page.")] = None,
    name: Annotated[str | None, typer.Option(help="What the page calls these tables.")] = None,
    counts: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Counts file; by default the one of the repository.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Page to write; by default docs/data-problems.md.")
    ] = None,
) -> None:
    """Count the evidence of the problems board on tables, and write its page."""
    from training.cli.problems import write_board  # noqa: PLC0415  # as above
    from training.data.problems import BOARD_FILE, COUNTS_FILE, PAGE_FILE  # noqa: PLC0415

    chosen = page or PAGE_FILE
    document = BOARD_FILE if page is None else chosen.with_suffix(".json")
    with one_message():
        board, counted = write_board(tables, name, counts or COUNTS_FILE, chosen, document)
    out_console.print(
        f"{len(board.cards)} cards, counted on {len(counted.data_sets)} data sets, are in {chosen}.",
        highlight=False,
        soft_wrap=True,
    )


@verbs.command()
def check(
    tables: Tables,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="File for the report as JSON.")] = None,
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Count what is odd in the tables: ranges, codes, keys, orphans, missing values."""
    from training.cli.check import check_tables, printed  # noqa: PLC0415  # as above

    with one_message(), TemporaryDirectory() as spill:
        report = check_tables(tables, out, spill=Path(spill), memory=memory)
    for part in printed(report):
        out_console.print(part)
    if report.absent:
        out_console.print(f"Absent tables: {', '.join(report.absent)}.", highlight=False, soft_wrap=True)
    out_console.print(
        f"{len(report.warnings)} warnings of {len(report.findings)} checks{'' if out is None else f' are in {out}'}.",
        highlight=False,
        soft_wrap=True,
    )


@verbs.command()
def realism(
    tables: Annotated[Path, typer.Option(help="Folder of the synthetic tables.")],
    sample: Annotated[Path, typer.Option(help="Folder of real tables to compare with.")],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for the report; by default among temporary files.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Also write the committed summary and its page.")] = False,
) -> None:
    """Compare a synthetic portfolio with real tables: HTML, JSON and a picture a table."""
    from training.cli.realism import write_realism  # noqa: PLC0415  # as above

    folder = Path(gettempdir()) / "clairscore-realism" if out is None else out
    with one_message():
        summary = write_realism(tables, sample, folder, publish=publish)
    told = summary["adversarial"]
    out_console.print(
        f"Told apart with an AUC of {told['auc']:.3f} on {told['rows']:,} rows of either kind. The report is in "
        f"{folder / 'realism.html'}.",
        highlight=False,
        soft_wrap=True,
    )


@verbs.command()
@with_findings
def validate(
    artefacts: Annotated[Path, typer.Option(help="Folder that a training wrote, such as data/demo.")],
    tables: Annotated[Path, typer.Option(help="Folder of the tables of that training.")],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for the report; by default that of the artefacts.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the long checks out.")] = False,
) -> None:
    """Question a training as a validation team would: validation.html and validation.json."""
    from training.cli.validate import printed, validate_artefacts  # noqa: PLC0415  # as above
    from training.validation import steps as validation_steps  # noqa: PLC0415

    with one_message(), steps(validation_steps()) as notice:
        report = validate_artefacts(artefacts, tables, out or artefacts, quick=quick, notice=notice)
    out_console.print(printed(report))
    out_console.print(f"The report is in {(out or artefacts) / 'validation.html'}.", highlight=False, soft_wrap=True)


@verbs.command()
def watch(
    tables: Annotated[Path, typer.Option(help="Folder of the raw tables of later clients.")],
    artefacts: Annotated[Path, typer.Option(help="Folder that the training wrote, such as data/demo.")],
    out: Annotated[
        Path, typer.Option(dir_okay=False, help="JSON file; the Watch page shows watch.json of the artefacts' folder.")
    ],
    outcomes: Annotated[
        Path | None, typer.Option(help="CSV or Parquet: SK_ID_CURR, TARGET that came in since.")
    ] = None,
    periods: Annotated[Path | None, typer.Option(help="CSV or Parquet: SK_ID_CURR and a date, or a period.")] = None,
    date_format: Annotated[
        str, typer.Option(help="How the periods' dates are written, such as %m/%d/%Y; by default 2026-03-15.")
    ] = "",
    journal: Annotated[str, typer.Option(help="Address of the journal whose overrides are counted.")] = "",
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="The same as one HTML page.")] = None,
    check_light: Annotated[bool, typer.Option("--check", help="Exit code 1 where the light is red.")] = False,
) -> None:
    """Hold later clients against those of training: drift, decisions, outcomes, cost; and say what to do."""
    from training.cli.watch import STEPS, printed, write_watch  # noqa: PLC0415  # as above

    with one_message(), steps(STEPS) as notice:
        report = write_watch(
            tables,
            artefacts,
            out,
            outcomes=outcomes,
            periods=periods,
            date_format=date_format,
            journal=journal,
            page=html,
            notice=notice,
        )
    for note in report.watched.notes:
        out_console.print(note.en, highlight=False, soft_wrap=True)
    if report.signals:
        out_console.print(printed(report))
    out_console.print(f"{report.light.upper()}. {report.advice.says.en}", highlight=False, soft_wrap=True)
    for one in report.advice.because:
        out_console.print(f"  {one.en}", highlight=False, soft_wrap=True)
    out_console.print(f"The report is in {out}.", highlight=False, soft_wrap=True)
    if check_light and report.light == "red":
        raise typer.Exit(1)


@verbs.command()
def shock(
    artefacts: Annotated[Path, typer.Option(help="Folder that the training wrote, such as data/demo.")],
    out: Annotated[
        Path, typer.Option(dir_okay=False, help="JSON file; the Watch page shows shock.json of the artefacts' folder.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Of the clients; not the training's own.")] = 20261126,
    looks: Annotated[int, typer.Option(min=1, help="Looks of each size.")] = 25,
) -> None:
    """Let things go wrong on purpose for synthetic clients, and say how soon a watch sees them, and where."""
    from training.cli.shock import notices, printed, write_shock  # noqa: PLC0415  # as above

    with one_message(), steps(notices(artefacts)) as notice:
        study = write_shock(artefacts, out, seed=seed, looks=looks, notice=notice)
    out_console.print(printed(study))
    out_console.print(f"The report is in {out}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def select(
    tables: Tables,
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for selection.json, selection.html and selection.png.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same report.")] = 42,
) -> None:
    """From all features to the few that a person can read: each step, its reasons, its cost in AUC."""
    from training.cli.select import STEPS, printed, write_selection  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    with one_message(), steps(STEPS) as notice:
        report = write_selection(tables, out, Settings(seed=seed), notice)
    out_console.print(printed(report))
    out_console.print(
        f"{len(report['kept'])} features are left of {report['data']['declared']}. The report is in "
        f"{out / 'selection.html'}.",
        highlight=False,
        soft_wrap=True,
    )


@verbs.command()
@with_findings
def resampling(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for resampling.json and resampling.html; a stopped run resumes."),
    ],
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same report.")] = 42,
) -> None:
    """Class weights, undersampling and SMOTENC against nothing: do they help, at the bank's cost?"""
    from training.cli.resampling import notices, printed, write_resampling  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415
    from training.experiments.resampling.words import note  # noqa: PLC0415

    settings = Settings(seed=seed)
    with one_message(), steps(notices(settings)) as notice:
        study = write_resampling(tables, out, settings, notice)
    out_console.print(printed(study))
    for line in note(study, "en"):
        out_console.print(line, highlight=False, soft_wrap=True)
    out_console.print(f"The report is in {out / 'resampling.html'}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def tune(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for trials, tuning.json and tuning.png; a stopped run resumes."),
    ],
    trials: Annotated[int, typer.Option(min=1, help="Trials for each model, the black box included.")] = 30,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same search.")] = 42,
) -> None:
    """Search the settings of both models and of LightGBM, and say what that gains on fresh folds."""
    from training.cli.tune import notices, printed, write_tuning  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    settings = Settings(seed=seed, trials=trials)
    with one_message(), steps(notices(settings)) as notice:
        report = write_tuning(tables, out, settings, notice)
    out_console.print(printed(report))
    out_console.print(f"The report is in {out / 'tuning.json'}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def simplicity(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for simplicity.json and simplicity.png; a stopped run resumes."),
    ],
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same report.")] = 42,
) -> None:
    """Cost and AUC of both models against their number of terms, from 5 to 60."""
    from training.cli.simplicity import notices, printed, write_simplicity  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    settings = Settings(seed=seed)
    with one_message(), steps(notices(settings)) as notice:
        study = write_simplicity(tables, out, settings, notice)
    out_console.print(printed(study))
    out_console.print(f"The report is in {out / 'simplicity.json'}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def band(
    tables: Tables,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file; by default the one that trainings read.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same table.")] = 42,
) -> None:
    """How many spreads make a band that covers as often as it says: refits on fresh synthetic clients."""
    from training.cli.band import notices, printed, write_band  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    with one_message(), steps(notices()) as notice:
        report = write_band(tables, out, Settings(seed=seed), notice)
    out_console.print(printed(report))


@verbs.command()
@with_findings
def histories(
    tables: Tables,
    out: Annotated[Path, typer.Option(dir_okay=False, help="JSON file of the study.")] = Path(
        "data/work/histories.json"
    ),
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same study.")] = 42,
) -> None:
    """What the histories add to the application: AUC of boosted trees, and of the truth where it is known."""
    from training.cli.histories import notices, printed, write_histories  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    settings = Settings(seed=seed)
    with one_message(), steps(notices(settings)) as notice:
        study = write_histories(tables, out, settings, notice)
    out_console.print(printed(study))
    out_console.print(f"The study is in {out}.", highlight=False, soft_wrap=True)


@verbs.command()
def refused(
    clients: Annotated[int, typer.Option(min=1, help="Clients of the synthetic portfolio.")] = 60_000,
    out: Annotated[Path, typer.Option(dir_okay=False, help="JSON file of the study.")] = Path("data/work/refused.json"),
    publish: Annotated[bool, typer.Option("--publish", help="Write the page in docs/ too.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same study.")] = 42,
) -> None:
    """What a scorecard loses by seeing granted loans only, where the true risk of all is known."""
    from training.cli.refused import PAGE, notices, printed, write_refused  # noqa: PLC0415  # as above
    from training.config import Settings  # noqa: PLC0415

    with one_message(), steps(notices()) as notice:
        study = write_refused(clients, out, Settings(seed=seed), publish=PAGE if publish else None, notice=notice)
    out_console.print(printed(study))
    out_console.print(f"The study is in {out}.", highlight=False, soft_wrap=True)


@verbs.command()
@with_findings
def engines(
    tables: Tables,
    spark: Annotated[bool, typer.Option(help="Compare Spark too (requirements-spark.txt and Java 17).")] = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="JSON file of each feature's difference.")] = None,
) -> None:
    """Each feature's largest difference between DuckDB, Polars and Spark."""
    from training.cli.engines import compare_engines, printed  # noqa: PLC0415  # as above
    from training.cli.features import Engine  # noqa: PLC0415

    others = [Engine.POLARS, *([Engine.SPARK] if spark else [])]
    with one_message(), steps(1 + len(others)) as notice:
        compared = compare_engines(tables, others, out, notice)
    out_console.print(printed(compared))


@verbs.command()
def publish(
    artefacts: Annotated[Path, typer.Option(help="Folder of a training with its studies.")] = DEMO,
    top: Annotated[
        Path, typer.Option(file_okay=False, help="Folder to write to: README.md, and the rest in docs.")
    ] = ROOT,
) -> None:
    """Write the documents that hold figures, from the results: the methodological note, the model card and the rest."""
    from training.reporting.publishing.writing import publish as write_documents  # noqa: PLC0415  # as above

    with one_message():
        written = write_documents(artefacts, top)
    for path in written:
        out_console.print(path, highlight=False, soft_wrap=True)


Private = Annotated[bool, typer.Option("--private", help="Only whom its owner lets in sees the Space.")]
Shown = Annotated[
    Path | None, typer.Option(help="Folder of a training whose clients are shown instead, such as data/demo.")
]
Auth = Annotated[str, typer.Option(help="none, or oidc: people log in by Hugging Face, the named ones may enter.")]
Folder = Annotated[Path, typer.Option(file_okay=False, help="Folder to make; made anew each time.")]


@verbs.command()
def space(
    artefacts: Annotated[Path, typer.Option(help="Folder of the training whose model is served.")] = DEMO,
    clients: Shown = None,
    out: Folder = Path("data/work/space"),
    private: Private = False,
    auth: Auth = "none",
    run: Annotated[bool, typer.Option("--run", help="Try it as a Space would run it, and measure.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the trial run.")] = 7860,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file of what the trial run measured.")
    ] = None,
) -> None:
    """Build the folder of a Hugging Face Space, refuse what must not be published, try it where asked."""
    from training.cli.space import build_space, printed  # noqa: PLC0415  # as above
    from training.cli.space import steps as space_steps  # noqa: PLC0415

    with one_message(), steps(space_steps(run=run)) as notice:
        notes, said, tried = build_space(
            _plan(artefacts, clients, private=private, auth=auth), out, run=run, port=port, report=report, notice=notice
        )
    if tried is not None:
        out_console.print(printed(tried))
    for line in (*notes, said):
        out_console.print(line, highlight=False, soft_wrap=True)


@verbs.command()
def push(
    space: Annotated[str, typer.Option(help="OWNER/NAME on the hub; made where there is none.")],
    artefacts: Annotated[Path, typer.Option(help="Folder of the training whose model is served.")] = DEMO,
    clients: Shown = None,
    out: Folder = Path("data/work/space"),
    private: Private = False,
    auth: Auth = "none",
    role: Annotated[
        list[str] | None, typer.Option(help="Who may enter with oidc, as ROLE:CLAIM:VALUE; several times.")
    ] = None,
) -> None:
    """Build the folder of a Space and push it to the hub (HF_TOKEN must hold a token that may write)."""
    from training.cli.space import push_space, push_steps  # noqa: PLC0415  # as above

    with one_message(), steps(push_steps()) as notice:
        notes, pushed = push_space(
            _plan(artefacts, clients, private=private, auth=auth), out, space, roles=role or [], notice=notice
        )
    for line in (*notes, f"Commit {pushed.commit} is at {pushed.page}; without a frame at {pushed.direct}."):
        out_console.print(line, highlight=False, soft_wrap=True)


def _plan(artefacts: Path, clients: Path | None, *, private: bool, auth: str) -> "Plan":
    from training.deploy.plan import Plan  # noqa: PLC0415  # as above

    if auth not in ("none", "oidc"):
        raise typer.BadParameter(f"--auth must be none or oidc; got {auth}")
    return Plan(artefacts, clients, private, "oidc" if auth == "oidc" else "none")
