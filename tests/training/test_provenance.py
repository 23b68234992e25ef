import hashlib
import json
from pathlib import Path

import pytest

import training
from scoring.errors import TrainingError
from training.provenance import MARKER, SOURCES, code_fingerprint, is_synthetic, write_marker


@pytest.fixture
def tables(tmp_path: Path) -> dict[str, Path]:
    sources = {name: tmp_path / f"{name}.parquet" for name in ("application_train", "bureau")}
    for name, path in sources.items():
        path.write_bytes(name.encode())
    return sources


def test_tables_without_a_marker_are_real(tmp_path: Path, tables: dict[str, Path]) -> None:
    assert is_synthetic(tmp_path, tables) is False


def test_tables_that_the_marker_names_are_synthetic(tmp_path: Path, tables: dict[str, Path]) -> None:
    write_marker(tmp_path, clients=3, seed=1)
    assert is_synthetic(tmp_path, tables) is True
    assert (
        json.loads((tmp_path / MARKER).read_text())["files"]["bureau.parquet"] == hashlib.sha256(b"bureau").hexdigest()
    )


def test_a_marker_that_does_not_say_so_proves_nothing(tmp_path: Path, tables: dict[str, Path]) -> None:
    (tmp_path / MARKER).write_text('{"synthetic": "true", "files": {}}')
    assert is_synthetic(tmp_path, tables) is False


@pytest.mark.parametrize("change", ["changed", "added"])
def test_other_tables_beside_a_marker_are_refused(tmp_path: Path, tables: dict[str, Path], change: str) -> None:
    if change == "added":
        tables["bureau"].unlink()
    write_marker(tmp_path, clients=3, seed=1)
    tables["bureau"].write_bytes(b"real rows")
    with pytest.raises(TrainingError, match=r"must describe the tables beside it; got another bureau"):
        is_synthetic(tmp_path, tables)


@pytest.mark.parametrize("text", ["", "[]", '{"synthetic": true}', "nul"])
def test_a_damaged_marker_is_refused(tmp_path: Path, tables: dict[str, Path], text: str) -> None:
    (tmp_path / MARKER).write_text(text)
    with pytest.raises(TrainingError, match="must be a JSON object with synthetic, clients, seed and files"):
        is_synthetic(tmp_path, tables)


def test_the_code_fingerprint_is_stable_and_is_a_digest() -> None:
    assert code_fingerprint() == code_fingerprint()
    assert len(code_fingerprint().removeprefix("sha256:")) == 64


def test_the_code_fingerprint_follows_the_sources_and_not_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prints = []
    for place, text in (("a", "x = 1\n"), ("b", "x = 1\r\n"), ("c", "x = 2\n")):
        for package in ("scoring", "training"):
            folder = tmp_path / place / package
            (folder / "data" / "tables").mkdir(parents=True)
            (folder / "data" / "synthetic").mkdir()
            (folder / "data" / "tables" / "column_types.py").write_bytes(text.encode())
            (folder / "data" / "synthetic" / "calibration.json").write_bytes(b"{}")
            monkeypatch.setattr(f"training.provenance.{package}.__file__", str(folder / "__init__.py"))
        prints.append(code_fingerprint())
    assert prints[0] == prints[1] != prints[2]


def test_every_source_of_the_fingerprint_exists() -> None:
    root = Path(training.__file__).parent.parent
    assert [source for source in SOURCES if not (root / source).exists()] == []
