"""Who called, when proxies stand between: believed where our own proxies say it, and nowhere else."""

import ipaddress
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.server.middleware.proxy_headers import FORWARDED, REQUEST_ID, Callers, is_near

PROXIES = [ipaddress.ip_network(one) for one in ("10.0.0.0/8", "fd00::/8")]


def settled(
    peer: str,
    *headers: tuple[bytes, bytes],
    proxies: Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network] = PROXIES,
    behind_edge: bool = False,
) -> dict[str, Any]:
    scope: dict[str, Any] = {"type": "http", "client": (peer, 1), "scheme": "http", "headers": list(headers)}
    Callers(proxies, behind_edge=behind_edge).settle(scope)
    return scope


def forwarded(*hops: str) -> tuple[bytes, bytes]:
    return b"x-forwarded-for", ", ".join(hops).encode()


@pytest.mark.parametrize(
    ("hops", "caller"),
    [
        (["198.51.100.7"], "198.51.100.7"),
        (["203.0.113.9", "198.51.100.7"], "198.51.100.7"),  # what a caller wrote itself stands further left
        (["203.0.113.9", "198.51.100.7", "10.0.0.8"], "198.51.100.7"),
        (["10.0.0.8", "10.0.0.9"], "10.0.0.8"),
        (["198.51.100.7:4711"], "198.51.100.7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["nonsense"], "10.1.2.3"),
        (["203.0.113.9", "nonsense"], "10.1.2.3"),
        ([""], "10.1.2.3"),
        (["198.51.100.7", *["10.0.0.8"] * 50], "10.0.0.8"),
    ],
)
def test_the_caller_is_the_last_that_is_no_proxy_of_ours(hops: list[str], caller: str) -> None:
    assert settled("10.1.2.3", forwarded(*hops))["client"][0] == caller


def test_several_headers_are_one_list() -> None:
    scope = settled("10.1.2.3", forwarded("203.0.113.9"), forwarded("198.51.100.7"))
    assert scope["client"][0] == "198.51.100.7"
    assert scope[FORWARDED]


def test_what_a_stranger_says_is_taken_away() -> None:
    written = [
        (b"x-forwarded-for", b"127.0.0.1"),
        (b"x-forwarded-proto", b"https"),
        (b"x-forwarded-host", b"evil.example"),
        (b"x-request-id", b"chosen-by-caller"),
        (b"forwarded", b"for=127.0.0.1"),
    ]
    scope = settled("198.51.100.7", *written, (b"accept", b"*/*"))
    assert scope["client"][0] == "198.51.100.7"
    assert scope["scheme"] == "http"
    assert scope["headers"] == [(b"accept", b"*/*")]
    assert scope[REQUEST_ID] != "chosen-by-caller"
    assert scope[FORWARDED]  # which takes a right away: nobody is taken for this machine's own


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"x-forwarded-proto", b"forwarded", b"x-real-ip"])
def test_who_speaks_for_others_is_not_near(name: bytes) -> None:
    for proxies in ((), [ipaddress.ip_network("127.0.0.0/8")]):
        scope = settled("127.0.0.1", (name, b"unknown"), proxies=proxies)
        assert not is_near(scope)
    assert is_near(settled("127.0.0.1", (b"x-request-id", b"0af7651916cd43dd"), proxies=()))


def test_behind_an_edge_each_visitor_is_told_apart_whatever_the_edges_address() -> None:
    for edge in ("10.16.3.80", "192.0.2.44", "2001:db8::44"):
        for visitor in ("198.51.100.7", "198.51.100.8"):
            made_up = forwarded("203.0.113.9", visitor, "10.16.0.9")
            assert settled(edge, made_up, behind_edge=True)["client"][0] == visitor


def test_the_scheme_is_the_proxys() -> None:
    assert settled("10.1.2.3", (b"x-forwarded-proto", b"https"))["scheme"] == "https"
    assert settled("10.1.2.3", (b"x-forwarded-proto", b"gopher"))["scheme"] == "http"


def test_a_proxys_id_is_kept_where_it_is_one() -> None:
    assert settled("10.1.2.3", (b"x-request-id", b"0af7651916cd43dd8448eb211c80319c"))[REQUEST_ID].startswith(
        "0af76519"
    )


@pytest.mark.parametrize(
    "sent", [b"short", b"x" * 65, b"a b c d e f", b"id\nlevel=error", b"{json: true}", b"-leading-dash"]
)
def test_any_other_id_is_replaced(sent: bytes) -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", settled("10.1.2.3", (b"x-request-id", sent))[REQUEST_ID])


def test_two_ids_are_none() -> None:
    sent = [(b"x-request-id", b"first-of-the-ids"), (b"x-request-id", b"second-of-the-ids")]
    assert settled("10.1.2.3", *sent)[REQUEST_ID] not in ("first-of-the-ids", "second-of-the-ids")


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from(["10.1.2.3", "198.51.100.7", "", "unix"]))
def test_nothing_sent_breaks_it(values: list[bytes], peer: str) -> None:
    scope = settled(peer, *((b"x-forwarded-for", value) for value in values))
    if scope["client"][0] != peer:
        ipaddress.ip_address(scope["client"][0])
