"""The command line of training: each command's options and output, declared once.

What a command does is in `training.cli` in the file of its name. Imports are inside the commands, so that ``--help``
and a mistyped option are answered at once.
"""

from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Annotated

import typer

from scoring.model.costs import CostMatrix, MoneyAssumptions
from scoring.server.console import Commands, counted, steps
from scoring.settings import DEMO, ROOT
from training.cli.bounded import DEFAULT_MEMORY, LEAST_MEMORY
from training.cli.console import command_of, show
from training.config import Settings
from training.provenance import write_marker

if TYPE_CHECKING:
    from training.deploy.folder import Plan

TRIALS = 12
"""Trials for each model that a run makes unless told otherwise."""

app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, help="Train Clairscore's models.")
command = command_of(app)

Tables = Annotated[Path, typer.Option(help="Folder of the raw tables: Parquet, CSV or zip.")]
Memory = Annotated[float, typer.Option(min=LEAST_MEMORY, help="Memory for DuckDB, in GB; beyond, it spills to disk.")]
Seed = Annotated[int, typer.Option(min=0, help="Same seed and data, same result.")]
Trained = Annotated[Path, typer.Option(help="Folder that the training wrote, such as data/demo.")]
Served = Annotated[Path, typer.Option(help="Folder of the training whose model is served.")]


@command(findings=True)
def run(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for the models, their reports and the portfolio; a run resumes."),
    ],
    trials: Annotated[
        int, typer.Option(min=0, help="Trials of the search for settings, for each model; 0 for none.")
    ] = TRIALS,
    seed: Seed = 42,
    cost_fn: Annotated[float, typer.Option(help="Cost of accepting a client who defaults.")] = 10.0,
    cost_fp: Annotated[float, typer.Option(help="Cost of declining a client who would have paid.")] = 1.0,
    loss_given_default: Annotated[
        float, typer.Option(help="Share of the credit lost with a client who defaults; assumed, for figures in money.")
    ] = 0.60,
    margin: Annotated[
        float, typer.Option(help="Share of the credit earned on a client who pays; assumed, for figures in money.")
    ] = 0.06,
    review_cost: Annotated[float, typer.Option(min=0.0, help="Cost of a person's look at one file; assumed.")] = 0.25,
    explained: Annotated[
        str, typer.Option(help="Why an AUC that looks like a leak is honest; written into the model's provenance.")
    ] = "",
    validated: Annotated[
        bool, typer.Option("--validate/--no-validate", help="Question the training at the end, as `validate` does.")
    ] = True,
) -> None:
    """Train both models on raw tables, choose the champion, write the artefacts, question them."""
    from training.cli.validate import printed, validate_artefacts
    from training.pipeline import run as run_pipeline
    from training.pipeline import steps as pipeline_steps
    from training.reporting.report import comparison_table
    from training.validation import steps as validation_steps

    try:
        costs = CostMatrix(fn=cost_fn, fp=cost_fp)
        money = MoneyAssumptions(loss_given_default=loss_given_default, margin=margin)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = Settings(
        seed=seed, trials=trials, costs=costs, money=money, review_cost=review_cost, explained=explained
    )
    with steps(pipeline_steps(settings)) as notice:
        result = run_pipeline(tables, out, settings, notice)
    if result.absent:
        show(f"Absent tables: {', '.join(result.absent)}; {len(result.left_out)} features are left out.")
    show(comparison_table(result.models, title=f"Cost per client at {cost_fn:g} : {cost_fp:g}"))
    difference = result.choice.difference
    show(
        f"{result.choice.serves} serves. Out-of-fold cost of the scorecard minus the EBM: {difference.mean:+.4f} "
        f"(95% interval {difference.low:+.4f} to {difference.high:+.4f})."
    )
    for kind, artefact in result.artefacts.items():
        certificate = artefact.certificate
        show(
            f"{artefact.model_version}: {len(artefact.terms)} terms; parity of {kind} with {certificate.library}: "
            f"{certificate.largest_difference:.1e} over {certificate.test_rows} test and "
            f"{certificate.adversarial_rows} adversarial rows."
        )
    seconds, memory = result.evaluation["seconds"], result.evaluation["peak_memory_mb"]
    show(f"{seconds:.0f} s, {memory:.0f} MB at most. Written to {out}.")
    if validated:
        with steps(validation_steps()) as notice:
            report = validate_artefacts(out, tables, out, notice=notice)
        show(printed(report))


