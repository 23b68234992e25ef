"""The evaluation as one HTML page: what was found, at what cost, with which intervals, and what it does not prove.

The rule: the page is made from the document of ``evaluation.json`` alone; no script, nothing fetched, both languages,
printable. What a figure means is said by the dictionary at its end.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scoring.data.features import DICTIONARY
from scoring.i18n import LANGUAGES, Words
from training.evaluation.dictionary import CRITERIA, DIRECTIONS, INTERVALS, SECTIONS, UNITS, figures_dictionary
from training.evaluation.pictures import NAMES, draw_costs, draw_ratios, draw_reliability
from training.reporting.pages import render
from training.reporting.wording import Cell, Shown, bilingual, num, pct

TITLE = Words("Évaluation des modèles", "Evaluation of the models")
FIGURES = (
    "cost", "auc", "gini", "ks", "average_precision", "brier", "log_loss", "psi", "declined", "default_rate_accepted",
    "money_cost", "profit",
)  # fmt: skip
DIFFERENCES = ("cost_per_10000", "auc", "average_precision", "brier", "money_cost_per_10000")
SERVES: Mapping[str, Words] = {
    "scorecard": Words("la grille de score", "the scorecard"),
    "ebm": Words("l'EBM", "the EBM"),
}
RULES: Mapping[str, Words] = {
    "accept_all": Words("accepter tout le monde", "accept everyone"),
    "decline_all": Words("refuser tout le monde", "decline everyone"),
    "random": Words("refuser autant, au hasard", "decline as many, at random"),
}
CELLS: Mapping[str, Words] = {
    "both_accept": Words("les deux acceptent", "both accept"),
    "only_first_accepts": Words("seule la grille accepte", "the scorecard alone accepts"),
    "only_second_accepts": Words("seul l'EBM accepte", "the EBM alone accepts"),
    "both_decline": Words("les deux refusent", "both decline"),
}
VERDICTS: Mapping[bool | None, Words] = {
    True: Words("accepter", "accept"),
    False: Words("refuser", "decline"),
    None: Words("trop peu pour le dire", "too few to say"),
}
SEGMENTS: Mapping[str, Words] = {
    "age": Words("âge", "age"),
    **{
        name: DICTIONARY[name].label
        for name in ("gender", "family_status", "education", "income_type", "contract_type")
    },
    "housing": DICTIONARY["housing"].label,
}

Part = Mapping[str, Any]
"""A heading, a paragraph, a table, a picture or a list of limits, as `evaluation.html` draws it."""


def html(document: Mapping[str, Any]) -> str:
    """Return the whole page."""
    sections = (
        _head, _figures, _optima, _ratios, _calibration, _money, _reviews, _price, _disagreement, _limits, _dictionary,
    )  # fmt: skip
    parts = [part for section in sections for part in section(document)]
    return render("evaluation", "report", title=TITLE, parts=parts)


def _head(document: Mapping[str, Any]) -> Iterator[Part]:
    data, comparison = document["data"], document["comparison"]
    yield _paragraph(
        bilingual(
            "{train} clients d'apprentissage, {test} de test ; {positives} en difficulté en tout. {data}",
            "{train} training clients, {test} test clients; {positives} with difficulties in all. {data}",
            train=num(data["train"]), test=num(data["test"]), positives=num(data["positives"]),
            data=Words("Données synthétiques.", "Synthetic data.") if data["synthetic"]
            else Words("Données réelles.", "Real data."),
        )
    )  # fmt: skip
    difference, confirmed = comparison["out_of_fold_scorecard_minus_ebm"], comparison["test_scorecard_minus_ebm"]
    yield _heading(Words("Le modèle qui sert", "The model that serves"))
    yield _paragraph(
        bilingual(
            "La grille de score, plus simple, sert, sauf si l'intervalle à 95 % de son coût hors pli moins celui de l'EBM "
            "est tout entier au-dessus de 0. Il va de {low} à {high} (moyenne {mean}, par client) : {name} sert. Le test "
            "confirme sans choisir : {test} ({test_low} à {test_high}).",
            "The scorecard, being simpler, serves unless the 95% interval of its out-of-fold cost minus the EBM's lies "
            "wholly above 0. It goes from {low} to {high} (mean {mean}, per client): {name} serves. The test confirms and "
            "does not choose: {test} ({test_low} to {test_high}).",
            low=num(difference["low"], 4, signed=True), high=num(difference["high"], 4, signed=True),
            mean=num(difference["mean"], 4, signed=True), name=SERVES[comparison["serves"]],
            test=num(confirmed["mean"], 4, signed=True), test_low=num(confirmed["low"], 4, signed=True),
            test_high=num(confirmed["high"], 4, signed=True),
        )
    )  # fmt: skip


def _figures(document: Mapping[str, Any]) -> Iterator[Part]:
    models = document["assessment"]["models"]
    yield _heading(SECTIONS["figures"])
    names = [name for name in FIGURES if any(name in part["figures"] for part in models.values())]
    rows: list[Sequence[Cell]] = [
        (_label(name), *(_interval(part["figures"].get(name)) for part in models.values())) for name in names
    ]
    yield _table((Words("chiffre", "figure"), *(_model(name) for name in models)), rows)
    yield _heading(SECTIONS["difference"])
    others = [name for name in models if name != document["assessment"]["champion"]]
    rows = [
        (_label(name), *(_interval(models[other]["difference"].get(name)) for other in others))
        for name in DIFFERENCES
        if any(name in models[other]["difference"] for other in others)
    ]
    yield _table((Words("chiffre", "figure"), *(_model(name) for name in others)), rows)
    yield _heading(SECTIONS["baselines"])
    baselines = document["assessment"]["baselines"]
    yield _table(
        (Words("règle", "rule"), _label("cost"), _label("saving")),
        [(RULES[name], _interval(one["cost"]), _interval(one["saving"])) for name, one in baselines.items()],
    )


def _optima(document: Mapping[str, Any]) -> Iterator[Part]:
    champion = document["assessment"]["champion"]
    part = document["assessment"]["models"][champion]
    for section in ("optima", "optima_applied"):
        if section not in part:
            continue
        yield _heading(SECTIONS[section])
        yield _table(
            (
                Words("critère", "criterion"), _label("threshold"), _label("declined"), _label("default_rate_accepted"),
                _label("cost"), _label("excess_per_10000"),
            ),
            [
                (
                    CRITERIA[name], pct(row["threshold"], 2), pct(row["declined"]), pct(row["default_rate_accepted"]),
                    num(row["cost"], 4), _interval(row["excess_per_10000"], 0),
                )
                for name, row in part[section].items()
            ],
        )  # fmt: skip
    yield _picture(document, draw_costs, Words("Coût selon le seuil.", "Cost along the threshold."))
    regret = part["regret"]["regret_per_10000"]
    yield _paragraph(
        bilingual(
            "Regret du seuil servi : {value} pour 10 000 clients ({low} à {high}), la chance du meilleur seuil ôtée.",
            "Regret of the threshold served: {value} per 10,000 clients ({low} to {high}), the luck of the best threshold "
            "taken off.",
            value=num(regret["value"], 0, signed=True), low=num(regret["low"], 0, signed=True),
            high=num(regret["high"], 0, signed=True),
        )
    )  # fmt: skip


def _ratios(document: Mapping[str, Any]) -> Iterator[Part]:
    yield _heading(SECTIONS["ratios"])
    yield _picture(
        document, draw_ratios, Words("Coût selon le rapport des coûts.", "Cost along the ratio of the costs.")
    )


def _calibration(document: Mapping[str, Any]) -> Iterator[Part]:
    models = document["assessment"]["models"]
    yield _heading(SECTIONS["calibration"])
    rows: list[Sequence[Cell]] = []
    for name, part in models.items():
        found = part["calibration"]
        rows.append(
            (
                _model(name), pct(found["mean_pd"], 2), _interval(found["observed"], 2, share=True),
                _interval(found["calibration_slope"], 3), _interval(found["calibration_intercept"], 3),
                pct(found["ece"], 2), pct(found["ece_by_chance"], 2),
            )
        )  # fmt: skip
    names = ("mean_pd", "observed", "calibration_slope", "calibration_intercept", "ece", "ece_by_chance")
    yield _table((Words("modèle", "model"), *(_label(name) for name in names)), rows)
    yield _picture(document, draw_reliability, Words("Annoncé contre observé.", "Stated against observed."))
    champion = models[document["assessment"]["champion"]]
    if champion["segments"]:
        yield _heading(SECTIONS["segments"])
        rows = [
            (
                SEGMENTS.get(segment, Words(segment, segment)), level, num(one["clients"]), pct(one["mean_pd"]),
                _interval(one["observed"], 1, share=True), _interval(one["calibration_slope"], 2),
            )
            for segment, part in champion["segments"].items()
            for level, one in part["levels"].items()
        ]  # fmt: skip
        columns = (_label("clients"), _label("mean_pd"), _label("observed"), _label("calibration_slope"))
        yield _table(
            (Words("caractère", "attribute"), Words("groupe", "group"), *columns),
            rows,
            folded=Words("Groupe par groupe", "Group by group"),
        )


def _money(document: Mapping[str, Any]) -> Iterator[Part]:
    models, given = document["assessment"]["models"], document["assessment"]["assumptions"]
    yield _heading(SECTIONS["money"])
    if "loss_given_default" in given:
        yield _paragraph(
            bilingual(
                "Supposé : {loss} du crédit perdus en cas de difficultés, {margin} gagnés sinon.",
                "Assumed: {loss} of the credit lost with difficulties, {margin} earned otherwise.",
                loss=pct(given["loss_given_default"], 0), margin=pct(given["margin"], 0),
            )
        )  # fmt: skip
    columns = ("money_cost", "money_cost_own", "profit", "emp", "emp_declined")
    rows: list[Sequence[Cell]] = [
        (
            _model(name),
            *(_interval(part["figures"].get(column), 0) for column in columns[:3]),
            _interval(part["emp"]["emp"], 5),
            pct(part["emp"]["emp_declined"]),
        )
        for name, part in models.items()
    ]
    yield _table((Words("modèle", "model"), *(_label(name) for name in columns)), rows)


def _reviews(document: Mapping[str, Any]) -> Iterator[Part]:
    models = {name: part["review"] for name, part in document["assessment"]["models"].items() if "review" in part}
    if not models:
        return
    yield _heading(SECTIONS["review"])
    columns = ("reviewed", "reviewed_share", "model_cost_reviewed", "review_cost", "pays_knowing", "pays_from")
    rows: list[Sequence[Cell]] = [
        (
            _model(name), num(one["reviewed"]), _interval(one["reviewed_share"], 1, share=True),
            _interval(one.get("model_cost_reviewed"), 3), num(one["review_cost"], 2),
            _interval(one.get("pays_knowing"), 0, share=True), pct(one.get("pays_from"), 0),
        )
        for name, one in models.items()
    ]  # fmt: skip
    yield _table((Words("modèle", "model"), *(_label(name) for name in columns)), rows)


def _price(document: Mapping[str, Any]) -> Iterator[Part]:
    prices = document["assessment"]["price_of_interpretability"]
    yield _heading(SECTIONS["price_of_interpretability"])
    names = [name for name in DIFFERENCES if any(name in one for one in prices.values())]
    rows: list[Sequence[Cell]] = [
        (_label(name), *(_interval(one.get(name)) for one in prices.values())) for name in names
    ]
    yield _table((Words("chiffre", "figure"), *(_model(name) for name in prices)), rows)


def _disagreement(document: Mapping[str, Any]) -> Iterator[Part]:
    cells = document["assessment"]["disagreement"].get("cells", {})
    if not cells:
        return
    yield _heading(SECTIONS["disagreement"])
    columns = ("clients", "default_rate", "mean_pd_first", "mean_pd_second", "cost_if_accepted", "cost_if_declined")
    rows: list[Sequence[Cell]] = [
        (
            CELLS[name], num(one["clients"]), _interval(one.get("default_rate"), 1, share=True),
            pct(one.get("mean_pd_first")), pct(one.get("mean_pd_second")), num(one.get("cost_if_accepted"), 3),
            num(one.get("cost_if_declined"), 3), VERDICTS[one.get("accepting_is_right")],
        )
        for name, one in cells.items()
    ]  # fmt: skip
    last = Words("ce qui y est juste", "what is right there")
    yield _table((Words("décisions", "decisions"), *(_label(name) for name in columns), last), rows)
    for name in ("only_first_accepts", "only_second_accepts"):
        features = cells.get(name, {}).get("features", {})
        if features:
            found = [(DICTIONARY[key].label, num(value, 3, signed=True)) for key, value in features.items()]
            shared = (
                Words("caractéristique", "feature"),
                Words("grille − EBM (log-cote)", "scorecard − EBM (log-odds)"),
            )
            yield _table(
                shared,
                found,
                folded=bilingual("D'où vient l'écart : {name}", "Where it comes from: {name}", name=CELLS[name]),
            )


def _limits(document: Mapping[str, Any]) -> Iterator[Part]:
    yield _heading(Words("Ce que cela ne prouve pas", "What this does not prove"))
    yield {"kind": "limits", "sentences": [Words(one["fr"], one["en"]) for one in document["limits"]]}


def _dictionary(_: Mapping[str, Any]) -> Iterator[Part]:
    yield _heading(Words("Dictionnaire des chiffres", "Dictionary of the figures"))
    rows: list[Sequence[Cell]] = [
        (
            one.label, one.definition, UNITS[one.unit], DIRECTIONS[one.direction], INTERVALS[one.interval],
            one.source or "–",
        )
        for one in figures_dictionary().values()
    ]  # fmt: skip
    columns = (
        Words("chiffre", "figure"), Words("définition", "definition"), Words("unité", "unit"), Words("sens", "direction"),
        Words("intervalle", "interval"), Words("source", "source"),
    )  # fmt: skip
    yield _table(columns, rows, folded=Words("Définitions", "Definitions"))


def _model(name: str) -> Words:
    return NAMES.get(name, Words(name, name))


def _label(name: str) -> Words:
    return figures_dictionary()[name].label


def _interval(one: Mapping[str, float] | None, decimals: int | None = None, *, share: bool = False) -> Cell:
    """A figure with its interval; as many decimals as its size asks for."""
    if one is None:
        return Shown(None)
    size = max(abs(one["value"]), abs(one["low"]), abs(one["high"]))
    places = decimals if decimals is not None else (4 if size < 10 else (1 if size < 100 else 0))
    shown = {end: (pct if share else num)(one[end], places) for end in ("value", "low", "high")}
    return bilingual("{value} ({low} à {high})", "{value} ({low} to {high})", **shown)


def _picture(document: Mapping[str, Any], draw: Any, alt: Words) -> Part:
    png = {lang: base64.b64encode(draw(document["assessment"], lang)).decode() for lang in LANGUAGES}
    return {"kind": "picture", "alt": alt, "png": png}


def _heading(words: Words) -> Part:
    return {"kind": "heading", "words": words}


def _paragraph(words: Words) -> Part:
    return {"kind": "paragraph", "words": words}


def _table(columns: Sequence[Words], rows: Sequence[Sequence[Cell]], *, folded: Words | None = None) -> Part:
    """A table; behind a line to open where it has one."""
    return {"kind": "table", "columns": columns, "rows": rows, "folded": folded}
