"""The tour: each point of the brief with one sentence and its ways, and two facts said plainly beside it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.i18n import number, percent
from scoring.reports.brief import PARTS, Way
from scoring.settings import ROOT
from scoring.web.decision_summary import Count, dots_svg
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import address, html
from scoring.web.page import Built, Place
from scoring.web.pages import PAGES

NAME = "tour"
SECTION = "tour"
HUNDRED = 100


def build(context: ModelContext) -> Built:
    """One part, drawn when somebody arrives."""
    part = html(elem_id="tour")

    def draw(_place: Place, _request: gr.Request) -> list[Any]:
        return [tour_html(context)]

    return Built([part], draw)


def tour_html(context: ModelContext) -> Markup:
    """The whole page."""
    return context.render(
        "tour",
        repay=_repay(context),
        smote={"paragraphs": list(_smote(context)), "address": address("trials")},
        parts={
            name: [
                {"code": stop.code, "ways": [shown for way in stop.ways if (shown := way_to(context, way)) is not None]}
                for stop in stops
            ]
            for name, stops in PARTS.items()
        },
    )


def _repay(context: ModelContext) -> dict[str, str]:
    """92 in 100 repay beside 8 in 100 with difficulties."""
    say, lang, data = context.say, context.lang, context.reports.evaluation.data
    bad = round(HUNDRED * data.positives / data.labelled)
    count = Count(HUNDRED, bad, round(HUNDRED * context.service.model.rule.threshold))
    return {
        "dots": dots_svg(count),
        "sentence": say("tour.repay", good=HUNDRED - bad, bad=bad),
        "exact": say(
            "tour.repay.exact",
            clients=number(data.labelled, lang),
            repaid=percent(1 - data.positives / data.labelled, lang, 1),
            bad=percent(data.positives / data.labelled, lang, 1),
        ),
    }


def _smote(context: ModelContext) -> Iterator[str]:
    """What SMOTE did to the serving kind of model: to the mean probability, and to the cost."""
    say, lang, study = context.say, context.lang, context.reports.resampling
    yield say("trials.smote")
    if study is None:
        return
    found = {row.reading: row for row in study.rows if row.arm == "smotenc" and row.model == context.reports.serves}
    raw, calibrated = found.get("as_fitted"), found.get("calibrated")
    if raw is not None:
        yield say("tour.smote.raised", mean=percent(raw.mean_pd, lang, 1), observed=percent(raw.observed, lang, 1))
    if calibrated is not None and calibrated.cost_minus_none is not None:
        change = calibrated.cost_minus_none
        verdict = "better" if change.high < 0.0 else ("worse" if change.low > 0.0 else "none")
        mean, low, high = (number(10_000 * one, lang) for one in (change.mean, change.low, change.high))
        yield say(f"tour.smote.{verdict}", mean=mean, low=low, high=high)


def way_to(context: ModelContext, way: Way) -> dict[str, str] | None:
    """A link to an answer; a file that is not deployed here is named without one, a page that is not there not at all.

    Its values: ``label`` with ``page`` (an address of this app) or ``href`` (of anything else).
    """
    examples = context.service.portfolio.examples()
    client = next((examples[outcome] for outcome in ("decline", "review", "accept") if outcome in examples), None)
    if way.kind == "model":
        page = context.say(f"page.{way.target}")
        return {"page": address(way.target), "label": context.say("tour.way.model", page=page)}
    if way.kind == "officers":
        if all(way.target != page.NAME for page in PAGES):
            return None
        query = Place(way.target, client if way.wants_client else None).address
        page = context.say(f"tour.officers.{way.target}")
        href = f"../?{query}" if query else "../"
        return {"href": href, "label": context.say("tour.way.officers", page=page), "page": "", "is_code": ""}
    path = way.target.replace("{client}", str(client)) if way.kind == "route" else way.target
    href = f"../..{path}" if way.kind == "route" else (f"files/source?path={path}" if is_here(path) else "")
    return {"href": href, "label": path, "page": "", "is_code": "code"}


def is_here(path: str, root: Path = ROOT) -> bool:
    """Whether a file of the repository is deployed with this service."""
    return (root / path).is_file()
