"""Sentences of the report in both languages: texts by key, figures as each language writes them."""

from scoring.i18n import LANGUAGES, text
from scoring.i18n.figures import Shown
from scoring.reports.evaluation import Said

Value = Shown | Said | str


def bilingual_text(key: str, **values: Value) -> Said:
    """A text of ``monitoring.toml`` in both languages.

    Raises
    ------
    KeyError
        When there is no such text, or a value is missing.
    """
    fr, en = (
        text(
            lang,
            f"monitoring.{key}",
            **{name: one if isinstance(one, str) else one.say(lang) for name, one in values.items()},
        )
        for lang in LANGUAGES
    )
    return Said(fr=fr, en=en)
