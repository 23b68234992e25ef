"""The report as one HTML page: no script, nothing fetched, both languages, printable.

The language is chosen by two radio buttons and CSS alone; a printer prints the language that is shown, with every
check unfolded. Whatever comes from data is escaped.
"""

from collections.abc import Iterator
from html import escape

from scoring.i18n import LANGUAGES, Words
from training.reporting.markup import both, folded, heading, listed, page, table
from training.reporting.wording import num, told
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
    families = (part for family in FAMILIES for part in _family(report, family))
    return page(TITLE, [*_head(report), *_against(report), *families, *_limits(report)])


def _head(report: ValidationReport) -> Iterator[str]:
    summary = report.summary
    yield f"<h1>{both(TITLE)}</h1>"
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
    yield f"<p>{both(facts)}</p>"
    tiles = "".join(
        f"<div class='tile {verdict}'><b>{ICONS[verdict]} {report.counts[verdict]}</b>{both(LABELS[verdict])}</div>"
        for verdict in VERDICTS
    )
    yield f"<div class='tiles'>{tiles}</div>"


def _against(report: ValidationReport) -> Iterator[str]:
    yield heading(Words("Ce que ce rapport dit contre nous", "What this report says against us"))
    if not report.against_us:
        yield f"<p>{both(NOTHING)}</p>"
        return
    yield "<ul class='against'>"
    for check in report.against_us:
        yield (
            f"<li class='{check.verdict}'><span class='badge'>{ICONS[check.verdict]} {both(LABELS[check.verdict])}"
            f"</span> <a href='#{escape(check.id, quote=True)}'>{both(check.question)}</a>{_model(check)} "
            f"{both(check.finding)}</li>"
        )
    yield "</ul>"


def _family(report: ValidationReport, family: str) -> Iterator[str]:
    checks = report.of_family(family)
    if not checks:
        return
    yield heading(FAMILIES[family])
    for check in checks:
        yield "".join(_check(check))


def _limits(report: ValidationReport) -> Iterator[str]:
    if report.summary.limits:
        yield heading(Words("Ce que cela ne prouve pas", "What this does not prove"))
        yield listed(report.summary.limits, "limits")


def _check(check: Check) -> Iterator[str]:
    yield f"<section class='check {check.verdict}' id='{escape(check.id, quote=True)}'>"
    yield f"<h3><span class='badge'>{ICONS[check.verdict]} {both(LABELS[check.verdict])}</span> "
    yield f"{both(check.question)}{_model(check)}</h3>"
    yield f"<p class='finding'>{both(check.finding)}</p>"
    if check.reason is not None and check.reason != check.finding:
        yield f"<p class='reason'>{both(check.reason)}</p>"
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
    return f"<dt>{both(name)}</dt><dd>{both(words)}</dd>"


def _picture(picture: Picture) -> str:
    drawn = "".join(
        f"<div lang='{lang}' role='img' aria-label='{escape(picture.alt.say(lang), quote=True)}'>"
        f"{picture.svg.say(lang)}</div>"
        for lang in LANGUAGES
    )
    return f"<figure>{drawn}<figcaption>{both(picture.alt)}</figcaption></figure>"


def _table(one: Table) -> str:
    return folded(one.title, table(one.columns, one.rows), count=len(one.rows))
