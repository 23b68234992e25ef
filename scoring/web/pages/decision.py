"""The decision page: who, what is proposed, why, and the sum behind it. Everything shown comes from the service."""

from collections.abc import Iterator, Mapping
from html import escape

from scoring.additive_model.lookup import Value
from scoring.decision import OUTSIDE, UNCERTAIN, Decision, Outcome
from scoring.features import DICTIONARY, say
from scoring.language import number, percent, text
from scoring.service import Assessment, Service
from scoring.web.cards import reasons_html
from scoring.web.gauge import gauge_svg
from scoring.web.waterfall import signed, waterfall_html

ICONS: dict[Outcome, str] = {"accept": "✓", "review": "◐", "decline": "–"}
IDENTITY = (
    "age_years",
    "family_status",
    "income_total",
    "years_employed",
    "occupation",
    "housing",
    "credit_amount",
    "annuity",
    "credit_per_annuity",
)
"""Features that say who the client is and what they ask, in reading order."""
BEST_LEVEL = 5


def decision_html(service: Service, assessment: Assessment, lang: str) -> str:
    """The whole page of one client, as HTML with every value escaped."""
    decision, explanation, model = assessment.decision, assessment.explanation, service.model
    return (
        f'<article class="cs-decision">{_identity(assessment, lang)}'
        f'<div class="cs-columns"><section class="cs-panel cs-verdict-panel">{_verdict(service, decision, lang)}</section>'
        f'<section class="cs-panel cs-why"><h2>{escape(text(lang, "page.decision.why"))}</h2><div class="cs-reason-columns">'
        f"{reasons_html(model, explanation.against, 'against', lang)}"
        f"{reasons_html(model, explanation.in_favour, 'for', lang)}</div></section></div>"
        f'<section id="waterfall" class="cs-panel"><h2>{escape(text(lang, "page.decision.sum"))}</h2>'
        f'<p class="cs-lead">{escape(text(lang, "page.decision.sum.lead"))}</p>'
        f"{waterfall_html(explanation, decision, lang)}{_terms(service, assessment, lang)}</section>"
        f"{_missing(assessment, lang)}</article>"
    )


def _identity(assessment: Assessment, lang: str) -> str:
    facts = "".join(
        f"<div><dt>{escape(DICTIONARY[name].label.say(lang))}</dt>"
        f"<dd>{escape(say(DICTIONARY[name], assessment.facts[name], lang))}</dd></div>"
        for name in IDENTITY
        if assessment.facts.get(name) is not None
    )
    title = text(lang, "page.decision.client", client=assessment.client_id)
    known = escape(text(lang, "page.decision.identity"))
    return (
        f'<header id="identity" class="cs-identity"><h1>{escape(title)}</h1>'
        f'<div class="cs-identity-scroll" tabindex="0" role="region" aria-label="{known}"><dl>{facts}</dl></div></header>'
    )


def _verdict(service: Service, decision: Decision, lang: str) -> str:
    outcome = decision.outcome
    return (
        f'<div id="decision" class="cs-verdict cs-{outcome}" data-decision="{outcome}" data-pd="{decision.pd!r}" '
        f'data-points="{decision.points!r}"><span class="cs-verdict-icon" aria-hidden="true">{ICONS[outcome]}</span>'
        f"<h2>{escape(text(lang, f'decision.officer.{outcome}'))}</h2></div>"
        f"{gauge_svg(decision, service.model.scale.pdo, lang)}"
        f'<p id="sentence" class="cs-sentence">{escape(_level_sentence(decision, lang))}</p>'
        f'<ul class="cs-facts">{"".join(f"<li>{escape(line)}</li>" for line in _lines(service, decision, lang))}</ul>'
    )


def _level_sentence(decision: Decision, lang: str) -> str:
    with_offers = decision.level == BEST_LEVEL and decision.outcome == "accept"
    return text(lang, "level.5.offers" if with_offers else f"level.{decision.level}")


