"""What an evaluation does not prove, written from its own figures.

The rule: each sentence holds only if its condition does, and quotes the figures it is about.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.i18n.numbers import number, percent
from scoring.i18n.words import LANGUAGES, Words

FEW_DEFAULTERS = 1_000


@dataclass(frozen=True)
class Setting:
    """What the document does not know of the run.

    Attributes
    ----------
    synthetic : whether the clients are made up
    trials : trials of the search of settings (0: defaults)
    train_clients : clients trained on
    """

    synthetic: bool
    trials: int
    train_clients: int


def limits(document: Mapping[str, Any], setting: Setting) -> tuple[Words, ...]:
    """The sentences that apply, the gravest first.

    Parameters
    ----------
    document : what `training.evaluation.assess.assess` gave of the test clients
    """
    sentences = [_nature(document, setting), _granted(document), _time(), _sample(document), _settings(setting)]
    sentences += [_label(), *_money(document), *_champion(document), *_calibration(document), _causes()]
    return tuple(sentence for sentence in sentences if sentence is not None)


def _nature(document: Mapping[str, Any], setting: Setting) -> Words | None:
    if not setting.synthetic:
        return None
    return _words(
        "Ces {clients} clients sont synthétiques : ces chiffres prouvent que la méthode fonctionne, non ce qu'elle "
        "vaudrait sur de vrais clients.",
        "These {clients} clients are synthetic: the figures prove that the method works, not what it would be worth "
        "on real clients.",
        clients=_count(document["clients"]),
    )


def _granted(document: Mapping[str, Any]) -> Words:
    rate = document["defaulters"] / document["clients"]
    return _words(
        "Seuls des prêts accordés ont une issue connue ({rate} en difficulté) : rien ne dit ce que seraient devenus les "
        "demandeurs refusés par le passé, ni le taux de défaut de toutes les demandes.",
        "Only granted loans have a known outcome ({rate} in difficulty): nothing tells what would have become of past "
        "refusals, nor the default rate of all applications.",
        rate=_share(rate),
    )


def _time() -> Words:
    return Words(
        "Les données n'ont pas de date : le test tire des clients au hasard dans la même période, et ne dit rien d'une "
        "conjoncture, d'une clientèle ou d'une politique qui changent.",
        "The data have no date: the test draws clients at random from the same period, and tells nothing of an economy, "
        "a clientele or a policy that change.",
    )


def _sample(document: Mapping[str, Any]) -> Words:
    champion = document["models"][document["champion"]]["figures"]
    auc, cost = champion["auc"], champion["cost"]
    few = document["defaulters"] < FEW_DEFAULTERS
    return _words(
        "Le test compte {clients} clients dont {bad} en difficulté : l'AUC est connue entre {auc_low} et {auc_high}, le "
        "coût par client entre {cost_low} et {cost_high}." + (" C'est peu." if few else ""),
        "The test has {clients} clients, {bad} of them in difficulty: the AUC is known between {auc_low} and {auc_high}, "
        "the cost per client between {cost_low} and {cost_high}." + (" That is not many." if few else ""),
        clients=_count(document["clients"]),
        bad=_count(document["defaulters"]),
        auc_low=_decimal(auc["low"], 3),
        auc_high=_decimal(auc["high"], 3),
        cost_low=_decimal(cost["low"], 3),
        cost_high=_decimal(cost["high"], 3),
    )


def _settings(setting: Setting) -> Words:
    if setting.trials == 0:
        return _words(
            "Les modèles et leur calibration ont été réglés sur les {train} clients d'apprentissage ; les réglages par "
            "défaut viennent d'essais sur des données de même nature. Les intervalles ne comptent que le hasard du test, "
            "non celui de l'apprentissage.",
            "The models and their calibration were fitted on the {train} training clients; the default settings come "
            "from trials on data of the same kind. The intervals count the chance of the test only, not that of training.",
            train=_count(setting.train_clients),
        )
    return _words(
        "Les réglages ont été choisis parmi {trials} essais par modèle sur les {train} clients d'apprentissage : les "
        "chiffres hors pli en sont un peu flattés, ceux du test non. Les intervalles ne comptent que le hasard du test, "
        "non celui de l'apprentissage.",
        "The settings were chosen among {trials} trials a model on the {train} training clients: out-of-fold figures are "
        "slightly flattered by it, those of the test are not. The intervals count the chance of the test only, not that "
        "of training.",
        trials=_count(setting.trials),
        train=_count(setting.train_clients),
    )


def _label() -> Words:
    return Words(
        "TARGET signale des difficultés sur les premières échéances : ni une perte, ni un défaut à douze mois. Les coûts "
        "et le profit les traitent pourtant comme tels.",
        "TARGET marks trouble with the first instalments: neither a loss nor a twelve-month default. Costs and profit "
        "treat it as one all the same.",
    )


def _money(document: Mapping[str, Any]) -> list[Words]:
    wording = document["assumptions"]
    words = [
        _words(
            "Le rapport des coûts, {fn} pour {fp}, est une hypothèse ; le classement des modèles peut en dépendre.",
            "The ratio of the costs, {fn} to {fp}, is an assumption; the order of the models may depend on it.",
            fn=_plain(wording["cost_fn"]),
            fp=_plain(wording["cost_fp"]),
        )
    ]
    if "loss_given_default" in wording:
        words.append(
            _words(
                "Les montants en argent supposent une perte de {loss} du crédit et une marge de {margin} : aucune des "
                "deux n'est dans les données, qui n'ont pas non plus de devise.",
                "Amounts in money assume a loss of {loss} of the credit and a margin of {margin}: neither is in the data, "
                "which have no currency either.",
                loss=_share(wording["loss_given_default"]),
                margin=_share(wording["margin"]),
            )
        )
    return words


def _champion(document: Mapping[str, Any]) -> list[Words]:
    words = []
    for name, part in document["price_of_interpretability"].items():
        cost = part["cost_per_10000"]
        if name == document["champion"] and cost["low"] <= 0.0 <= cost["high"]:
            words.append(
                _words(
                    "L'écart de coût entre le modèle retenu et la référence opaque, de {low} à {high} pour 10 000 clients, "
                    "n'exclut ni que l'interprétabilité soit gratuite, ni qu'elle coûte {high}.",
                    "The difference in cost between the champion and the opaque reference, {low} to {high} for 10,000 "
                    "clients, rules out neither that interpretability is free nor that it costs {high}.",
                    low=_decimal(cost["low"], 0),
                    high=_decimal(cost["high"], 0),
                )
            )
    return words


def _calibration(document: Mapping[str, Any]) -> list[Words]:
    segments = document["models"][document["champion"]]["segments"]
    levels = [level for part in segments.values() for level in part["levels"].values()]
    silent = sum(level["within_bounds"] is None for level in levels)
    if not silent:
        return []
    return [
        _words(
            "Pour {silent} groupes de clients sur {all}, l'effectif est trop faible pour juger de la calibration.",
            "For {silent} groups of clients of {all}, there are too few clients to judge the calibration.",
            silent=_count(silent),
            all=_count(len(levels)),
        )
    ]


def _causes() -> Words:
    return Words(
        "Les contributions décrivent le calcul du modèle, non des causes : changer une variable ne change pas le risque "
        "d'une personne.",
        "Contributions describe how the model computes, not causes: changing a variable does not change a person's risk.",
    )


def _words(fr: str, en: str, **values: dict[str, str]) -> Words:
    wording = {
        lang: text.format(**{name: by[lang] for name, by in values.items()})
        for lang, text in zip(LANGUAGES, (fr, en), strict=True)
    }
    return Words(wording["fr"], wording["en"])


def _count(value: float) -> dict[str, str]:
    return _decimal(value, 0)


def _decimal(value: float, decimals: int) -> dict[str, str]:
    return {lang: number(value, lang, decimals) for lang in LANGUAGES}


def _plain(value: float) -> dict[str, str]:
    return _decimal(value, 0 if float(value).is_integer() else 2)


def _share(value: float) -> dict[str, str]:
    return {lang: percent(value, lang, 1) for lang in LANGUAGES}
