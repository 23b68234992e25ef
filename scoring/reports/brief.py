"""What the client's brief asks for, point by point, and where each is answered: declared once.

The rule: every point has at least one way to its answer; its two sentences (what is asked, what was done) are texts of
``model_tour.toml`` under the point's code. The tour page and the README's list are both made from here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Kind = Literal["model", "officers", "route", "file"]
SLUGS: Mapping[str, str] = MappingProxyType({"fr": "modele", "en": "model"})
"""The model app's place below the language: ``/fr/modele/`` and ``/en/model/``."""


def path_of(lang: str) -> str:
    """The model app's path in a language.

    >>> path_of("fr")
    '/fr/modele'
    """
    return f"/{lang}/{SLUGS[lang]}"


@dataclass(frozen=True)
class Way:
    """A way to an answer.

    Attributes
    ----------
    kind : a page of the model app, a page of the officers, a route of the API, or a file of the repository
    target : the page's name, the route's path, or the file's path from the top
    wants_client : whether the page is about one client
    """

    kind: Kind
    target: str
    wants_client: bool = False


@dataclass(frozen=True)
class Stop:
    """One point of the brief."""

    code: str
    ways: tuple[Way, ...]


def _model(*names: str) -> tuple[Way, ...]:
    return tuple(Way("model", name) for name in names)


def _officers(name: str, *, wants_client: bool = True) -> tuple[Way, ...]:
    return (Way("officers", name, wants_client),)


def _files(*paths: str) -> tuple[Way, ...]:
    return tuple(Way("file", path) for path in paths)


def _routes(*paths: str) -> tuple[Way, ...]:
    return tuple(Way("route", path) for path in paths)


PARTS: Mapping[str, tuple[Stop, ...]] = MappingProxyType(
    {
        "model": (
            Stop("B1", (*_model("model", "curves", "data"), *_files("training/pipeline.py"))),
            Stop(
                "B2",
                (
                    *_model("dictionary", "trials"),
                    *_files("scoring/data/features/aggregates.py", "scoring/data/features/ratios.py"),
                ),
            ),
            Stop(
                "B3",
                (
                    *_model("trials"),
                    *_files(
                        "training/experiments/resampling/sampling.py",
                        "training/search/tuning/search.py",
                        "docs/decisions/0013-no-resampling.md",
                    ),
                ),
            ),
            Stop("B4", (*_model("costs"), *_files("scoring/model/costs/criteria.py", "scoring/model/costs/matrix.py"))),
            Stop("B5", (*_model("shapes", "points", "truth"), *_officers("decision"))),
            Stop(
                "B6",
                (
                    *_model("model", "points"),
                    *_files(
                        "training/models/ebm.py", "training/models/scorecard.py", "training/evaluation/champion.py"
                    ),
                ),
            ),
        ),
        "web": (
            Stop(
                "B7",
                (
                    *_routes("/docs", "/api/predict/{client}"),
                    *_files("tests/scoring/model/additive_model/test_document.py"),
                ),
            ),
            Stop("B8", (*_routes("/api/predict/{client}"), *_files("scoring/factory.py", "scoring/web/__init__.py"))),
        ),
        "dashboard": (
            Stop("B9", (*_officers("clients", wants_client=False), *_officers("decision"))),
            Stop("B10", (*_officers("decision"), *_officers("client"))),
            Stop("B11", _officers("compare")),
            Stop("B12", _officers("explore", wants_client=False)),
            Stop("B13", (*_officers("decision"), *_officers("client"), *_files("scoring/web/gauge.py"))),
            Stop("B14", (*_officers("clients", wants_client=False), *_files("app.py", "README.md"))),
        ),
        "deliverables": (
            Stop("B15", _files("README.md", "Makefile")),
            Stop("B16", (*_model("problems"), *_files("docs/data-problems.md"))),
            Stop("B17", (*_model("data"), *_files("training/cli/clean.py", "scoring/data/cleaning/application.py"))),
            Stop("B18", (*_model("model", "trials"), *_files("training/__main__.py", "training/pipeline.py"))),
            Stop("B19", _files("scoring/web/frame.py", "scoring/web/model_app/frame.py")),
            Stop("B20", (*_routes("/docs"), *_files("scoring/api/__init__.py", "app.py"))),
            Stop("B21", (*_model("importance", "costs", "trials"), *_files("docs/note_methodologique.pdf"))),
            Stop("B22", _officers("clients", wants_client=False)),
        ),
    }
)
"""The points in the brief's order, under its four headings."""
STOPS: tuple[Stop, ...] = tuple(stop for stops in PARTS.values() for stop in stops)


def files() -> tuple[str, ...]:
    """Every file that a way leads to, once."""
    return tuple(dict.fromkeys(way.target for stop in STOPS for way in stop.ways if way.kind == "file"))
