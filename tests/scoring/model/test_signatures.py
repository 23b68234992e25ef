"""Signed artefacts: nobody without the private key can change, mix, add, remove or roll back a file that is served."""

import gc
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import scoring.__main__ as command_line
from scoring.errors import ArtefactError, SettingsError
from scoring.factory import load_service
from scoring.model.additive_model import AdditiveModel, write_model
from scoring.model.artefacts import (
    CHAMPION_FILE,
    EVALUATION_FILE,
    PORTFOLIO_FILE,
    Artefacts,
    check_not_older,
    read_artefacts,
)
from scoring.model.signatures import SIGNATURE_FILE, Signature, sign_folder, write_private_key
from scoring.server.middleware.logs import Metrics
from scoring.server.model_reload import Live, Renewal
from scoring.service import Service
from scoring.settings import DEMO, read_settings
from tests.running import run


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that private copies are made in, and nothing else."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "private.pem"


@pytest.fixture
def public(key_file: Path) -> str:
    return write_private_key(key_file)


@pytest.fixture
def folder(tmp_path: Path, key_file: Path, public: str) -> Path:
    """A signed copy of the demo."""
    copy = Path(shutil.copytree(DEMO, tmp_path / "artefacts"))
    sign_folder(copy, key_file)
    return copy


def change_json(path: Path, **changes: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | changes), encoding="utf-8")


def change_model(folder: Path) -> None:
    """Change a number of the serving model and compute every digest anew, as someone would who knows the format."""
    champion = json.loads((folder / CHAMPION_FILE).read_text())
    path = folder / f"{champion['serves']}.json"
    document = json.loads(path.read_text())
    del document["digest"]
    model = AdditiveModel.model_validate(document | {"intercept": document["intercept"] - 1.0})
    write_model(model, path)
    change_json(folder / CHAMPION_FILE, models=champion["models"] | {champion["serves"]: model.digest})


def test_without_keys_unsigned_artefacts_serve_from_their_own_folder() -> None:
    artefacts = read_artefacts(DEMO)
    assert (artefacts.folder, artefacts.signature) == (DEMO, None)


def test_a_checksum_alone_does_not_find_a_change_on_purpose(folder: Path, public: str) -> None:
    change_model(folder)
    assert read_artefacts(folder).model.digest != read_artefacts(DEMO).model.digest  # taken without keys
    with pytest.raises(ArtefactError, match="must be the file that was signed"):
        read_artefacts(folder, keys=[public])


def test_signed_artefacts_are_served_from_a_private_copy(folder: Path, public: str, temporary: Path) -> None:
    artefacts = read_artefacts(folder, keys=[public])
    assert artefacts.model == read_artefacts(DEMO).model
    assert artefacts.folder.parent == temporary
    assert artefacts.folder.stat().st_mode & 0o077 == 0
    expected = (folder / EVALUATION_FILE).read_bytes()
    (folder / EVALUATION_FILE).write_text("changed after the check")
    (folder / PORTFOLIO_FILE).unlink()
    assert (artefacts.folder / EVALUATION_FILE).read_bytes() == expected
    assert artefacts.portfolio.is_file()
    del artefacts
    gc.collect()
    assert not list(temporary.iterdir())


def swap_models(folder: Path) -> None:
    one, other = folder / "ebm.json", folder / "scorecard.json"
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def serve_the_other(folder: Path) -> None:
    serves = json.loads((folder / CHAMPION_FILE).read_text())["serves"]
    change_json(folder / CHAMPION_FILE, serves="ebm" if serves == "scorecard" else "scorecard")


def rename_in_signature(folder: Path) -> None:
    signature = json.loads((folder / SIGNATURE_FILE).read_text())
    signature["files"]["ebm.json"], signature["files"]["scorecard.json"] = (
        signature["files"]["scorecard.json"],
        signature["files"]["ebm.json"],
    )
    change_json(folder / SIGNATURE_FILE, files=signature["files"])
    swap_models(folder)