@command()
def portfolio(
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the tables.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 42,
    policy: Annotated[
        bool, typer.Option("--policy", help="Label only what a past policy granted; the refused go to refused.parquet.")
    ] = False,
) -> None:
    """Write a synthetic portfolio: all eight tables, in the real schema."""
    from training.data.synthetic import write_portfolio

    with counted(clients) as update:
        summary = write_portfolio(
            clients,
            seed,
            out,
            policy=policy,
            progress=lambda done, _: update(done, clients, "clients"),
        )
        write_marker(out, clients=clients, seed=seed, policy=policy)
    show(f"A synthetic portfolio of {clients} clients is in {out}.")
    if policy:
        show(f"The past policy refused {summary.refused} of them; they are in refused.parquet, without an outcome.")


@command()
def fetch(out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the zip, such as data/raw.")]) -> None:
    """Download the competition's tables by Kaggle's own client (`pip install kaggle six`)."""
    from training.cli.fetch import fetch as fetch_tables

    path = fetch_tables(out)
    show(f"The eight tables are in {path}.")


@command(findings=True)
def clean(
    tables: Tables,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the clean tables and cleaning.json.")],
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Write the clean tables as Parquet, and how many rows each rule touched."""
    from training.cli.clean import clean_tables

    result = clean_tables(tables, out, memory=memory)
    for count in result.counts:
        show(f"{count.table}  {count.rule.name}: {count.touched:,} of {count.rows:,} rows")
    if result.absent:
        show(f"Absent tables: {', '.join(result.absent)}.")
    show(f"{sum(result.rows.values()):,} rows of {len(result.rows)} tables are in {out}.")


@command(findings=True)
def features(
    tables: Tables,
    out: Annotated[Path, typer.Option(dir_okay=False, help="File for the features, ending in .parquet.")],
    engine: Annotated[str, typer.Option(help="duckdb (bounded memory), polars or spark.")] = "duckdb",
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Write all features of every client: one row a client, SK_ID_CURR first, sorted."""
    from training.cli.features import Engine, write_features

    try:
        chosen = Engine(engine)
    except ValueError as error:
        raise typer.BadParameter(f"the engine must be one of {', '.join(Engine)}; got {engine}") from error
    result = write_features(tables, out, chosen, memory=memory)
    if result.absent:
        show(f"Absent tables: {', '.join(result.absent)}; {len(result.left_out)} features are left out.")
    show(f"{result.features} features of {result.clients:,} clients are in {out}.")


@command()
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
    from training.cli.problems import write_board
    from training.data.problems import BOARD_FILE, COUNTS_FILE, PAGE_FILE

    chosen = page or PAGE_FILE
    document = BOARD_FILE if page is None else chosen.with_suffix(".json")
    board, counted = write_board(tables, name, counts or COUNTS_FILE, chosen, document)
    show(f"{len(board.cards)} cards, counted on {len(counted.data_sets)} data sets, are in {chosen}.")


@command()
def check(
    tables: Tables,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="File for the report as JSON.")] = None,
    memory: Memory = DEFAULT_MEMORY,
) -> None:
    """Count what is odd in the tables: ranges, codes, keys, orphans, missing values."""
    from training.cli.check import check_tables, printed

    with TemporaryDirectory() as spill:
        report = check_tables(tables, out, spill=Path(spill), memory=memory)
    show(*printed(report))
    if report.absent:
        show(f"Absent tables: {', '.join(report.absent)}.")
    show(f"{len(report.warnings)} warnings of {len(report.findings)} checks{'' if out is None else f' are in {out}'}.")


@command()
def realism(
    tables: Annotated[Path, typer.Option(help="Folder of the synthetic tables.")],
    sample: Annotated[Path, typer.Option(help="Folder of real tables to compare with.")],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for the report; by default among temporary files.")
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Also write the committed summary and its page.")] = False,
) -> None:
    """Compare a synthetic portfolio with real tables: HTML, JSON and a picture a table."""
    from training.cli.realism import write_realism

    folder = Path(gettempdir()) / "clairscore-realism" if out is None else out
    summary = write_realism(tables, sample, folder, publish=publish)
    adversarial = summary["adversarial"]
    show(
        f"Told apart with an AUC of {adversarial['auc']:.3f} on {adversarial['rows']:,} rows of either kind. "
        f"The report is in {folder / 'realism.html'}."
    )


