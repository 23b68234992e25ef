"""Parts of documents that are made from results: tables, and sentences that say what a table says.

The rule: a sentence is chosen by the figures, so that it stays true when they change.
"""

from collections.abc import Mapping
from typing import Any, Final

from scoring.data.features import DICTIONARY
from scoring.i18n import Words, number, percent
from scoring.model.costs import CRITERIA
from training.reporting.publishing.filling import Block, Results, table, written
from training.reporting.publishing.results import serving

NAMES: Final[Mapping[str, Words]] = {
    "ebm": Words("EBM", "EBM"),
    "scorecard": Words("Grille de score", "Scorecard"),
    "reference": Words("LightGBM (boîte noire)", "LightGBM (black box)"),
}
CRITERION: Final[Mapping[str, Words]] = {
    "business": Words("Coût de la banque (optimum constaté)", "The bank's cost (empirical optimum)"),
    "theory": Words("Seuil théorique FP / (FP + FN)", "Theoretical threshold FP / (FP + FN)"),
    "f1": Words("F1", "F1"),
    "f_beta": Words("F2", "F2"),
    "youden": Words("Youden", "Youden"),
    "ks": Words("KS", "KS"),
    "accuracy": Words("Exactitude", "Accuracy"),
}
ARMS: Final[Mapping[str, Words]] = {
    "none": Words("aucun", "none"),
    "weights": Words("poids de classe", "class weights"),
    "under": Words("sous-échantillonnage", "undersampling"),
    "undersampling": Words("sous-échantillonnage", "undersampling"),
    "smotenc": Words("SMOTENC", "SMOTENC"),
}
STEPS: Final[Mapping[str, Words]] = {
    "all": Words("toutes les variables candidates", "all candidate features"),
    "varies": Words("qui varient", "that vary"),
    "stable": Words("stables (PSI)", "stable (PSI)"),
    "informs": Words("qui informent (IV)", "that inform (IV)"),
    "agrees": Words("de signe attendu", "of the expected sign"),
    "distinct": Words("distinctes (corrélation)", "distinct (correlation)"),
}


def models(results: Results, lang: str) -> str:
    """The models on the test clients, with intervals."""
    heads = {
        "fr": ["Modèle", "AUC", "Gini", "KS", "Brier", "Coût par client"],
        "en": ["Model", "AUC", "Gini", "KS", "Brier", "Cost per client"],
    }[lang]
    rows = []
    for name, words in NAMES.items():
        figures = results["evaluation"]["assessment"]["models"][name]["figures"]
        rows.append(
            [
                words.say(lang),
                written(figures["auc"], "interval 3", lang),
                written(figures["gini"]["value"], "number 3", lang),
                written(figures["ks"]["value"], "number 3", lang),
                written(figures["brier"]["value"], "number 4", lang),
                written(figures["cost"], "interval 3", lang),
            ]
        )
    return table(heads, rows)


def real_sample(results: Results, lang: str) -> str:
    """The models on the real main table, five times five folds."""
    measured = results["measured"].get("quality", {})
    heads = {
        "fr": ["Modèle", "AUC", "Coût par client, seuil servi", "Coût au meilleur seuil"],
        "en": ["Model", "AUC", "Cost per client, served threshold", "Cost at the best threshold"],
    }[lang]
    rows = [
        [
            words.say(lang),
            *(
                number(measured[f"real main table, {name}: {figure}"], lang, 3)
                for figure in ("AUC", "cost", "best-cut-off cost")
            ),
        ]
        for name, words in NAMES.items()
    ]
    return table(heads, rows)


