"""Texts by key, from the files of `fr/` and `en/`: one a page, and what all share in `common.toml`.

A text is a line with placeholders. Besides ``{points}`` a placeholder may read

- ``{points:point|points}``: the noun in the singular or plural that the value asks for, in that language;
- ``{label:lower}``: the value with a small first letter, for the middle of a sentence (acronyms keep theirs).
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from scoring.i18n.numbers import is_singular
from scoring.i18n.words import DEFAULT, LANGUAGES, check_language

# Which of our languages a caller prefers, from an ``Accept-Language`` header (RFC 9110, 12.5.4).

COOKIE = "clairscore_language"
"""The cookie that remembers the language somebody chose."""


def preferred(accept_language: str) -> str:
    """Return the language with the highest weight; the default where it names none of ours.

    >>> preferred("en-GB,en;q=0.9,fr;q=0.8"), preferred("de"), preferred("en;q=0.2, fr;q=0.7")
    ('en', 'fr', 'fr')
    """
    best, best_weight = DEFAULT, 0.0
    for part in accept_language.split(","):
        name, _, parameter = part.strip().partition(";")
        weight = _weight(parameter.strip())
        for lang in LANGUAGES:
            if name.lower().split("-")[0] == lang and weight > best_weight:
                best, best_weight = lang, weight
    return best


def _weight(parameter: str) -> float:
    if not parameter:
        return 1.0
    try:
        return min(max(float(parameter.removeprefix("q=")), 0.0), 1.0)
    except ValueError:
        return 0.0


def text(lang: str, key: str, **values: object) -> str:
    """Return a text with its placeholders filled.

    Raises
    ------
    KeyError
        When no text has that key, or a placeholder is given no value.
    ValueError
        When the language is none of ours.
    """
    texts = _templates(lang)
    if key not in texts:
        raise KeyError(f"a text's key must be in {lang}/*.toml; got {key!r}. Add it to a file of fr/ and en/")
    filled = []
    for literal, name, write in texts[key]:
        filled.append(literal)
        if name is not None:
            if name not in values:
                raise KeyError(
                    f"the text {key!r} must be given a value for {name!r}; got {sorted(values)}. Pass {name}=..."
                )
            filled.append(write(values[name]))
    return "".join(filled)


def keys(lang: str) -> tuple[str, ...]:
    """Return all keys of a language, in the order of its file."""
    return tuple(_texts(lang))


def placeholders(lang: str, key: str) -> frozenset[str]:
    """Return the names of the values that a text wants."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_texts(lang)[key]) if name is not None)


@cache
def _texts(lang: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    folder = files("scoring.i18n").joinpath(check_language(lang))
    for source in sorted(folder.iterdir(), key=lambda one: one.name):
        texts = tomllib.loads(source.read_text(encoding="utf-8"))
        twice = sorted(found.keys() & texts.keys())
        if twice:
            raise KeyError(f"a text must stand in one file; {lang}/{source.name} repeats {twice}. Remove one")
        found |= texts
    return found


_Piece = tuple[str, str | None, Callable[[Any], str]]
"""Literal text, the placeholder behind it (None at the end), and how its value is written."""


@cache
def _templates(lang: str) -> Mapping[str, tuple[_Piece, ...]]:
    """Every text taken apart once: filling one is then a few joins, which pages and answers do all day."""
    return {
        key: tuple(
            (literal, name, _writer(lang, key, name, form or "")) for literal, name, form, _ in Formatter().parse(line)
        )
        for key, line in _texts(lang).items()
    }


def _writer(lang: str, key: str, name: str | None, form: str) -> Callable[[Any], str]:
    """How a placeholder's value is written."""
    if form == "lower":
        return _with_small_letter
    if "|" in form:
        singular, plural = form.split("|")
        return lambda value: singular if is_singular(value, lang) else plural
    if form:
        raise ValueError(f"the text {key!r} must not format numbers itself; got {name}:{form}")
    return str


def _with_small_letter(value: object) -> str:
    word = str(value)
    return word if word[1:2].isupper() else word[:1].lower() + word[1:]
