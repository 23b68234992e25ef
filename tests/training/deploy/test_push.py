"""The push as typed, against a hub on this machine: what it is asked, what it holds afterwards, what is never said."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scoring.settings import ROOT
from tests.training.deploy.conftest import Marked
from tests.training.deploy.hub import COMMIT, TOKEN, Hub, hub_here
from training.deploy.folder import files_of, split

ROLE = "owner:email:anna@bank.example"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_here() as running:
        yield running


def push(hub: Hub, out: Path, *words: str | Path, token: str = TOKEN) -> "subprocess.CompletedProcess[str]":
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "CLAIRSCORE_"))}
    told = {"HF_ENDPOINT": hub.address, "HF_HUB_DISABLE_XET": "1", "HF_HOME": str(out.parent / "hf")}
    done = subprocess.run(
        [sys.executable, "-m", "training", "push", "--space", "owner/name", "--out", str(out), *map(str, words)],
        cwd=ROOT,
        env={**plain, **told, **({"HF_TOKEN": token} if token else {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert TOKEN not in done.stdout + done.stderr
    return done


def test_a_push_makes_the_space_and_fills_it(hub: Hub, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = push(hub, out)
    assert done.returncode == 0, done.stderr
    assert hub.made is not None
    assert (hub.made["type"], hub.made["sdk"], hub.made["organization"], hub.made["name"]) == (
        "space",
        "gradio",
        "owner",
        "name",
    )
    assert hub.files == {path.as_posix(): (out / path).read_bytes() for path in files_of(out)}
    assert (len(hub.commits), hub.secrets, hub.variables) == (1, {}, {})
    assert f"Commit {COMMIT} is at {hub.address}/spaces/owner/name; " in done.stdout
    assert "https://owner-name.hf.space" in done.stdout


def test_a_second_push_replaces_all_in_one_commit(hub: Hub, tmp_path: Path) -> None:
    hub.private = False
    hub.files = {"old.py": b"old", "app.py": b"old", ".gitattributes": b"kept"}
    out = tmp_path / "out"
    assert push(hub, out).returncode == 0
    assert set(hub.files) == {".gitattributes", *(path.as_posix() for path in files_of(out))}
    assert hub.files["app.py"] == (ROOT / "app.py").read_bytes()
    assert len(hub.commits) == 1


def test_real_clients_go_to_a_private_space_with_a_login(hub: Hub, tmp_path: Path, marked: Marked) -> None:
    real = marked(synthetic=False, clients=False)
    done = push(hub, tmp_path / "out", "--artefacts", real, "--private", "--auth", "oidc", "--role", ROLE)
    assert done.returncode == 0, done.stderr
    assert hub.private
    assert (hub.secrets, hub.variables) == ({"CLAIRSCORE_ROLES": ROLE}, {"CLAIRSCORE_AUTH": "oidc"})
    assert split(hub.files["README.md"].decode())[0]["hf_oauth"] == "true"
    set_before = max(place for place, said in enumerate(hub.asked) if said.endswith(("/secrets", "/variables")))
    assert set_before < min(place for place, said in enumerate(hub.asked) if "/preupload/" in said)


def test_nothing_leaves_for_a_space_that_everyone_sees(hub: Hub, tmp_path: Path, marked: Marked) -> None:
    hub.private = False
    real = marked(synthetic=False, clients=False)
    done = push(hub, tmp_path / "out", "--artefacts", real, "--private", "--auth", "oidc", "--role", ROLE)
    assert done.returncode == 2
    assert "must be private, as --private says; got owner/name, which everyone can see" in done.stderr
    assert (hub.files, hub.stored, hub.commits) == ({}, {}, [])


def test_nothing_is_asked_of_the_hub_for_what_must_not_be_published(hub: Hub, tmp_path: Path, marked: Marked) -> None:
    done = push(hub, tmp_path / "out", "--artefacts", marked(synthetic=False, clients=False))
    assert done.returncode == 2
    assert "the 6,000 clients must be synthetic; got real ones" in done.stderr
    assert hub.asked == []


@pytest.mark.parametrize(
    ("token", "creates", "message"),
    [
        ("", 200, "A token that may write must be given; got none."),
        ("hf_wrong", 200, "The token must be one that the hub knows; got a refusal (401)."),
        (TOKEN, 402, "the hub asks for a payment (402)"),
        (TOKEN, 403, "The token must be allowed to write to owner/name; got a refusal (403)."),
    ],
)
def test_a_refusal_is_one_message(hub: Hub, tmp_path: Path, token: str, creates: int, message: str) -> None:
    hub.creates = creates
    done = push(hub, tmp_path / "out", token=token)
    assert done.returncode == 2
    assert message in done.stderr
    assert "hf_wrong" not in done.stderr
    assert hub.files == {}


def test_who_may_enter_is_named_where_people_log_in(hub: Hub, tmp_path: Path) -> None:
    done = push(hub, tmp_path / "out", "--private", "--auth", "oidc")
    assert done.returncode == 2
    assert "nobody may enter who is not named" in done.stderr
    assert hub.asked == []
