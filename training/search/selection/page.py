"""The report of a selection as one HTML page, made of the document that is written as JSON beside it."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from scoring.data.features import DICTIONARY

PICTURE = "selection.png"
MEANING = {
    "all": "Candidates: every feature of the dictionary but the sensitive ones",
    "varies": "Without those that are one value, or missing, for nearly all clients",
    "stable": "Without those whose distribution moves between tenths of the clients",
    "informs": "Without those that alone say nothing of the outcome",
    "agrees": "Without those whose trend contradicts the dictionary",
    "distinct": "One of each cluster of features that say the same",
    "few: ebm": "The features that the EBM then chose",
    "few: scorecard": "The features that the scorecard then chose",
}
_STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1100px;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;font-size:13px}th,td{padding:.2rem .6rem;border-bottom:1px solid #ddd;"
    "text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}img{max-width:100%}"
    "code{font-size:12px}"
)


def html(report: Mapping[str, Any]) -> str:
    """Return the page; the picture is expected beside it."""
    data = report["data"]
    kind = "synthetic" if data["synthetic"] else "real"
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Selection of features</title>",
        f"<style>{_STYLE}</style></head><body><h1>Selection of features</h1>",
        f"<p>On {report['clients']:,} labelled clients ({report['positives']:,} with difficulties) of {kind} tables. "
        f"{escape(report['time'])}</p>",
        f"<img src='{PICTURE}' alt='AUC and number of features after each step; the same figures as in the table'>",
        _prices(report),
        "<h2>What each step removed</h2>",
        *(_step(step) for step in report["steps"]),
        f"<h2>Clusters ({len(report['clusters'])})</h2><p>Each two features of a cluster have a rank correlation of at "
        f"least {report['bounds']['max_correlation']:g}, up or down. The first one stays.</p>",
        _clusters(report["clusters"]),
        f"<h2>What is left ({len(report['kept'])})</h2>",
        _table(
            ("feature", "", "information value"),
            [
                (_name(name), _label(name), f"{report['information_values'][name]:.3f}")
                for name in sorted(report["kept"], key=lambda name: -report["information_values"][name])
            ],
            numbers=1,
        ),
    ]
    return "\n".join([*parts, "</body></html>"]) + "\n"


def _prices(report: Mapping[str, Any]) -> str:
    rows = []
    for one in report["prices"]:
        few, most = min(one["features"]), max(one["features"])
        own = "" if one["own_auc"] is None else f"{one['own_auc']:.4f} ± {one['own_error']:.4f}"
        rows.append(
            (
                escape(MEANING[one["step"]]),
                f"{few}" if few == most else f"{few} to {most}",
                f"{one['auc']:.4f} ± {one['error']:.4f}",
                "" if one["step"] == "all" else f"{one['change']:+.4f} ± {one['change_error']:.4f}",
                "" if one["step"] == "all" else f"{one['whole']:+.4f} ± {one['whole_error']:.4f}",
                own,
            )
        )
    return (
        _table(
            ("after", "features in a fold", "AUC of trees", "change", "from all", "AUC of the glass box"),
            rows,
            numbers=5,
        )
        + f"<p>{report['folds']} folds, the same for each step; the path is walked again in each, on the clients that "
        "are fitted on. ±: one standard error (DeLong), of the change that of the same clients. The change of the "
        "last two is against the end of the path.</p>"
    )


def _step(step: Mapping[str, Any]) -> str:
    parts = [f"<h3>{escape(MEANING[step['name']])}: {step['kept']} stay, {len(step['removed'])} go</h3>"]
    if step["removed"]:
        rows = [(_name(name), _label(name), escape(reason)) for name, reason in step["removed"].items()]
        parts.append(f"<details><summary>Which, and why</summary>{_table(('feature', '', 'reason'), rows)}</details>")
    if step["flagged"]:
        rows = [(_name(name), _label(name), escape(reason)) for name, reason in step["flagged"].items()]
        parts.append("<p>To be looked at:</p>" + _table(("feature", "", "what"), rows))
    return "".join(parts)


def _clusters(clusters: Sequence[Mapping[str, Any]]) -> str:
    rows = []
    for cluster in clusters:
        members = sorted(cluster["members"], key=lambda one: one["name"] != cluster["representative"])
        rows += [
            (
                f"<b>{_name(one['name'])}</b>" if first else _name(one["name"]),
                _label(one["name"]),
                f"{one['value']:.3f}",
                "stays" if first else f"{one['correlation']:+.2f}",
            )
            for first, one in ((member is members[0], member) for member in members)
        ]
    return _table(("feature", "", "information value", "rank correlation"), rows, numbers=2)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]], *, numbers: int = 0) -> str:
    """A table of ready cells; the last `numbers` columns are numbers."""
    body = [
        "<tr>"
        + "".join(
            f"<td class='n'>{cell}</td>" if i >= len(row) - numbers else f"<td>{cell}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    ]
    return f"<table><thead><tr>{''.join(f'<th>{cell}</th>' for cell in head)}</tr></thead>{''.join(body)}</table>"


def _name(name: str) -> str:
    return f"<code>{escape(name)}</code>"


def _label(name: str) -> str:
    feature = DICTIONARY.get(name)
    return "" if feature is None else escape(feature.label.say("en"))
