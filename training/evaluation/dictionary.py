"""The dictionary of published figures: definition, unit, direction, interval and source, in French and English.

The rule: a report says of a figure what its entry says, and a figure without an entry is not published
(``check_document`` refuses it). The entries are in ``dictionary.toml`` beside this file.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from scoring.errors import TrainingError
from scoring.i18n.words import Words

Direction = Literal["higher", "lower", "target", "none"]
SIDES = ("value", "low", "high")
"""The three parts of a figure with its interval."""
WHOLE = ("sweep", "money_sweep", "features")
"""Parts of a document that one entry describes as a whole."""

UNITS: Mapping[str, Words] = {
    "count": Words("nombre", "count"),
    "share": Words("part de 1", "share of 1"),
    "unit": Words("sans unité", "no unit"),
    "number": Words("sans unité", "no unit"),
    "cost": Words("unités de la matrice de coûts", "units of the cost matrix"),
    "money": Words("unité des montants (sans devise)", "unit of the amounts (no currency)"),
    "nats": Words("nats", "nats"),
    "log_odds": Words("log-cote", "log-odds"),
    "verdict": Words("oui, non ou sans verdict", "yes, no or no verdict"),
}
INTERVALS: Mapping[str, Words] = {
    "none": Words("sans intervalle", "no interval"),
    "percentile": Words(
        "quantiles à 2,5 % et 97,5 % de rééchantillons de clients, les mêmes pour tous les modèles",
        "2.5% and 97.5% quantiles over resamples of clients, the same for all models",
    ),
    "basic": Words(
        "bootstrap dit de base (2 × valeur − quantile), car rééchantillonner gonfle ce chiffre",
        "basic bootstrap (2 × value − quantile), since resampling inflates this figure",
    ),
    "centred": Words(
        "étendue sur les rééchantillons, centrée sur la valeur corrigée",
        "spread over the resamples, centred on the corrected value",
    ),
    "wilson": Words("intervalle de Wilson d'une proportion", "Wilson's interval of a share"),
    "wald": Words("1,96 erreur type de part et d'autre", "1.96 standard errors to either side"),
    "jackknife": Words(
        "1,96 erreur type du jackknife sur 20 groupes de clients",
        "1.96 standard errors of the jackknife over 20 groups of clients",
    ),
}
DIRECTIONS: Mapping[Direction, Words] = {
    "higher": Words("plus haut est mieux", "higher is better"),
    "lower": Words("plus bas est mieux", "lower is better"),
    "target": Words("viser la cible", "aim at the target"),
    "none": Words("ni mieux ni pire", "neither better nor worse"),
}
SECTIONS: Mapping[str, Words] = {
    "figures": Words("Chiffres de chaque modèle", "Figures of each model"),
    "difference": Words(
        "Écarts au modèle retenu : le chiffre moins celui du modèle retenu, sur les mêmes rééchantillons",
        "Differences to the champion: the figure less the champion's, on the same resamples",
    ),
    "optima": Words(
        "Seuil de chaque critère, choisi sur ces clients", "Each criterion's threshold, chosen on these clients"
    ),
    "optima_applied": Words(
        "Seuil de chaque critère, choisi hors pli à l'apprentissage, appliqué à ces clients",
        "Each criterion's threshold, chosen out of fold in training, applied to these clients",
    ),
    "regret": Words("Regret du seuil servi", "Regret of the threshold served"),
    "ratios": Words("Rapport des coûts de 2 à 50", "Ratio of the costs from 2 to 50"),
    "calibration": Words("Calibration", "Calibration"),
    "segments": Words("Calibration par groupe de clients", "Calibration by group of clients"),
    "emp": Words("Profit maximal espéré", "Expected maximum profit"),
    "money": Words("En argent, sous hypothèses", "In money, under assumptions"),
    "review": Words("Examen par une personne", "Review by a person"),
    "baselines": Words("Règles sans modèle", "Rules without a model"),
    "disagreement": Words("Là où les deux modèles décident autrement", "Where the two models decide differently"),
    "price_of_interpretability": Words(
        "Prix de l'interprétabilité : chaque boîte de verre moins la référence opaque, sur les mêmes rééchantillons",
        "Price of interpretability: each glass box less the opaque reference, on the same resamples",
    ),
}
CRITERIA: Mapping[str, Words] = {
    "business": Words("Optimum métier", "Business optimum"),
    "theory": Words("Seuil théorique, servi", "Theoretical threshold, served"),
    "f1": Words("F1", "F1"),
    "f_beta": Words("F2", "F2"),
    "youden": Words("Youden", "Youden"),
    "ks": Words("KS", "KS"),
    "accuracy": Words("Exactitude", "Accuracy"),
}


@dataclass(frozen=True)
class Figure:
    """One published figure.

    Attributes
    ----------
    unit : a key of `UNITS`
    target : the value to aim at, where the direction is ``target``
    interval : a key of `INTERVALS`
    source : who defined it; empty where the definition says all
    """

    name: str
    label: Words
    definition: Words
    unit: str
    direction: Direction
    target: float | None
    interval: str
    source: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS or self.interval not in INTERVALS or self.direction not in get_args(Direction):
            raise ValueError(
                f"a figure's unit, direction and interval must be known; got {self.unit!r}, {self.direction!r} and "
                f"{self.interval!r} for {self.name}"
            )
        if (self.direction == "target") != (self.target is not None):
            raise ValueError(f"a figure must have a target exactly where it aims at one; got {self.name}")


@cache
def figures_dictionary() -> Mapping[str, Figure]:
    """Every entry by name, in the order of the file."""
    text = Path(__file__).with_name("dictionary.toml").read_text(encoding="utf-8")
    return {name: _figure(name, entry) for name, entry in tomllib.loads(text).items()}


def figure_of(path: tuple[str | int, ...]) -> str:
    """The name of the entry that describes the number at a path of a document.

    >>> figure_of(("models", "ebm", "figures", "auc", "low")), figure_of(("models", "ebm", "sweep", "threshold", 3))
    ('auc', 'sweep')
    """
    names = [part for part in path if isinstance(part, str) and part not in SIDES]
    return next((name for name in names if name in WHOLE), names[-1] if names else "")


def check_document(document: Mapping[str, Any]) -> None:
    """Refuse a document that holds a number without an entry.

    Raises
    ------
    TrainingError
        With the paths of the numbers.
    """
    known = figures_dictionary()
    lost = sorted({"/".join(map(str, path)) for path, _ in numbers(document) if figure_of(path) not in known})
    if lost:
        raise TrainingError(
            f"Each published figure must be in the dictionary; got {len(lost)} that are not, such as "
            f"{', '.join(lost[:3])}. Add them to training/evaluation/dictionary.toml."
        )


def numbers(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], float | bool]]:
    """Every number and verdict of a document with its path."""
    if isinstance(document, Mapping):
        for name, part in document.items():
            yield from numbers(part, (*path, str(name)))
    elif isinstance(document, list | tuple):
        for place, part in enumerate(document):
            yield from numbers(part, (*path, place))
    elif isinstance(document, int | float):
        yield path, document


def as_document() -> dict[str, Any]:
    """The whole dictionary as plain values, for those who read an evaluation without this package."""
    return {
        "figures": {name: _entry(figure) for name, figure in figures_dictionary().items()},
        **{
            name: {key: {"fr": words.fr, "en": words.en} for key, words in table.items()}
            for name, table in (
                ("units", UNITS),
                ("intervals", INTERVALS),
                ("directions", DIRECTIONS),
                ("sections", SECTIONS),
                ("criteria", CRITERIA),
            )
        },
    }


def _entry(figure: Figure) -> dict[str, Any]:
    return {
        "label": {"fr": figure.label.fr, "en": figure.label.en},
        "definition": {"fr": figure.definition.fr, "en": figure.definition.en},
        "unit": figure.unit,
        "direction": figure.direction,
        "target": figure.target,
        "interval": figure.interval,
        "source": figure.source,
    }


def _figure(name: str, entry: Mapping[str, Any]) -> Figure:
    (label_fr, definition_fr), (label_en, definition_en) = entry["fr"], entry["en"]
    return Figure(
        name=name,
        label=Words(label_fr, label_en),
        definition=Words(definition_fr, definition_en),
        unit=entry["unit"],
        direction=entry.get("direction", "none"),
        target=entry.get("target"),
        interval=entry.get("interval", "none"),
        source=entry.get("source", ""),
    )
