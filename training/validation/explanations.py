"""Do the explanations tell the truth? On synthetic data the true terms are known, so it can be measured.

The same question to three explanations: the EBM's terms, the scorecard's terms, TreeSHAP on the black box. The black
box is fitted on the same clients and features; everything else is in `contributions` and `agreement`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables.column_types import ID_COLUMN
from scoring.i18n import Words
from scoring.model.arrays import Floats
from scoring.model.statistics import mean_interval
from training.evaluation.calibration import calibration_line
from training.reporting.wording import Cell, bilingual, num, pct
from training.validation.agreement import (
    Agreement,
    agreement,
    by_tenth,
    floor,
    label_of,
    of_glass_box,
    of_trees,
    of_truth,
    told_concepts,
)
from training.validation.checks import MODELS, Check, Table, flagged, not_applicable
from training.validation.pictures import concepts_picture, precision_picture, shapes_picture
from training.validation.subject import ROLE, Subject

MOST, MOST_QUICK = 4000, 1000
"""Clients that are enough, of training to centre on and of others to judge."""
PRECISION = 0.5
FAMILY = "explanations"
QUESTION = Words(
    "Les raisons données sont-elles les vraies raisons du risque ?",
    "Are the reasons given the true reasons of the risk?",
)


@dataclass(frozen=True)
class Study:
    """The three explanations beside the truth.

    Attributes
    ----------
    concepts : those that the models are allowed to tell
    true, explained : centred contributions, shape (clients, concepts); `explained` by model
    found : agreement by model
    floors : precision at 3 and rank correlation of chance, by model
    hidden : share of the truth's variance in concepts that no model is allowed to see
    declined : whom the oracle would decline
    """

    concepts: tuple[str, ...]
    true: Floats
    explained: Mapping[str, Floats]
    found: Mapping[str, Agreement]
    floors: Mapping[str, tuple[float, float]]
    hidden: float
    declined: NDArray[np.bool_]


def check_explanations(subject: Subject) -> list[Check]:
    """One check a model, and the comparison of the glass boxes with TreeSHAP."""
    if subject.truth is None:
        reason = Words(
            "Les vraies raisons ne sont connues que sur des tables synthétiques, avec truth.parquet à côté.",
            "The true reasons are known on synthetic tables alone, with truth.parquet beside them.",
        )
        return [not_applicable("explanations.truth", FAMILY, QUESTION, reason)]
    study = make_study(subject)
    return [*(_check(subject, study, kind) for kind in study.explained), _comparison(subject, study)]


def make_study(subject: Subject) -> Study:
    """Compute the contributions of all three, on clients that no model was fitted on."""
    if subject.truth is None:
        raise ValueError("a study of explanations must have the truth; got a subject without")
    most = MOST_QUICK if subject.quick else MOST
    centre = _some(subject.portfolio.filter(pl.col(ROLE) == "train").sort(ID_COLUMN), subject.seed, most)
    judged = _some(subject.unseen_frame, subject.seed, most)
    concepts = told_concepts([c.name for c in subject.matrix.candidates])
    truth_of = {
        name: frame.select(ID_COLUMN).join(subject.truth, on=ID_COLUMN, how="left", maintain_order="left")
        for name, frame in (("centre", centre), ("judged", judged))
    }
    true = of_truth(truth_of["judged"], concepts) - of_truth(truth_of["centre"], concepts).mean(axis=0)
    contributions: dict[str, Floats] = {
        kind: of_glass_box(model, judged, concepts) - of_glass_box(model, centre, concepts).mean(axis=0)
        for kind, model in subject.models.items()
    }
    slope, _ = calibration_line(subject.test.target, subject.reference.decision_function(subject.test.frame))
    trees = [of_trees(subject.reference, frame, concepts, slope=slope) for frame in (judged, centre)]
    contributions["reference"] = trees[0] - trees[1].mean(axis=0)
    log_odds = truth_of["judged"]["log_odds"].to_numpy()
    hidden = log_odds - log_odds.mean() - (true - true.mean(axis=0)).sum(axis=1)
    return Study(
        concepts=concepts,
        true=true,
        explained=contributions,
        found={kind: agreement(values, true) for kind, values in contributions.items()},
        floors={kind: floor(values, true, seed=subject.seed) for kind, values in contributions.items()},
        hidden=float(hidden.var() / log_odds.var()),
        declined=truth_of["judged"]["pd"].to_numpy() > subject.costs.threshold,
    )


def _some(frame: pl.DataFrame, seed: int, most: int) -> pl.DataFrame:
    if frame.height <= most:
        return frame
    return frame[np.sort(np.random.default_rng([seed, 52]).permutation(frame.height)[:most])]


def _check(subject: Subject, study: Study, kind: str) -> Check:
    found, (floor_precision, floor_rank) = study.found[kind], study.floors[kind]
    declined = agreement(study.explained[kind][study.declined], study.true[study.declined])
    order = sorted(range(len(study.concepts)), key=lambda i: -found.concepts[i].true_spread)
    rows: list[tuple[Cell, ...]] = [
        (
            label_of(study.concepts[i]), num(found.concepts[i].true_spread, 3), num(found.concepts[i].told_spread, 3),
            num(found.concepts[i].correlation, 3), num(found.concepts[i].rmse, 3),
        )
        for i in order
    ]  # fmt: skip
    return Check(
        id=f"explanations.truth.{kind}",
        family=FAMILY,
        model=kind,
        question=QUESTION,
        finding=bilingual(
            "Des trois raisons qui pèsent le plus, {p} sont parmi les trois vraies ({low} à {high} ; {floor} en "
            "parlant d'un autre client) ; {t} du vrai risque est dit, {d} de précision pour les refusés.",
            "Of the three reasons that weigh most, {p} are among the true three ({low} to {high}; {floor} when speaking "
            "of another client); {t} of the true risk is told, precision {d} for those to decline.",
            p=pct(found.precision.value), low=pct(found.precision.low), high=pct(found.precision.high),
            floor=pct(floor_precision), t=pct(found.explained.value, 0), d=pct(declined.precision.value),
        ),
        figures={
            "precision_at_3": found.precision.value, "precision_low": found.precision.low,
            "precision_high": found.precision.high, "precision_of_chance": floor_precision,
            "precision_declined": declined.precision.value, "precision_either_way": found.precision_either.value,
            "rank_correlation": found.rank.value, "rank_low": found.rank.low, "rank_high": found.rank.high,
            "rank_of_chance": floor_rank, "told_share": found.explained.value, "told_low": found.explained.low,
            "told_high": found.explained.high, "clients": found.clients, "declined": declined.clients,
            "concepts": len(study.concepts), "hidden_share": study.hidden, "training_clients": len(subject.train),
        },
        bound=bilingual(
            "Précision d'au moins {bound} et au-dessus du hasard ; plus de risque dit que tu.",
            "Precision at least {bound} and above chance; more of the risk told than by silence.", bound=pct(PRECISION, 0),
        ),
        verdict=flagged(
            fail=found.precision.low <= floor_precision or found.explained.high < 0.0,
            warn=found.precision.value < PRECISION or found.explained.low < 0.0,
        ) if kind != "reference" else "pass",
        reason=bilingual(
            "{hidden} de la variance du vrai risque tient à ce qu'aucun modèle n'a le droit de voir (âge, sexe, "
            "famille, entourage) ; une partie s'en reporte sur d'autres raisons. L'intervalle est celui des clients, "
            "pour cet ajustement-ci, appris sur {n} clients.",
            "{hidden} of the variance of the true risk lies in what no model may see (age, gender, family, social "
            "circle); part of it is carried over to other reasons. The interval is over clients, for this one fit, "
            "trained on {n} clients.",
            hidden=pct(study.hidden), n=num(len(subject.train)),
        ),
        action=Words(
            "Regarder les notions les moins bien dites ci-dessous : trop peu de clients, ou une variable qui parle à "
            "la place d'une autre.",
            "Look at the concepts told worst below: too few clients, or a feature that speaks in another's place.",
        ),
        method=Words(
            "Contributions aux log-cotes (termes du modèle ; TreeSHAP de LightGBM pour la boîte noire, à la pente de "
            "calibration près), centrées sur les mêmes clients d'apprentissage, sommées par notion ; une paire est "
            "partagée par moitiés, chez le modèle comme dans la vérité. Clients jamais vus. « Hasard » : chaque client "
            "reçoit la vérité d'un autre.",
            "Contributions to the log-odds (the model's terms; LightGBM's TreeSHAP for the black box, times its "
            "calibration slope), centred on the same training clients, summed over concepts; a pair is shared half and "
            "half, in the model as in the truth. Clients never seen. Chance: each client is given another's truth.",
        ),
        tables=(
            Table(
                Words("Notion par notion", "Concept by concept"),
                (
                    Words("notion", "concept"), Words("écart-type vrai", "true spread"),
                    Words("écart-type dit", "told spread"), Words("corrélation", "correlation"),
                    Words("erreur (RMSE)", "error (RMSE)"),
                ),
                tuple(rows),
            ),
        ),
    )  # fmt: skip


def _comparison(subject: Subject, study: Study) -> Check:
    reference = study.found["reference"].precision_of_each
    figures: dict[str, float | int | str | bool | None] = {}
    rows: list[tuple[Cell, ...]] = []
    behind = []
    for kind, found in study.found.items():
        rows.append(
            (
                MODELS[kind], pct(found.precision.value), pct(study.floors[kind][0]), num(found.rank.value, 3),
                num(study.floors[kind][1], 3), pct(found.explained.value),
                pct(found.precision_either.value),
            )
        )  # fmt: skip
        if kind != "reference":
            difference = mean_interval(found.precision_of_each - reference)
            figures |= {
                f"{kind}_minus_shap": difference.value,
                f"{kind}_minus_shap_low": difference.low,
                f"{kind}_minus_shap_high": difference.high,
            }
            if difference.high < 0.0:
                behind.append(kind)
    ebm = (float(figures[f"ebm_minus_shap{end}"] or 0.0) for end in ("", "_low", "_high"))
    card = (float(figures[f"scorecard_minus_shap{end}"] or 0.0) for end in ("", "_low", "_high"))
    biggest = sorted(range(len(study.concepts)), key=lambda i: -float(study.true[:, i].std()))
    shown = [i for i in biggest if study.true[:, i].std() > 0.0][:6]
    return Check(
        id="explanations.truth.comparison",
        family=FAMILY,
        question=Words(
            "Une boîte de verre explique-t-elle plus juste que SHAP sur une boîte noire ?",
            "Does a glass box explain more truly than SHAP on a black box?",
        ),
        finding=bilingual(
            "Précision à 3 moins celle de TreeSHAP, en points de pourcentage : EBM {e} ({el} à {eh}), grille {s} ({sl} à "
            "{sh}).",
            "Precision at 3 minus TreeSHAP's, in percentage points: EBM {e} ({el} to {eh}), scorecard {s} ({sl} to "
            "{sh}).",
            **dict(zip(("e", "el", "eh"), (num(100 * v, 1, signed=True) for v in ebm), strict=True)),
            **dict(zip(("s", "sl", "sh"), (num(100 * v, 1, signed=True) for v in card), strict=True)),
        ),
        figures={**figures, "clients": len(study.true), "training_clients": len(subject.train)},
        bound=Words(
            "Un avertissement si une boîte de verre est en dessous de TreeSHAP au-delà de l'intervalle.",
            "A warning where a glass box is below TreeSHAP beyond the interval.",
        ),
        verdict=flagged(fail=(), warn=behind),
        reason=Words(
            "Un seul ajustement de chaque modèle, une seule vérité, additive : elle ressemble à une boîte de verre plus "
            "qu'à des arbres, ce qui peut avantager les premières.",
            "One fit of each model, and one truth, which is additive: it is more like a glass box than like trees, which "
            "may favour the former.",
        ),
        action=Words(
            "Dire ce résultat avec les explications, dans un sens comme dans l'autre.",
            "Say this result with the explanations, whichever way it goes.",
        ),
        method=Words(
            "Différence client par client, intervalle à 95 % sur les clients ; mêmes clients, mêmes notions, même "
            "centrage pour les trois.",
            "Difference client by client, 95% interval over clients; same clients, concepts and centring for all three.",
        ),
        tables=(
            Table(
                Words("Les trois explications", "The three explanations"),
                (
                    Words("explication", "explanation"), Words("précision à 3", "precision at 3"),
                    Words("hasard", "chance"), Words("corrélation des rangs", "rank correlation"),
                    Words("hasard", "chance"), Words("risque dit", "risk told"),
                    Words("précision à 3, pour ou contre", "precision at 3, either way"),
                ),
                tuple(rows),
            ),
        ),
        pictures=(
            precision_picture(study.found, study.floors),
            concepts_picture([label_of(study.concepts[i]) for i in shown], study.found, shown),
            shapes_picture(
                [label_of(study.concepts[i]) for i in shown],
                [{kind: by_tenth(values[:, i], study.true[:, i]) for kind, values in study.explained.items()} for i in shown],
            ),
        ),
    )  # fmt: skip
