"""The document on security is about this code: its tests and limits are there, no requirement is left out."""

import re

from scoring.server.access import policy, sessions
from scoring.server.access.authorization import A_MINUTE_ON_PAGES
from scoring.server.middleware import rate_limits as rates
from scoring.server.middleware import stack as bodies
from scoring.server.serving import GRACE, HEAD_WITHIN, LARGEST_HEAD, MOST, TAKE_WITHIN
from tests import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
# OWASP ASVS 5.0.0, level 1, by section: the last number of each.
LEVEL_1 = {
    "1.2": "1 2 3 4 5", "1.3": "1 2", "1.5": "1", "2.1": "1", "2.2": "1 2", "2.3": "1", "3.2": "1 2", "3.3": "1",
    "3.4": "1 2", "3.5": "1 2 3", "4.1": "1", "4.4": "1", "5.2": "1 2", "5.3": "1 2", "6.1": "1",
    "6.2": "1 2 3 4 5 6 7 8", "6.3": "1 2", "6.4": "1 2", "7.2": "1 2 3 4", "7.4": "1 2", "8.1": "1", "8.2": "1 2",
    "8.3": "1", "9.1": "1 2 3", "9.2": "1", "10.4": "1 2 3 4 5", "11.3": "1 2", "11.4": "1", "12.1": "1",
    "12.2": "1 2", "13.4": "1", "14.2": "1", "14.3": "1", "15.1": "1", "15.2": "1", "15.3": "1",
}  # fmt: skip


def test_every_requirement_of_level_1_is_answered() -> None:
    asked = [f"{section}.{number}" for section, numbers in LEVEL_1.items() for number in numbers.split()]
    assert len(asked) == 70
    rows = re.findall(r"^\| V([\d.]+)(?: – V([\d.]+))? (✓|◐|✗|–) \|", TEXT, flags=re.MULTILINE)
    answered = []
    for first, last, _ in rows:
        section, number = first.rsplit(".", 1)
        end = int(last.rsplit(".", 1)[1]) if last else int(number)
        answered += [f"{section}.{one}" for one in range(int(number), end + 1)]
    assert answered == asked


def test_the_tests_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:test_|Test)\w+)", TEXT))
    assert len(named) > 30
    there = {
        found
        for path in (ROOT / "tests").rglob("test_*.py")
        for found in re.findall(r"^ *(?:def|class) ((?:test_|Test)\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named - there == set()
    folders = set(re.findall(r"`(tests/[\w/.]+)`", TEXT))
    assert {folder for folder in folders if not (ROOT / folder).exists()} == set()


def test_its_limits_are_those_of_the_code() -> None:
    for said in (
        f"{A_MINUTE_ON_PAGES:,.0f} a minute for each identity or address",
        f"{bodies.LARGEST // bodies.MEGABYTE} MB within {bodies.LONGEST:.0f} s",
        f"a batch {bodies.LARGEST_BATCH // bodies.MEGABYTE} MB within {bodies.LONGEST_BATCH:.0f} s",
        f"{LARGEST_HEAD // 1024} KB within {HEAD_WITHIN:.0f} s",
        f"| {TAKE_WITHIN:.0f} s |",
        f"| {MOST:,} |",
        f"answers have {GRACE} s to end",
    ):
        assert said in TEXT, said
    assert (sessions.IDLE, sessions.LONGEST, sessions.MOST_EACH) == (3_600, 36_000, 10)
    assert rates.MOST == 50_000


def test_every_prefix_of_the_api_is_in_the_table() -> None:
    for start, _ in policy.API:
        assert f"`{start}" in TEXT, start
