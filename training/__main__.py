"""The command line of training: ``python -m training run`` and ``python -m training portfolio``, and the verbs on
tables of `training.cli.commands`.

The rule: what a user can put right ends as one message on the error stream and exit code 2, without a traceback.
"""

from pathlib import Path
from typing import Annotated

import typer

from scoring.model.costs import CostMatrix, MoneyAssumptions
from scoring.server.console import Commands, counted, steps
from training.cli.commands import verbs
from training.cli.console import one_message, out_console
from training.cli.findings import with_findings
from training.config import Settings
from training.provenance import write_marker

TRIALS = 12
"""Trials for each model that a run makes unless told otherwise."""

app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, help="Train Clairscore's models.")
app.add_typer(verbs)


@app.command()
@with_findings
def run(  # options of the command line
    tables: Annotated[Path, typer.Option(help="Folder of the raw tables: Parquet, CSV or zip.")],
    out: Annotated[
        Path,
        typer.Option(file_okay=False, help="Folder for the models, their reports and the portfolio; a run resumes."),
    ],
    trials: Annotated[
        int, typer.Option(min=0, help="Trials of the search for settings, for each model; 0 for none.")
    ] = TRIALS,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same models.")] = 42,
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
    # here, and not above, so that --help and a mistyped option are answered at once
    from training.cli.validate import printed, validate_artefacts  # noqa: PLC0415
    from training.pipeline import run as run_pipeline  # noqa: PLC0415
    from training.pipeline import steps as pipeline_steps  # noqa: PLC0415
    from training.reporting.report import comparison_table  # noqa: PLC0415
    from training.validation import steps as validation_steps  # noqa: PLC0415

    try:
        costs = CostMatrix(fn=cost_fn, fp=cost_fp)
        money = MoneyAssumptions(loss_given_default=loss_given_default, margin=margin)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = Settings(
        seed=seed, trials=trials, costs=costs, money=money, review_cost=review_cost, explained=explained
    )
    with one_message(), steps(pipeline_steps(settings)) as notice:
        result = run_pipeline(tables, out, settings, notice)
    if result.absent:
        out_console.print(
            f"Absent tables: {', '.join(result.absent)}; {len(result.left_out)} features are left out.", highlight=False
        )
    out_console.print(comparison_table(result.models, title=f"Cost per client at {cost_fn:g} : {cost_fp:g}"))
    difference = result.choice.difference
    out_console.print(
        f"{result.choice.serves} serves. Out-of-fold cost of the scorecard minus the EBM: {difference.mean:+.4f} "
        f"(95% interval {difference.low:+.4f} to {difference.high:+.4f}).",
        highlight=False,
    )
    for kind, artefact in result.artefacts.items():
        certificate = artefact.certificate
        out_console.print(
            f"{artefact.model_version}: {len(artefact.terms)} terms; parity of {kind} with {certificate.library}: "
            f"{certificate.largest_difference:.1e} over {certificate.test_rows} test and "
            f"{certificate.adversarial_rows} adversarial rows.",
            highlight=False,
        )
    seconds, memory = result.evaluation["seconds"], result.evaluation["peak_memory_mb"]
    out_console.print(f"{seconds:.0f} s, {memory:.0f} MB at most. Written to {out}.", highlight=False)
    if validated:
        with one_message(), steps(validation_steps()) as notice:
            report = validate_artefacts(out, tables, out, notice=notice)
        out_console.print(printed(report))


@app.command()
def portfolio(
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the tables.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 42,
    policy: Annotated[
        bool, typer.Option("--policy", help="Label only what a past policy granted; the refused go to refused.parquet.")
    ] = False,
) -> None:
    """Write a synthetic portfolio: all eight tables, in the real schema."""
    from training.data.synthetic import write_portfolio  # noqa: PLC0415  # as above

    with one_message(), counted(clients) as update:
        summary = write_portfolio(
            clients,
            seed,
            out,
            policy=policy,
            progress=lambda done, _: update(done, clients, "clients"),
        )
        write_marker(out, clients=clients, seed=seed, policy=policy)
    out_console.print(f"A synthetic portfolio of {clients} clients is in {out}.", highlight=False)
    if policy:
        out_console.print(
            f"The past policy refused {summary.refused} of them; they are in refused.parquet, without an outcome.",
            highlight=False,
            soft_wrap=True,
        )


if __name__ == "__main__":
    app()
