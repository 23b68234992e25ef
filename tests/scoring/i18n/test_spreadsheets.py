"""No CSV that the product writes begins a formula, however a sheet splits its lines."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.i18n.figures import SEPARATORS, SIGNS, csv_text
from tests import ROOT

PIECES = st.sampled_from([*SIGNS, *SEPARATORS, '"', " ", "a", "1", "'"])


@given(st.lists(st.lists(PIECES, max_size=6).map("".join), min_size=1, max_size=3), st.sampled_from(",;"))
def test_no_cell_is_a_formula_however_lines_are_split(texts: list[str], written_with: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=written_with, lineterminator="\r\n").writerow([csv_text(text) for text in texts])
    for cell in re.split(rf"[{SEPARATORS}]", out.getvalue()):
        assert not re.match(rf'[\s"]*[{re.escape(SIGNS)}]', cell), out.getvalue()


@given(st.lists(PIECES, max_size=8).map("".join))
def test_a_text_that_is_safe_stays(text: str) -> None:
    assert csv_text(csv_text(text)) == csv_text(text)
    assert csv_text(text).replace("'", "") == text.replace("'", "")


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("", ""),
        ("Stone, brick", "Stone, brick"),
        ("labourer; 2 - 3", "labourer; 2 - 3"),
        ("x;=cmd|' /C calc'!A0", "x;'=cmd|' /C calc'!A0"),
        ('x; "=1+1', "x;' \"=1+1"),
        ("x\n@SUM(A1)", "x\n'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
    ],
)
def test_an_apostrophe_stands_where_a_formula_could_begin(text: str, safe: str) -> None:
    assert csv_text(text) == safe


def test_whoever_writes_csv_uses_it() -> None:
    writers = [
        path.relative_to(ROOT).as_posix()
        for package in ("scoring", "training")
        for path in (ROOT / package).rglob("*.py")
        if re.search(r"csv\.(Dict)?[wW]riter|write_csv|to_csv", source := path.read_text(encoding="utf-8"))
        and "csv_text" not in source
    ]
    assert writers == [], "texts in a CSV go through scoring.i18n.figures.csv_text"
