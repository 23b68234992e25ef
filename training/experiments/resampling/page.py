"""The study as one HTML page, French first, made of what is written as JSON beside it."""

from html import escape

from scoring.i18n import LANGUAGES, Words
from training.experiments.resampling.study import Study
from training.experiments.resampling.words import COLUMNS, cells, note

_TITLE = Words("Rééchantillonner aide-t-il ?", "Does resampling help?")
_STYLE = (
    "body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1300px;padding:0 1rem;color:#1a1a1a}"
    "table{border-collapse:collapse;font-size:12px}th,td{padding:.2rem .5rem;border-bottom:1px solid #ddd;"
    "text-align:left;font-variant-numeric:tabular-nums}tr.better{background:#e6f4ea}"
)


def html(study: Study) -> str:
    """Return the page."""
    parts = [
        f"<!doctype html><html lang='fr'><head><meta charset='utf-8'><title>{_TITLE.say('fr')}</title>",
        f"<style>{_STYLE}</style></head><body>",
    ]
    for lang in LANGUAGES:
        parts.append(f"<section lang='{lang}'><h1>{_TITLE.say(lang)}</h1>")
        parts += [f"<p>{escape(line)}</p>" for line in note(study, lang)]
        heads = "".join(f"<th>{escape(words.say(lang))}</th>" for words in COLUMNS.values())
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>")
        for row in study.rows:
            inside = "".join(f"<td>{escape(cell)}</td>" for cell in cells(row, lang))
            parts.append(f"<tr{' class=better' if row.better else ''}>{inside}</tr>")
        parts.append("</tbody></table></section>")
    return "\n".join([*parts, "</body></html>"]) + "\n"