def resampling(results: Results, lang: str) -> str:
    """What each way to treat the imbalance gave, for the model that serves."""
    heads = {
        "fr": ["Rééchantillonnage", "AUC", "Brier", "PD moyenne (brute)", "Coût (brut)", "Coût, taux de base rétabli"],
        "en": ["Resampling", "AUC", "Brier", "Mean PD (as fitted)", "Cost (as fitted)", "Cost, base rate restored"],
    }[lang]
    found: dict[str, dict[str, Any]] = {}
    for row in results["resampling"]["rows"]:
        if row["model"] == serving(results):
            found.setdefault(row["arm"], {})[row["reading"]] = row
    rows = []
    for arm, readings in found.items():
        plain = readings["as_fitted"]
        restored = readings.get("prior_shift", plain)
        rows.append(
            [
                ARMS[arm].say(lang),
                number(plain["auc"], lang, 3),
                number(restored["brier"], lang, 4),
                percent(plain["mean_pd"], lang, 1),
                number(plain["cost"], lang, 3),
                number(restored["cost"], lang, 3),
            ]
        )
    return table(heads, rows)


def resampling_says(results: Results, lang: str) -> str:
    """Whether any treatment of the imbalance is better beyond chance."""
    rows = [row for row in results["resampling"]["rows"] if row["cost_minus_none"] is not None]
    better = sorted({row["arm"] for row in rows if row["better"]})
    if not better:
        return Words(
            f"Sur les {len(rows)} lignes comparées, aucun traitement ne réduit le coût au-delà de son intervalle : "
            "rien n'est rééchantillonné dans les modèles servis.",
            f"Of the {len(rows)} lines compared, no treatment lowers the cost beyond its interval: nothing is "
            "resampled in the served models.",
        ).say(lang)
    arms = ", ".join(ARMS[arm].say(lang) for arm in better)
    return Words(
        f"Sur les {len(rows)} lignes comparées, le coût baisse au-delà de son intervalle avec : {arms}.",
        f"Of the {len(rows)} lines compared, the cost falls beyond its interval with: {arms}.",
    ).say(lang)


def tuning_says(results: Results, lang: str) -> str:
    """What the search gained, model by model."""
    wording = []
    for gain in results["tuning"]["gains"]:
        name = NAMES[gain["kind"]].say(lang)
        if not gain["changed"]:
            wording.append(Words(f"{name} : les réglages de départ l'emportent", f"{name}: the defaults win").say(lang))
            continue
        cost = written(gain["cost"], "interval 3", lang)
        retained = gain["adopted"]
        wording.append(
            Words(
                f"{name} : gain de coût {cost}, {'adopté' if retained else 'non adopté'}",
                f"{name}: gain in cost {cost}, {'adopted' if retained else 'not adopted'}",
            ).say(lang)
        )
    return " ; ".join(wording) if lang == "fr" else "; ".join(wording)


def optima(results: Results, lang: str) -> str:
    """Where each criterion puts the threshold of the model that serves, and what that costs."""
    heads = {
        "fr": [
            "Critère",
            "Seuil de PD",
            "Refusés",
            "Défauts parmi les acceptés",
            "Coût",
            "Surcoût pour 10 000 clients",
        ],
        "en": ["Criterion", "PD threshold", "Declined", "Defaults of accepted", "Cost", "Excess per 10,000 clients"],
    }[lang]
    found = results["evaluation"]["assessment"]["models"][serving(results)]["optima"]
    rows = []
    for name in CRITERIA:
        row = found[name]
        rate = row["default_rate_accepted"]
        rows.append(
            [
                CRITERION[name].say(lang),
                percent(row["threshold"], lang, 1),
                percent(row["declined"], lang, 0),
                "–" if rate is None else percent(rate, lang, 1),
                number(row["cost"], lang, 3),
                number(row["excess_per_10000"]["value"], lang),
            ]
        )
    return table(heads, rows)


def selection(results: Results, lang: str) -> str:
    """How many features each step of the selection leaves, in one sentence."""
    steps = results["evaluation"]["selection"]["steps"]
    wording = [f"{STEPS[step['name']].say(lang)} ({number(step['kept'], lang)})" for step in steps]
    return " → ".join(wording)


