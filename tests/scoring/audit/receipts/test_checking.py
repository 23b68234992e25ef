"""A true receipt holds whoever wrote it again; any number that was changed shows, and by the claim that it breaks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scoring.__main__ import cli
from scoring.audit.audited_decisions import Recorder
from scoring.audit.receipts import Receipt, check, model_named, read_receipt, written
from scoring.audit.receipts.commands import CLAIMS, SAYS
from scoring.audit.receipts.receipt import digest_of
from scoring.audit.writer import Journal
from scoring.errors import ArtefactError, ErasedError, ReceiptError
from scoring.model.additive_model import write_model
from scoring.service import Service
from scoring.settings import DEMO
from tests.scoring.audit.receipts.conftest import SCRIPT

Change = Callable[[dict[str, Any]], None]


def broken(file: Path, change: Change, *, sealed: bool) -> set[str]:
    """The claims that do not hold after a change; `sealed`: whoever changed it computed the digest again."""
    raw = json.loads(file.read_text(encoding="utf-8"))
    change(raw)
    if sealed:
        raw["digest"] = digest_of(raw)
    file.write_text(json.dumps(raw), encoding="utf-8")
    told, again = read_receipt(file)
    return {one.claim for one in check(told, again, model_named(DEMO, told.model.digest)) if not one.holds}


def test_a_true_receipt_holds(receipts: list[Receipt], demo: Service, tmp_path: Path) -> None:
    for number, one in enumerate(receipts):
        path = tmp_path / f"{number}.json"
        path.write_text(written(one), encoding="utf-8")
        told, raw = read_receipt(path)
        assert told == one
        checks = check(told, raw, demo.model)
        assert [made.claim for made in checks] == list(CLAIMS)
        assert all(made.holds for made in checks), checks


def test_it_holds_after_another_program_wrote_it_again(file: Path) -> None:
    def as_others_write(raw: dict[str, Any]) -> None:
        for term in raw["terms"]:
            term["contribution"] = int(term["contribution"]) if term["contribution"] == 0 else term["contribution"]
        for name in ("cost_fn", "cost_fp"):
            raw[name] = int(raw[name])  # 10 for 10.0

    assert broken(file, as_others_write, sealed=False) == set()


def _first_number(raw: dict[str, Any]) -> str:
    return next(name for name, value in raw["values"].items() if isinstance(value, float))


@pytest.mark.parametrize(
    ("change", "claims"),
    [
        (lambda raw: raw["terms"][0].update(cell=raw["terms"][0]["cell"] + 1), {"cells"}),
        (
            lambda raw: raw["terms"][3].update(contribution=raw["terms"][3]["contribution"] + 1e-12),
            {"contributions", "sum"},
        ),
        (lambda raw: raw.update(intercept=raw["intercept"] - 1e-12), {"sum"}),
        (lambda raw: raw.update(log_odds=raw["log_odds"] + 1e-9), {"sum", "probability", "record"}),
        (lambda raw: raw.update(pd=raw["pd"] * (1 + 1e-9)), {"probability", "record"}),
        (lambda raw: raw.update(threshold=0.5), {"decision", "record"}),
        (lambda raw: raw.update(review_because=["outside_training"]), {"decision", "record"}),
        (lambda raw: raw["reasons"].pop(), {"reasons", "record"}),
        (lambda raw: raw.update(at="1999"), {"entry"}),
        (lambda raw: raw["entry"].update(seq=raw["entry"]["seq"] + 1), {"entry"}),
        (lambda raw: raw["entry"].update(salt="00"), {"entry"}),
        (lambda raw: raw["entry"].update(recorded="{}"), {"entry", "record"}),
        (lambda raw: raw.update(client_id=1), {"record"}),
        (lambda raw: raw["model"].update(version="ebm-000000000000"), {"model", "record"}),
        (lambda raw: raw["values"].pop(_first_number(raw)), {"model", "cells", "contributions", "sum", "probability"}),
        (lambda raw: raw["values"].update({_first_number(raw): "a text"}), {"cells", "contributions", "record"}),
    ],
)
def test_a_change_shows_by_the_claim_that_it_breaks(file: Path, change: Change, claims: set[str]) -> None:
    before = file.read_text(encoding="utf-8")
    assert claims <= broken(file, change, sealed=True)
    file.write_text(before, encoding="utf-8")
    assert claims | {"digest"} <= broken(file, change, sealed=False)


def test_a_receipt_is_held_against_the_model_that_decided(file: Path, tmp_path: Path, demo: Service) -> None:
    told, _ = read_receipt(file)
    (tmp_path / "other").mkdir()
    with pytest.raises(ArtefactError, match="must hold the model that decided"):
        model_named(tmp_path / "other", told.model.digest)
    with pytest.raises(ArtefactError, match="must be in a folder"):
        model_named(tmp_path / "nowhere", told.model.digest)
    model = tmp_path / "other" / "old.json"
    write_model(demo.model, model)
    assert model_named(model.parent, told.model.digest) == demo.model
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace('"seed":', '"seed":1', 1), encoding="utf-8")
    with pytest.raises(ArtefactError, match="must be those that were written"):
        model_named(model.parent, told.model.digest)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "must be readable JSON"),
        ("[" * 100_000, "must be readable JSON"),
        ("[]", "must be of format 'clairscore-receipt'"),
        ('{"format": "clairscore-receipt", "version": 2}', "version 2"),
        ('{"format": "clairscore-receipt", "version": 1}', "must be whole; got .* at decision_id"),
    ],
)
def test_what_is_no_receipt_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "none.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ReceiptError, match=message):
        read_receipt(path)


def test_what_was_erased_has_no_receipt(demo: Service, tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.sqlite'}")
    own = Recorder(demo, journal)
    made = own.decide_known(100002, who=SCRIPT, source="api")
    journal.erase(100002)
    with pytest.raises(ErasedError, match="can have no receipt"):
        own.receipt(made.decision_id)
    journal.close()


def test_the_command_line(demo: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'journal.sqlite'}"
    journal = Journal(url)
    made = Recorder(demo, journal).decide_known(100002, who=SCRIPT, source="api")
    journal.close()
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", url)
    kept = tmp_path / "kept.json"

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, words)
        return done.exit_code, done.output

    assert run("receipt", made.decision_id, "--out", str(kept))[0] == 0
    code, said = run("verify", str(kept), "--artefacts", str(DEMO))
    assert code == 0
    assert f"exactly as {demo.model.model_version} computes it" in said
    kept.write_text(json.dumps(json.loads(kept.read_text(encoding="utf-8")) | {"points": 700.0}), encoding="utf-8")
    code, said = run("verify", str(kept))
    assert code == 1
    assert f"DIFFERS {SAYS['digest']}" in said
    assert set(SAYS) == set(CLAIMS)
