"""Sensitive features: what leaving them out costs, and how well the model's inputs stand in for them."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.features import DICTIONARY
from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import Words
from scoring.model.arrays import Floats, Integers
from scoring.model.scale import pd_of_many
from scoring.model.statistics import delong, mean_interval
from training.data.matrix import Candidate
from training.reporting.wording import Cell, bilingual, num
from training.validation.checks import Check, Table, flagged, joined
from training.validation.quick import cross_fitted, cut, evidence_of, fit_quick
from training.validation.subject import Subject

GAINS = ("gender", "age_years", "family_status", "children", "employer_class", "circle_late_30")
GAINS_QUICK = ("gender", "age_years")
RESAMPLES = 200
PROXY = 0.7


def check_gains(subject: Subject) -> list[Check]:
    """Cost and AUC of a quick scorecard with each sensitive feature, against without."""
    frame = subject.portfolio.filter(pl.col(ID_COLUMN).is_in(subject.matrix.ids)).sort(ID_COLUMN)
    target, seed = subject.matrix.target, subject.seed
    base = cross_fitted(subject.codes, subject.cuts.sizes, target, seed=seed)
    wanted = [name for name in (GAINS_QUICK if subject.quick else GAINS) if name in frame.columns]
    rows: list[tuple[Cell, ...]] = []
    figures: dict[str, float | int | str | bool | None] = {"clients": len(target)}
    paid = []
    for name in wanted:
        kind = DICTIONARY[name].kind
        cuts = cut(frame, [Candidate(name, kind)])
        codes = np.column_stack([subject.codes, cuts.codes(frame)])
        sizes = [*subject.cuts.sizes, *cuts.sizes]
        other = cross_fitted(codes, sizes, target, seed=seed, always=[len(sizes) - 1])
        gain, low, high = _auc_gain(target, base, other, seed)
        saved = subject.costs.of_each(target, _declined(subject, base)) - subject.costs.of_each(
            target, _declined(subject, other)
        )
        mean = mean_interval(saved)
        figures |= {
            f"{name}_auc_gain": gain, f"{name}_auc_gain_low": low, f"{name}_auc_gain_high": high,
            f"{name}_cost_saved": mean.value, f"{name}_cost_saved_low": mean.low, f"{name}_cost_saved_high": mean.high,
        }  # fmt: skip
        if mean.low > 0.0 or low > 0.0:
            paid.append(name)
        rows.append(
            (
                DICTIONARY[name].label, num(gain, 4, signed=True), _interval(low, high), num(mean.value, 4, signed=True),
                _interval(mean.low, mean.high),
            )
        )  # fmt: skip
    return [
        Check(
            id="fairness.price_of_leaving_out",
            family="fairness",
            question=Words(
                "Que gagnerait-on à utiliser une variable sensible ?", "What would using a sensitive feature gain?"
            ),
            finding=bilingual(
                "{k} des {n} variables sensibles apporteraient un gain au-delà du hasard : {names}.",
                "{k} of {n} sensitive features would bring a gain beyond chance: {names}.",
                k=num(len(paid)), n=num(len(wanted)), names=joined(paid),
            ),
            figures={**figures, "features": len(wanted), "of_gain": len(paid)},
            bound=Words(
                "Aucune borne : c'est le prix d'une décision. Un gain au-delà du hasard est signalé.",
                "No bound: this is the price of a decision. A gain beyond chance is pointed out.",
            ),
            verdict=flagged(fail=(), warn=paid),
            reason=Words(
                "Elles restent hors du modèle quoi que dise ce tableau (loi et décision écrite).",
                "They stay out of the model whatever this table says (law and written decision).",
            ),
            action=Words(
                "Tenir le prix à jour dans la décision écrite ; ne pas les ajouter.",
                "Keep the price up to date in the written decision; do not add them.",
            ),
            method=bilingual(
                "Grille rapide, cinq blocs, avec et sans la variable ; gain d'AUC (bootstrap, {r} tirages) et coût "
                "épargné par client, intervalles à 95 %.",
                "Quick scorecard, five folds, with and without the feature; gain of AUC (bootstrap, {r} draws) and "
                "cost saved per client, 95% intervals.",
                r=num(RESAMPLES),
            ),
            tables=(
                Table(
                    Words("Variable par variable", "Feature by feature"),
                    (
                        Words("variable", "feature"), Words("gain d'AUC", "gain of AUC"), Words("à 95 %", "at 95%"),
                        Words("coût épargné par client", "cost saved per client"), Words("à 95 %", "at 95%"),
                    ),
                    tuple(rows),
                ),
            ),
        )
    ]  # fmt: skip


def check_proxies(subject: Subject) -> list[Check]:
    """How well each glass box's inputs, and its score, tell a sensitive attribute."""
    return [_proxies(subject, kind) for kind in subject.models]


def attributes(frame: pl.DataFrame) -> dict[str, tuple[Words, NDArray[np.int8]]]:
    """Sensitive attributes as yes or no, those that vary: shape (clients,) each."""
    found = {
        "gender": (Words("homme", "man"), "gender", pl.col("gender") == "M"),
        "young": (Words("moins de 35 ans", "under 35"), "age_years", pl.col("age_years") < 35),
        "old": (Words("plus de 55 ans", "over 55"), "age_years", pl.col("age_years") > 55),
        "married": (Words("marié", "married"), "family_status", pl.col("family_status") == "Married"),
        "children": (Words("avec enfants", "with children"), "children", pl.col("children") > 0),
    }
    out = {}
    for key, (label, column, rule) in found.items():
        if column in frame.columns:
            flags = frame.select(rule.fill_null(False).cast(pl.Int8)).to_series().to_numpy()
            if 50 <= flags.sum() <= len(flags) - 50:
                out[key] = (label, flags)
    return out