def importance(results: Results, lang: str) -> str:
    """The strongest features as each model means it."""
    heads = {
        "fr": ["Rang", "Grille : |effet| moyen, points", "EBM : |effet| moyen, points", "LightGBM : part du gain"],
        "en": ["Rank", "Scorecard: mean |effect|, points", "EBM: mean |effect|, points", "LightGBM: share of gain"],
    }[lang]
    columns = [_effects(results["scorecard"], lang), _effects(results["ebm"], lang), _gains(results, lang)]
    most = min(5, *(len(column) for column in columns))
    rows = [[str(rank + 1), *(column[rank] for column in columns)] for rank in range(most)]
    return table(heads, rows, numbers_from=4)


def _effects(model: Mapping[str, Any], lang: str) -> list[str]:
    factor = model["points"]["pdo"] / 0.6931471805599453
    found = []
    for term in model["terms"]:
        clients = sum(term["counts"])
        mean = sum(abs(score) * count for score, count in zip(term["scores"], term["counts"], strict=True)) / clients
        found.append((factor * mean, " × ".join(DICTIONARY[name].label.say(lang) for name in term["features"])))
    found.sort(reverse=True)
    return [f"{label} ({number(points, lang, 1)})" for points, label in found]


def _gains(results: Results, lang: str) -> list[str]:
    found = results["evaluation"]["importance"]["reference"]
    pairs = sorted(zip(found["gain"], found["features"], strict=True), reverse=True)
    return [f"{DICTIONARY[name].label.say(lang)} ({percent(gain, lang)})" for gain, name in pairs]


def checks_against(results: Results, lang: str) -> str:
    """What the validation report says against the training: each check that failed, with its finding."""
    failed = [check for check in results["validation"]["checks"] if check["verdict"] == "fail"]
    if not failed:
        return Words("- Aucun contrôle n'a échoué.", "- No check failed.").say(lang)
    return "\n".join(
        f"- {_of_model(check, lang)}**{check['question'][lang]}** {check['finding'][lang]}" for check in failed
    )


def _of_model(check: Mapping[str, Any], lang: str) -> str:
    model = check["model"]
    if model is None:
        return ""
    return Words("{name} : ", "{name}: ").say(lang).format(name=NAMES[model].say(lang))


def limits(results: Results, lang: str) -> str:
    """What the figures do not prove."""
    return "\n".join(f"- {limit[lang]}" for limit in results["evaluation"]["limits"])


def version(results: Results, _lang: str) -> str:
    """The version of the model that serves, as the API tells it."""
    return f"`{results['evaluation']['glass_boxes'][serving(results)]['model_version']}`"


def kind_of_data(results: Results, lang: str) -> str:
    """Whether the clients are synthetic."""
    synthetic = results["evaluation"]["data"]["synthetic"]
    return (Words("synthétique", "synthetic") if synthetic else Words("réel", "real")).say(lang)


def _price(figure: str, decimals: int) -> Block:
    """What a figure of the model that serves is more or less than the black box's."""

    def wording(results: Results, lang: str) -> str:
        price = results["evaluation"]["assessment"]["price_of_interpretability"][serving(results)]
        return written(price[figure], f"interval {decimals}", lang)

    return wording


def _short(key: str) -> Block:
    return lambda results, _: results["serving"]["provenance"][key].removeprefix("sha256:")[:12]


BLOCKS: Final[Mapping[str, Block]] = {
    "models": models,
    "real_sample": real_sample,
    "resampling": resampling,
    "resampling_says": resampling_says,
    "tuning_says": tuning_says,
    "optima": optima,
    "selection": selection,
    "importance": importance,
    "checks_against": checks_against,
    "limits": limits,
    "version": version,
    "kind_of_data": kind_of_data,
    "terms": lambda results, lang: number(len(results["serving"]["terms"]), lang),
    "price_auc": _price("auc", 3),
    "price_cost": _price("cost", 3),
    "short_data": _short("data_fingerprint"),
    "short_code": _short("code_fingerprint"),
    "serving": lambda results, lang: NAMES[serving(results)].say(lang),
}
"""Every block by the name that templates call it."""
