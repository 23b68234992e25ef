"""The points table as one HTML page: no script, nothing fetched, readable on a phone and on paper."""

from itertools import groupby
from pathlib import Path
from typing import Any

from scoring.data.features import DICTIONARY, GROUPS
from scoring.i18n import Words, number
from scoring.i18n.templates import renderer
from scoring.model.additive_model import AdditiveModel
from scoring.model.scale import log_odds_of
from scoring.reports.exports.points import Row, describe, label, rows_of

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
_render = renderer(Path(__file__).parent / "templates")


def points_html(model: AdditiveModel, lang: str) -> str:
    """The whole page in one language."""
    rows = list(rows_of(model))
    constant, cells = rows[0], rows[1:]
    scale = model.scale
    return _render(
        "points",
        "page",
        lang=lang,
        title=TITLE.say(lang),
        version=model.model_version,
        clients=f"{number(model.provenance.training_rows, lang)} {CLIENTS.say(lang)}",
        how=HOW.say(lang).format(rounding=number(0.05 * (len(model.terms) + 1), lang, 1)),
        scale=SCALE.say(lang).format(
            base=number(scale.base_points, lang),
            odds=number(scale.base_odds, lang),
            pdo=number(scale.pdo, lang),
            threshold=number(scale.points(log_odds_of(model.rule.threshold)), lang, 1),
        ),
        constant=f"{label(constant, lang)} : {_points(constant, lang)}",
        columns=[column.say(lang) for column in COLUMNS],
        groups=_groups(cells, lang),
    )


def _groups(cells: list[Row], lang: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Terms under the headings of their features' groups, pairs last."""
    largest = max((abs(row.points) for row in cells), default=1.0) or 1.0
    terms: dict[str, list[dict[str, Any]]] = {name: [] for name in (*GROUPS, "")}
    for _, term in groupby(cells, key=lambda row: row.term):
        rows = list(term)
        features = rows[0].features
        group = DICTIONARY[features[0]].group if len(features) == 1 else ""
        terms[group].append(
            {
                "label": label(rows[0], lang),
                "explanation": " ".join(DICTIONARY[name].explanation.say(lang) for name in features),
                "rows": [_row(row, largest, lang) for row in rows],
            }
        )
    return [((GROUPS[name] if name else PAIRS).say(lang), found) for name, found in terms.items() if found]


def _row(row: Row, largest: float, lang: str) -> dict[str, str]:
    """A row's figures, and its bar in percent of the cell; no bar where the effect is nothing."""
    width = WIDEST * abs(row.points) / largest
    return {
        "label": describe(row, lang),
        "points": _points(row, lang),
        "clients": "" if row.clients is None else number(row.clients, lang),
        "width": f"{width:.1f}" if width >= 0.05 else "",
        "side": "f" if row.points > 0 else "a",
    }


def _points(row: Row, lang: str) -> str:
    shown = number(row.points, lang, 1)
    return f"+{shown}" if row.term and round(row.points, 1) > 0 else shown
