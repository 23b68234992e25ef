"""The report as one HTML page: no script, nothing fetched, both languages, printable."""

from scoring.i18n.figures import num, pct
from scoring.reports.monitoring.wording import bilingual_text
from scoring.reports.monitoring_document import Watch
from training.reporting.pages import render

_CLASSES: dict[str, str] = {"green": "pass", "amber": "warn", "red": "fail", "none": "warn"}
_ICONS: dict[str, str] = {"green": "✓", "amber": "◐", "red": "✕", "none": "–"}


def html(report: Watch) -> str:
    """Return the whole page."""
    watched = report.watched
    facts = bilingual_text(
        "page.facts",
        clients=num(watched.clients),
        labelled=num(watched.labelled),
        defaulters=num(watched.defaulters),
        version=report.model.version,
        compared=num(report.model.compared_with),
        made=report.made,
    )
    features = [
        {
            "label": one.label,
            "level": one.shift.level,
            "cells": (
                num(one.shift.index, 3),
                num(one.shift.by_chance, 3),
                pct(one.missing_now),
                pct(one.outside + one.unseen),
            ),
        }
        for one in sorted(report.features, key=lambda one: -one.shift.index)
    ]
    return render(
        "monitoring",
        "report",
        title=bilingual_text("page.title"),
        facts=facts,
        report=report,
        features=features,
        icons=_ICONS,
        classes=_CLASSES,
    )