@command(findings=True)
def validate(
    artefacts: Trained,
    tables: Annotated[Path, typer.Option(help="Folder of the tables of that training.")],
    out: Annotated[
        Path | None, typer.Option(file_okay=False, help="Folder for the report; by default that of the artefacts.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the long checks out.")] = False,
) -> None:
    """Question a training as a validation team would: validation.html and validation.json."""
    from training.cli.validate import printed, validate_artefacts
    from training.validation import steps as validation_steps

    with steps(validation_steps()) as notice:
        report = validate_artefacts(artefacts, tables, out or artefacts, quick=quick, notice=notice)
    show(printed(report))
    show(f"The report is in {(out or artefacts) / 'validation.html'}.")


@command()
def watch(
    tables: Annotated[Path, typer.Option(help="Folder of the raw tables of later clients.")],
    artefacts: Trained,
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
    from training.cli.watch import STEPS, printed, write_watch

    with steps(STEPS) as notice:
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
    show(*(note.en for note in report.watched.notes))
    if report.signals:
        show(printed(report))
    show(f"{report.light.upper()}. {report.advice.says.en}")
    show(*(f"  {one.en}" for one in report.advice.because))
    show(f"The report is in {out}.")
    if check_light and report.light == "red":
        raise typer.Exit(1)


@command()
def shock(
    artefacts: Trained,
    out: Annotated[
        Path, typer.Option(dir_okay=False, help="JSON file; the Watch page shows shock.json of the artefacts' folder.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="Of the clients; not the training's own.")] = 20261126,
    looks: Annotated[int, typer.Option(min=1, help="Looks of each size.")] = 25,
) -> None:
    """Let things go wrong on purpose for synthetic clients, and say how soon a watch sees them, and where."""
    from training.cli.shock import notices, printed, write_shock

    with steps(notices(artefacts)) as notice:
        study = write_shock(artefacts, out, seed=seed, looks=looks, notice=notice)
    show(printed(study))
    show(f"The report is in {out}.")


@command(findings=True)
def select(
    tables: Tables,
    out: Annotated[
        Path, typer.Option(file_okay=False, help="Folder for selection.json, selection.html and selection.png.")
    ],
    seed: Seed = 42,
) -> None:
    """From all features to the few that a person can read: each step, its reasons, its cost in AUC."""
    from training.cli.select import STEPS, printed, write_selection

    with steps(STEPS) as notice:
        report = write_selection(tables, out, Settings(seed=seed), notice)
    show(printed(report))
    show(
        f"{len(report['kept'])} features are left of {report['data']['declared']}. The report is in "
        f"{out / 'selection.html'}."
    )


@command(findings=True)
def resampling(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for resampling.json and resampling.html; a stopped run resumes."),
    ],
    seed: Seed = 42,
) -> None:
    """Class weights, undersampling and SMOTENC against nothing: do they help, at the bank's cost?"""
    from training.cli.resampling import notices, printed, write_resampling
    from training.experiments.resampling.words import note

    settings = Settings(seed=seed)
    with steps(notices(settings)) as notice:
        study = write_resampling(tables, out, settings, notice)
    show(printed(study))
    show(*note(study, "en"))
    show(f"The report is in {out / 'resampling.html'}.")


@command(findings=True)
def tune(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for trials, tuning.json and tuning.png; a stopped run resumes."),
    ],
    trials: Annotated[int, typer.Option(min=1, help="Trials for each model, the black box included.")] = 30,
    seed: Seed = 42,
) -> None:
    """Search the settings of both models and of LightGBM, and say what that gains on fresh folds."""
    from training.cli.tune import notices, printed, write_tuning

    settings = Settings(seed=seed, trials=trials)
    with steps(notices(settings)) as notice:
        report = write_tuning(tables, out, settings, notice)
    show(printed(report))
    show(f"The report is in {out / 'tuning.json'}.")


@command(findings=True)
def simplicity(
    tables: Tables,
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for simplicity.json and simplicity.png; a stopped run resumes."),
    ],
    seed: Seed = 42,
) -> None:
    """Cost and AUC of both models against their number of terms, from 5 to 60."""
    from training.cli.simplicity import notices, printed, write_simplicity

    settings = Settings(seed=seed)
    with steps(notices(settings)) as notice:
        study = write_simplicity(tables, out, settings, notice)
    show(printed(study))
    show(f"The report is in {out / 'simplicity.json'}.")


@command(findings=True)
def band(
    tables: Tables,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="JSON file; by default the one that trainings read.")
    ] = None,
    seed: Seed = 42,
) -> None:
    """How many spreads make a band that covers as often as it says: refits on fresh synthetic clients."""
    from training.cli.band import notices, printed, write_band

    with steps(notices()) as notice:
        report = write_band(tables, out, Settings(seed=seed), notice)
    show(printed(report))


