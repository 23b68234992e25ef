"""A letter as plain text, for a message or a reader's own tools; lines of at most 76 characters."""

import textwrap
from collections.abc import Iterator

from scoring.audit.letters.content import Letter, Section

WIDTH = 76


def text_of(letter: Letter) -> str:
    """The whole letter, ended by one line feed."""
    return "\n".join(_lines(letter)) + "\n"


def _lines(letter: Letter) -> Iterator[str]:
    yield letter.sender
    yield from letter.address
    yield ""
    if letter.notice:
        yield from _wrapped(letter.notice)
        yield ""
    yield letter.recipient
    yield letter.date
    yield ""
    yield from _headed(letter.title)
    yield letter.greeting
    yield ""
    yield from _wrapped(letter.request)
    yield ""
    yield letter.decision.upper()
    yield ""
    for sentence in letter.answer:
        yield from _wrapped(sentence)
    yield ""
    yield from _headed(letter.reasons_heading)
    yield from _wrapped(letter.reasons_lead)
    for position, reason in enumerate(letter.reasons, start=1):
        yield from _wrapped(f"{reason.word}. {reason.text}", f"{position}. ")
    for section in letter.sections:
        yield from _section(section)
    yield ""
    yield from _wrapped(letter.closing)
    yield ""
    yield letter.signed
    yield letter.sender
    yield from _section(letter.annex)
    yield ""
    yield from _wrapped(letter.footer)


def _section(section: Section) -> Iterator[str]:
    yield ""
    yield from _headed(section.heading)
    for sentence in section.sentences:
        yield from _wrapped(sentence)
    for item in section.items:
        yield from _wrapped(item, "- ")
    for sentence in (*section.after, section.note):
        yield from _wrapped(sentence)


def _headed(heading: str) -> Iterator[str]:
    yield heading
    yield "=" * len(heading)


def _wrapped(sentence: str, begin: str = "") -> list[str]:
    # A no-break space is no place to break a line at; `textwrap` breaks at plain spaces alone.
    return textwrap.wrap(
        sentence,
        WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )
