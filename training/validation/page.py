"""The report as one HTML page: no script, nothing fetched, both languages, printable.

The language is chosen by two radio buttons and CSS alone; a printer prints the language that is shown, with every
check unfolded. Whatever comes from data is escaped.
"""

from scoring.i18n import Words
from training.reporting.pages import render
from training.reporting.wording import bilingual, num
from training.validation.checks import FAMILIES, MODELS, Verdict
from training.validation.document import ValidationReport

ICONS: dict[Verdict, str] = {"pass": "✓", "warn": "◐", "fail": "✕", "not_applicable": "–"}
LABELS: dict[Verdict, Words] = {
    "pass": Words("tenu", "pass"),
    "warn": Words("à surveiller", "warning"),
    "fail": Words("non tenu", "fail"),
    "not_applicable": Words("sans objet", "not applicable"),
}
TITLE = Words("Rapport de validation", "Validation report")
WORDS = {
    "icons": ICONS,
    "verdicts": LABELS,
    "families": FAMILIES,
    "models": MODELS,
    "against": Words("Ce que ce rapport dit contre nous", "What this report says against us"),
    "nothing": Words("Tous les contrôles sont tenus.", "Every check passes."),
    "limits": Words("Ce que cela ne prouve pas", "What this does not prove"),
    "entries": {
        "bound": Words("Borne", "Bound"),
        "to_do": Words("Que faire", "What to do"),
        "method": Words("Méthode", "Method"),
    },
}
"""What the page itself says."""


def html(report: ValidationReport) -> str:
    """Return the whole page."""
    summary = report.summary
    facts = bilingual(
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
    return render("validation", "report", title=TITLE, facts=facts, report=report, words=WORDS)
