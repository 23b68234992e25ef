"""Keys: shown once, kept as digests, good while neither revoked nor expired, seen by a running service at once."""

import errno
import hashlib
import hmac
import json
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from scoring.__main__ import cli
from scoring.errors import AccessError, ArtefactError
from scoring.server.access.keys import LOOK_EVERY, Key, KeyBook, changing, id_of, make_key, read_keys


@pytest.fixture
def run(keys_file: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CLAIRSCORE_KEYS", str(keys_file))
    return lambda *words: CliRunner().invoke(cli, ["keys", *words])


class At:
    """A clock that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = time.monotonic()
        monkeypatch.setattr("scoring.server.access.keys.time.monotonic", lambda: self.now)

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> At:
    return At(monkeypatch)


def test_the_file_never_holds_the_secret(run: Callable[..., Result], keys_file: Path) -> None:
    text = run("create", "nightly", "--role", "script", "--scope", "decide").stdout.strip()
    written = keys_file.read_text(encoding="utf-8")
    assert id_of(text) in written
    assert text.split("_", 2)[2] not in written
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
    assert text not in run("list").output


def test_a_key_opens_and_no_other_text_does(keys_file: Path) -> None:
    key, text = make_key("a", "officer", days=1)
    with changing(keys_file) as keys:
        keys[key.id] = key
    book = KeyBook(keys_file)
    assert book.find(text) == key
    head, secret = text[:19], text[19:]
    for wrong in ("", "clair", head, head + secret[:-1], text + "A", head + secret[::-1], f"clair_{'a' * 12}_{secret}"):
        assert book.find(wrong) is None
    assert book.find(f"{head}{secret}\udce9") is None


def test_a_secret_has_256_bits_and_never_comes_twice() -> None:
    texts = {make_key("a", "officer", days=1)[1] for _ in range(200)}
    assert len(texts) == 200
    assert all(len(text.split("_", 2)[2]) == 43 for text in texts)  # 32 bytes in base64


def test_revoking_is_seen_by_a_running_service(run: Callable[..., Result], keys_file: Path, clock: At) -> None:
    text = run("create", "anna", "--role", "owner").stdout.strip()
    book = KeyBook(keys_file)
    assert book.find(text)
    assert run("revoke", id_of(text) or "").exit_code == 0
    clock.pass_(LOOK_EVERY)
    assert book.find(text) is None
    assert not book.is_good(id_of(text) or "")


def test_rotating_leaves_no_gap(run: Callable[..., Result], keys_file: Path, clock: At) -> None:
    old = run("create", "nightly", "--role", "script", "--scope", "decide", "--scope", "clients").stdout.strip()
    book = KeyBook(keys_file)
    new = run("rotate", id_of(old) or "", "--grace", "1").stdout.strip()
    clock.pass_(LOOK_EVERY)
    before, after = book.find(old), book.find(new)
    assert before and after
    assert (before.name, before.role, before.scopes) == (after.name, after.role, after.scopes)
    assert before.expires < after.expires
    with changing(keys_file) as keys:  # the hour passes
        keys[before.id] = before.model_copy(update={"expires": before.created})
    clock.pass_(LOOK_EVERY)
    assert book.find(old) is None
    assert book.find(new)


def test_an_expired_key_opens_nothing(keys_file: Path) -> None:
    key, text = make_key("a", "officer", days=1e-9)
    time.sleep(0.001)
    with changing(keys_file) as keys:
        keys[key.id] = key
    assert KeyBook(keys_file).find(text) is None


def test_a_damaged_file_opens_nothing(run: Callable[..., Result], keys_file: Path, clock: At) -> None:
    text = run("create", "anna", "--role", "owner").stdout.strip()
    book = KeyBook(keys_file)
    whole = keys_file.read_text(encoding="utf-8")
    for damage in (whole[:-20], whole.replace("owner", "king"), "[]", whole.replace('"version": 1', '"version": 2')):
        keys_file.write_text(damage, encoding="utf-8")
        clock.pass_(LOOK_EVERY)
        assert book.find(text) is None
        with pytest.raises(ArtefactError):
            read_keys(keys_file)
    keys_file.write_text(whole, encoding="utf-8")
    clock.pass_(LOOK_EVERY)
    assert book.find(text)
    keys_file.unlink()
    clock.pass_(LOOK_EVERY)
    assert book.find(text) is None


def test_a_file_that_could_not_be_read_once_is_read_again(
    run: Callable[..., Result], keys_file: Path, clock: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = run("create", "anna", "--role", "owner").stdout.strip()
    book = KeyBook(keys_file)

    def no_descriptor(_path: Path) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as broken:
        broken.setattr("scoring.server.access.keys.read_keys", no_descriptor)
        assert book.find(text) is None
    clock.pass_(LOOK_EVERY)
    assert book.find(text)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--role", "king"], "must be one of script, officer"),
        (["--role", "script", "--scope", "everything"], "must be one of decide"),
        (["--role", "script"], "scopes must be given for a script's key"),
        (["--role", "officer", "--scope", "decide"], "scopes must be given for a script's key"),
        (["--role", "officer", "--days", "0"], "must last between 0 and 366 days; got 0"),
        (["--role", "officer", "--days", "1e300"], "must last between 0 and 366 days"),
    ],
)
def test_what_cannot_be_a_key_is_refused(run: Callable[..., Result], words: list[str], message: str) -> None:
    done = run("create", "anna", *words)
    assert done.exit_code != 0
    assert message in " ".join((done.output + str(done.exception)).replace("│", " ").split())


@pytest.mark.parametrize("name", ["", "a\nb", "x" * 101])
def test_a_name_is_one_short_line(name: str) -> None:
    with pytest.raises(AccessError, match="must be usable"):
        make_key(name, "officer", days=1)


def test_two_may_not_share_a_name(run: Callable[..., Result]) -> None:
    first = run("create", "anna", "--role", "officer").stdout.strip()
    again = run("create", "anna", "--role", "owner")
    assert isinstance(again.exception, AccessError)
    assert run("revoke", id_of(first) or "").exit_code == 0
    assert run("create", "anna", "--role", "owner").exit_code == 0


def test_a_key_that_is_not_there_cannot_be_revoked(run: Callable[..., Result]) -> None:
    assert "must be there and good" in str(run("revoke", "a" * 12).exception)


def test_the_file_is_what_it_says(keys_file: Path) -> None:
    key, _ = make_key("a", "script", days=3, scopes=("decide",))
    with changing(keys_file) as keys:
        keys[key.id] = key
    assert json.loads(keys_file.read_text(encoding="utf-8"))["format"] == "clairscore-keys"
    assert read_keys(keys_file) == (key,)
    assert Key.model_validate_json(key.model_dump_json()) == key


def test_a_wrong_secret_is_compared_as_an_unknown_key_is(keys_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is right of a key, it takes one hash and one comparison in constant time, of the same lengths."""
    key, text = make_key("a", "officer", days=1)
    with changing(keys_file) as keys:
        keys[key.id] = key
    done: list[tuple[object, ...]] = []
    book = KeyBook(keys_file)
    book.is_good(key.id)  # the file is read
    sha256, compare_digest = hashlib.sha256, hmac.compare_digest

    def hashed(given: bytes) -> object:
        done.append(("sha256", len(given)))
        return sha256(given)

    def compared(one: str, other: str) -> bool:
        done.append(("compare_digest", len(one), len(other)))
        return compare_digest(one, other)

    monkeypatch.setattr(hashlib, "sha256", hashed)
    monkeypatch.setattr(hmac, "compare_digest", compared)
    nearly = text[:-1] + ("A" if text[-1] != "A" else "B")
    unknown = f"clair_{'2' * 12}_{text[19:]}"
    for presented in (text, nearly, text[:19] + "A" * 43, unknown):
        done.clear()
        assert (book.find(presented) is not None) is (presented == text)
        assert done == [("sha256", 43), ("compare_digest", 64, 64)]


@pytest.mark.skipif(os.name == "nt", reason="the umask is a Unix matter")
def test_the_file_is_private_whatever_the_umask(run: Callable[..., Result], keys_file: Path) -> None:
    before = os.umask(0)
    try:
        run("create", "anna", "--role", "owner")
    finally:
        os.umask(before)
    assert stat.S_IMODE(keys_file.stat().st_mode) == 0o600
