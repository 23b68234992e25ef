"""Everything that the evaluation says of some models on some clients, as plain numbers for ``evaluation.json``.

The rule: whatever is here has an entry in `training.evaluation.dictionary`, and nothing is a row of a client. All
intervals come from one paired bootstrap. Thresholds, sweeps and money are priced by `scoring.model.costs`, which the
pages use to price them again under other costs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import (
    BETA,
    CRITERIA,
    CostMatrix,
    Criterion,
    MoneyAssumptions,
    Sweep,
    chosen_by,
    operating_point,
    sweep,
)
from scoring.model.scale import pd_of_many
from scoring.model.statistics import Interval, decile_edges
from training.evaluation.baselines import plain_baselines
from training.evaluation.bootstrap import RESAMPLES, Bootstrap, bootstrap, check_scores, interval
from training.evaluation.calibration import calibration_of
from training.evaluation.comparison import (
    Columns,
    differences,
    draws_of,
    memberships,
    psi_by_chance,
    scaled,
    with_intervals,
)
from training.evaluation.cost_studies import (
    LossAssumptions,
    credit_of,
    expected_maximum_profit,
    money_of_each,
    money_study,
    ratio_study,
    ratio_thresholds,
)
from training.evaluation.dictionary import check_document
from training.evaluation.disagreement import disagreement
from training.evaluation.review_worth import review_worth
from training.evaluation.segments import by_segment

# The optima of every criterion in one table with intervals, and the same on clients who did not choose them.


def chosen_thresholds(points: Sweep, costs: CostMatrix) -> dict[Criterion, float]:
    """The threshold that each criterion prefers."""
    return {name: chosen_by(points, name, costs, BETA) for name in CRITERIA}


def optima_table(
    boot: Bootstrap, model: str, points: Sweep, chosen: Mapping[Criterion, float], costs: CostMatrix
) -> dict[str, Any]:
    """What each criterion's threshold does on these clients, and costs more than the business optimum among them.

    Parameters
    ----------
    points : the model's unweighted sweep of the bootstrap's clients
    chosen : thresholds by criterion, chosen on these clients or on others; all are listed in the bootstrap
    """
    cheapest = points.cost(chosen["business"], costs)
    best = boot.cost(model, chosen["business"], costs)
    table = {}
    for name, threshold in chosen.items():
        point = operating_point(points, threshold, costs, cheapest=cheapest)
        excess = interval(boot.cost(model, threshold, costs) - best)
        table[str(name)] = {
            "threshold": point.threshold,
            "declined": point.declined,
            "default_rate_accepted": point.default_rate_accepted,
            "cost": point.cost,
            "excess": excess.as_dict(),
            "excess_per_10000": scaled(excess).as_dict(),
        }
    return table


# Curves for pages and pictures: few points, no client to be seen in them.

MOST = 200
FEWEST_BETWEEN = 10
BARS = 24


def points_for(clients: int) -> int:
    """How many points a curve may have: at most 200, with at least 10 clients between two of them.

    >>> points_for(60_000), points_for(1_000), points_for(25)
    (200, 100, 2)
    """
    return max(2, min(MOST, clients // FEWEST_BETWEEN))


def score_histogram(target: NDArray[np.integer], log_odds: Floats) -> dict[str, list[float]]:
    """The shares of defaulters and of payers by score, in bars of equal width; the outer bars take the tails.

    ``edges`` are the inner edges (log-odds): one fewer than bars. Bars are merged until each holds 10 clients.
    """
    low, high = np.quantile(log_odds, [0.01, 0.99])
    edges = np.linspace(low, high, BARS - 1) if high > low else np.array([low])
    bad, good = log_odds[target == 1], log_odds[target != 1]
    while True:
        in_bars = np.bincount(np.searchsorted(edges, log_odds, side="left"), minlength=len(edges) + 1)
        thin = np.flatnonzero(in_bars < FEWEST_BETWEEN)
        if not len(thin) or not len(edges):
            break
        edges = np.delete(edges, min(int(thin[0]), len(edges) - 1))
    shares = [
        np.bincount(np.searchsorted(edges, part, side="left"), minlength=len(edges) + 1) / len(part)
        for part in (good, bad)
    ]
    return {"edges": edges.tolist(), "share_of_payers": shares[0].tolist(), "share_of_defaulters": shares[1].tolist()}


# The regret of the threshold served: what it costs more than the best threshold, without flattering the best.

PER = 10_000


def regret(boot: Bootstrap, model: str, costs: CostMatrix) -> dict[str, Any]:
    """The regret of the theoretical threshold of one model, which must be listed in the bootstrap."""
    draws = boot.models[model]
    apparent = boot.cost(model, costs.threshold, costs) - draws.cheapest
    optimism = float((draws.chosen[1:] - draws.cheapest[1:]).mean())
    corrected = float(apparent[0]) - optimism
    low, high = np.quantile(apparent[1:], [0.025, 0.975]) - apparent[1:].mean() + corrected
    one = Interval(corrected, min(float(low), corrected), max(float(high), corrected))
    return {
        "regret_apparent": float(apparent[0]),
        "optimism": optimism,
        "regret": one.as_dict(),
        "regret_per_10000": Interval(PER * one.value, PER * one.low, PER * one.high).as_dict(),
    }


Target = NDArray[np.integer]
GLASS_BOXES = ("scorecard", "ebm")
REFERENCE = "reference"
PRICED = ("auc", "average_precision", "brier", "cost", "cost_per_10000", "money_cost", "money_cost_per_10000")


@dataclass(frozen=True)
class Scored:
    """Outcomes and scores of the clients trained on: `scores` by model, out of fold, log-odds, shape (clients,)."""

    target: Target
    scores: Mapping[str, Floats]


@dataclass(frozen=True)
class Assumptions:
    """What an evaluation assumes beside the cost matrix."""

    money: MoneyAssumptions = field(default_factory=MoneyAssumptions)
    losses: LossAssumptions = field(default_factory=LossAssumptions)
    review_cost: float = 0.25


def assess(
    target: Target,
    scores: Mapping[str, Floats],
    *,
    champion: str,
    costs: CostMatrix,
    seed: int,
    segments: pl.DataFrame | None = None,
    amounts: pl.DataFrame | None = None,
    out_of_fold: Scored | None = None,
    contributions: Mapping[str, pl.DataFrame] | None = None,
    reviewed: Mapping[str, NDArray[np.bool_]] | None = None,
    assumptions: Assumptions | None = None,
    candidates: Sequence[str] = GLASS_BOXES,
    resamples: int = RESAMPLES,
) -> dict[str, Any]:
    """Assess models on clients that none of them saw.

    Parameters
    ----------
    target : shape (clients,), 0 or 1, both present
    scores : by model, calibrated log-odds, shape (clients,)
    champion : the model to which the others are compared
    segments : one row a client, one column of levels a segment
    amounts : one row a client, with ``credit_amount`` or ``AMT_CREDIT``; without it nothing is said in money
    out_of_fold : the clients trained on; with it, thresholds are also chosen there and applied here, and PSI is given
    contributions : by model, one row a client and one column a feature, in log-odds: whence disagreements come
    reviewed : by model, who goes to a person, shape (clients,)
    candidates : the models that may serve; the first two are compared where they disagree

    Raises
    ------
    TrainingError
        When scores, outcomes, segments or amounts do not fit each other, or are too few.
    """
    if champion not in scores:
        raise TrainingError(
            f"The champion must be among the scored models; got {champion!r} and {', '.join(scores)}. Score it too."
        )
    for score in scores.values():
        check_scores(target, score)
    assumed = assumptions or Assumptions()
    pds = {name: pd_of_many(score) for name, score in scores.items()}
    sweeps = {name: sweep(target, pd) for name, pd in pds.items()}
    credit = credit_of(amounts, len(target)) if amounts is not None else None
    chosen = {name: chosen_thresholds(points, costs) for name, points in sweeps.items()}
    before = _before(out_of_fold, scores, costs)
    columns, each = _columns(target, scores, pds, credit, out_of_fold, assumed.money, costs)
    boot = bootstrap(
        target,
        scores,
        thresholds={name: _listed(costs, chosen[name], before.get(name, {})) for name in scores},
        costs=costs,
        each=each,
        seed=seed,
        resamples=resamples,
    )
    figures = {name: draws_of(boot, name, costs, columns) for name in scores}
    served = [name for name in candidates if name in scores]
    ratios = ratio_study(boot, sweeps, champion=champion, candidates=served or [champion])
    models: dict[str, Any] = {}
    for name, score in scores.items():
        shown = sweeps[name].points(MOST, FEWEST_BETWEEN)
        models[name] = {
            "figures": with_intervals(figures[name]),
            **({} if name == champion else {"difference": differences(figures[name], figures[champion])}),
            "optima": optima_table(boot, name, sweeps[name], chosen[name], costs),
            **(
                {"optima_applied": optima_table(boot, name, sweeps[name], before[name], costs)}
                if name in before
                else {}
            ),
            "regret": regret(boot, name, costs),
            "ratios": ratios["models"][name],
            "calibration": calibration_of(target, score, seed=seed),
            "segments": by_segment(target, score, segments) if segments is not None else {},
            "emp": expected_maximum_profit(target, pds[name], assumed.losses, seed=seed),
            "sweep": sweeps[name].take(shown).as_dict(),
            "histogram": score_histogram(target, score),
        }
        if reviewed is not None and name in reviewed:
            models[name]["review"] = review_worth(
                target, pds[name] > costs.threshold, reviewed[name], costs, assumed.review_cost
            )
        if name in columns.expected:
            bins = len(columns.expected[name])
            models[name]["psi_by_chance"] = psi_by_chance(bins, columns.expected_clients, len(target))
        if credit is not None:
            in_money = assumed.money.sweep(target, pds[name], credit)
            models[name]["money"] = money_study(in_money, pds[name], credit, assumed.money, shown)
    document = {
        **_given(boot, costs, assumed, seed, in_money=credit is not None),
        "champion": champion,
        "models": models,
        "ratio_winner": {"winner": ratios["winner"], "clear": ratios["clear"]},
        "baselines": plain_baselines(boot, champion, costs),
        "disagreement": _disagreement(target, scores, served, costs, contributions),
        "price_of_interpretability": {
            name: _price(differences(figures[name], figures[REFERENCE]))
            for name in served
            if REFERENCE in scores and name != REFERENCE
        },
    }
    check_document(document)
    return document


def _before(
    out_of_fold: Scored | None, scores: Mapping[str, Floats], costs: CostMatrix
) -> dict[str, dict[Criterion, float]]:
    """The thresholds that each criterion would have chosen before the test, by model."""
    if out_of_fold is None:
        return {}
    for score in out_of_fold.scores.values():
        check_scores(out_of_fold.target, score)
    return {
        name: chosen_thresholds(sweep(out_of_fold.target, pd_of_many(score)), costs)
        for name, score in out_of_fold.scores.items()
        if name in scores
    }


def _columns(
    target: Target,
    scores: Mapping[str, Floats],
    pds: Mapping[str, Floats],
    credit: Floats | None,
    out_of_fold: Scored | None,
    money: MoneyAssumptions,
    costs: CostMatrix,
) -> tuple[Columns, dict[str, Floats]]:
    """What the bootstrap averages over clients for each model, and where it is."""
    before = {} if out_of_fold is None else {n: s for n, s in out_of_fold.scores.items() if n in scores}
    expected, each = {}, {}
    for name, score in scores.items():
        parts = [] if credit is None else [money_of_each(target, pds[name], credit, money, costs)]
        if name in before:
            edges = decile_edges(before[name])
            expected[name] = memberships(before[name], edges).mean(axis=0)
            parts.append(memberships(score, edges))
        if parts:
            each[name] = np.column_stack(parts)
    clients = 0 if out_of_fold is None else len(out_of_fold.target)
    return Columns(money=credit is not None, expected=expected, expected_clients=clients), each


def _listed(costs: CostMatrix, *chosen: Mapping[Criterion, float]) -> Floats:
    thresholds = [costs.threshold, *ratio_thresholds(), *(value for by in chosen for value in by.values())]
    return np.unique(np.array(thresholds))


def _given(boot: Bootstrap, costs: CostMatrix, assumed: Assumptions, seed: int, *, in_money: bool) -> dict[str, Any]:
    """What was assessed, and under which assumptions."""
    return {
        "clients": boot.clients,
        "defaulters": int(boot.bads[0]),
        "resamples": boot.resamples,
        "seed": seed,
        "assumptions": {
            "cost_fn": costs.fn,
            "cost_fp": costs.fp,
            "threshold": costs.threshold,
            "beta": BETA,
            **(assumed.money.as_dict() if in_money else {}),
            "emp_success_rate": assumed.losses.success_rate,
            "emp_default_rate": assumed.losses.default_rate,
            "emp_roi": assumed.losses.roi,
        },
    }


def _disagreement(
    target: Target,
    scores: Mapping[str, Floats],
    served: Sequence[str],
    costs: CostMatrix,
    contributions: Mapping[str, pl.DataFrame] | None,
) -> dict[str, Any]:
    if len(served) < 2:
        return {}
    first, second = served[:2]
    frames = None
    if contributions is not None and first in contributions and second in contributions:
        frames = contributions[first], contributions[second]
    return {
        "first": first,
        "second": second,
        **disagreement(target, scores[first], scores[second], costs, frames),
    }


def _price(difference: Mapping[str, Any]) -> dict[str, Any]:
    return {name: difference[name] for name in PRICED if name in difference}
