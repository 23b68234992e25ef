"""What a simulation says: the proposal, the score, what moves it, what is outside, and what follows the request."""

from collections.abc import Iterator
from html import escape

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, text
from scoring.model.decision import UNCERTAIN
from scoring.service import Assessment, Service, Simulation
from scoring.web.cards import SHOWN
from scoring.web.decision_summary import chance_html
from scoring.web.gauge import gauge_svg
from scoring.web.icons import effect_icon, outcome_icon
from scoring.web.waterfall import signed

FOLLOWS = (
    "credit_amount", "annuity", "goods_price", "annuity_per_income", "credit_per_income",
    "goods_per_income", "credit_per_goods", "credit_above_goods",
)  # fmt: skip
"""Features of the application shown, in this order, whether they move or not; the number of payments is a dial itself."""
LEAST_MOVE = 0.5
"""Points below which a change of the score is not told."""


def simulated_html(service: Service, own: Assessment, simulation: Simulation, lang: str) -> str:
    """The proposal for the simulated request, beside what is proposed for the client's own."""
    decision = simulation.assessment.decision
    outcome = decision.outcome
    distance = _distance(decision.points, decision.threshold_points, lang)
    status = text(
        lang,
        "page.simulate.status",
        decision=text(lang, f"decision.officer.{outcome}"),
        points=number(decision.points, lang),
        distance=distance,
    )
    return (
        f'<section class="cs-panel cs-simulated" id="simulated-panel">'
        f'<p class="cs-eyebrow">{escape(text(lang, "page.simulate.result"))}</p>'
        f'<p class="cs-visually-hidden" role="status">{escape(status)}</p>'
        f'<div id="simulated" class="cs-verdict cs-{outcome}" data-decision="{outcome}" data-points="{decision.points!r}" '
        f'data-pd="{decision.pd!r}">{outcome_icon(outcome)}<h2>{escape(text(lang, f"decision.officer.{outcome}"))}</h2>'
        f'<span class="cs-simulated-points">{number(decision.points, lang)}</span></div>'
        f"{gauge_svg(decision, service.model.scale.pdo, lang)}"
        f"<p>{escape(distance)} {escape(_against_now(own, simulation, lang))}</p>{_warnings(simulation, lang)}"
        f"{_moves(own, simulation, lang)}{_reasons(service, simulation, lang)}</section>"
    )


def _distance(points: float, threshold: float, lang: str) -> str:
    """Between the whole points that the page shows, so that a reader who subtracts finds the same."""
    away = round(points) - round(threshold)
    place = "at" if away == 0 else ("above" if away > 0 else "below")
    return text(lang, f"page.decision.{place}", points=abs(away), threshold=number(threshold, lang))


def _against_now(own: Assessment, simulation: Simulation, lang: str) -> str:
    if simulation.request == simulation.now:
        return text(lang, "page.simulate.same")
    more = round(simulation.assessment.decision.points) - round(own.decision.points)
    if more == 0:
        return text(lang, "page.simulate.equal")
    return text(lang, "page.simulate.more" if more > 0 else "page.simulate.fewer", points=abs(more))


def _warnings(simulation: Simulation, lang: str) -> str:
    lines = []
    decision = simulation.assessment.decision
    if UNCERTAIN in decision.review_because:
        low, high = number(decision.low_points, lang), number(decision.high_points, lang)
        sure = text(lang, "uncertainty.sentence", score=number(decision.points, lang), low=low, high=high)
        asked = number(decision.threshold_points, lang)
        lines.append(f"{sure} {text(lang, 'uncertainty.review', threshold=asked)}")
    if simulation.assessment.scored.outside:
        names = ", ".join(DICTIONARY[name].label.say(lang) for name in simulation.assessment.scored.outside)
        lines.append(text(lang, "page.simulate.outside", names=names))
    if not simulation.within_grid:
        lines.append(text(lang, "page.simulate.beyond"))
    return "".join(f'<p class="cs-flag">{escape(line)}</p>' for line in lines)


def _moves(own: Assessment, simulation: Simulation, lang: str) -> str:
    """What moves the score, by the features that do, largest first."""
    if simulation.request == simulation.now:
        return ""
    before, after = own.explanation.effects, simulation.assessment.explanation.effects
    changes = {name: after[name] - before[name] for name in after if abs(after[name] - before[name]) >= LEAST_MOVE}
    heading = f"<h3>{escape(text(lang, 'page.simulate.why'))}</h3>"
    if not changes:
        return f'{heading}<p class="cs-muted">{escape(text(lang, "page.simulate.why.none"))}</p>'
    rows = "".join(
        f"<li><span>{escape(DICTIONARY[name].label.say(lang))}</span> <b>{escape(signed(points, lang, 0))}</b></li>"
        for name, points in sorted(changes.items(), key=lambda one: -abs(one[1]))
    )
    return f'{heading}<ul class="cs-moves">{rows}</ul>'


def _reasons(service: Service, simulation: Simulation, lang: str) -> str:
    """The strongest reasons each way and the probability, folded: they are the decision page's, for another request."""
    explanation = simulation.assessment.explanation
    parts = []
    for effect, reasons in (("against", explanation.against), ("for", explanation.in_favour)):
        if reasons:
            lines = "".join(f"<li>{escape(one.sentence(lang))}</li>" for one in reasons[:SHOWN])
            icon = effect_icon(effect)  # type: ignore[arg-type]
            parts.append(
                f'<h3 class="cs-effect-{effect}">{icon}{escape(text(lang, f"heading.{effect}"))}</h3><ul>{lines}</ul>'
            )
    return (
        f'<details class="cs-simulated-why"><summary>{escape(text(lang, "page.simulate.more_on_it"))}</summary>'
        f"{''.join(parts)}{chance_html(service, simulation.assessment.decision, lang)}</details>"
    )


def follows_html(own: Assessment, simulation: Simulation, lang: str) -> str:
    """The features that follow the request, before and after."""
    heads = "".join(
        f'<th scope="col"{kind}>{escape(text(lang, f"page.simulate.follows.{name}"))}</th>'
        for name, kind in (("what", ""), ("now", ' class="cs-num"'), ("then", ' class="cs-num"'))
    )
    rows = "".join(_followed(name, own, simulation, lang) for name in _shown(simulation))
    return (
        f'<section class="cs-panel cs-follows"><h2>{escape(text(lang, "page.simulate.follows"))}</h2>'
        f'<p class="cs-lead cs-small">{escape(text(lang, "page.simulate.follows.lead"))}</p>'
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(text(lang, "page.simulate.follows"))}">'
        f'<table class="cs-table cs-follow-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>'
    )


def _shown(simulation: Simulation) -> Iterator[str]:
    facts = simulation.assessment.facts
    yield from (name for name in FOLLOWS if name in facts)
    yield from (name for name in simulation.moved if name not in (*FOLLOWS, "credit_per_annuity"))


def _followed(name: str, own: Assessment, simulation: Simulation, lang: str) -> str:
    feature = DICTIONARY[name]
    before, after = say(feature, own.facts.get(name), lang), say(feature, simulation.assessment.facts[name], lang)
    moved = ' class="cs-moved"' if name in simulation.moved else ""
    return (
        f'<tr data-feature="{name}"{moved}><th scope="row">{escape(feature.label.say(lang))}</th>'
        f'<td class="cs-num">{escape(before)}</td><td class="cs-num">{escape(after)}</td></tr>'
    )
