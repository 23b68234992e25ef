"""Pieces of the reports' pages: every text in both languages, tables, parts that fold.

The rule: a page has no script and fetches nothing; its language is chosen by two radio buttons and CSS alone; whatever
comes from data is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Protocol

from scoring.i18n import LANGUAGES
from training.reporting.wording import Cell, Shown, said

# The look of the report: the product's palette, readable on paper.

STYLE = """
:root{--page:#F6F7F9;--card:#FFF;--ink:#16202C;--muted:#55616F;--outline:#7B8794;--brand:#123B5D;--pass:#0B5C8A;
--pass-on:#E4F0F7;--warn:#5B6472;--warn-on:#EEF1F4;--fail:#9C3A0F;--fail-on:#FCEBDD;--line:#D5DAE0}
*{box-sizing:border-box}
body{margin:0;padding:24px;background:var(--page);color:var(--ink);font:14px/1.5 "IBM Plex Sans",system-ui,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:1100px;margin:0 auto}
input[name=language]{position:absolute;opacity:0}
label{display:inline-block;padding:10px 16px;border:1px solid var(--line);border-radius:8px;background:var(--card);
color:var(--muted);cursor:pointer;margin-right:8px}
input:checked+label{color:#FFF;background:var(--brand);border-color:var(--brand)}
input:focus-visible+label{outline:2px solid var(--pass);outline-offset:2px}
#fr:checked~main [lang=en],#en:checked~main [lang=fr]{display:none}
h1{font-size:28px;line-height:1.25;margin:24px 0 8px;color:var(--brand)}
h2{font-size:20px;margin:32px 0 12px;color:var(--brand)}
h3{font-size:16px;margin:0 0 8px;line-height:1.4}
p{margin:0 0 8px;max-width:70em}
.tiles{display:flex;gap:16px;flex-wrap:wrap;margin:16px 0}
.tile{flex:1 1 140px;padding:16px;border:1px solid var(--line);border-radius:8px;background:var(--card)}
.tile b{display:block;font-size:28px;line-height:1.2}
.tile.pass b,.pass>h3 .badge,.pass .badge{color:var(--pass)}
.tile.warn b{color:var(--warn)}.tile.fail b{color:var(--fail)}
.badge{display:inline-block;padding:2px 8px;border-radius:8px;font-size:12px;font-weight:700;white-space:nowrap;
background:var(--warn-on);color:var(--warn)}
.pass .badge{background:var(--pass-on);color:var(--pass)}.fail .badge{background:var(--fail-on);color:var(--fail)}
.check{padding:16px 24px;margin:0 0 16px;border:1px solid var(--line);border-left:4px solid var(--outline);
border-radius:8px;background:var(--card)}
.check.pass{border-left-color:var(--pass)}.check.fail{border-left-color:var(--fail)}
.model{padding:2px 8px;border:1px solid var(--line);border-radius:8px;font-size:12px;font-weight:400;
color:var(--muted)}
.finding{font-size:15px}.reason{color:var(--muted);border-left:2px solid var(--line);padding-left:12px}
dl{display:grid;grid-template-columns:8em 1fr;gap:4px 16px;margin:8px 0;font-size:13px}
dt{color:var(--muted)}dd{margin:0;max-width:70em}
.id{color:var(--muted);font-size:11px;margin:8px 0 0}
.against{list-style:none;padding:0;margin:0}
.against li{padding:8px 12px;margin:0 0 8px;border:1px solid var(--line);border-radius:8px;background:var(--card)}
a{color:var(--brand)}
figure{margin:12px 0;overflow-x:auto}figure svg,figure img{max-width:100%;height:auto}
figcaption{color:var(--muted);font-size:12px}
details{margin:8px 0}summary{cursor:pointer;color:var(--brand);padding:8px 0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:12px}
th,td{padding:4px 12px 4px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--muted);font-weight:700}td.n{text-align:right;white-space:nowrap}
@media print{body{background:#FFF;padding:0;font-size:11px}label,input{display:none}.check{break-inside:avoid-page;
padding:8px 12px}details::details-content{content-visibility:visible;block-size:auto}h2{break-after:avoid}}
"""


class Bilingual(Protocol):
    """A wording in both languages: `Words`, or one that a report was read back with."""

    def say(self, lang: str) -> str:
        """The wording in one language."""


def page(title: Bilingual, body: Iterable[str]) -> str:
    """A whole page."""
    parts = [
        "<!doctype html>",
        "<html lang='fr'><head><meta charset='utf-8'><meta name='viewport' content='width=device-width'>",
        f"<title>Clairscore – {' / '.join(escape(title.say(lang)) for lang in LANGUAGES)}</title>"
        f"<style>{STYLE}</style></head><body>",
        "<input type='radio' name='language' id='fr' checked><label for='fr'>Français</label>",
        "<input type='radio' name='language' id='en'><label for='en'>English</label>",
        "<main>",
        *body,
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def both(words: Bilingual) -> str:
    """A text in both languages, of which CSS shows one."""
    return "".join(f"<span lang='{lang}'>{escape(words.say(lang))}</span>" for lang in LANGUAGES)


def heading(words: Bilingual) -> str:
    """The heading of a section."""
    return f"<h2>{both(words)}</h2>"


def paragraph(words: Bilingual) -> str:
    """A paragraph."""
    return f"<p>{both(words)}</p>"


def listed(sentences: Iterable[Bilingual], name: str) -> str:
    """A list of sentences."""
    return f"<ul class='{name}'>{''.join(f'<li>{both(words)}</li>' for words in sentences)}</ul>"


def table(columns: Sequence[Bilingual], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that scrolls by itself where it is too wide."""
    head = "".join(f"<th scope='col'>{both(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def folded(title: Bilingual, inside: str, *, count: int | None = None) -> str:
    """A part that unfolds, with how much is in it."""
    counted = "" if count is None else f" ({count})"
    return f"<details><summary>{both(title)}{counted}</summary>{inside}</details>"


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return f"<td>{escape(cell)}</td>"
    shown = "".join(f"<span lang='{lang}'>{escape(said(cell, lang))}</span>" for lang in LANGUAGES)
    return f"<td class='n'>{shown}</td>" if isinstance(cell, Shown) else f"<td>{shown}</td>"
