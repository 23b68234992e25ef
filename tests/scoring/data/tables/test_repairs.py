"""Every kind of damage can be told to a person and to a program."""

import json

import pytest

from scoring.data.tables.repairs import EXAMPLES, Damage, RepairLog


@pytest.mark.parametrize("damage", Damage)
def test_a_repair_says_what_where_and_how_often(damage: Damage) -> None:
    log = RepairLog("bureau")
    log.note(damage, 1234, ["'a'", "'b'"])
    (repair,) = log.repairs
    assert str(repair).startswith(f"bureau: {damage.value} ('a', 'b'): 1,234 {damage.unit} ")
    assert json.loads(json.dumps(repair.document()))["count"] == 1234
    assert repair.dropped == (1234 if damage.drops_rows else 0)


def test_logs_add_up() -> None:
    one, two = RepairLog("bureau"), RepairLog("bureau")
    one.note(Damage.SPACES, 2, "abc")
    two.note(Damage.SPACES, 3, "cdefgh")
    two.note(Damage.BLANK_LINE, 0)
    one.add(two)
    (repair,) = one.repairs
    assert repair.count == 5
    assert repair.examples == tuple("abcdefgh"[:EXAMPLES])
