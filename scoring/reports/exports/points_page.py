"""The points table as one HTML page: no script, nothing fetched, readable on a phone and on paper."""

from collections.abc import Iterator
from html import escape
from itertools import groupby

from scoring.data.features import DICTIONARY, GROUPS
from scoring.i18n import Words, number
from scoring.model.additive_model import AdditiveModel
from scoring.model.scale import log_odds_of
from scoring.reports.exports.points import Row, label, rows_of, told

TITLE = Words("Grille de points", "Points table")
HOW = Words(
    "Pour noter un client : prenez les points de la constante ; dans chaque tableau, ajoutez ceux de la ligne où il se "
    "trouve. Le total est sa note ; plus elle est haute, plus le risque est faible. Les points sont montrés au "
    "dixième : la somme d'une page tombe à {rounding} point près ; le fichier CSV les donne en entier.",
    "To score a client: take the constant's points; in each table add those of the row that the client is in. The "
    "total is the score; higher is safer. Points are shown to a tenth: a sum by this page is right to within "
    "{rounding} points; the CSV gives them whole.",
)
SCALE = Words(
    "{base} points : {odds} bons payeurs pour un client en difficulté. {pdo} points de plus doublent cette cote. Refus "
    "au-dessous de {threshold} points.",
    "{base} points: {odds} good clients for one with difficulties. {pdo} more points double these odds. Declined below "
    "{threshold} points.",
)
COLUMNS = (Words("Valeur", "Value"), Words("Points", "Points"), Words("Clients", "Clients"))
CLIENTS = Words("clients d'apprentissage", "training clients")
PAIRS = Words("Effets à deux", "Effects of two together")
WIDEST = 46.0
"""Percent of a bar's cell that the largest effect takes, to either side of its middle."""

STYLE = """
:root{--page:#F6F7F9;--card:#FFF;--ink:#16202C;--muted:#55616F;--line:#D5DAE0;--brand:#123B5D;--for:#0B5C8A;
--against:#9C3A0F;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--page:#10161D;--card:#18212B;--ink:#E8EDF2;--muted:#A5B0BC;--line:#33404D;
--brand:#9CC7E8;--for:#5FB0E0;--against:#F0935F}}
*{box-sizing:border-box}body{margin:0;padding:16px;background:var(--page);color:var(--ink);
font:15px/1.5 "IBM Plex Sans",system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:860px;margin:0 auto}h1{font-size:26px;margin:8px 0;color:var(--brand)}
h2{font-size:20px;margin:32px 0 8px;color:var(--brand)}p{max-width:70ch;margin:0 0 8px}
.muted,small{color:var(--muted);font-size:13px}
.constant{font-size:18px;font-weight:700}
table{width:100%;border-collapse:collapse;margin:0 0 24px;background:var(--card);border:1px solid var(--line)}
caption{text-align:left;font-weight:700;padding:8px 0 4px}caption small{display:block;font-weight:400}
th,td{padding:4px 8px;border-top:1px solid var(--line);text-align:left;vertical-align:middle;font-weight:400}
thead th{color:var(--muted);font-size:13px}.n{text-align:right;white-space:nowrap}
.b{width:26%;position:relative;padding:0}.b i{position:absolute;top:25%;height:50%;border-radius:2px}
.b i.f{left:50%;background:var(--for)}.b i.a{right:50%;background:var(--against)}
.b::before{content:"";position:absolute;left:50%;top:0;bottom:0;border-left:1px solid var(--line)}
@media (max-width:520px){.c,.b{display:none}body{padding:12px}}
@media print{body{background:#FFF;padding:0;font-size:11px}table{break-inside:avoid}}
"""


def points_html(model: AdditiveModel, lang: str) -> str:
    """The whole page in one language."""
    rows = list(rows_of(model))
    constant, cells = rows[0], rows[1:]
    largest = max((abs(row.points) for row in cells), default=1.0) or 1.0
    scale, rule = model.scale, model.rule
    rounding = number(0.05 * (len(model.terms) + 1), lang, 1)
    about = SCALE.say(lang).format(
        base=number(scale.base_points, lang, 0),
        odds=number(scale.base_odds, lang, 0),
        pdo=number(scale.pdo, lang, 0),
        threshold=number(scale.points(log_odds_of(rule.threshold)), lang, 1),
    )
    parts = [
        f"<!doctype html><html lang='{escape(lang)}'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width,initial-scale=1'>",
        f"<title>{escape(TITLE.say(lang))} – {escape(model.model_version)}</title><style>{STYLE}</style></head><body>",
        f"<main><h1>{escape(TITLE.say(lang))}</h1><p class='muted'>{escape(model.model_version)}, "
        f"{number(model.provenance.training_rows, lang, 0)} {escape(CLIENTS.say(lang))}</p>",
        f"<p>{escape(HOW.say(lang).format(rounding=rounding))}</p><p>{escape(about)}</p>",
        f"<p class='constant'>{escape(label(constant, lang))} : {_points(constant, lang)}</p>",
        *_groups(cells, largest, lang),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _groups(cells: list[Row], largest: float, lang: str) -> Iterator[str]:
    """Terms under the headings of their features' groups, pairs last."""
    tables: dict[str, list[str]] = {name: [] for name in (*GROUPS, "")}
    for _, term in groupby(cells, key=lambda row: row.term):
        rows = list(term)
        group = DICTIONARY[rows[0].features[0]].group if len(rows[0].features) == 1 else ""
        tables[group].append(_table(rows, largest, lang))
    for name, told_tables in tables.items():
        if told_tables:
            heading = (GROUPS[name] if name else PAIRS).say(lang)
            yield f"<h2>{escape(heading)}</h2>"
            yield from told_tables


def _table(rows: list[Row], largest: float, lang: str) -> str:
    explained = " ".join(DICTIONARY[name].explanation.say(lang) for name in rows[0].features)
    value, points, clients = (escape(column.say(lang)) for column in COLUMNS)
    body = "".join(
        f"<tr><th scope='row'>{escape(told(row, lang))}</th><td class='n'>{_points(row, lang)}</td>"
        f"<td class='b' aria-hidden='true'>{_bar(row.points, largest)}</td>"
        f"<td class='n c'>{'' if row.clients is None else number(row.clients, lang, 0)}</td></tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(label(rows[0], lang))}<small>{escape(explained)}</small></caption>"
        f"<thead><tr><th scope='col'>{value}</th><th scope='col' class='n'>{points}</th>"
        f"<td class='b' aria-hidden='true'></td><th scope='col' class='n c'>{clients}</th></tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def _points(row: Row, lang: str) -> str:
    shown = number(row.points, lang, 1)
    return f"+{shown}" if row.term and round(row.points, 1) > 0 else shown


def _bar(points: float, largest: float) -> str:
    width = WIDEST * abs(points) / largest
    return f"<i class='{'f' if points > 0 else 'a'}' style='width:{width:.1f}%'></i>" if width >= 0.05 else ""
