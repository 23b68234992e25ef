"""Page sessions: whose they are, how many are kept, and that a name is forgotten with all that waits under it."""

from typing import Any

import pytest
from starlette.types import Scope

from scoring.server.access.authorization import SESSION
from scoring.server.access.page_sessions import MOST, MOST_EACH, PageSessions, asker_of
from scoring.server.access.sessions import IDLE, Session
from scoring.server.identity import SCOPE_KEY, Identity


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def forgotten() -> list[str]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(forgotten: list[str], clock: Clock) -> PageSessions:
    return PageSessions(forget=forgotten.append, clock=clock)


def test_a_name_is_its_first_askers(sessions: PageSessions) -> None:
    assert sessions.admits("page", "login 1")
    for other in ("login 2", "who nightly", "at 192.0.2.7"):
        assert not sessions.admits("page", other)
    assert sessions.admits("page", "login 1")


def test_addresses_share_for_they_change_on_the_way(sessions: PageSessions) -> None:
    assert sessions.admits("page", "at 192.0.2.7")
    assert sessions.admits("page", "at 2001:db8::/64")
    assert not sessions.admits("page", "login 1")


def test_who_makes_up_names_loses_their_own_alone(sessions: PageSessions, forgotten: list[str]) -> None:
    assert sessions.admits("hers", "login 1")
    for n in range(10 * MOST_EACH):
        assert sessions.admits(f"name{n}", "login 2")
    assert len(sessions) == 1 + MOST_EACH
    assert "hers" not in forgotten
    assert not sessions.admits("hers", "login 2")


def test_there_are_some_hundreds_in_all(sessions: PageSessions, forgotten: list[str]) -> None:
    for n in range(MOST + 100):
        assert sessions.admits(f"name{n}", f"at 192.0.2.{n}")
    assert len(sessions) == MOST
    assert forgotten == [f"name{n}" for n in range(100)]  # the one used longest ago goes first


def test_a_name_that_can_be_taken_again_was_forgotten(
    sessions: PageSessions, forgotten: list[str], clock: Clock
) -> None:
    assert sessions.admits("page", "login 1")
    clock.now = IDLE - 1
    assert not sessions.admits("page", "login 2")  # which keeps nothing awake
    clock.now = IDLE + 1
    assert sessions.admits("page", "login 2")
    assert forgotten == ["page"]
    assert not sessions.admits("page", "login 1")


@pytest.mark.parametrize(
    ("scope", "asker"),
    [
        ({SESSION: Session(Identity("anna", "officer"), None, 0, 0, "abc")}, "login abc"),
        ({SESSION: None, SCOPE_KEY: Identity("nightly", "script")}, "who nightly"),
        ({"client": ("192.0.2.7", 4)}, "at 192.0.2.7"),
        ({"client": ("2001:db8:1:2:3::4", 4)}, "at 2001:db8:1:2::/64"),
        ({"client": None}, "at "),
    ],
)
def test_who_asks_is_a_login_else_a_key_else_an_address(scope: dict[str, Any], asker: str) -> None:
    found: Scope = {"type": "http", **scope}
    assert asker_of(found) == asker
