"""The download, with a stand-in for Kaggle's client: nothing here touches the network."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from scoring.data.tables import TABLES
from scoring.errors import SettingsError, TableError
from training.cli.fetch import COMPETITION, fetch

Download = Callable[[Path], None]


class RefusedError(OSError):
    """As requests' HTTPError: an OSError with the response."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status} Client Error")
        self.response = SimpleNamespace(status_code=status)


@pytest.fixture
def kaggle(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a stand-in whose download, and log-in, do as told."""

    def install(download: Download, *, log_in: BaseException | None = None) -> None:
        class KaggleApi:
            def authenticate(self) -> None:
                sys.stdout.write("a page of advice\n")
                if log_in is not None:
                    raise log_in

            def competition_download_files(self, competition: str, path: str, *, force: bool, quiet: bool) -> None:
                assert (competition, force, quiet) == (COMPETITION, True, True)
                download(Path(path))

        extended = ModuleType("kaggle.api.kaggle_api_extended")
        extended.KaggleApi = KaggleApi  # type: ignore[attr-defined]
        for name, module in (("kaggle", ModuleType("kaggle")), ("kaggle.api", ModuleType("kaggle.api"))):
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setitem(sys.modules, extended.__name__, extended)

    return install


def archive(*names: str) -> Download:
    def download(folder: Path) -> None:
        with zipfile.ZipFile(folder / f"{COMPETITION}.zip", "w") as file:
            for name in names:
                file.writestr(f"{name}.csv", "SK_ID_CURR\n1\n")

    return download


def refusing(error: BaseException) -> Download:
    def download(folder: Path) -> None:
        (folder / f"{COMPETITION}.zip").write_bytes(b"half")
        raise error

    return download


def test_the_zip_is_put_in_place(kaggle: Callable[..., None], tmp_path: Path) -> None:
    kaggle(archive(*TABLES))
    path = fetch(tmp_path / "raw")
    assert path == tmp_path / "raw" / f"{COMPETITION}.zip"
    assert sorted(zipfile.ZipFile(path).namelist()) == sorted(f"{name}.csv" for name in TABLES)
    assert list((tmp_path / "raw").iterdir()) == [path]


def test_the_client_is_optional(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "kaggle", None)
    monkeypatch.delitem(sys.modules, "kaggle.api.kaggle_api_extended", raising=False)
    with pytest.raises(SettingsError, match=r"Kaggle's client must be installed.*python -m pip install kaggle six"):
        fetch(tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


@pytest.mark.parametrize("ended", [SystemExit(1), OSError("Could not find kaggle.json"), ValueError("Error: Missing")])
def test_missing_credentials(
    kaggle: Callable[..., None], tmp_path: Path, ended: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    kaggle(archive(*TABLES), log_in=ended)
    with pytest.raises(
        SettingsError, match=r"got no valid credentials\. Run `kaggle auth login`, or make a token at https"
    ):
        fetch(tmp_path)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (401, SettingsError, "got no valid credentials"),
        (403, SettingsError, f"rules must be accepted .* Open https://www.kaggle.com/competitions/{COMPETITION}/rules"),
        (503, TableError, "the download must succeed; got: 503 Client Error"),
    ],
)
def test_refusals(
    kaggle: Callable[..., None], tmp_path: Path, status: int, kind: type[Exception], message: str
) -> None:
    kaggle(refusing(RefusedError(status)))
    with pytest.raises(kind, match=message):
        fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_lost_connection_leaves_nothing(kaggle: Callable[..., None], tmp_path: Path) -> None:
    kaggle(refusing(ConnectionError("connection\nreset")))
    with pytest.raises(TableError, match=r"got: connection reset\. Try again later"):
        fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_incomplete_zip_is_refused(kaggle: Callable[..., None], tmp_path: Path) -> None:
    kaggle(archive(*(name for name in TABLES if name != "bureau")))
    with pytest.raises(TableError, match="must hold the eight tables; got no bureau"):
        fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("made", [lambda _: None, lambda folder: (folder / f"{COMPETITION}.zip").write_text("<html>")])
def test_something_else_is_refused(kaggle: Callable[..., None], tmp_path: Path, made: Download) -> None:
    kaggle(made)
    with pytest.raises(TableError, match=f"must be the zip {COMPETITION}.zip; got "):
        fetch(tmp_path)
