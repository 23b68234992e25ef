"""The report as one HTML page: no script, nothing fetched, both languages, printable.

The language is chosen by two radio buttons and CSS alone; a printer prints the language that is shown, with every
check unfolded. Whatever comes from data is escaped.
"""

from collections.abc import Iterator
from html import escape

from scoring.language import LANGUAGES, Words
from training.page_style import STYLE
from training.told import Cell, Shown, num, said, told
from training.validation.checks import FAMILIES, MODELS, VERDICTS, Check, Picture, Table, Verdict
from training.validation.document import ValidationReport

ICONS: dict[Verdict, str] = {"pass": "✓", "warn": "◐", "fail": "✕", "not_applicable": "–"}
LABELS: dict[Verdict, Words] = {
    "pass": Words("tenu", "pass"),
    "warn": Words("à surveiller", "warning"),
    "fail": Words("non tenu", "fail"),
    "not_applicable": Words("sans objet", "not applicable"),
}
TITLE = Words("Rapport de validation", "Validation report")
NOTHING = Words("Tous les contrôles sont tenus.", "Every check passes.")


def html(report: ValidationReport) -> str:
    """Return the whole page."""
    parts = [
        "<!doctype html>",
        "<html lang='fr'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>Clairscore – {escape(TITLE.fr)} / {escape(TITLE.en)}</title><style>{STYLE}</style></head><body>",
        "<input type='radio' name='language' id='fr' checked><label for='fr'>Français</label>",
        "<input type='radio' name='language' id='en'><label for='en'>English</label>",
        "<main>",
        *_head(report),
        *_against(report),
        *(part for family in FAMILIES for part in _family(report, family)),
        *_limits(report),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _both(words: Words, tag: str = "span", attributes: str = "") -> str:
    return "".join(f"<{tag} lang='{lang}'{attributes}>{escape(words.say(lang))}</{tag}>" for lang in LANGUAGES)


def _head(report: ValidationReport) -> Iterator[str]:
    summary = report.summary
    yield f"<h1>{_both(TITLE)}</h1>"
    facts = told(
        "Le modèle qui sert : {serves} ({version}). {train} clients d'apprentissage, {test} de test, dont {positives} "
        "en difficulté. {data} {quick}",
        "The serving model: {serves} ({version}). {train} training clients, {test} test clients, {positives} of them "
        "with difficulties. {data} {quick}",
        serves=MODELS[summary.serves], version=summary.models[summary.serves], train=num(summary.train),
        test=num(summary.test), positives=num(summary.positives),
        data=Words("Données synthétiques.", "Synthetic data.") if summary.synthetic
        else Words("Données réelles.", "Real data."),
        quick=Words("Rapport rapide : les contrôles longs sont laissés.", "Quick report: the long checks are left out.")
        if summary.quick else Words("Rapport complet.", "Full report."),
    )  # fmt: skip
    yield f"<p>{_both(facts)}</p>"
    tiles = "".join(
        f"<div class='tile {verdict}'><b>{ICONS[verdict]} {report.counts[verdict]}</b>{_both(LABELS[verdict])}</div>"
        for verdict in VERDICTS
    )
    yield f"<div class='tiles'>{tiles}</div>"


def _against(report: ValidationReport) -> Iterator[str]:
    yield f"<h2>{_both(Words('Ce que ce rapport dit contre nous', 'What this report says against us'))}</h2>"
    if not report.against_us:
        yield f"<p>{_both(NOTHING)}</p>"
        return
    yield "<ul class='against'>"
    for check in report.against_us:
        yield (
            f"<li class='{check.verdict}'><span class='badge'>{ICONS[check.verdict]} {_both(LABELS[check.verdict])}"
            f"</span> <a href='#{escape(check.id, quote=True)}'>{_both(check.question)}</a>{_model(check)} "
            f"{_both(check.finding)}</li>"
        )
    yield "</ul>"


def _family(report: ValidationReport, family: str) -> Iterator[str]:
    checks = report.of_family(family)
    if not checks:
        return
    yield f"<h2>{_both(FAMILIES[family])}</h2>"
    for check in checks:
        yield "".join(_check(check))


def _limits(report: ValidationReport) -> Iterator[str]:
    if report.summary.limits:
        yield f"<h2>{_both(Words('Ce que cela ne prouve pas', 'What this does not prove'))}</h2><ul class='limits'>"
        yield from (f"<li>{_both(words)}</li>" for words in report.summary.limits)
        yield "</ul>"


def _check(check: Check) -> Iterator[str]:
    yield f"<section class='check {check.verdict}' id='{escape(check.id, quote=True)}'>"
    yield f"<h3><span class='badge'>{ICONS[check.verdict]} {_both(LABELS[check.verdict])}</span> "
    yield f"{_both(check.question)}{_model(check)}</h3>"
    yield f"<p class='finding'>{_both(check.finding)}</p>"
    if check.reason is not None and check.reason != check.finding:
        yield f"<p class='reason'>{_both(check.reason)}</p>"
    if check.verdict != "not_applicable":
        yield "<dl>"
        yield _entry(Words("Borne", "Bound"), check.bound)
        yield _entry(Words("Que faire", "What to do"), check.to_do)
        yield _entry(Words("Méthode", "Method"), check.method)
        yield "</dl>"
    yield "".join(_picture(picture) for picture in check.pictures)
    yield "".join(_table(table) for table in check.tables)
    yield f"<p class='id'>{escape(check.id)}</p></section>"


def _model(check: Check) -> str:
    return f" <span class='model'>{escape(MODELS[check.model])}</span>" if check.model else ""


def _entry(name: Words, words: Words) -> str:
    return f"<dt>{_both(name)}</dt><dd>{_both(words)}</dd>"


def _picture(picture: Picture) -> str:
    drawn = "".join(
        f"<div lang='{lang}' role='img' aria-label='{escape(picture.alt.say(lang), quote=True)}'>"
        f"{picture.svg.say(lang)}</div>"
        for lang in LANGUAGES
    )
    return f"<figure>{drawn}<figcaption>{_both(picture.alt)}</figcaption></figure>"


def _table(table: Table) -> str:
    head = "".join(f"<th scope='col'>{_both(column)}</th>" for column in table.columns)
    rows = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in table.rows)
    return (
        f"<details><summary>{_both(table.title)} ({len(table.rows)})</summary><div class='scroll'><table><thead><tr>"
        f"{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    both = "".join(f"<span lang='{lang}'>{escape(said(cell, lang))}</span>" for lang in LANGUAGES)
    return f"<td class='n'>{both}</td>" if isinstance(cell, Shown) else f"<td>{both}</td>"
