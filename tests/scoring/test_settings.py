"""Settings: each is read, unknown or contradictory ones are refused, real clients are never served openly."""

from pathlib import Path

import pytest

from scoring.errors import SettingsError
from scoring.settings import DEMO, REFUSED_OF_GRADIO, VARIABLES, read_settings


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "SPACE_ID", "SPACE_HOST"):
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


OIDC = {
    "CLAIRSCORE_AUTH": "oidc",
    "CLAIRSCORE_ROLES": "owner:sub:1 officer:group:credit",
    "CLAIRSCORE_PUBLIC_URL": "https://scores.example",
    "OAUTH_CLIENT_ID": "id",
    "OAUTH_CLIENT_SECRET": "secret-of-the-provider",
    "OPENID_PROVIDER_URL": "https://provider.example/realms/bank/",
}


def test_a_provider_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OIDC.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.provider == "https://provider.example/realms/bank"
    assert settings.roles == ("owner:sub:1", "officer:group:credit")
    assert "secret-of-the-provider" not in repr(settings)
    settings.check_access(synthetic=False)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"OAUTH_CLIENT_SECRET": ""}, "got no OAUTH_CLIENT_SECRET"),
        ({"CLAIRSCORE_ROLES": ""}, "got no CLAIRSCORE_ROLES"),
        ({"CLAIRSCORE_PUBLIC_URL": "http://scores.example"}, "CLAIRSCORE_PUBLIC_URL must start with https"),
        ({"OPENID_PROVIDER_URL": "http://provider.example"}, "OPENID_PROVIDER_URL must start with https"),
        ({"OAUTH_SCOPES": "email"}, "OAUTH_SCOPES must ask for openid"),
        ({"CLAIRSCORE_AUTH": "keys"}, "CLAIRSCORE_ROLES must go with CLAIRSCORE_AUTH=oidc"),
        ({"CLAIRSCORE_PROXIES": "0.0.0.0/0"}, "every caller could invent its address"),
        ({"CLAIRSCORE_PROXIES": "*"}, "CLAIRSCORE_PROXIES must be usable"),
        ({"CLAIRSCORE_FRAMES": "'self'; script-src *"}, "CLAIRSCORE_FRAMES must be sites"),
        ({"CLAIRSCORE_ORIGINS": "https://a.example/path"}, "CLAIRSCORE_ORIGINS must be usable"),
        ({"CLAIRSCORE_ORIGINS": "*"}, "CLAIRSCORE_ORIGINS must be usable"),
        ({"CLAIRSCORE_PUBLIC_URL": "scores.example"}, "CLAIRSCORE_PUBLIC_URL must be usable"),
        ({"CLAIRSCORE_RATE": "-1"}, "CLAIRSCORE_RATE must be usable"),
    ],
)
def test_what_contradicts_itself_is_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], message: str
) -> None:
    for name, value in {**OIDC, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        read_settings()


def test_a_provider_on_this_machine_may_speak_http(monkeypatch: pytest.MonkeyPatch) -> None:
    local = {"OPENID_PROVIDER_URL": "http://127.0.0.1:9000", "CLAIRSCORE_PUBLIC_URL": "http://localhost:7860"}
    for name, value in {**OIDC, **local}.items():
        monkeypatch.setenv(name, value)
    assert read_settings().provider == "http://127.0.0.1:9000"


def test_keys_close_a_service_that_has_some(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIRSCORE_AUTH", "keys")
    monkeypatch.setenv("CLAIRSCORE_KEYS", str(tmp_path / "keys.json"))
    monkeypatch.setenv("HOST", "0.0.0.0")
    with pytest.raises(SettingsError, match=r"must have a file of keys; got none at .* python -m scoring keys create"):
        read_settings().check_access(synthetic=False)
    (tmp_path / "keys.json").touch()
    read_settings().check_access(synthetic=False)


def test_keys_that_nobody_asks_for_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CLAIRSCORE_KEYS", str(tmp_path / "keys.json"))
    with pytest.raises(SettingsError, match="so that nobody is asked for a key"):
        read_settings().check_access(synthetic=True)


def test_a_space_is_behind_its_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPACE_ID", "owner/name")
    monkeypatch.setenv("SPACE_HOST", "owner-name.hf.space")
    settings = read_settings()
    assert settings.public_url == "https://owner-name.hf.space"
    assert settings.is_framed
    assert "10.0.0.0/8" in map(str, settings.proxies)


def test_a_secret_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", "postgresql://user:hunter2@host/db")
    monkeypatch.setenv("PORT", "x")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)


OF_KUBERNETES = {
    "CLAIRSCORE_SERVICE_HOST": "10.0.0.7",
    "CLAIRSCORE_SERVICE_PORT": "80",
    "CLAIRSCORE_SERVICE_PORT_HTTP": "80",
    "CLAIRSCORE_PORT": "tcp://10.0.0.7:80",
    "CLAIRSCORE_PORT_80_TCP": "tcp://10.0.0.7:80",
    "CLAIRSCORE_PORT_80_TCP_PROTO": "tcp",
    "CLAIRSCORE_PORT_80_TCP_PORT": "80",
    "CLAIRSCORE_PORT_80_TCP_ADDR": "10.0.0.7",
}


@pytest.mark.parametrize("service", ["CLAIRSCORE", "CLAIRSCORE_API"])
def test_what_kubernetes_tells_of_a_service_stops_nothing(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    for name, value in OF_KUBERNETES.items():
        monkeypatch.setenv(name.replace("CLAIRSCORE", service, 1), value)
    assert read_settings().port == 7860


@pytest.mark.parametrize("name", ["CLAIRSCORE_PORT", "CLAIRSCORE_HOST", "CLAIRSCORE_PORT_80_TCP_ADDR"])
def test_the_same_names_set_by_a_person_are_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "8000")
    with pytest.raises(SettingsError, match=f"got {name}. Correct its name"):
        read_settings()


@pytest.mark.parametrize("name", REFUSED_OF_GRADIO)
def test_what_changes_the_pages_alone_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    read_settings()
    monkeypatch.setenv(name, "/scores")
    with pytest.raises(SettingsError, match=f"{name} must not be set, .*; got '/scores'. Unset it"):
        read_settings()
