"""What is proposed and how sure: the decision, the gauge, the sentence of the level; the probability as a count."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from scoring.i18n import number, percent, text
from scoring.model.decision import HISTORY_UNKNOWN, OUTSIDE, UNCERTAIN, Decision
from scoring.service import Service
from scoring.web.gauge import gauge_svg
from scoring.web.templates import render

BEST_LEVEL = 5


@dataclass(frozen=True)
class Count:
    """Of ``of`` clients at one score, ``bad`` have difficulties; the lender accepts up to ``limit``."""

    of: int
    bad: int
    limit: int

    @property
    def good(self) -> int:
        """How many pay without difficulty."""
        return self.of - self.bad


def count_of(decision: Decision) -> Count:
    """The count that tells a client's probability from the limit: of 100, else of 1,000, at most of 10,000.

    Counts are understood better than percentages, as long as the count does not tie with the limit.
    """
    for of in (100, 1_000, 10_000):
        count = Count(of, round(of * decision.pd), round(of * decision.threshold))
        if count.bad != count.limit:
            break
    return count


def dots_svg(count: Count) -> Markup:
    """One dot for each of 100 clients, those with difficulties last and dark; nothing for finer counts."""
    return render("parts", "dots", good=count.good) if count.of == 100 else Markup()


def verdict_html(service: Service, decision: Decision, lang: str) -> Markup:
    """The decision, the gauge and the sentence of the level."""
    gauge = gauge_svg(decision, service.model.scale.pdo, lang)
    sentence = level_sentence(decision, lang)
    return render("decision", "verdict", lang=lang, decision=decision, gauge=gauge, sentence=sentence)


def place_html(service: Service, decision: Decision, lang: str) -> Markup:
    """Where the score stands, how sure it is, and the probability as a count."""
    lines, chance = list(_place_lines(service, decision, lang)), chance_html(service, decision, lang)
    return render("decision", "place", lines=lines, chance=chance)


def chance_html(service: Service, decision: Decision, lang: str) -> Markup:
    """The probability as a count of clients, with the limit and why it is there."""
    count = count_of(decision)
    counts = {name: number(getattr(count, name), lang) for name in ("of", "good", "bad", "limit")}
    ratio = service.model.rule.cost_fn / service.model.rule.cost_fp
    why = text(lang, "probability.why", ratio=number(ratio, lang, 0 if ratio.is_integer() else 1))
    sentences = [text(lang, "probability.sentence", **counts), why]
    return render("parts", "chance", lang=lang, count=count, sentences=sentences)


def level_sentence(decision: Decision, lang: str) -> str:
    """The sentence of the level; it never announces the decision."""
    with_offers = decision.level == BEST_LEVEL and decision.outcome == "accept"
    return text(lang, "level.5.offers" if with_offers else f"level.{decision.level}")


def distance_sentence(decision: Decision, lang: str) -> str:
    """How far the score is from the level asked.

    Between the whole points that the page shows, so that a reader who subtracts finds the same.
    """
    away = round(decision.points) - round(decision.threshold_points)
    place = "at" if away == 0 else ("above" if away > 0 else "below")
    return text(lang, f"page.decision.{place}", points=abs(away), threshold=number(decision.threshold_points, lang))


def uncertainty_sentences(decision: Decision, lang: str) -> str:
    """The interval of an uncertain score, and why a person must look."""
    score, low, high = (number(one, lang) for one in (decision.points, decision.low_points, decision.high_points))
    review = text(lang, "uncertainty.review", threshold=number(decision.threshold_points, lang))
    return f"{text(lang, 'uncertainty.sentence', score=score, low=low, high=high)} {review}"


def _place_lines(service: Service, decision: Decision, lang: str) -> Iterator[str]:
    """The distance to the level asked, the rank, and why a person must look."""
    rank = text(lang, "page.decision.rank", share=percent(service.portfolio.share_below(decision.points), lang))
    yield f"{distance_sentence(decision, lang)} {rank}"
    if UNCERTAIN in decision.review_because:
        yield uncertainty_sentences(decision, lang)
    if OUTSIDE in decision.review_because:
        yield text(lang, "page.decision.outside")
    if HISTORY_UNKNOWN in decision.review_because:
        yield text(lang, "page.decision.history-unknown")
