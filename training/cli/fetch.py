"""``python -m training fetch``: the competition's data, by Kaggle's own client, once its rules were accepted.

The rule: the client is optional, and asked for only here; each way in which it can refuse has its own clear message.
"""

from __future__ import annotations

import importlib
import zipfile
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Protocol

from scoring.data.tables import TABLES
from scoring.data.tables.file_discovery import find_tables
from scoring.errors import SettingsError, TableError
from scoring.files import files_aside

COMPETITION = "home-credit-default-risk"
PAGE = f"https://www.kaggle.com/competitions/{COMPETITION}"
TOKENS = "https://www.kaggle.com/settings/api"
PACKAGES = "kaggle six"
"""Kaggle's client, and a package that it imports without asking for it."""


class Client(Protocol):
    """What is used of Kaggle's client (``kaggle.api.kaggle_api_extended.KaggleApi``)."""

    def authenticate(self) -> None:
        """Log in, or end the program."""

    def competition_download_files(self, competition: str, path: str, *, force: bool, quiet: bool) -> None:
        """Download the competition's zip into a folder."""


def fetch(out: Path) -> Path:
    """Download the tables into a folder, as the zip that `scoring.data.tables.read_tables` reads.

    Parameters
    ----------
    out : folder, made where it does not exist; the zip appears in it whole or not at all

    Returns
    -------
    Path
        The zip.

    Raises
    ------
    SettingsError
        When Kaggle's client or credentials are missing, or the competition's rules were not accepted.
    TableError
        When the download fails, or does not hold the eight tables.
    """
    client = _client()
    _authenticate(client)
    with files_aside(out) as aside:
        try:
            client.competition_download_files(COMPETITION, path=str(aside), force=True, quiet=True)
        except (OSError, ValueError) as error:  # requests' errors are OSErrors
            raise _refusal(error) from error
        _check(aside)
    return out / f"{COMPETITION}.zip"


def _client() -> Client:
    try:
        with redirect_stdout(StringIO()):
            module = importlib.import_module("kaggle.api.kaggle_api_extended")
        client: Client = module.KaggleApi()
    except ImportError as error:
        raise SettingsError(
            f"Kaggle's client must be installed to fetch the data; got none ({error}). Run `python -m pip install "
            f"{PACKAGES}`, or download the zip by hand from {PAGE}/data."
        ) from error
    except (OSError, SystemExit) as error:  # older clients log in when they are imported
        raise _no_credentials() from error
    return client


def _authenticate(client: Client) -> None:
    try:
        # it prints a page of advice before it ends the program; ours is one message
        with redirect_stdout(StringIO()):
            client.authenticate()
    except (OSError, ValueError, SystemExit) as error:
        raise _no_credentials() from error


def _no_credentials() -> SettingsError:
    return SettingsError(
        f"Kaggle must know who asks; got no valid credentials. Run `kaggle auth login`, or make a token at {TOKENS} "
        "and put it into the environment variable KAGGLE_API_TOKEN; then try again."
    )


def _refusal(error: Exception) -> SettingsError | TableError:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status == 401:
        return _no_credentials()
    if status == 403:
        return SettingsError(
            f"the competition's rules must be accepted before its data can be fetched; got the answer 403 from Kaggle. "
            f"Open {PAGE}/rules, accept them with the account of your credentials, and try again."
        )
    stated = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
    return TableError(
        f"the download must succeed; got: {stated}. Try again later, or download by hand from {PAGE}/data."
    )


def _check(folder: Path) -> None:
    path = folder / f"{COMPETITION}.zip"
    if not path.is_file() or not zipfile.is_zipfile(path):
        found = ", ".join(sorted(file.name for file in folder.iterdir())) or "nothing"
        raise TableError(f"the download must be the zip {path.name}; got {found}. Try again.")
    missing = set(TABLES) - set(find_tables(folder))
    if missing:
        raise TableError(f"the download must hold the eight tables; got no {', '.join(sorted(missing))}. Try again.")
