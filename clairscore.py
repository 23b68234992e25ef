"""The console script ``clairscore``: the commands of the service, and those of training under ``training``."""

import typer

from scoring.__main__ import cli
from scoring.server.console import Commands

app = typer.Typer(
    cls=Commands, no_args_is_help=True, add_completion=False, help="Clairscore, glass-box credit scoring."
)
app.add_typer(cli)


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def training(context: typer.Context) -> None:
    """Train models and make studies: `clairscore training --help`."""
    from training.cli.commands import app as commands  # noqa: PLC0415  # a service lacks what training needs

    commands(args=context.args, prog_name="clairscore training")


def main() -> None:
    """Run the console script."""
    app(prog_name="clairscore")
