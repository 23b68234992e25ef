"""What the table says, in French and in English: made from the table, so it cannot say anything else."""

from collections.abc import Sequence

from scoring.i18n import Words, number, percent
from training.experiments.resampling.sampling import Arm
from training.experiments.resampling.study import Study
from training.experiments.resampling.table import Row

ARM = {
    Arm.NONE: Words("aucun", "none"),
    Arm.WEIGHTS: Words("poids de classe", "class weights"),
    Arm.UNDER: Words("sous-échantillonnage", "undersampling"),
    Arm.SMOTENC: Words("SMOTENC", "SMOTENC"),
}
READING = {
    "as_fitted": Words("tel qu'ajusté", "as fitted"),
    "prior_shift": Words("taux de base rétabli", "base rate put back"),
    "calibrated": Words("calibré", "calibrated"),
}
MODEL = {
    "ebm": Words("EBM", "EBM"),
    "scorecard": Words("grille de score", "scorecard"),
    "logistic": Words("régression logistique à indicatrices", "one-hot logistic regression"),
}
COLUMNS = {
    "model": Words("modèle", "model"),
    "arm": Words("traitement", "arm"),
    "reading": Words("lecture", "reading"),
    "auc": Words("AUC", "AUC"),
    "average_precision": Words("précision moyenne", "average precision"),
    "brier": Words("Brier", "Brier"),
    "mean_pd": Words("PD moyenne", "mean PD"),
    "observed": Words("taux observé", "observed rate"),
    "cost": Words("coût par client", "cost per client"),
    "difference": Words("coût − celui sans traitement", "cost − that of none"),
}


def note(study: Study, lang: str) -> list[str]:
    """Return the note on the study, one sentence or two a paragraph."""
    return [_subject(study, lang), _verdict(study, lang), *_base_rate(study, lang), *_encoders(study, lang)]


def name(row: Row, lang: str) -> str:
    """Name a line of the table."""
    return f"{MODEL[row.model].say(lang)}, {ARM[row.arm].say(lang)}, {READING[row.reading].say(lang)}"


def _subject(study: Study, lang: str) -> str:
    clients, positives = number(study.clients, lang, 0), number(study.positives, lang, 0)
    return Words(
        f"{clients} clients, dont {positives} en difficulté de paiement ; {study.folds} plis. Le rééchantillonnage ne "
        "touche que les clients de l'ajustement ; les clients mis de côté gardent leur taux.",
        f"{clients} clients, {positives} of them with payment difficulties; {study.folds} folds. Resampling touches "
        "the clients of the fit alone; those held out keep their rate.",
    ).say(lang)


def _verdict(study: Study, lang: str) -> str:
    compared = sum(row.difference is not None for row in study.rows)
    if not study.better:
        return Words(
            f"Aucune des {compared} lignes comparées ne coûte moins que sans rééchantillonnage au-delà de son "
            "intervalle à 95 % : pas de rééchantillonnage.",
            f"None of the {compared} lines that are compared costs less than no resampling beyond its 95% interval: "
            "no resampling.",
        ).say(lang)
    listed = "; ".join(f"{name(row, lang)} ({_difference(row, lang)})" for row in study.better)
    return Words(
        f"{len(study.better)} des {compared} lignes comparées coûtent moins que sans rééchantillonnage au-delà de leur "
        f"intervalle à 95 % : {listed}.",
        f"{len(study.better)} of the {compared} lines that are compared cost less than no resampling beyond their 95% "
        f"interval: {listed}.",
    ).say(lang)


def _base_rate(study: Study, lang: str) -> list[str]:
    """What the arms do to the probabilities before the base rate is put back."""
    shifted = [row for row in study.rows if row.arm is not Arm.NONE]
    raw = [row for row in shifted if row.reading == "as_fitted"]
    back = [row for row in shifted if row.reading == "prior_shift"]
    if not raw or not back:
        return []
    observed = percent(raw[0].figures["observed"], lang, 1)
    worst = max(raw, key=lambda row: row.figures["mean_pd"])
    furthest = max(back, key=lambda row: abs(row.figures["mean_pd"] - row.figures["observed"]))
    return [
        Words(
            f"Sans correction, la PD moyenne va jusqu'à {percent(worst.figures['mean_pd'], lang, 1)} "
            f"({name(worst, lang)}) pour un taux observé de {observed} ; le taux de base rétabli, la plus éloignée est "
            f"de {percent(furthest.figures['mean_pd'], lang, 1)} ({name(furthest, lang)}).",
            f"Uncorrected, the mean PD goes up to {percent(worst.figures['mean_pd'], lang, 1)} ({name(worst, lang)}) "
            f"where {observed} are observed; with the base rate put back, the one furthest off is "
            f"{percent(furthest.figures['mean_pd'], lang, 1)} ({name(furthest, lang)}).",
        ).say(lang)
    ]


def _encoders(study: Study, lang: str) -> list[str]:
    plain = next((one for one in study.encoders if one.model == "logistic"), None)
    if plain is None:
        return []
    lines = []
    for one in study.encoders:
        if one is plain:
            continue
        mean, low, high = (number(v, lang, 4) for v in (one.difference.mean, one.difference.low, one.difference.high))
        own, other = number(one.figures["auc"], lang, 4), number(plain.figures["auc"], lang, 4)
        inputs, columns = number(one.size, lang, 0), number(plain.size, lang, 0)
        lines.append(
            Words(
                f"{MODEL[one.model].say(lang)} : {inputs} variables lues telles quelles, AUC {own}. La régression "
                f"à indicatrices : {columns} colonnes encodées, AUC {other} ; son coût par client moins celui du "
                f"modèle : {mean} ({low} à {high}).",
                f"{MODEL[one.model].say(lang)}: {inputs} variables read as they are, AUC {own}. The one-hot "
                f"regression: {columns} encoded columns, AUC {other}; its cost per client minus the model's: {mean} "
                f"({low} to {high}).",
            ).say(lang)
        )
    lines.append(
        Words(
            "Les deux modèles transparents donnent à chaque code, et à l'absence de valeur, leur propre effet : il ne "
            "leur faut aucun encodeur.",
            "Both glass boxes give each code, and a missing value, an effect of its own: they need no encoder.",
        ).say(lang)
    )
    return lines


def cells(row: Row, lang: str) -> Sequence[str]:
    """A line of the table as texts, in the order of `COLUMNS`."""
    shown = []
    for column in ("auc", "average_precision", "brier", "mean_pd", "observed", "cost"):
        value, bounds = row.figures[column], row.intervals.get(column)
        around = "" if bounds is None else f" [{number(bounds[0], lang, 4)} ; {number(bounds[1], lang, 4)}]"
        shown.append(f"{number(value, lang, 4)}{around}")
    return [
        MODEL[row.model].say(lang),
        ARM[row.arm].say(lang),
        READING[row.reading].say(lang),
        *shown,
        _difference(row, lang),
    ]


def _difference(row: Row, lang: str) -> str:
    if row.difference is None:
        return "–"
    mean, low, high = (number(v, lang, 4) for v in (row.difference.mean, row.difference.low, row.difference.high))
    return f"{mean} [{low} ; {high}]"
