"""The journal by command: verified against anchors, leafed through, made again, erased, kept no longer than allowed."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scoring.__main__ import cli
from scoring.audit.store.database import engine_of
from scoring.audit.writer import Journal, Recorded
from scoring.errors import SettingsError
from tests.scoring.audit.conftest import Record

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def made(own: Journal, record: Record, clients: list[int]) -> list[Recorded]:
    return [record(own, client) for client in clients]


@pytest.fixture
def run(url: str, made: list[Recorded], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CLAIRSCORE_JOURNAL_URL", url)

    def words(*given: str) -> tuple[int, str]:
        done = CliRunner().invoke(cli, ["journal", *given])
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    return words


def test_verify(run: Run, url: str, own: Journal, tmp_path: Path) -> None:
    code, said = run("verify", "--head", str(own.head))
    assert code == 0
    assert re.search(r"4 entries from [-0-9]{10}T[:0-9]{8} to [-0-9]{10}T[:0-9]{8} UTC; head 4:", said)
    anchors = tmp_path / "anchors"
    anchors.write_text(f'{{"head": "{own.head}"}}\n', encoding="utf-8")
    assert "held against 1 heads noted outside" in run("verify", "--anchors", str(anchors))[1]
    with engine_of(url).begin() as connection:
        connection.exec_driver_sql("UPDATE journal_entries SET at = '1999' WHERE seq = 2")
    code, said = run("verify")
    assert code == 1
    assert "FAULT entry 2: it was changed" in said


def test_a_head_is_taken_whole(run: Run) -> None:
    with pytest.raises(SettingsError, match="must be SEQ:DIGEST"):
        run("verify", "--head", "4:abc")


def test_replay_and_export(run: Run, made: list[Recorded], tmp_path: Path) -> None:
    assert run("replay", made[0].entry_id)[0] == 0
    assert run("export", "--out", str(tmp_path / "out.jsonl"))[0] == 0
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 4


def test_list(run: Run, made: list[Recorded], clients: list[int]) -> None:
    said = run("list", "--kind", "decision", "--limit", "2")[1]
    assert [line.split()[0] for line in said.splitlines()] == ["4", "3", "More:"]
    [line] = run("list", "--client", str(clients[0]))[1].splitlines()
    assert made[0].entry_id in line
    assert f"client={clients[0]}" in line
    assert run("list", "--since", "2020-01-01", "--until", "2020-01-02")[1] == ""
    assert run("list", "--kind", "nothing")[0] == 2


def test_erase(run: Run, made: list[Recorded]) -> None:
    assert "the values of 1 entries" in run("erase", "100002")[1]
    assert run("erase", "--decision", made[0].entry_id)[0] == 0
    assert "2 of them without values" in run("verify")[1]
    assert run("erase")[0] == run("erase", "1", "--decision", "x")[0] == 2


def test_retain(run: Run, url: str) -> None:
    assert "the values of 0 entries" in run("retain", "--older-than", "730d")[1]
    assert re.search(r"from before \d{4}-\d\d-\d\d, .*, as entry 6 says", run("retain", "--older-than", "2y")[1])
    assert run("retain", "--older-than", "soon")[0] == 2