def _proxies(subject: Subject, kind: str) -> Check:
    model = subject.models[kind]
    candidates = [Candidate(name, facts.kind) for name, facts in model.features.items()]
    train = subject.portfolio.filter(pl.col("ROLE") == "train").sort(ID_COLUMN)
    unseen = subject.unseen_frame
    cuts = cut(train, candidates)
    codes, judged = cuts.codes(train), cuts.codes(unseen)
    of_unseen = attributes(unseen)
    figures: dict[str, float | int | str | bool | None] = {}
    rows: list[tuple[Cell, ...]] = []
    strong: list[Words] = []
    for key, (label, flags) in attributes(train).items():
        if key not in of_unseen:
            continue
        known = of_unseen[key][1]
        fitted = fit_quick(codes, cuts.sizes, flags, seed=subject.seed)
        reached = delong(known, fitted.log_odds(judged)).value
        of_score = delong(known, subject.scored_unseen[kind].log_odds).value
        singles = _singles(codes, judged, cuts.sizes, flags, known)
        best = int(np.argmax(singles))
        figures |= {f"{key}_auc": reached, f"{key}_auc_of_score": of_score, f"{key}_best": candidates[best].name}
        if reached > PROXY:
            strong.append(bilingual("{label} ({auc})", "{label} ({auc})", label=label, auc=num(reached, 2)))
        first = [candidates[i].name for i in np.argsort(-singles)[:3]]
        rows.append((label, num(reached, 3), num(of_score, 3), joined(first), num(float(singles[best]), 3)))
    return Check(
        id=f"fairness.proxies.{kind}",
        family="fairness",
        model=kind,
        question=Words(
            "Les entrées du modèle trahissent-elles le sexe, l'âge ou la famille ?",
            "Do the model's inputs give away gender, age or family?",
        ),
        finding=bilingual(
            "Deviné avec une AUC de plus de {bound} : {names}.", "Guessed with an AUC above {bound}: {names}.",
            bound=num(PROXY, 1), names=joined(strong),
        ),
        figures={**figures, "above": len(strong), "inputs": len(candidates)},
        bound=bilingual("AUC d'au plus {bound}.", "AUC at most {bound}.", bound=num(PROXY, 1)),
        verdict=flagged(fail=(), warn=strong),
        reason=Words(
            "Une variable peut dire l'âge et garder une raison d'être (l'ancienneté dans l'emploi) ; la colonne du "
            "score dit ce qu'il en reste dans la décision.",
            "A feature may tell the age and still have its own reason to be there (time in job); the column of the "
            "score says what is left of it in the decision.",
        ),
        action=bilingual(
            "Peser chaque variable qui trahit {names}, et ce que coûterait de s'en passer.",
            "Weigh each feature that gives {names} away, and what leaving it out would cost.", names=joined(strong),
        ),
        method=Words(
            "Grille rapide de l'attribut sur les entrées du modèle, apprise sur les clients d'apprentissage, jugée sur "
            "les autres ; puis chaque entrée seule, puis le score.",
            "Quick scorecard of the attribute on the model's inputs, learnt on training clients, judged on others; "
            "then each input alone, then the score.",
        ),
        tables=(
            Table(
                Words("Attribut par attribut", "Attribute by attribute"),
                (
                    Words("attribut", "attribute"), Words("AUC des entrées", "AUC of the inputs"),
                    Words("AUC du score", "AUC of the score"), Words("entrées les plus parlantes", "telling inputs"),
                    Words("AUC de la première", "AUC of the first"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _singles(
    codes: Integers, judged: Integers, sizes: list[int], flags: NDArray[np.int8], known: NDArray[np.int8]
) -> Floats:
    ones = np.ones(len(flags))
    tables = [evidence_of(codes[:, i], ones, flags.astype(np.float64), size) for i, size in enumerate(sizes)]
    return np.array([delong(known, table[judged[:, i]]).value for i, table in enumerate(tables)])


def _declined(subject: Subject, log_odds: Floats) -> NDArray[np.bool_]:
    return np.asarray(pd_of_many(log_odds) > subject.costs.threshold)


def _auc_gain(target: NDArray[np.int8], base: Floats, other: Floats, seed: int) -> tuple[float, float, float]:
    """Gain of AUC with its 95% bootstrap interval over clients."""
    generator = np.random.default_rng([seed, 61])
    gains = []
    for _ in range(RESAMPLES):
        rows = generator.integers(0, len(target), len(target))
        gains.append(delong(target[rows], other[rows]).value - delong(target[rows], base[rows]).value)
    low, high = np.quantile(gains, [0.025, 0.975])
    return delong(target, other).value - delong(target, base).value, float(low), float(high)


def _interval(low: float, high: float) -> Words:
    return bilingual("{a} à {b}", "{a} to {b}", a=num(low, 4, signed=True), b=num(high, 4, signed=True))
