"""Start the command line of training: ``python -m training``."""

from training.cli.commands import app

if __name__ == "__main__":
    app()
