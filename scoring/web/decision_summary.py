"""What is proposed and how sure: the decision, the gauge, the sentence of the level; the score in plain words."""

from collections.abc import Iterator
from html import escape

from scoring.i18n import number, percent, text
from scoring.model.decision import HISTORY_UNKNOWN, OUTSIDE, UNCERTAIN, Decision
from scoring.service import Service
from scoring.web.gauge import gauge_svg
from scoring.web.icons import outcome_icon
from scoring.web.natural_frequency import count_of, dots_svg

BEST_LEVEL = 5


def verdict_html(service: Service, decision: Decision, lang: str) -> str:
    """The decision, the gauge and the sentence of the level."""
    outcome = decision.outcome
    return (
        f'<div id="decision" class="cs-verdict cs-{outcome}" data-decision="{outcome}" data-pd="{decision.pd!r}" '
        f'data-points="{decision.points!r}">{outcome_icon(outcome)}'
        f"<h2>{escape(text(lang, f'decision.officer.{outcome}'))}</h2></div>"
        f"{gauge_svg(decision, service.model.scale.pdo, lang)}"
        f'<p id="sentence" class="cs-sentence">{escape(level_sentence(decision, lang))}</p>'
    )


def place_html(service: Service, decision: Decision, lang: str) -> str:
    """Where the score stands, how sure it is, and the probability as a count."""
    lines = "".join(f"<p>{escape(line)}</p>" for line in _place(service, decision, lang))
    return f'<div class="cs-facts">{lines}{chance_html(service, decision, lang)}</div>'


def chance_html(service: Service, decision: Decision, lang: str) -> str:
    """The probability as a count of clients, with the limit and why it is there."""
    count = count_of(decision)
    chance = text(
        lang,
        "probability.sentence",
        of=number(count.of, lang),
        good=number(count.good, lang),
        bad=number(count.bad, lang),
        limit=number(count.limit, lang),
    )
    return f'<div class="cs-chance">{dots_svg(count)}<p>{escape(chance)} {escape(_why_this_limit(service, lang))}</p></div>'


def level_sentence(decision: Decision, lang: str) -> str:
    """The sentence of the level; it never announces the decision."""
    with_offers = decision.level == BEST_LEVEL and decision.outcome == "accept"
    return text(lang, "level.5.offers" if with_offers else f"level.{decision.level}")


def _place(service: Service, decision: Decision, lang: str) -> Iterator[str]:
    """Where the score stands: the distance to the level asked, the rank, and why a person must look."""
    # Between the whole points that the page shows, so that a reader who subtracts finds the same.
    distance = round(decision.points) - round(decision.threshold_points)
    away = abs(distance)
    place = "at" if away == 0 else ("above" if distance > 0 else "below")
    asked = number(decision.threshold_points, lang)
    far = text(lang, f"page.decision.{place}", points=away, threshold=asked)
    rank = text(lang, "page.decision.rank", share=percent(service.portfolio.share_below(decision.points), lang))
    yield f"{far} {rank}"
    if UNCERTAIN in decision.review_because:
        low, high = number(decision.low_points, lang), number(decision.high_points, lang)
        sure = text(lang, "uncertainty.sentence", score=number(decision.points, lang), low=low, high=high)
        yield f"{sure} {text(lang, 'uncertainty.review', threshold=asked)}"
    if OUTSIDE in decision.review_because:
        yield text(lang, "page.decision.outside")
    if HISTORY_UNKNOWN in decision.review_because:
        yield text(lang, "page.decision.history-unknown")


def _why_this_limit(service: Service, lang: str) -> str:
    ratio = service.model.rule.cost_fn / service.model.rule.cost_fp
    return text(lang, "probability.why", ratio=number(ratio, lang, 0 if ratio.is_integer() else 1))
