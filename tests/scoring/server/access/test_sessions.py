"""Sessions: forged, reused, stolen from a dump, or too old ones open nothing, however the clock is set."""

import dataclasses
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import Signer

from scoring.server.access.sessions import IDLE, LONGEST, MOST_EACH, Sessions
from scoring.server.identity import Identity

ANNA, BEN = Identity("anna", "officer"), Identity("ben", "officer")


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(clock: Clock) -> Sessions:
    return Sessions(clock=clock)


def test_a_cookie_names_its_login(sessions: Sessions) -> None:
    anna, ben = sessions.begin(ANNA), sessions.begin(BEN)
    found = sessions.find(anna)
    assert found is not None
    assert found.identity == ANNA
    assert sessions.find(ben) != found


def test_every_login_has_its_own_number(sessions: Sessions) -> None:
    cookies = {sessions.begin(Identity(f"{n}", "officer")) for n in range(500)}
    assert len(cookies) == 500
    assert min(len(cookie.rpartition(".")[0]) for cookie in cookies) == 43  # 256 bits in base64


def test_a_changed_cookie_opens_nothing(sessions: Sessions) -> None:
    good = sessions.begin(ANNA)
    number, _, signature = good.rpartition(".")
    other = Signer("a secret of somebody else", salt="session").sign(number).decode()
    for forged in ("", ".", number, f"{number}.", f".{signature}", good[:-1], f"{number[:-1]}x.{signature}", other):
        assert sessions.find(forged) is None
    assert sessions.find(good)


@given(st.text(max_size=120))
def test_no_made_up_cookie_opens_anything(made_up: str) -> None:
    sessions = Sessions()
    sessions.begin(ANNA)
    assert sessions.find(made_up) is None


def test_what_the_process_keeps_cannot_be_presented(sessions: Sessions) -> None:
    cookie = sessions.begin(ANNA)
    session = sessions.find(cookie)
    assert session is not None
    kept = [str(value) for value in dataclasses.asdict(dataclasses.replace(session, ended=None)).values()]  # type: ignore[arg-type]
    assert cookie.rpartition(".")[0] not in kept
    assert all(sessions.find(value) is None for value in kept)


def test_a_login_that_ended_stays_ended(sessions: Sessions) -> None:
    cookie = sessions.begin(ANNA)
    session = sessions.find(cookie)
    assert session is not None
    sessions.end(session)
    assert session.ended.is_set()
    assert sessions.find(cookie) is None
    sessions.end(session)


def test_a_login_falls_asleep_and_ends(sessions: Sessions, clock: Clock) -> None:
    cookie = sessions.begin(ANNA)
    for _ in range(3):
        clock.now += IDLE
        assert sessions.find(cookie)
    clock.now += IDLE + 1
    assert sessions.find(cookie) is None
    clock.now -= IDLE
    assert sessions.find(cookie) is None


def test_a_login_ends_though_somebody_is_at_work(sessions: Sessions, clock: Clock) -> None:
    cookie = sessions.begin(ANNA)
    while clock.now <= LONGEST:
        assert sessions.find(cookie)
        clock.now += IDLE / 2
    assert sessions.find(cookie) is None


def test_setting_the_clock_prolongs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    sessions = Sessions()  # on the clock that it has in service
    cookie = sessions.begin(ANNA)
    for jump in (-1e9, 0.0, 1e9):
        monkeypatch.setattr(time, "time", lambda jump=jump: jump)
        assert sessions.find(cookie)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scoring.server.access.sessions.MOST", 50)
    sessions = Sessions()
    first = sessions.begin(ANNA)
    for n in range(50):
        sessions.begin(Identity(f"{n}", "officer"))
    assert len(sessions) == 50
    assert sessions.find(first) is None


def test_one_person_has_so_many_at_a_time(sessions: Sessions) -> None:
    cookies = [sessions.begin(ANNA) for _ in range(MOST_EACH + 2)]
    assert [bool(sessions.find(cookie)) for cookie in cookies] == [False] * 2 + [True] * MOST_EACH


def test_a_keys_logins_end_together(sessions: Sessions) -> None:
    first, second, other = sessions.begin(ANNA, "k1"), sessions.begin(ANNA, "k1"), sessions.begin(BEN, "k2")
    sessions.end_of_key("k1")
    assert [bool(sessions.find(cookie)) for cookie in (first, second, other)] == [False, False, True]