def strike_from_signature(folder: Path) -> None:
    files = json.loads((folder / SIGNATURE_FILE).read_text())["files"]
    del files[EVALUATION_FILE]
    change_json(folder / SIGNATURE_FILE, files=files)
    (folder / EVALUATION_FILE).unlink()


def pipe_for_a_file(folder: Path) -> None:
    (folder / EVALUATION_FILE).unlink()
    os.mkfifo(folder / EVALUATION_FILE)


def link_to_endless(folder: Path) -> None:
    (folder / EVALUATION_FILE).unlink()
    (folder / EVALUATION_FILE).symlink_to("/dev/zero")


def signature_as(folder: Path, target: str = "") -> None:
    (folder / SIGNATURE_FILE).unlink()
    if target:
        (folder / SIGNATURE_FILE).symlink_to(target)
    else:
        os.mkfifo(folder / SIGNATURE_FILE)


WITHOUT_THE_KEY: dict[str, tuple[Callable[[Path], object], str]] = {
    "model with its digests computed anew": (change_model, "must be the file that was signed"),
    "the other model serves": (serve_the_other, r"champion\.json must be the file that was signed"),
    "models exchanged": (swap_models, "must be the file that was signed"),
    "models exchanged, in the signature too": (rename_in_signature, "must be that of its key over its statement"),
    "a file struck from the signature": (strike_from_signature, "must be that of its key over its statement"),
    "clients called synthetic": (
        lambda folder: change_json(folder / CHAMPION_FILE, portfolio={"synthetic": True}),
        r"champion\.json must be the file that was signed",
    ),
    "clients cut": (lambda folder: os.truncate(folder / PORTFOLIO_FILE, 1000), "must be the file that was signed"),
    "clients grown": (
        lambda folder: os.truncate(folder / PORTFOLIO_FILE, (folder / PORTFOLIO_FILE).stat().st_size + 1),
        "must be the file that was signed",
    ),
    "evaluation changed": (
        lambda folder: change_json(folder / EVALUATION_FILE, seconds=1.0),
        r"evaluation\.json must be the file that was signed",
    ),
    "report removed": (lambda folder: (folder / "shock.json").unlink(), "Every signed file must be readable"),
    "report added": (lambda folder: (folder / "new.json").write_text("{}"), r"must be signed; got new\.json without"),
    "named pipe": (pipe_for_a_file, "is no regular file"),
    "endless file": (link_to_endless, "is no regular file"),
    "later date": (
        lambda folder: change_json(folder / SIGNATURE_FILE, signed="2099-01-01T00:00:00Z"),
        "must be that of its key over its statement",
    ),
    "no signature": (lambda folder: (folder / SIGNATURE_FILE).unlink(), r"must be signed, .* got no signature\.json"),
    "broken signature": (lambda folder: (folder / SIGNATURE_FILE).write_text("{"), "must be readable JSON"),
    "signature of another form": (
        lambda folder: change_json(folder / SIGNATURE_FILE, signature="AAAA"),
        r"signature\.json must be consistent",
    ),
    "path in the signature": (
        lambda folder: change_json(folder / SIGNATURE_FILE, files={"../x.json": {"bytes": 1, "sha256": "0" * 64}}),
        r"signature\.json must be consistent",
    ),
    "huge signature": (
        lambda folder: os.truncate(folder / SIGNATURE_FILE, 1 << 30),
        "of at most 1000000 bytes; got 1073",
    ),
    "endless signature": (lambda folder: signature_as(folder, "/dev/zero"), "must be a regular file"),
    "named pipe for a signature": (signature_as, "must be a regular file"),
    "signed by a stranger": (
        lambda folder: sign_folder(folder, folder.parent / "stranger.pem"),
        "must be signed with a key that CLAIRSCORE_MODEL_KEYS names; got ed25519:",
    ),
}


@pytest.mark.parametrize("name", WITHOUT_THE_KEY)
def test_who_can_write_the_folder_but_not_sign_is_refused(
    name: str, folder: Path, public: str, temporary: Path
) -> None:
    write_private_key(folder.parent / "stranger.pem")
    attack, message = WITHOUT_THE_KEY[name]
    attack(folder)
    with pytest.raises(ArtefactError, match=message):
        read_artefacts(folder, keys=[public])
    assert not list(temporary.iterdir())


