"""What must not be published is refused, all of it at once, each with what to do."""

import io
import pickle
import shutil
import zipfile
from pathlib import Path

import pytest

from scoring.errors import SpaceError
from scoring.settings import DEMO
from tests.training.deploy.conftest import Marked, with_a_small_cell, without_small_cells
from training.deploy.folder import SERVED, Plan, build
from training.deploy.preflight import check


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(built, tmp_path / "folder"))


def built_of(plan: Plan, out: Path) -> Path:
    build(plan, out)
    return out


def test_the_demo_may_be_published(built: Path) -> None:
    assert check(Plan(), built) == []


class TestRealPeople:
    def test_real_clients_are_refused(self, marked: Marked, tmp_path: Path) -> None:
        plan = Plan(artefacts=marked(synthetic=False, clients=False, change=without_small_cells))
        with pytest.raises(SpaceError, match=r"the 6,000 clients must be synthetic; got real ones.*--clients"):
            check(plan, built_of(plan, tmp_path / "out"))

    def test_synthetic_clients_stand_in_for_them(self, marked: Marked, tmp_path: Path) -> None:
        real = marked(synthetic=False, clients=False, change=without_small_cells)
        plan = Plan(artefacts=real, clients=DEMO)
        assert check(plan, built_of(plan, tmp_path / "out")) == []

    def test_small_cells_of_real_clients_are_refused_by_name(self, marked: Marked, tmp_path: Path) -> None:
        plan = Plan(artefacts=marked(synthetic=False, change=with_a_small_cell), clients=DEMO)
        out = built_of(plan, tmp_path / "out")
        with pytest.raises(
            SpaceError, match=r"a cell of scorecard\.json must hold no client or at least 10.* cell 1 \(3\)"
        ):
            check(plan, out)

    def test_small_cells_of_synthetic_clients_tell_of_nobody(self, marked: Marked, tmp_path: Path) -> None:
        plan = Plan(artefacts=marked(synthetic=True, change=with_a_small_cell))
        assert check(plan, built_of(plan, tmp_path / "out")) == []

    @pytest.mark.parametrize("half", [{"private": True}, {"auth": "oidc"}])
    def test_half_closed_is_not_closed(self, marked: Marked, tmp_path: Path, half: dict[str, object]) -> None:
        plan = Plan(artefacts=marked(synthetic=False, clients=False), **half)  # type: ignore[arg-type]
        with pytest.raises(SpaceError, match="must be synthetic"):
            check(plan, built_of(plan, tmp_path / "out"))

    def test_a_closed_space_may_hold_them_and_its_owner_is_told(self, marked: Marked, tmp_path: Path) -> None:
        real = marked(synthetic=False, clients=False, change=with_a_small_cell)
        plan = Plan(artefacts=real, private=True, auth="oidc")
        notes = check(plan, built_of(plan, tmp_path / "out"))
        assert len(notes) == 3
        assert "6,000 clients" in notes[0]


class TestFiles:
    @pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
    def test_a_pickle_is_found_under_any_name(self, folder: Path, protocol: int) -> None:
        (folder / "scoring" / "weights.json").write_bytes(pickle.dumps({"a": [1.0]}, protocol=protocol))
        with pytest.raises(SpaceError, match=r"scoring/weights\.json must not be there: a pickle"):
            check(Plan(), folder)

    @pytest.mark.parametrize("name", ["model.pkl", "model.joblib", "data/demo/bags.npz"])
    def test_a_pickle_is_found_by_its_name(self, folder: Path, name: str) -> None:
        (folder / name).write_bytes(b"0")
        with pytest.raises(SpaceError, match="a pickle runs code"):
            check(Plan(), folder)

    def test_a_pickle_is_found_in_an_archive(self, folder: Path) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("archive/data.pkl", b"x")
        (folder / "model.bin").write_bytes(packed.getvalue())
        with pytest.raises(SpaceError, match=r"model\.bin must not be there: a pickle"):
            check(Plan(), folder)

    @pytest.mark.parametrize("name", ["data/work/keys.json", ".env", "data/work/journal.sqlite", "clients.csv"])
    def test_what_may_hold_secrets_or_people_is_refused(self, folder: Path, name: str) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")
        with pytest.raises(SpaceError, match="it may hold keys, decisions or people"):
            check(Plan(), folder)

    @pytest.mark.parametrize("name", ["app.py", "requirements.txt", "README.md", "data/demo/evaluation.json"])
    def test_a_missing_file_is_named(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        with pytest.raises(SpaceError, match=f"{name} must be there"):
            check(Plan(), folder)

    def test_clients_of_another_training_are_refused(self, folder: Path) -> None:
        with (folder / SERVED / "portfolio.parquet").open("ab") as file:
            file.write(b"0")
        with pytest.raises(SpaceError, match="The clients' file must be the one"):
            check(Plan(), folder)

    def test_everything_wrong_is_told_at_once(self, folder: Path) -> None:
        (folder / "app.py").unlink()
        (folder / "a.pkl").write_bytes(b"0")
        with pytest.raises(SpaceError, match=r"(?s)- app\.py must be there.*- a\.pkl must not be there"):
            check(Plan(), folder)


class TestInstallation:
    def replaced(self, folder: Path, old: str, new: str, name: str = "requirements.txt") -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    @pytest.mark.parametrize("line", ["fastapi>=0.1", "-r other.txt", "git+https://host.example/x.git"])
    def test_a_requirement_that_is_not_pinned_is_refused(self, folder: Path, line: str) -> None:
        self.replaced(folder, "fastapi==", f"{line}\nfastapi==")
        with pytest.raises(SpaceError, match="must pin every library"):
            check(Plan(), folder)

    def test_a_pin_that_a_spaces_own_installation_refuses_is_refused(self, folder: Path) -> None:
        self.replaced(folder, "\npydantic==", "\npydantic==9")
        with pytest.raises(SpaceError, match=r"pydantic must be .*gradio\[mcp\] beside the requirements; got 9"):
            check(Plan(), folder)

    def test_the_sdk_is_the_pin(self, folder: Path) -> None:
        self.replaced(folder, "sdk_version: ", "sdk_version: 1", "README.md")
        with pytest.raises(SpaceError, match="sdk_version must be that of the pin"):
            check(Plan(), folder)

    def test_a_description_that_a_space_finds_too_long_is_refused(self, folder: Path) -> None:
        self.replaced(folder, "short_description: ", f"short_description: {'x' * 60}", "README.md")
        with pytest.raises(SpaceError, match="short_description must have at most 60 characters"):
            check(Plan(), folder)
