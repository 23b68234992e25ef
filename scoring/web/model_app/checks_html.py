"""Checks of the validation report as cards: question, verdict, finding; bound, action, method and tables folded."""

from collections.abc import Iterable
from html import escape

from scoring.data.features import DICTIONARY, Feature
from scoring.i18n import text
from scoring.reports.validation import Cell, Check, Table, Verdict, cell_said

_DRAWN: dict[Verdict, str] = {
    "pass": '<path class="cs-icon-line" d="M4.5 12.5l5 5L19.5 7"/>',
    "warn": '<circle class="cs-icon-line cs-icon-thin" cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 0 0 17z"/>',
    "fail": '<path class="cs-icon-line" d="M6 6l12 12M18 6L6 18"/>',
    "not_applicable": '<path class="cs-icon-line" d="M5 12h14"/>',
}
_TONES: dict[Verdict, str] = {"pass": "accept", "warn": "review", "fail": "decline", "not_applicable": "review"}


def badge(verdict: Verdict, lang: str, said: str = "") -> str:
    """A verdict as a sign and its word."""
    word = said or text(lang, f"model.verdict.{verdict}")
    return (
        f'<span class="cs-badge cs-{_TONES[verdict]}"><svg class="cs-icon" viewBox="0 0 24 24" aria-hidden="true" '
        f'focusable="false">{_DRAWN[verdict]}</svg>{escape(word)}</span>'
    )


def checks_html(checks: Iterable[Check], lang: str) -> str:
    """Checks, one below the other."""
    return f'<div class="cs-checks">{"".join(check_html(check, lang) for check in checks)}</div>'


def check_html(check: Check, lang: str, *, tables_open: bool = False) -> str:
    """One check; its tables are folded with the rest, or stand before it."""
    model = f" ({text(lang, f'model.short.{check.model}')})" if check.model else ""
    reason = ""
    if check.reason is not None and check.reason.say(lang) != check.finding.say(lang):
        reason = f'<p class="cs-lead">{escape(check.reason.say(lang))}</p>'
    entries = "".join(
        f"<div><dt>{escape(text(lang, f'model.check.{name}'))}</dt><dd>{escape(said.say(lang))}</dd></div>"
        for name, said in (("bound", check.bound), ("action", check.action), ("method", check.method))
    )
    tables = "".join(table_html(one, lang, _feature_of(check)) for one in check.tables)
    before, after = (tables, "") if tables_open else ("", tables)
    return (
        f'<article class="cs-check" id="check-{escape(check.id)}" data-verdict="{check.verdict}"><header>'
        f"{badge(check.verdict, lang)}<h3>{escape(check.question.say(lang))}{escape(model)}</h3></header>"
        f"<p>{escape(check.finding.say(lang))}</p>{reason}{before}<details><summary>"
        f"{escape(text(lang, 'model.check.open' if after else 'model.check.how'))}"
        f'<span class="cs-visually-hidden"> – {escape(check.question.say(lang))}{escape(model)}</span></summary>'
        f"<dl>{entries}</dl>{after}</details></article>"
    )


def _feature_of(check: Check) -> Feature | None:
    """The feature whose groups a check of fairness compares."""
    parts = check.id.split(".")
    return DICTIONARY.get(parts[1]) if check.family == "fairness" and len(parts) > 1 else None


def _headed(cell: Cell, feature: Feature | None, lang: str) -> str:
    """A row's head; a code of the feature in its own words."""
    if feature is not None and isinstance(cell, str) and cell in feature.levels:
        return feature.levels[cell].say(lang)
    return cell_said(cell, lang)


def table_html(table: Table, lang: str, feature: Feature | None = None) -> str:
    """A check's own table."""
    title = escape(table.title.say(lang))
    heads = "".join(
        f'<th scope="col"{"" if at == 0 else " class=cs-num"}>{escape(column.say(lang))}</th>'
        for at, column in enumerate(table.columns)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{escape(_headed(cell, feature, lang))}</th>'
            if at == 0
            else f'<td class="cs-num">{escape(cell_said(cell, lang))}</td>'
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in table.rows
    )
    return (
        f'<h4>{title}</h4><div class="cs-scroll" tabindex="0" role="region" aria-label="{title}">'
        f'<table class="cs-table cs-small"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )
