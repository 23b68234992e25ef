"""The command line of training: ``python -m training run`` and ``python -m training portfolio``, and the verbs on
tables of `training.commands.verbs`.

The rule: what a user can put right ends as one message on the error stream and exit code 2, without a traceback.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scoring.costs import CostMatrix
from training.commands.console import error_console, one_message, out_console
from training.commands.verbs import verbs
from training.config import Settings
from training.provenance import write_marker

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Train Clairscore's models.")
app.add_typer(verbs)


@contextmanager
def _progress(total: int | None) -> Iterator[Progress]:
    columns = (
        SpinnerColumn(),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=error_console, transient=True) as progress:
        progress.add_task("starting", total=total)
        yield progress


@app.command()
def run(  # options of the command line
    tables: Annotated[Path, typer.Option(help="Folder of the raw tables: Parquet, CSV or zip.")],
    out: Annotated[Path, typer.Option(help="Folder for the models, their evaluation and the portfolio.")],
    trials: Annotated[
        int, typer.Option(min=0, help="Trials of the search for settings, for each model; 0 for none.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Same seed and data, same models.")] = 42,
    cost_fn: Annotated[float, typer.Option(help="Cost of accepting a client who defaults.")] = 10.0,
    cost_fp: Annotated[float, typer.Option(help="Cost of declining a client who would have paid.")] = 1.0,
) -> None:
    """Train both models on raw tables, choose the champion, write the artefacts."""
    # here, and not above, so that --help and a mistyped option are answered at once
    from training.pipeline import run as run_pipeline  # noqa: PLC0415
    from training.pipeline import steps  # noqa: PLC0415
    from training.report import comparison_table  # noqa: PLC0415

    try:
        costs = CostMatrix(fn=cost_fn, fp=cost_fp)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = Settings(seed=seed, trials=trials, costs=costs)
    with one_message(), _progress(steps(settings)) as progress:
        task = progress.task_ids[0]
        result = run_pipeline(tables, out, settings, lambda text: progress.update(task, advance=1, description=text))
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
    out_console.print(
        f"{seconds:.0f} s, {memory:.0f} MB at most. Written to {out}.",
        highlight=False,
    )


@app.command()
def portfolio(
    clients: Annotated[int, typer.Option(min=1, help="How many clients.")],
    out: Annotated[Path, typer.Option(help="Folder for the tables.")],
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same bytes.")] = 42,
    policy: Annotated[
        bool, typer.Option("--policy", help="Label only what a past policy granted; the refused go to refused.parquet.")
    ] = False,
) -> None:
    """Write a synthetic portfolio: all eight tables, in the real schema."""
    from training.portfolio import write_portfolio  # noqa: PLC0415  # as above

    with one_message(), _progress(clients) as progress:
        task = progress.task_ids[0]
        summary = write_portfolio(
            clients,
            seed,
            out,
            policy=policy,
            progress=lambda done, _: progress.update(task, completed=done, description="clients"),
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
