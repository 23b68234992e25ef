"""HTML from the Jinja2 templates of the folder `templates/`: Python builds values, never markup.

A template file holds the macros of one page, or parts that pages share (`parts.html`). A macro's parameters are all that
it is given: `render("clients", "list", lang=lang, rows=rows)` calls ``{% macro list(lang, rows) %}`` of `clients.html`.
Values are escaped unless they are markup that a template made; a value that is not given is an error. In every template:

- ``text(lang, key, name=value)``, ``number(value, lang, decimals)``, ``percent(share, lang, decimals)``,
  ``day(iso, lang)``, ``moment(iso, lang)``: see `scoring.i18n`;
- ``LANGUAGES``, ``OUTCOMES``;
- ``{% from "parts.html" import outcome_icon, effect_icon, going %}``.

A line break with its indentation vanishes beside a tag or a block, so that templates can be indented; elsewhere, and
within a tag, it is a space.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from markupsafe import Markup

from scoring.i18n import LANGUAGES, moment, number, percent
from scoring.i18n.dates import day
from scoring.i18n.templates import environment
from scoring.model.decision import OUTCOMES

FOLDER: Final = Path(__file__).parent / "templates"
_BETWEEN_TAGS: Final = re.compile(r"(?<=>)\s*\n\s*|\s*\n\s*(?=<)")
_AT_START: Final = re.compile(r"^\s*\n\s*")
_AT_END: Final = re.compile(r"\s*\n\s*$")


class _Unindent(Extension):
    """Drops line breaks, with their indentation, beside tags and blocks."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        tokens = list(stream)
        ends, begins = ["block_end", *(one.type for one in tokens)], [*(one.type for one in tokens[1:]), "block_begin"]
        for token, before, after in zip(tokens, ends, begins, strict=False):
            if token.type != "data":
                yield token
                continue
            data = _BETWEEN_TAGS.sub("", token.value)
            if before == "block_end":
                data = _AT_START.sub("", data)
            if after == "block_begin":
                data = _AT_END.sub("", data)
            yield Token(token.lineno, "data", data)


class _Context(Context):
    """Calls a function as it is, which is twice as fast: none of these templates' functions takes the context."""

    def call(
        self, function: Callable[..., object], /, *args: object, _loop_vars: object = None, **values: object
    ) -> object:
        return function(*args, **values)


ENVIRONMENT: Final = environment(
    FOLDER,
    number=number,
    percent=percent,
    day=day,
    moment=moment,
    zip=zip,
    LANGUAGES=LANGUAGES,
    OUTCOMES=OUTCOMES,
).overlay(trim_blocks=False, lstrip_blocks=False, extensions=[_Unindent])
ENVIRONMENT.context_class = _Context


def render(template: str, macro: str, **values: object) -> Markup:
    """The markup that a macro of ``templates/<template>.html`` makes of values."""
    return _macro(template, macro)(**values)


def script(name: str, **words: str) -> str:
    """The script ``templates/<name>.js``, where each word in capitals stands for a value."""
    source = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
    for word, value in words.items():
        source = source.replace(word, value)
    return source


@cache
def _macro(template: str, macro: str) -> Callable[..., Markup]:
    """A macro of a template, which is compiled once."""
    found: Callable[..., Markup] = getattr(ENVIRONMENT.get_template(f"{template}.html").module, macro)
    return found