@command(findings=True)
def histories(
    tables: Tables,
    out: Annotated[Path, typer.Option(dir_okay=False, help="JSON file of the study.")] = Path(
        "data/work/histories.json"
    ),
    seed: Seed = 42,
) -> None:
    """What the histories add to the application: AUC of boosted trees, and of the truth where it is known."""
    from training.cli.histories import notices, printed, write_histories

    settings = Settings(seed=seed)
    with steps(notices(settings)) as notice:
        study = write_histories(tables, out, settings, notice)
    show(printed(study))
    show(f"The study is in {out}.")


@command()
def refused(
    clients: Annotated[int, typer.Option(min=1, help="Clients of the synthetic portfolio.")] = 60_000,
    out: Annotated[Path, typer.Option(dir_okay=False, help="JSON file of the study.")] = Path("data/work/refused.json"),
    publish: Annotated[bool, typer.Option("--publish", help="Write the page in docs/ too.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same study.")] = 42,
) -> None:
    """What a scorecard loses by seeing granted loans only, where the true risk of all is known."""
    from training.cli.refused import PAGE, notices, printed, write_refused

    with steps(notices()) as notice:
        study = write_refused(clients, out, Settings(seed=seed), publish=PAGE if publish else None, notice=notice)
    show(printed(study))
    show(f"The study is in {out}.")


@command(findings=True)
def engines(
    tables: Tables,
    spark: Annotated[bool, typer.Option(help="Compare Spark too (requirements-spark.txt and Java 17).")] = False,
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="JSON file of each feature's difference.")] = None,
) -> None:
    """Each feature's largest difference between DuckDB, Polars and Spark."""
    from training.cli.engines import compare_engines, printed
    from training.cli.features import Engine

    others = [Engine.POLARS, *([Engine.SPARK] if spark else [])]
    with steps(1 + len(others)) as notice:
        compared = compare_engines(tables, others, out, notice)
    show(printed(compared))


@command()
def publish(
    artefacts: Annotated[Path, typer.Option(help="Folder of a training with its studies.")] = DEMO,
    top: Annotated[Path, typer.Option(file_okay=False, help="Folder to write to, below docs.")] = ROOT,
) -> None:
    """Write the documents that hold figures, from the results: the methodological note, the model card and the rest."""
    from training.reporting.publishing.writing import publish as write_documents

    show(*map(str, write_documents(artefacts, top)))


Private = Annotated[bool, typer.Option("--private", help="Only whom its owner lets in sees the Space.")]
Shown = Annotated[
    Path | None, typer.Option(help="Folder of a training whose clients are shown instead, such as data/demo.")
]
Auth = Annotated[str, typer.Option(help="none, or oidc: people log in by Hugging Face, the named ones may enter.")]
Folder = Annotated[Path, typer.Option(file_okay=False, help="Folder to make; made anew each time.")]


@command()
def space(
    artefacts: Served = DEMO,
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
    from training.cli.space import build_space, printed
    from training.cli.space import steps as space_steps

    with steps(space_steps(run=run)) as notice:
        notes, built, tried = build_space(
            _plan(artefacts, clients, private=private, auth=auth), out, run=run, port=port, report=report, notice=notice
        )
    if tried is not None:
        show(printed(tried))
    show(*notes, built)


@command()
def push(
    space: Annotated[str, typer.Option(help="OWNER/NAME on the hub; made where there is none.")],
    artefacts: Served = DEMO,
    clients: Shown = None,
    out: Folder = Path("data/work/space"),
    private: Private = False,
    auth: Auth = "none",
    role: Annotated[
        list[str] | None, typer.Option(help="Who may enter with oidc, as ROLE:CLAIM:VALUE; several times.")
    ] = None,
) -> None:
    """Build the folder of a Space and push it to the hub (HF_TOKEN must hold a token that may write)."""
    from training.cli.space import push_space, push_steps

    with steps(push_steps()) as notice:
        notes, pushed = push_space(
            _plan(artefacts, clients, private=private, auth=auth), out, space, roles=role or [], notice=notice
        )
    show(*notes, f"Commit {pushed.commit} is at {pushed.page}; without a frame at {pushed.direct}.")


def _plan(artefacts: Path, clients: Path | None, *, private: bool, auth: str) -> "Plan":
    from training.deploy.folder import Plan

    if auth not in ("none", "oidc"):
        raise typer.BadParameter(f"--auth must be none or oidc; got {auth}")
    return Plan(artefacts, clients, private, "oidc" if auth == "oidc" else "none")
