"""Every term of the score as a line of a table, and what is missing: folded, for whoever asks."""

from html import escape

from scoring.data.features import DICTIONARY, say
from scoring.i18n import number, text
from scoring.model.additive_model import term_key
from scoring.service import Assessment, Service
from scoring.web.model_address import link
from scoring.web.waterfall import signed


def terms_html(service: Service, assessment: Assessment, lang: str, *, linked: bool = False) -> str:
    """The reference, every term's points, largest first, and the client's points, which they add up to.

    Parameters
    ----------
    linked : whether each line leads to the line of the model's table that its points come from
    """
    model, scored = service.model, assessment.scored
    rows = [
        (abs(points), _term_row(term.features, assessment, points, lang, linked=linked))
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


def missing_html(assessment: Assessment, lang: str) -> str:
    """What the model would use and does not have; nothing where nothing is missing."""
    if not assessment.missing:
        return ""
    items = "".join(f"<li>{escape(DICTIONARY[name].label.say(lang))}</li>" for name in assessment.missing)
    title = text(lang, "page.missing.open", count=len(assessment.missing))
    return (
        f'<details id="missing"><summary>{escape(title)}</summary>'
        f'<p class="cs-lead">{escape(text(lang, "page.missing.lead"))}</p><ul class="cs-missing">{items}</ul></details>'
    )


def _term_row(features: tuple[str, ...], assessment: Assessment, points: float, lang: str, *, linked: bool) -> str:
    facts = assessment.facts
    labels = " × ".join(DICTIONARY[name].label.say(lang) for name in features)
    meaning = " ".join(DICTIONARY[name].explanation.say(lang) for name in features)
    values = " × ".join(say(DICTIONARY[name], facts[name], lang) for name in features)
    origin = ""
    if linked and assessment.client_id is not None:
        address = link(lang, "points", assessment.client_id, term=term_key(features))
        origin = f' <a class="cs-origin" href="{escape(address)}">{escape(text(lang, "page.terms.origin"))}</a>'
    return (
        f'<tr data-term="{escape(term_key(features))}" data-points="{points!r}"><th scope="row">{escape(labels)}'
        f'<small class="cs-meaning">{escape(meaning)}</small>{origin}</th>'
        f'<td>{escape(values)}</td><td class="cs-num">{escape(signed(points, lang, 2))}</td></tr>'
    )


def _sum_row(label: str, points: str) -> str:
    return (
        f'<tr class="cs-row-total"><th scope="row" colspan="2">{escape(label)}</th>'
        f'<td class="cs-num">{escape(points)}</td></tr>'
    )
