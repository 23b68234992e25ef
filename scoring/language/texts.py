"""Texts by key, from the files of `fr/` and `en/`: one a page, and what all share in `common.toml`.

A text is a line with placeholders. Besides ``{points}`` a placeholder may read

- ``{points:point|points}``: the noun in the singular or plural that the value asks for, in that language;
- ``{label:lower}``: the value with a small first letter, for the middle of a sentence (acronyms keep theirs).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from scoring.language.numbers import is_singular
from scoring.language.words import check_language


def text(lang: str, key: str, **values: object) -> str:
    """Return a text with its placeholders filled.

    Raises
    ------
    KeyError
        When no text has that key, or a placeholder is given no value.
    ValueError
        When the language is none of ours.
    """
    texts = _texts(lang)
    if key not in texts:
        raise KeyError(f"a text's key must be in {lang}/*.toml; got {key!r}. Add it to a file of fr/ and en/")
    return _Filler(lang, key).vformat(texts[key], (), values)


def keys(lang: str) -> tuple[str, ...]:
    """Return all keys of a language, in the order of its file."""
    return tuple(_texts(lang))


def placeholders(lang: str, key: str) -> frozenset[str]:
    """Return the names of the values that a text wants."""
    return frozenset(name for _, name, _, _ in Formatter().parse(_texts(lang)[key]) if name is not None)


@cache
def _texts(lang: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    folder = files("scoring.language").joinpath(check_language(lang))
    for source in sorted(folder.iterdir(), key=lambda one: one.name):
        texts = tomllib.loads(source.read_text(encoding="utf-8"))
        twice = sorted(found.keys() & texts.keys())
        if twice:
            raise KeyError(f"a text must stand in one file; {lang}/{source.name} repeats {twice}. Remove one")
        found |= texts
    return found


class _Filler(Formatter):
    """Fills a text's placeholders, and says which text lacks a value."""

    def __init__(self, lang: str, key: str) -> None:
        self.lang = lang
        self.key = key

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """Return the value of a placeholder, or say which one is missing."""
        if key not in kwargs:
            raise KeyError(
                f"the text {self.key!r} must be given a value for {key!r}; got {sorted(kwargs)}. Pass {key}=..."
            )
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write a value as its placeholder asks."""
        if format_spec == "lower":
            word = str(value)
            return word if word[1:2].isupper() else word[:1].lower() + word[1:]
        if "|" in format_spec:
            singular, plural = format_spec.split("|")
            return singular if is_singular(value, self.lang) else plural
        if format_spec:
            raise ValueError(f"the text {self.key!r} must not format numbers itself; got {format_spec!r}")
        return str(value)
