"""A CSV as a stream of UTF-8 bytes whose lines are counted as they pass.

The rule: rows are conserved. The lines are counted apart from the parser, so that a parser that swallows lines (one
open quotation mark is enough) is found out.
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

import numpy as np

_LF, _CR = 10, 13


class CountedLines(io.RawIOBase):
    """Passes a CSV on as UTF-8, and counts its lines.

    Parameters
    ----------
    raw
        The file, after its byte order mark.
    encoding
        Of the file; ``utf-8`` is passed on as it is, and judged by who reads it.
    blank
        Whether blank lines are counted too, which takes longer.

    Attributes
    ----------
    mixed : lines that end otherwise than most
    blanks : lines that hold nothing, where asked for
    tail : the last bytes
    """

    def __init__(self, raw: BinaryIO, encoding: str = "utf-8", *, blank: bool = False) -> None:
        self._raw = raw
        self._decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("strict")
        self._blank = blank
        self._feeds = self._returns = self._pairs = 0
        self._last = _LF  # the beginning of a file begins a line
        self._started = False
        self.blanks = 0
        self.tail = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return about `size` bytes; none at the end."""
        while True:
            chunk = self._raw.read(size)
            text = chunk if self._decoder is None else self._decoder.decode(chunk, final=not chunk).encode()
            if text:
                self._count(text)
                self.tail = text[-4096:] if len(text) >= 4096 else (self.tail + text)[-4096:]
            if text or not chunk:
                return text

    def _count(self, text: bytes) -> None:
        self._started = True
        data = np.frombuffer(text, np.uint8)
        feeds = data == _LF
        self._feeds += int(np.count_nonzero(feeds))
        before = self._last
        if b"\r" in text:
            returns = data == _CR
            self._returns += int(np.count_nonzero(returns))
            self._pairs += int(np.count_nonzero(feeds[1:] & returns[:-1]))
        self._pairs += int(before == _CR and text[0] == _LF)
        if self._blank:
            self._count_blanks(text, before)
        self._last = text[-1]

    def _count_blanks(self, text: bytes, before: int) -> None:
        if before == _CR and text[:1] == b"\n":  # the second half of an end that was seen
            text = text[1:]
        ends = np.frombuffer(text.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), np.uint8) == _LF
        if len(ends):
            self.blanks += int(np.count_nonzero(ends[1:] & ends[:-1])) + int(ends[0] and before in (_LF, _CR))

    @property
    def unfinished(self) -> bool:
        """Whether the last line has no end."""
        return self._started and self._last not in (_LF, _CR)

    @property
    def lines(self) -> int:
        """How many lines passed, an unfinished one included."""
        return self._feeds + self._returns - self._pairs + int(self.unfinished)

    @property
    def mixed(self) -> int:
        """Lines that end otherwise than most: LF, CRLF or CR."""
        kinds = (self._feeds - self._pairs, self._pairs, self._returns - self._pairs)
        return sum(kinds) - max(kinds)
