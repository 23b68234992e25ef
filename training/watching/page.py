"""The report as one HTML page: no script, nothing fetched, both languages, printable."""

from collections.abc import Iterator, Sequence
from html import escape

from scoring.language import LANGUAGES
from scoring.monitoring.telling import Value, num, pct, told
from scoring.reports.evaluation import Said
from scoring.reports.watch import Level, Watch
from training.page_style import STYLE

_CLASSES: dict[str, str] = {"green": "pass", "amber": "warn", "red": "fail", "none": "warn"}
_ICONS: dict[str, str] = {"green": "✓", "amber": "◐", "red": "✕", "none": "–"}


def html(report: Watch) -> str:
    """Return the whole page."""
    title = told("page.title")
    parts = [
        "<!doctype html>",
        "<html lang='fr'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>Clairscore – {escape(title.fr)} / {escape(title.en)}</title><style>{STYLE}</style></head><body>",
        "<input type='radio' name='language' id='fr' checked><label for='fr'>Français</label>",
        "<input type='radio' name='language' id='en'><label for='en'>English</label>",
        "<main>",
        f"<h1>{_both(title)}</h1>",
        *_head(report),
        *_signals(report),
        *_features(report),
        f"<h2>{_both(told('page.rules'))}</h2><ul>",
        *(f"<li>{_both(one)}</li>" for one in report.rules),
        "</ul></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _both(words: Said) -> str:
    return "".join(f"<span lang='{lang}'>{escape(words.say(lang))}</span>" for lang in LANGUAGES)


def _badge(level: str) -> str:
    return f"<span class='badge'>{_ICONS[level]} {_both(told(f'light.{level}'))}</span>"


def _head(report: Watch) -> Iterator[str]:
    watched = report.watched
    yield f"<section class='check {_CLASSES[report.light]}'><h3>{_badge(report.light)} {_both(report.advice.says)}</h3>"
    if report.advice.because:
        yield f"<ul>{''.join(f'<li>{_both(one)}</li>' for one in report.advice.because)}</ul>"
    facts = told(
        "page.facts",
        clients=num(watched.clients),
        labelled=num(watched.labelled),
        defaulters=num(watched.defaulters),
        version=report.model.version,
        compared=num(report.model.compared_with),
        made=report.made,
    )
    yield f"<p class='reason'>{_both(facts)}</p></section>"


def _signals(report: Watch) -> Iterator[str]:
    yield f"<h2>{_both(told('page.signals'))}</h2>"
    if not report.signals:
        yield f"<p>{_both(told('light.none' if report.light == 'none' else 'light.green'))}</p>"
    for one in report.signals:
        yield (
            f"<section class='check {_CLASSES[one.level]}'><h3>{_badge(one.level)} "
            f"{_both(told(f'section.{one.section}'))}</h3><p class='finding'>{_both(one.says)}</p>"
            f"<dl><dt>{_both(told('page.cause'))}</dt><dd>{_both(one.cause)}</dd>"
            f"<dt>{_both(told('page.action'))}</dt><dd>{_both(one.action)}</dd></dl></section>"
        )


def _features(report: Watch) -> Iterator[str]:
    if not report.features:
        return
    yield f"<h2>{_both(told('section.features'))}</h2>"
    names = ("page.feature", "page.index", "page.chance", "page.missing", "page.outside")
    heads = "".join(f"<th scope='col'>{_both(told(one))}</th>" for one in names)
    yield f"<div class='scroll'><table><thead><tr>{heads}</tr></thead>"
    for one in sorted(report.features, key=lambda one: -one.shift.index):
        cells: Sequence[Value] = (
            num(one.shift.index, 3),
            num(one.shift.by_chance, 3),
            pct(one.missing_now),
            pct(one.outside + one.unseen),
        )
        level: Level = one.shift.level
        yield (
            f"<tr class='{_CLASSES[level]}'><td>{_both(one.label)}</td>"
            + "".join(f"<td class='n'>{_both(_said(cell))}</td>" for cell in cells)
            + "</tr>"
        )
    yield "</table></div>"


def _said(cell: Value) -> Said:
    if isinstance(cell, str):
        return Said(fr=cell, en=cell)
    return Said(fr=cell.say("fr"), en=cell.say("en"))
