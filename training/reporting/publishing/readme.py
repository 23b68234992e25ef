"""The README's list of the brief's points: each with what was done, and the ways to it, from `scoring.reports.brief`.

The rule: the README is written by hand but for what stands between the list's marks, in each language.
"""

import re
from typing import Final

from scoring.errors import TrainingError
from scoring.i18n import text
from scoring.reports.brief import PARTS, Stop, Way, path_of

LANGUAGES: Final = ("en", "fr")


def with_points(readme: str) -> str:
    """The README with its lists written again.

    Raises
    ------
    TrainingError
        When it has no place for a list.
    """
    for lang in LANGUAGES:
        marks = re.compile(rf"(<!-- points ({lang}) -->\n).*?(<!-- end of points -->)", re.DOTALL)
        if not marks.search(readme):
            raise TrainingError(
                f"The README must have the marks <!-- points {lang} --> and <!-- end of points -->; got neither. "
                "Put them where the list belongs."
            )
        readme = marks.sub(lambda found: found[1] + points(found[2]) + found[3], readme)
    return readme


def points(lang: str) -> str:
    """The list in Markdown, under the brief's four headings."""
    lines: list[str] = []
    for part, stops in PARTS.items():
        lines += [f"**{text(lang, f'model.tour.part.{part}')}**", "", *(_line(stop, lang) for stop in stops), ""]
    return "\n".join(lines)


def _line(stop: Stop, lang: str) -> str:
    done = text(lang, f"model.tour.{stop.code.lower()}.done")
    return f"- **{stop.code}** {done} {', '.join(_way(way, lang) for way in stop.ways)}"


def _way(way: Way, lang: str) -> str:
    if way.kind == "file":
        return f"[{way.target.rsplit('/', 1)[-1]}]({way.target})"
    if way.kind == "route":
        return f"`{way.target}`"
    app = path_of(lang) if way.kind == "model" else f"/{lang}"
    return f"`{app}/?view={way.target}`"
