"""The service's settings, from the environment (`docs/settings.md`); unknown or contradictory ones are refused."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from scoring.errors import SettingsError

PREFIX = "CLAIRSCORE_"
ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "data" / "demo"
STORAGE = Path("/data")
"""Where a Space that has storage keeps it."""
OFFER_STEP = 5_000
UnknownHistory = Literal["review", "refuse"]
JOURNAL_FILE = ROOT / "data" / "work" / "journal.sqlite"
KEYS_FILE = ROOT / "data" / "work" / "keys.json"
# Between a Space's edge and its container there are only machines of the host: none of these is a visitor.
INSIDE_A_SPACE = (
    "127.0.0.0/8",
    "::1/128",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
)
SPACES = "'self' https://huggingface.co"

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Auth = Literal["none", "keys", "oidc"]


def _on_space() -> bool:
    return bool(os.environ.get("SPACE_ID"))


def _default_host() -> str:
    # A Space routes its visitors to the container's own address; anywhere else the safe default is this machine alone.
    return "0.0.0.0" if _on_space() else "127.0.0.1"  # noqa: S104


def _default_address() -> str | None:
    return f"https://{os.environ['SPACE_HOST']}" if _on_space() and os.environ.get("SPACE_HOST") else None


def _default_frames() -> str:
    return SPACES if _on_space() else "'self'"


def _default_proxies() -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(one) for one in INSIDE_A_SPACE) if _on_space() else ()


def _words(given: object) -> object:
    return tuple(given.replace(",", " ").split()) if isinstance(given, str) else given


def _address(given: object) -> object:
    """An address without end slash."""
    if given is None:
        return None
    parts = urlsplit(str(given).rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("must be https://HOST or http://HOST:PORT")
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _site(given: object) -> object:
    """An address without a path."""
    address = _address(given)
    if address is not None and urlsplit(str(address)).path:
        raise ValueError("must be https://HOST or http://HOST:PORT, without a path")
    return address


PUBLIC_KEY_PATTERN = r"^ed25519:[A-Za-z0-9+/]{43}=$"

Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
PublicKeys = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=PUBLIC_KEY_PATTERN)], ...], NoDecode, BeforeValidator(_words)
]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_words)]
Sites = Annotated[tuple[Annotated[str, BeforeValidator(_site)], ...], NoDecode, BeforeValidator(_words)]
Address = Annotated[str | None, BeforeValidator(_address)]
Site = Annotated[str | None, BeforeValidator(_site)]


class Settings(BaseSettings):
    """What can be set, each by an environment variable of its name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True)

    artefacts: Annotated[Path, Field(validation_alias="CLAIRSCORE_ARTEFACTS")] = DEMO
    """Folder of the artefacts to serve."""
    model_keys: Annotated[PublicKeys, Field(validation_alias="CLAIRSCORE_MODEL_KEYS")] = ()
    """Public keys (``ed25519:…``); where there are any, the artefacts must be signed with one of them."""
    model_signed_since: Annotated[AwareDatetime | None, Field(validation_alias="CLAIRSCORE_MODEL_SIGNED_SINCE")] = None
    """The earliest signature that is accepted, as ``2026-12-01T00:00:00Z``."""
    host: Annotated[str, Field(default_factory=_default_host, validation_alias="HOST")]
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535, validation_alias="PORT")] = 7860
    """Port to listen on."""
    journal_url: Annotated[str, Field(validation_alias="CLAIRSCORE_JOURNAL_URL", repr=False)] = (
        f"sqlite:///{JOURNAL_FILE}"
    )
    """Where decisions are recorded: ``sqlite:///PATH`` or ``postgresql://USER@HOST/DATABASE``."""
    journal_anchor: Annotated[str, Field(validation_alias="CLAIRSCORE_JOURNAL_ANCHOR", repr=False)] = ""
    """Where the head of the journal's chain is noted outside: ``file:PATH``, ``log`` or ``https://…``."""
    journal_anchor_entries: Annotated[int, Field(ge=1, validation_alias="CLAIRSCORE_JOURNAL_ANCHOR_ENTRIES")] = 1_000
    """Entries after which a head is noted."""
    journal_anchor_seconds: Annotated[float, Field(gt=0, validation_alias="CLAIRSCORE_JOURNAL_ANCHOR_SECONDS")] = 60.0
    """Seconds after which a head is noted, where it changed."""
    journal_limit: Annotated[int, Field(ge=0, validation_alias="CLAIRSCORE_JOURNAL_LIMIT")] = 512
    """Megabytes at which the journal of an open service on SQLite begins anew; 0: never."""

    offer_step: Annotated[int, Field(ge=1, validation_alias="CLAIRSCORE_OFFER_STEP")] = OFFER_STEP
    """Amounts that are offered are whole multiples of it."""
    unknown_history: Annotated[UnknownHistory, Field(validation_alias="CLAIRSCORE_UNKNOWN_HISTORY")] = "review"
    """What becomes of an application that comes without a history table that the model uses: ``review``, ``refuse``."""
    letter: Annotated[Path | None, Field(validation_alias="CLAIRSCORE_LETTER")] = None
    """File with what the lender says of itself in its letters; a copy of ``scoring/audit/letters/sender.toml``."""

    watch: Annotated[float, Field(ge=0, validation_alias="CLAIRSCORE_WATCH")] = 10.0
    """Seconds between looks at the artefacts' folder; 0: never (SIGHUP still has it read again)."""

    auth: Annotated[Auth | None, Field(validation_alias="CLAIRSCORE_AUTH")] = None
    """Who may enter: ``keys``, ``oidc``, or the explicit word ``none`` for an open service."""
    keys: Annotated[Path, Field(validation_alias="CLAIRSCORE_KEYS")] = KEYS_FILE
    """File of the access keys."""
    roles: Annotated[Words, Field(validation_alias="CLAIRSCORE_ROLES")] = ()
    """What people who log in by OIDC may do: ``ROLE:sub:ID``, ``ROLE:email:ADDRESS`` or ``ROLE:group:NAME`` each."""
    client_id: Annotated[str, Field(validation_alias="OAUTH_CLIENT_ID")] = ""
    """The OIDC provider's name for this service."""
    client_secret: Annotated[str, Field(validation_alias="OAUTH_CLIENT_SECRET", repr=False)] = ""
    """The secret shared with the OIDC provider."""
    provider: Annotated[Address, Field(validation_alias="OPENID_PROVIDER_URL")] = None
    """Address of the OIDC provider."""
    scopes: Annotated[str, Field(validation_alias="OAUTH_SCOPES")] = "openid email profile"
    """What the OIDC provider is asked to tell."""

    public_url: Annotated[Site, Field(default_factory=_default_address, validation_alias="CLAIRSCORE_PUBLIC_URL")]
    """The address that people type."""
    proxies: Annotated[Networks, Field(default_factory=_default_proxies, validation_alias="CLAIRSCORE_PROXIES")]
    """Networks of the proxies whose word on a caller's address is believed; nobody's unless named."""
    frames: Annotated[str, Field(default_factory=_default_frames, validation_alias="CLAIRSCORE_FRAMES")]
    """Sites that may show the pages in a frame, as in the ``frame-ancestors`` of a content security policy."""
    origins: Annotated[Sites, Field(validation_alias="CLAIRSCORE_ORIGINS")] = ()
    """Sites whose scripts may call the API from a browser."""
    rate: Annotated[int, Field(ge=0, validation_alias="CLAIRSCORE_RATE")] = 1200
    """API calls that one identity, or one address, may make in a minute; 0: no limit."""
    metrics: Annotated[Literal["off", "local", "open"], Field(validation_alias="CLAIRSCORE_METRICS")] = "local"
    """Who may read ``/metrics``: nobody; this machine, an owner, or a key for it; everyone."""

    @property
    def is_loopback(self) -> bool:
        """Whether the address can be reached from this machine alone."""
        return _is_loopback(self.host)

    @property
    def is_behind_edge(self) -> bool:
        """Whether every connection comes from a Space's edge, whatever its address; not where proxies are named."""
        return _on_space() and "proxies" not in self.model_fields_set

    @property
    def is_durable(self) -> bool:
        """Whether the journal outlives the machine: on a Space, a file does so below its storage alone."""
        if not _on_space() or not self.journal_url.startswith("sqlite"):
            return True
        return Path(self.journal_url.partition(":///")[2]).resolve().is_relative_to(STORAGE)

    @property
    def is_plain(self) -> bool:
        """Whether the service is meant to speak plain http to other machines."""
        return bool(self.public_url and self.public_url.startswith("http://"))

    @property
    def is_framed(self) -> bool:
        """Whether other sites may show the pages in a frame."""
        return bool(set(self.frames.split()) - {"'self'", "'none'"})

    @property
    def is_open(self) -> bool:
        """Whether everyone may enter."""
        return self.auth in (None, "none")

    def check_access(self, *, synthetic: bool) -> None:
        """Refuse to serve real clients openly, or to serve openly what was meant to be closed.

        Raises
        ------
        SettingsError
            When the portfolio is not synthetic and the service would be open to other machines, or when nobody would
            be asked for the keys that are set, or nobody could have one.
        """
        if self.is_open and self.keys != KEYS_FILE:
            raise SettingsError(
                "CLAIRSCORE_KEYS must go with CLAIRSCORE_AUTH=keys or oidc; got "
                f"CLAIRSCORE_AUTH={self.auth or 'unset'}, so that nobody is asked for a key. Set CLAIRSCORE_AUTH, or "
                "remove CLAIRSCORE_KEYS."
            )
        if self.auth == "keys" and not self.keys.exists():
            raise SettingsError(
                f"CLAIRSCORE_AUTH=keys must have a file of keys; got none at {self.keys}. Make a key: "
                "python -m scoring keys create NAME --role owner"
            )
        if synthetic or not self.is_open or (self.auth == "none" and self.is_loopback):
            return
        raise SettingsError(
            "A portfolio of real clients must not be served openly; got "
            f"CLAIRSCORE_AUTH={self.auth or 'unset'} on HOST={self.host}. "
            "Set CLAIRSCORE_AUTH=keys or oidc, or CLAIRSCORE_AUTH=none and HOST=127.0.0.1 to serve this machine alone."
        )

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Refuse settings that contradict each other."""
        if self.model_signed_since is not None and not self.model_keys:
            raise SettingsError(
                "CLAIRSCORE_MODEL_SIGNED_SINCE must go with CLAIRSCORE_MODEL_KEYS; got no key, so that no signature is "
                "checked. Name the public keys, or remove it."
            )
        if self.auth == "oidc":
            self._check_oidc()
        elif self.roles:
            raise SettingsError(
                f"CLAIRSCORE_ROLES must go with CLAIRSCORE_AUTH=oidc; got CLAIRSCORE_AUTH={self.auth or 'unset'}. "
                "Keys carry their own role: remove CLAIRSCORE_ROLES."
            )
        everyone = [str(network) for network in self.proxies if network.prefixlen == 0]
        if everyone:
            raise SettingsError(
                f"CLAIRSCORE_PROXIES must name the networks of your proxies; got {', '.join(everyone)}: every caller "
                "could invent its address. Name the proxies' own networks."
            )
        if any(mark in self.frames for mark in ";,\r\n"):
            raise SettingsError(
                f"CLAIRSCORE_FRAMES must be sites with spaces between; got {self.frames!r}. Write it as "
                "'self' https://site.example."
            )
        return self

    def _check_oidc(self) -> None:
        given = {
            "OAUTH_CLIENT_ID": self.client_id,
            "OAUTH_CLIENT_SECRET": self.client_secret,
            "OPENID_PROVIDER_URL": self.provider,
            "CLAIRSCORE_ROLES": self.roles,
            "CLAIRSCORE_PUBLIC_URL": self.public_url,
        }
        absent = [name for name, value in given.items() if not value]
        if absent:
            raise SettingsError(
                f"CLAIRSCORE_AUTH=oidc must have {', '.join(given)}; got no {', '.join(absent)}. Set it."
            )
        for name in ("OPENID_PROVIDER_URL", "CLAIRSCORE_PUBLIC_URL"):
            address = urlsplit(str(given[name]))
            if address.scheme != "https" and not _is_loopback(address.hostname or ""):
                raise SettingsError(
                    f"{name} must start with https:// where people log in by it; got {given[name]}. Use https."
                )
        if "openid" not in self.scopes.split():
            raise SettingsError(f"OAUTH_SCOPES must ask for openid; got {self.scopes!r}. Add it.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


VARIABLES = frozenset(str(field.validation_alias) for field in Settings.model_fields.values())
"""Names of the environment variables; the table in `docs/settings.md` is checked against them."""
OF_THE_TESTS = frozenset(
    {
        "CLAIRSCORE_BENCH_RIVALS",
        "CLAIRSCORE_BENCH_TABLES",
        "CLAIRSCORE_DAMAGES",
        "CLAIRSCORE_FUZZ",
        "CLAIRSCORE_REQUIRE_BROWSER",
        "CLAIRSCORE_REQUIRE_JAVA",
        "CLAIRSCORE_REQUIRE_POSTGRES",
        "CLAIRSCORE_SAMPLE",
    }
)
REFUSED_OF_GRADIO = ("GRADIO_ROOT_PATH", "GRADIO_VIBE_MODE", "GRADIO_WATCH_DIRS")
"""Variables of Gradio that change what the pages are without the rest of the service knowing."""
_OF_KUBERNETES = re.compile(
    r"_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$"
)
SECRET = frozenset({"OAUTH_CLIENT_SECRET", "CLAIRSCORE_JOURNAL_URL"})
"""Variables whose value no message repeats."""


def _is_of_kubernetes(name: str, environment: Mapping[str, str]) -> bool:
    """Whether Kubernetes sets a variable in every container, for a service whose name begins with ours.

    >>> service = {"CLAIRSCORE_SERVICE_HOST": "10.0.0.7", "CLAIRSCORE_PORT": "tcp://10.0.0.7:80"}
    >>> _is_of_kubernetes("CLAIRSCORE_PORT", service), _is_of_kubernetes("CLAIRSCORE_PORT", {"CLAIRSCORE_PORT": "80"})
    (True, False)
    """
    found = _OF_KUBERNETES.search(name)
    return found is not None and f"{name[: found.start()]}_SERVICE_HOST" in environment


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        When a value cannot be used or contradicts another, or a variable that starts with ``CLAIRSCORE_`` is none of
        ours.
    """
    known = VARIABLES | OF_THE_TESTS
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith(PREFIX) and name not in known and not _is_of_kubernetes(name, os.environ)
    )
    if unknown:
        raise SettingsError(
            f"A setting must be one of {', '.join(sorted(VARIABLES))}; got {', '.join(unknown)}. Correct its name."
        )
    for name in REFUSED_OF_GRADIO:
        if os.environ.get(name):
            raise SettingsError(
                f"{name} must not be set, since it changes the pages and not the rest; got {os.environ[name]!r}. Unset "
                "it: the pages lie at the root of their address."
            )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        given = "another value" if name in SECRET else repr(first["input"])
        raise SettingsError(f"The setting {name} must be usable; got {given}: {first['msg']}.") from error
