"""The service's settings, from the environment. The README lists each; an unknown or contradictory one is refused."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from scoring.errors import SettingsError

PREFIX = "CLAIRSCORE_"
ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "data" / "demo"
STORAGE = Path("/data")
"""Where a Space that has storage keeps it."""
OFFER_STEP = 5_000
JOURNAL_FILE = ROOT / "data" / "work" / "journal.sqlite"


def _default_host() -> str:
    # A Space routes its visitors to the container's own address; anywhere else the safe default is this machine alone.
    return "0.0.0.0" if os.environ.get("SPACE_ID") else "127.0.0.1"  # noqa: S104


class Settings(BaseSettings):
    """What can be set, each by an environment variable of its name."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True)

    artefacts: Annotated[Path, Field(validation_alias="CLAIRSCORE_ARTEFACTS")] = DEMO
    """Folder of the artefacts to serve."""
    host: Annotated[str, Field(default_factory=_default_host, validation_alias="HOST")]
    """Address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535, validation_alias="PORT")] = 7860
    """Port to listen on."""
    auth: Annotated[Literal["none"] | None, Field(validation_alias="CLAIRSCORE_AUTH")] = None
    """``none``: the explicit word for an open service."""
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

    offer_step: Annotated[int, Field(ge=1, validation_alias="CLAIRSCORE_OFFER_STEP")] = OFFER_STEP
    """Amounts that are offered are whole multiples of it."""

    @property
    def is_durable(self) -> bool:
        """Whether the journal outlives the machine: on a Space, a file does so below its storage alone."""
        if not os.environ.get("SPACE_ID") or not self.journal_url.startswith("sqlite"):
            return True
        return Path(self.journal_url.partition(":///")[2]).resolve().is_relative_to(STORAGE)

    @property
    def is_loopback(self) -> bool:
        """Whether the address can be reached from this machine alone."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def check_access(self, *, synthetic: bool) -> None:
        """Refuse to serve real clients openly.

        Raises
        ------
        SettingsError
            When the portfolio is not synthetic and the service would be open to other machines.
        """
        if synthetic or (self.auth == "none" and self.is_loopback):
            return
        raise SettingsError(
            "A portfolio of real clients must not be served openly; got "
            f"CLAIRSCORE_AUTH={self.auth or 'unset'} on HOST={self.host}. "
            "Set CLAIRSCORE_AUTH=none and HOST=127.0.0.1 to serve this machine alone."
        )


VARIABLES = frozenset(str(field.validation_alias) for field in Settings.model_fields.values())
"""Names of the environment variables; the README's table is checked against them."""
OF_THE_TESTS = frozenset(
    {
        "CLAIRSCORE_BENCH_TABLES",
        "CLAIRSCORE_REQUIRE_BROWSER",
        "CLAIRSCORE_REQUIRE_JAVA",
        "CLAIRSCORE_REQUIRE_POSTGRES",
        "CLAIRSCORE_SAMPLE",
    }
)


def read_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    SettingsError
        When a value cannot be used, or a variable that starts with ``CLAIRSCORE_`` is none of ours.
    """
    known = VARIABLES | OF_THE_TESTS
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        raise SettingsError(
            f"A setting must be one of {', '.join(sorted(VARIABLES))}; got {', '.join(unknown)}. Correct its name."
        )
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(
            f"The setting {first['loc'][0]} must be usable; got {first['input']!r}: {first['msg']}."
        ) from error
