"""Rates: what a bucket gives over any time is bounded, and so is the memory of all buckets."""

from hypothesis import given
from hypothesis import strategies as st

from scoring.server.middleware.rate_limits import Rates, neighbourhood


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@given(st.lists(st.floats(0, 20), min_size=1, max_size=200), st.integers(1, 600), st.integers(1, 20))
def test_nobody_gets_more_than_burst_and_rate(pauses: list[float], a_minute: int, burst: int) -> None:
    clock = Clock()
    rates = Rates(a_minute=a_minute, burst=burst, clock=clock)
    given_ = 0
    for pause in pauses:
        clock.now += pause
        given_ += rates.wait("a") == 0
    assert given_ <= burst + clock.now * a_minute / 60 + 1e-6


def test_waiting_as_long_as_told_is_enough() -> None:
    clock = Clock()
    rates = Rates(a_minute=7, burst=1, clock=clock)
    assert rates.wait("a") == 0
    wait = rates.wait("a")
    clock.now += wait + 1e-9
    assert rates.wait("a") == 0


def test_looking_takes_nothing() -> None:
    rates = Rates(a_minute=1, burst=1, clock=Clock())
    assert rates.wait("a", take=False) == rates.wait("a", take=False) == rates.wait("a") == 0
    assert rates.wait("a", take=False) > 0


def test_no_limit_keeps_no_memory() -> None:
    rates = Rates(a_minute=0, burst=1)
    assert {rates.wait(f"{n}") for n in range(100)} == {0.0}
    assert len(rates) == 0


def test_memory_is_bounded_and_the_busy_are_remembered() -> None:
    rates = Rates(a_minute=1, burst=3, most=100, clock=Clock())
    for n in range(1_000):
        rates.wait(f"{n}")
        rates.wait("busy")
    assert len(rates) == 100
    assert rates.wait("busy") > 0


def test_an_ipv6_caller_is_one_whatever_address_it_takes() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1") != neighbourhood("2001:db8:0:1::1")
