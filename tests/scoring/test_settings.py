"""Settings: each is read, unknown or contradictory ones are refused, real clients are never served openly."""

from pathlib import Path

import pytest

from scoring.errors import SettingsError
from scoring.settings import DEMO, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "CLAIRSCORE_ARTEFACTS",
        "CLAIRSCORE_AUTH",
        "HOST",
        "PORT",
        "SPACE_ID",
    ):
        monkeypatch.delenv(name, raising=False)


def test_defaults_serve_the_demo_to_this_machine_alone() -> None:
    settings = read_settings()
    assert (settings.artefacts, settings.host, settings.port, settings.auth) == (
        DEMO,
        "127.0.0.1",
        7860,
        None,
    )


def test_a_space_listens_to_its_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "owner/name")
    assert read_settings().host == "0.0.0.0"


def test_each_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIRSCORE_ARTEFACTS", "/somewhere")
    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("PORT", "8000")
    settings = read_settings()
    assert (settings.artefacts, settings.host, settings.port) == (
        Path("/somewhere"),
        "::1",
        8000,
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "seven", "PORT must be usable; got 'seven'"),
        ("PORT", "70000", "PORT must be usable; got '70000'"),
        ("CLAIRSCORE_AUTH", "open", "CLAIRSCORE_AUTH must be usable; got 'open'"),
        ("CLAIRSCORE_ARTEFACT", "x", "got CLAIRSCORE_ARTEFACT"),
    ],
)
def test_what_cannot_be_used_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        read_settings()


@pytest.mark.parametrize(
    ("auth", "host", "allowed"),
    [
        (None, "127.0.0.1", False),
        ("none", "127.0.0.1", True),
        ("none", "localhost", True),
        ("none", "::1", True),
        ("none", "0.0.0.0", False),
        ("none", "10.0.0.5", False),
        ("none", "bank.example", False),
    ],
)
def test_real_clients_are_served_on_loopback_and_on_purpose_only(
    monkeypatch: pytest.MonkeyPatch, auth: str | None, host: str, allowed: bool
) -> None:
    monkeypatch.setenv("HOST", host)
    if auth:
        monkeypatch.setenv("CLAIRSCORE_AUTH", auth)
    settings = read_settings()
    settings.check_access(synthetic=True)
    if allowed:
        settings.check_access(synthetic=False)
    else:
        with pytest.raises(SettingsError, match=f"must not be served openly; got CLAIRSCORE_AUTH=.* on HOST={host}"):
            settings.check_access(synthetic=False)
