"""``python -m scoring keys``: make, list, revoke and rotate access keys, while the service runs."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.table import Table

from scoring.errors import AccessError
from scoring.server.access.keys import KEY_ROLES, SCOPES, Key, Scope, changing, make_key, read_keys
from scoring.settings import read_settings

keys_cli = typer.Typer(no_args_is_help=True, help="The access keys (CLAIRSCORE_KEYS says where they are kept).")
DAYS = 90
_SHOWN_ONCE = "Shown this once; only its digest is kept. It works within a second."

Id = Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")]
Days = Annotated[float, typer.Option(help="Days until it expires.")]


@keys_cli.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose key: the name that the journal records.")],
    role: Annotated[str, typer.Option(help=f"One of {', '.join(KEY_ROLES)}.")],
    scope: Annotated[list[str] | None, typer.Option(help=f"For a script, one or more of {', '.join(SCOPES)}.")] = None,
    days: Days = DAYS,
) -> None:
    """Make a key, and show it once."""
    wrong = sorted({one for one in scope or [] if one not in SCOPES})
    if role not in KEY_ROLES or wrong:
        allowed, got = (SCOPES, ", ".join(wrong)) if role in KEY_ROLES else (KEY_ROLES, role)
        raise typer.BadParameter(f"must be one of {', '.join(allowed)}; got {got}")
    key, text = make_key(name, role, days=days, scopes=cast("list[Scope]", scope or []))
    with changing(_path()) as keys:
        _free(keys, name)
        keys[key.id] = key
    _show(text, key)


@keys_cli.command("list")
def list_() -> None:
    """List the keys; their secrets are nowhere."""
    now = datetime.now(UTC)
    table = Table("id", "name", "role", "scopes", "made", "expires", "state")
    for key in sorted(read_keys(_path()), key=lambda one: one.created):
        state = "revoked" if key.revoked else "good" if key.is_good(now) else "expired"
        table.add_row(
            key.id, key.name, key.role, " ".join(key.scopes), _day(key.created), f"{key.expires:%Y-%m-%d %H:%M}", state
        )
    Console().print(table)


@keys_cli.command()
def revoke(id_: Id) -> None:
    """End a key, and what was opened with it."""
    with changing(_path()) as keys:
        keys[id_] = _good(keys, id_).model_copy(update={"revoked": datetime.now(UTC)})
    typer.echo(f"{id_} opens nothing any more.")


@keys_cli.command()
def rotate(
    id_: Id,
    days: Days = DAYS,
    grace: Annotated[float, typer.Option(help="Hours that the old key still works.")] = 24,
) -> None:
    """Make a key that replaces another, which still works for a while."""
    if not 0 <= grace <= 24 * 31:
        raise AccessError(f"The grace must be between 0 and {24 * 31} hours; got {grace:g}. Correct it.")
    with changing(_path()) as keys:
        old = _good(keys, id_)
        key, text = make_key(old.name, old.role, days=days, scopes=old.scopes)
        end = min(old.expires, datetime.now(UTC) + timedelta(hours=grace))
        keys[old.id] = old.model_copy(update={"expires": end})
        keys[key.id] = key
    _show(text, key)
    typer.echo(f"{old.id} works until {end:%Y-%m-%d %H:%M} UTC.", err=True)


def _path() -> Path:
    return read_settings().keys


def _good(keys: dict[str, Key], id_: str) -> Key:
    key = keys.get(id_)
    if key is None or not key.is_good(datetime.now(UTC)):
        raise AccessError(f"A key must be there and good; got {id_!r}. `list` shows them.")
    return key


def _free(keys: dict[str, Key], name: str) -> None:
    """Two people under one name could not be told apart in the journal."""
    held = [key.id for key in keys.values() if key.name == name and key.is_good(datetime.now(UTC))]
    if held:
        raise AccessError(
            f"A name must be of one key; got {name!r}, which {', '.join(held)} has. Rotate that key instead."
        )


def _show(text: str, key: Key) -> None:
    typer.echo(text)
    typer.echo(f"{_SHOWN_ONCE} It expires on {_day(key.expires)}; its id is {key.id}.", err=True)


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