def _lines(service: Service, decision: Decision, lang: str) -> Iterator[str]:
    """The score in plain sentences: the chance, the limit, the distance, the rank, how sure it is."""
    yield f"{_chance(decision, lang)} {_why_this_limit(service, lang)}"
    distance = decision.points - decision.threshold_points
    away = round(abs(distance))
    place = "at" if away == 0 else ("above" if distance > 0 else "below")
    asked = number(decision.threshold_points, lang)
    rank = percent(service.portfolio.share_below(decision.points), lang)
    yield f"{text(lang, f'page.decision.{place}', points=away, threshold=asked)} {text(lang, 'page.decision.rank', share=rank)}"
    if UNCERTAIN in decision.review_because:
        low, high = number(decision.low_points, lang), number(decision.high_points, lang)
        sure = text(lang, "uncertainty.sentence", score=number(decision.points, lang), low=low, high=high)
        yield f"{sure} {text(lang, 'uncertainty.review', threshold=asked)}"
    if OUTSIDE in decision.review_because:
        yield text(lang, "page.decision.outside")


def _chance(decision: Decision, lang: str) -> str:
    """The probability as a count, of as many clients as it takes to tell it from the limit."""
    for of in (100, 1_000, 10_000):
        bad, limit = round(of * decision.pd), round(of * decision.threshold)
        if bad != limit or of == 10_000:
            break
    return text(
        lang,
        "probability.sentence",
        of=number(of, lang),
        good=number(of - bad, lang),
        bad=number(bad, lang),
        limit=number(limit, lang),
    )


def _why_this_limit(service: Service, lang: str) -> str:
    ratio = service.model.rule.cost_fn / service.model.rule.cost_fp
    return text(lang, "probability.why", ratio=number(ratio, lang, 0 if ratio.is_integer() else 1))


def _terms(service: Service, assessment: Assessment, lang: str) -> str:
    model, scored = service.model, assessment.scored
    rows = [
        (abs(points), _term_row(term.features, assessment.facts, points, lang))
        for term, contribution, usual in zip(
            model.terms, scored.contributions, model.reference.contributions, strict=True
        )
        for points in [model.scale.points_of_change(contribution - usual)]
    ]
    rows.sort(key=lambda row: -row[0])
    explanation = assessment.explanation
    head = "".join(f'<th scope="col">{escape(text(lang, f"page.terms.{name}"))}</th>' for name in ("what", "value"))
    points = f'<th scope="col" class="cs-num">{escape(text(lang, "chart.points"))}</th>'
    first = _sum_row(text(lang, "chart.reference"), number(explanation.reference_points, lang, 2))
    last = _sum_row(text(lang, "chart.client"), number(assessment.decision.points, lang, 2))
    return (
        f'<details id="terms"><summary>{escape(text(lang, "page.terms.open", terms=len(rows)))}</summary>'
        f'<div class="cs-scroll" tabindex="0" role="region" aria-label="{escape(text(lang, "page.terms.title"))}">'
        f'<table class="cs-table"><thead><tr>{head}{points}</tr></thead>'
        f"<tbody>{first}{''.join(row for _, row in rows)}{last}</tbody></table></div></details>"
    )


def _term_row(features: tuple[str, ...], facts: Mapping[str, Value], points: float, lang: str) -> str:
    labels = " × ".join(DICTIONARY[name].label.say(lang) for name in features)
    values = " × ".join(say(DICTIONARY[name], facts[name], lang) for name in features)
    return (
        f'<tr data-term="{escape("*".join(features))}" data-points="{points!r}"><th scope="row">{escape(labels)}</th>'
        f'<td>{escape(values)}</td><td class="cs-num">{escape(signed(points, lang, 2))}</td></tr>'
    )


def _sum_row(label: str, points: str) -> str:
    return (
        f'<tr class="cs-row-total"><th scope="row" colspan="2">{escape(label)}</th>'
        f'<td class="cs-num">{escape(points)}</td></tr>'
    )


def _missing(assessment: Assessment, lang: str) -> str:
    if not assessment.missing:
        return ""
    items = "".join(f"<li>{escape(DICTIONARY[name].label.say(lang))}</li>" for name in assessment.missing)
    title = text(lang, "page.missing.open", count=len(assessment.missing))
    return (
        f'<section class="cs-panel"><details id="missing"><summary>{escape(title)}</summary>'
        f'<p class="cs-lead">{escape(text(lang, "page.missing.lead"))}</p><ul class="cs-missing">{items}</ul></details></section>'
    )
