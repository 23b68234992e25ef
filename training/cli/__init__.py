"""The command line ``python -m training``: one module a command."""
