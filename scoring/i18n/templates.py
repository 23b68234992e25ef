"""HTML from Jinja2 templates: whatever is put into one is escaped, and a name that it does not know is an error.

>>> from_text("<b>{{ name }}</b>", name="<i>")
Markup('<b>&lt;i&gt;</b>')
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from scoring.i18n.numbers import number, percent
from scoring.i18n.texts import text

Render = Callable[..., Markup]


def environment(*folders: Path, **names: Any) -> Environment:
    """The environment of some folders of templates.

    A filter writes a number in a language, ``{{ 0.25|percent(lang, 1) }}``; ``text(lang, key)`` is a text of it.

    Parameters
    ----------
    names : further names that every template and macro knows
    """
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters |= {"number": number, "percent": percent}
    made.globals |= {"text": text, **names}
    return made


def renderer(*folders: Path, **names: Any) -> Render:
    """A function that renders a template of the folders: ``render("page.html", title="…")``."""
    made = environment(*folders, **names)

    def render(template: str, /, **values: Any) -> Markup:
        return Markup(made.get_template(template).render(values))  # noqa: S704 - the template escapes its values

    return render


def from_text(source: str, **values: Any) -> Markup:
    """Render a template given as its text."""
    return Markup(environment().from_string(source).render(values))  # noqa: S704
