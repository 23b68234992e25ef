"""The tour: each point of the brief with one sentence and its ways, and two facts said plainly beside it."""

from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from scoring.i18n import number, percent
from scoring.reports.brief import PARTS, Stop, Way
from scoring.reports.studies import Arm
from scoring.settings import ROOT
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.parts import body, head, html
from scoring.web.model_app.place import going
from scoring.web.natural_frequency import Count, dots_svg
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


def tour_html(context: ModelContext) -> str:
    """The whole page."""
    say = context.say
    parts = "".join(
        f'<section class="cs-panel"><h2>{escape(say(f"tour.part.{name}"))}</h2><ol class="cs-tour">'
        f"{''.join(_stop(context, stop) for stop in stops)}</ol></section>"
        for name, stops in PARTS.items()
    )
    return body(head(say("tour.title"), say("tour.lead")) + _facts(context) + parts)


def _facts(context: ModelContext) -> str:
    """92 in 100 repay beside 8 in 100 with difficulties; what SMOTE did."""
    say, lang, data = context.say, context.lang, context.reports.evaluation.data
    bad = round(HUNDRED * data.positives / data.labelled)
    rule = context.service.model.rule
    count = Count(HUNDRED, bad, round(HUNDRED * rule.threshold))
    told = say("tour.repay", good=HUNDRED - bad, bad=bad)
    exact = say(
        "tour.repay.exact",
        clients=number(data.labelled, lang),
        repaid=percent(1 - data.positives / data.labelled, lang, 1),
        bad=percent(data.positives / data.labelled, lang, 1),
    )
    return (
        f'<div class="cs-pair"><section class="cs-panel" id="repay"><h2>{escape(say("tour.repay.title"))}</h2>'
        f'<div class="cs-chance">{dots_svg(count)}<div><p class="cs-sentence">{escape(told)}</p>'
        f'<p class="cs-lead">{escape(exact)}</p></div></div></section>'
        f'<section class="cs-panel" id="smote"><h2>{escape(say("tour.smote.title"))}</h2>{_smote(context)}</section></div>'
    )


def _smote(context: ModelContext) -> str:
    """What SMOTE did to the serving kind of model: to the mean probability, and to the cost."""
    say, lang, study = context.say, context.lang, context.reports.resampling
    paragraphs = [say("trials.smote")]
    if study is not None:
        found = {row.reading: row for row in study.rows if row.arm == "smotenc" and row.model == context.reports.serves}
        raw, calibrated = found.get("as_fitted"), found.get("calibrated")
        if raw is not None:
            paragraphs.append(
                say("tour.smote.raised", mean=percent(raw.mean_pd, lang, 1), observed=percent(raw.observed, lang, 1))
            )
        if calibrated is not None and calibrated.cost_minus_none is not None:
            paragraphs.append(_cost(context, calibrated))
    said = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    return f"{said}<p><a {going('trials')}>{escape(say('tour.smote.see'))}</a></p>"


def _cost(context: ModelContext, row: Arm) -> str:
    apart, lang = row.cost_minus_none, context.lang
    if apart is None:
        return ""
    verdict = "better" if apart.high < 0.0 else ("worse" if apart.low > 0.0 else "none")
    low, high = (number(10_000 * one, lang) for one in (apart.low, apart.high))
    return context.say(f"tour.smote.{verdict}", mean=number(10_000 * apart.mean, lang), low=low, high=high)


def _stop(context: ModelContext, stop: Stop) -> str:
    code = stop.code.lower()
    ways = "".join(f"<li>{one}</li>" for one in (way_html(context, way) for way in stop.ways) if one)
    return (
        f'<li id="{code}"><span class="cs-code">{stop.code}</span><div>'
        f"<h3>{escape(context.say(f'tour.{code}'))}</h3><p>{escape(context.say(f'tour.{code}.done'))}</p>"
        f'<ul class="cs-ways">{ways}</ul></div></li>'
    )


def way_html(context: ModelContext, way: Way) -> str:
    """A link to an answer; a file that is not deployed here is named without one, a page that is not there not at all."""
    example = context.service.portfolio.examples()
    client = next((example[outcome] for outcome in ("decline", "review", "accept") if outcome in example), None)
    if way.kind == "model":
        return f"<a {going(way.target)}>{escape(context.say('tour.way.model', page=context.say(f'page.{way.target}')))}</a>"
    if way.kind == "officers":
        if all(way.target != page.NAME for page in PAGES):
            return ""
        address = Place(way.target, client if way.wants_client else None).address
        name = context.say(f"tour.officers.{way.target}")
        return f'<a href="../{f"?{escape(address)}" if address else ""}">{escape(context.say("tour.way.officers", page=name))}</a>'
    if way.kind == "route":
        path = way.target.replace("{client}", str(client))
        return f'<a href="../..{escape(path)}"><code>{escape(path)}</code></a>'
    return _file(way.target)


def _file(path: str) -> str:
    if not is_here(path):
        return f"<code>{escape(path)}</code>"
    return f'<a href="files/source?path={escape(path)}"><code>{escape(path)}</code></a>'


def is_here(path: str, root: Path = ROOT) -> bool:
    """Whether a file of the repository is deployed with this service."""
    return (root / path).is_file()