def test_every_file_that_is_read_is_covered(folder: Path) -> None:
    signature = Signature.model_validate_json((folder / SIGNATURE_FILE).read_bytes())
    assert set(signature.files) == {path.name for path in DEMO.iterdir() if path.suffix in (".json", ".parquet")}


def test_files_of_two_signed_trainings_do_not_mix(folder: Path, key_file: Path, public: str, tmp_path: Path) -> None:
    other = Path(shutil.copytree(DEMO, tmp_path / "other"))
    change_model(other)
    sign_folder(other, key_file)
    for name in (CHAMPION_FILE, "ebm.json", "scorecard.json"):
        shutil.copyfile(other / name, folder / name)
    assert read_artefacts(folder).model == read_artefacts(other, keys=[public]).model
    with pytest.raises(ArtefactError, match="must be the file that was signed"):
        read_artefacts(folder, keys=[public])


@pytest.fixture
def older(folder: Path, tmp_path: Path) -> Path:
    """A folder that was signed before `folder` was signed again."""
    return Path(shutil.copytree(folder, tmp_path / "older"))


def test_an_older_folder_does_not_replace_the_one_that_serves(
    folder: Path, older: Path, key_file: Path, public: str
) -> None:
    sign_folder(folder, key_file)
    served = read_artefacts(folder, keys=[public])
    put_back = read_artefacts(older, keys=[public])
    with pytest.raises(ArtefactError, match="must not be signed before those that serve"):
        check_not_older(put_back, served)
    check_not_older(served, put_back)
    check_not_older(served, served)
    sign_folder(older, key_file)  # how an owner returns to an older model
    check_not_older(read_artefacts(older, keys=[public]), served)


def test_a_running_service_keeps_what_serves(folder: Path, older: Path, key_file: Path, public: str) -> None:
    """Unsigned, foreign or older artefacts in the watched folder are refused while the old ones answer."""
    sign_folder(folder, key_file)

    def load() -> Service:
        return Service(read_artefacts(folder, keys=[public]))

    live = Live(load())
    serves = live.now
    renewal = Renewal(live, folder, load, metrics=Metrics())
    whole = Path(shutil.copytree(folder, folder.parent / "whole"))

    def exchanged(by: Path) -> bool:
        shutil.rmtree(folder)
        shutil.copytree(by, folder)
        return run(renewal.renew())

    assert not exchanged(older)
    assert "must not be signed before those that serve" in live.refused
    assert not exchanged(DEMO)
    assert "must be signed" in live.refused
    change_model(folder)
    write_private_key(key_file.parent / "stranger.pem")
    sign_folder(folder, key_file.parent / "stranger.pem")
    assert not run(renewal.renew())
    assert "must be signed with a key that CLAIRSCORE_MODEL_KEYS names" in live.refused
    assert live.now is serves
    assert serves.assess(100002).decision
    assert exchanged(whole)
    assert live.now is not serves


def test_a_start_refuses_what_was_signed_before_the_date_that_is_set(folder: Path, public: str) -> None:
    signed = Signature.model_validate_json((folder / SIGNATURE_FILE).read_bytes()).signed
    assert read_artefacts(folder, keys=[public], since=signed).signature is not None
    with pytest.raises(ArtefactError, match=r"must be signed since .*CLAIRSCORE_MODEL_SIGNED_SINCE"):
        read_artefacts(folder, keys=[public], since=signed + timedelta(microseconds=1))


def test_two_keys_may_sign_while_one_replaces_the_other(folder: Path, public: str, tmp_path: Path) -> None:
    new = write_private_key(tmp_path / "new.pem")
    assert isinstance(read_artefacts(folder, keys=[new, public]), Artefacts)
    sign_folder(folder, tmp_path / "new.pem")
    assert isinstance(read_artefacts(folder, keys=[new]), Artefacts)


