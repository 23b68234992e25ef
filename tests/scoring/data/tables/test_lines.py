"""Lines are counted right however the stream is cut, and pass through unchanged."""

import io
import re

from hypothesis import given
from hypothesis import strategies as st

from scoring.data.tables.lines import CountedLines

TEXTS = st.text(alphabet="a,é\n\r", max_size=40)


def passed(text: str, encoding: str, size: int) -> tuple[CountedLines, bytes]:
    stream = CountedLines(io.BytesIO(text.encode(encoding)), encoding, blank=True)
    return stream, b"".join(iter(lambda: stream.read(size), b""))


@given(text=TEXTS, size=st.integers(1, 50), encoding=st.sampled_from(["utf-8", "utf-16-le", "cp1252"]))
def test_lines_are_counted_however_they_are_cut(text: str, size: int, encoding: str) -> None:
    stream, out = passed(text, encoding, size)
    *whole, rest = re.split(r"\r\n|\n|\r", text)
    assert out == text.encode()
    assert stream.unfinished == bool(rest)
    assert stream.lines == len(whole) + bool(rest)
    assert stream.blanks == whole.count("")


@given(ends=st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=1, max_size=20), size=st.integers(1, 50))
def test_line_ends_unlike_most(ends: list[str], size: int) -> None:
    stream, _ = passed("".join(f"a{end}" for end in ends), "utf-8", size)
    assert stream.mixed == len(ends) - max(ends.count(end) for end in ends)
