"""The report as one HTML page: no script, nothing fetched, both languages, printable."""

from collections.abc import Iterator

from scoring.i18n.figures import num, pct
from scoring.reports.monitoring.wording import told
from scoring.reports.monitoring_document import Level, Watch
from training.reporting.markup import both, heading, page, paragraph

_CLASSES: dict[str, str] = {"green": "pass", "amber": "warn", "red": "fail", "none": "warn"}
_ICONS: dict[str, str] = {"green": "✓", "amber": "◐", "red": "✕", "none": "–"}


def html(report: Watch) -> str:
    """Return the whole page."""
    title = told("page.title")
    body = [
        f"<h1>{both(title)}</h1>",
        *_head(report),
        *_signals(report),
        *_features(report),
        f"{heading(told('page.rules'))}<ul>",
        *(f"<li>{both(one)}</li>" for one in report.rules),
        "</ul>",
    ]
    return page(title, body)


def _badge(level: str) -> str:
    return f"<span class='badge'>{_ICONS[level]} {both(told(f'light.{level}'))}</span>"


def _head(report: Watch) -> Iterator[str]:
    watched = report.watched
    yield f"<section class='check {_CLASSES[report.light]}'><h3>{_badge(report.light)} {both(report.advice.says)}</h3>"
    if report.advice.because:
        yield f"<ul>{''.join(f'<li>{both(one)}</li>' for one in report.advice.because)}</ul>"
    facts = told(
        "page.facts",
        clients=num(watched.clients),
        labelled=num(watched.labelled),
        defaulters=num(watched.defaulters),
        version=report.model.version,
        compared=num(report.model.compared_with),
        made=report.made,
    )
    yield f"<p class='reason'>{both(facts)}</p>"
    yield from (f"<p class='reason'>{both(one)}</p>" for one in watched.notes)
    yield "</section>"


def _signals(report: Watch) -> Iterator[str]:
    yield heading(told("page.signals"))
    if not report.signals:
        yield paragraph(told("light.none" if report.light == "none" else "light.green"))
    for one in report.signals:
        yield (
            f"<section class='check {_CLASSES[one.level]}'><h3>{_badge(one.level)} "
            f"{both(told(f'section.{one.section}'))}</h3><p class='finding'>{both(one.says)}</p>"
            f"<dl><dt>{both(told('page.cause'))}</dt><dd>{both(one.cause)}</dd>"
            f"<dt>{both(told('page.action'))}</dt><dd>{both(one.action)}</dd></dl></section>"
        )


def _features(report: Watch) -> Iterator[str]:
    if not report.features:
        return
    yield heading(told("section.features"))
    names = ("page.feature", "page.index", "page.chance", "page.missing", "page.outside")
    heads = "".join(f"<th scope='col'>{both(told(one))}</th>" for one in names)
    yield f"<div class='scroll'><table><thead><tr>{heads}</tr></thead>"
    for one in sorted(report.features, key=lambda one: -one.shift.index):
        cells = (
            num(one.shift.index, 3),
            num(one.shift.by_chance, 3),
            pct(one.missing_now),
            pct(one.outside + one.unseen),
        )
        level: Level = one.shift.level
        yield (
            f"<tr class='{_CLASSES[level]}'><td>{both(one.label)}</td>"
            + "".join(f"<td class='n'>{both(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    yield "</table></div>"