def test_the_service_checks_by_its_settings(folder: Path, public: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIRSCORE_MODEL_KEYS", public)
    monkeypatch.setenv("CLAIRSCORE_ARTEFACTS", str(folder))
    assert load_service(read_settings()).artefacts.signature is not None
    monkeypatch.setenv("CLAIRSCORE_ARTEFACTS", str(DEMO))
    with pytest.raises(ArtefactError, match="must be signed, since CLAIRSCORE_MODEL_KEYS is set"):
        load_service(read_settings())


def test_commands_that_score_check_too(
    public: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("CLAIRSCORE_MODEL_KEYS", public)
    out = str(tmp_path / "out.csv")
    for arguments in (
        ["explain", "100002"],
        ["export", "grid", "--out", out],
        ["batch", "--artefacts", str(DEMO), "--tables", str(tmp_path), "--out", out],
    ):
        monkeypatch.setattr("sys.argv", ["scoring", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        assert ended.value.code == 2
        assert "must be signed, since CLAIRSCORE_MODEL_KEYS is set" in capsys.readouterr().err


def test_commands_make_a_key_and_sign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(DEMO, tmp_path / "artefacts"))
    key = tmp_path / "private.pem"

    def say(*arguments: str) -> str:
        monkeypatch.setattr("sys.argv", ["scoring", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        assert not ended.value.code
        return capsys.readouterr().out

    public = say("sign-key", "--out", str(key)).removeprefix("CLAIRSCORE_MODEL_KEYS=").strip()
    assert key.stat().st_mode & 0o777 == 0o600
    assert public in say("sign", "--artefacts", str(folder), "--key", str(key))
    signature = read_artefacts(folder, keys=[public]).signature
    assert signature is not None
    assert datetime.now(UTC) - signature.signed < timedelta(hours=1)


def test_a_damaged_folder_is_not_signed(
    folder: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.truncate(folder / PORTFOLIO_FILE, 1000)
    before = (folder / SIGNATURE_FILE).read_bytes()
    monkeypatch.setattr("sys.argv", ["scoring", "sign", "--artefacts", str(folder), "--key", str(key_file)])
    with pytest.raises(SystemExit) as ended:
        command_line.main()
    assert ended.value.code == 2
    assert "The clients' file must be the one that champion.json names" in capsys.readouterr().err
    assert (folder / SIGNATURE_FILE).read_bytes() == before


def test_a_private_key_is_not_written_over_a_file(key_file: Path, public: str) -> None:
    before = key_file.read_bytes()
    with pytest.raises(ArtefactError, match="must be written to a new file"):
        write_private_key(key_file)
    assert key_file.read_bytes() == before
    with pytest.raises(ArtefactError, match="must be written; got"):
        write_private_key(key_file.parent / "nowhere" / "key.pem")


RSA_IN_NAME_ONLY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("content", ["", "text", RSA_IN_NAME_ONLY])
def test_what_is_no_key_does_not_sign(folder: Path, key_file: Path, content: str) -> None:
    key_file.write_text(content)
    with pytest.raises(ArtefactError, match="must be an unencrypted Ed25519 key in PEM"):
        sign_folder(folder, key_file)


def test_a_key_of_another_kind_does_not_sign(folder: Path, key_file: Path) -> None:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey  # noqa: PLC0415

    key_file.write_bytes(
        X25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(ArtefactError, match="must be an Ed25519 key"):
        sign_folder(folder, key_file)


def test_a_date_without_a_key_is_refused(monkeypatch: pytest.MonkeyPatch, public: str) -> None:
    monkeypatch.setenv("CLAIRSCORE_MODEL_SIGNED_SINCE", "2026-12-01T00:00:00Z")
    with pytest.raises(SettingsError, match="must go with CLAIRSCORE_MODEL_KEYS"):
        read_settings()
    monkeypatch.setenv("CLAIRSCORE_MODEL_KEYS", f"{public}, {public}")
    assert read_settings().model_keys == (public, public)
    for wrong in ("key", "ed25519:", public[:-1], public + "x", public.replace("ed25519", "rsa")):
        monkeypatch.setenv("CLAIRSCORE_MODEL_KEYS", wrong)
        with pytest.raises(SettingsError, match="CLAIRSCORE_MODEL_KEYS"):
            read_settings()
