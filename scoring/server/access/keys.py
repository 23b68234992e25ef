"""Access keys: made by a command, shown once, kept as digests in a file that a running service watches.

A key is ``clair_ID_SECRET``: the id finds its entry and is no secret; the secret is 256 random bits. So what is kept is
its plain SHA-256: a slow hash protects secrets that people choose and others can guess; nobody guesses one of 2²⁵⁶, and
every call of a script would pay for it.

>>> made, text = make_key("nightly batch", "script", days=30, scopes=("decide",))
>>> opens(made, text), opens(made, text[:-1] + ("A" if text[-1] != "A" else "B"))
(True, False)
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

import structlog
from filelock import FileLock
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from scoring.errors import AccessError, ClairscoreError
from scoring.files import file_aside, read_versioned, validated
from scoring.server.identity import Identity

FORMAT: Final = "clairscore-keys"
VERSION: Final = 1
PREFIX: Final = "clair"
LOOK_EVERY = 1.0
"""Seconds between looks at the file: a revoked key opens nothing after at most so long."""

Scope = Literal["decide", "clients", "model", "journal", "metrics", "sensitive"]
SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
KeyRole = Literal["script", "officer", "validator", "owner"]
KEY_ROLES: Final[tuple[KeyRole, ...]] = get_args(KeyRole)
LONGEST = timedelta(days=366)
_log = structlog.get_logger(__name__)
_NOBODYS = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


class Key(BaseModel):
    """One key as it is kept: all but its secret."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z2-7]{12}$")]
    name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
    role: KeyRole
    scopes: tuple[Scope, ...] = ()
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    created: AwareDatetime
    expires: AwareDatetime
    revoked: AwareDatetime | None = None

    @model_validator(mode="after")
    def _scoped(self) -> Self:
        if (self.role == "script") != bool(self.scopes):
            raise ValueError("scopes must be given for a script's key, and for no other")
        return self

    @property
    def identity(self) -> Identity:
        """Who asks with this key."""
        return Identity(self.name, self.role)

    def is_good(self, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked is None and now < self.expires


class KeyDocument(BaseModel):
    """The file of keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["clairscore-keys"] = FORMAT
    version: Literal[1] = VERSION
    keys: tuple[Key, ...] = ()


def make_key(name: str, role: KeyRole, *, days: float, scopes: Sequence[Scope] = ()) -> tuple[Key, str]:
    """Make a key: what is kept, and the text that its holder is shown once.

    Raises
    ------
    AccessError
        When it may not be made so.
    """
    now = datetime.now(UTC)
    try:
        lasts = timedelta(days=days)
    except (OverflowError, ValueError):
        lasts = timedelta.max
    if not timedelta(0) < lasts <= LONGEST:
        raise AccessError(
            f"A key must last between 0 and {LONGEST.days} days; got {days:g}. Rotate it in time instead."
        )
    secret = secrets.token_urlsafe(32)
    id_ = "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz234567") for _ in range(12))
    try:
        key = Key(
            id=id_,
            name=name,
            role=role,
            scopes=tuple(dict.fromkeys(scopes)),
            digest=_digest(secret),
            created=now,
            expires=now + lasts,
        )
    except ValidationError as error:
        raise AccessError(f"A key must be usable; got {name!r}, {role}: {error.errors()[0]['msg']}.") from error
    return key, f"{PREFIX}_{id_}_{secret}"


def opens(key: Key | None, presented: str) -> bool:
    """Whether a text is this key; as fast for a wrong secret as for a key that does not exist."""
    secret = presented[len(PREFIX) + 14 :]
    return hmac.compare_digest(_digest(secret), _NOBODYS if key is None else key.digest) and key is not None


def id_of(presented: str) -> str | None:
    """The id in a text of a key's form; None for any other text."""
    parts = presented.split("_", 2)
    return parts[1] if len(parts) == 3 and parts[0] == PREFIX and len(parts[1]) == 12 else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read a file of keys; no keys where there is no file.

    Raises
    ------
    ArtefactError
        When the file is damaged or of another version.
    """
    if not path.exists():
        return ()
    remedy = "Restore it from a backup, or remove it and make new keys."
    return validated(KeyDocument, read_versioned(path, FORMAT, VERSION, remedy=remedy), path).keys


@contextmanager
def changing(path: Path) -> Iterator[dict[str, Key]]:
    """Change a file's keys, whole or not at all; one at a time, whoever runs the command."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_name(f".{path.name}.lock")):
        keys = {key.id: key for key in read_keys(path)}
        yield keys
        with file_aside(path) as aside:
            aside.chmod(0o600)  # it is there already, and still empty
            document = KeyDocument(keys=tuple(keys.values()))
            aside.write_text(document.model_dump_json(indent=2) + "\n", encoding="utf-8")


class KeyBook:
    """The keys of a running service: the file is looked at again at most once a second.

    Where the file can't be read, no key opens: whoever damaged it must not thereby keep revoked keys alive.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[str, Key] = {}
        self._seen: tuple[int, int, int] | None = None
        self._looked = -LOOK_EVERY

    def find(self, presented: str) -> Key | None:
        """The good key that a text is; None for any other."""
        self._look()
        key = self._keys.get(id_of(presented) or "")
        return key if opens(key, presented) and key is not None and key.is_good(datetime.now(UTC)) else None

    def is_good(self, id_: str) -> bool:
        """Whether a key that opened before still would."""
        self._look()
        key = self._keys.get(id_)
        return key is not None and key.is_good(datetime.now(UTC))

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._looked = now
        try:
            stat = self._path.stat()
            state = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
        except OSError:
            state = None
        if state == self._seen and state is not None:
            return
        try:
            self._keys = {key.id: key for key in read_keys(self._path)}
        except (ClairscoreError, OSError) as error:
            self._keys, state = {}, None  # looked at again: what failed may be for want of a descriptor, not the file
            _log.error("keys unreadable", error=type(error).__name__)
        self._seen = state
