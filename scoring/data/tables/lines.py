"""A CSV as a stream of UTF-8 bytes whose lines are counted as they pass, and unquoted where they are quoted whole.

The rule: rows are conserved. The lines are counted apart from the parser, so that a parser that swallows lines (one
open quotation mark is enough) is found out.
"""

from __future__ import annotations

import codecs
import io
import re
from typing import BinaryIO

import numpy as np

_LF, _CR = 10, 13
_QUOTED_LINE = re.compile(rb'(?<![^\r\n])"(?:[^"\r\n]|"")+"(?=[\r\n]|\Z)')
_LONGEST = 2**20
"""Bytes of a line above which it is passed on as it is."""


def unquote_line(line: bytes) -> bytes | None:
    """Return what a line says that is one quoted field as a whole; None where it is none.

    Spreadsheets write a line so when one of its fields holds a comma and the file was read as one column.

    >>> unquote_line(b'"7,""Stone, brick"",1"'), unquote_line(b'"7","1"')
    (b'7,"Stone, brick",1', None)
    """
    return line[1:-1].replace(b'""', b'"') if _QUOTED_LINE.fullmatch(line) else None


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


class UnquotedLines(io.RawIOBase):
    """Passes UTF-8 lines on, those that are quoted as a whole without the outer quotation marks.

    Parameters
    ----------
    raw
        The stream of bytes.

    Attributes
    ----------
    count : lines that were quoted as a whole
    """

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self._rest = b""
        self._within = False  # of a line that was too long to hold
        self.count = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return about `size` bytes, whole lines at a time; none at the end."""
        while True:
            chunk = self._raw.read(size) or b""
            text = self._rest + chunk
            cut = max(text.rfind(b"\n"), text.rfind(b"\r")) + 1 if chunk else len(text)
            if len(text) - cut > _LONGEST:
                cut = len(text)
            whole, self._rest = text[:cut], text[cut:]
            if whole or not chunk:
                return self._unquoted(whole)

    def _unquoted(self, text: bytes) -> bytes:
        begun = b""
        if self._within:
            ends = [place for place in (text.find(b"\n"), text.find(b"\r")) if place >= 0]
            begun, text = (text[: min(ends)], text[min(ends) :]) if ends else (text, b"")
        self._within = bool(begun + text) and (begun + text)[-1] not in (_LF, _CR)
        if b'"' in text:
            text, count = _QUOTED_LINE.subn(lambda match: match[0][1:-1].replace(b'""', b'"'), text)
            self.count += count
        return begun + text
