"""What became of clients whose outcome is known, and what the model's own probabilities had foretold.

The rule: what is expected comes from the probabilities alone, before any outcome; what is realised is held to what
chance makes of that expectation, so that a gap is called only where right probabilities would rarely leave one.
Costs are those of the served threshold, without reviews, as models are compared.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Flags, Floats
from scoring.model.costs import CostMatrix
from scoring.model.scale import pd_of_many
from scoring.model.statistics import (
    Z_95,
    Difference,
    Interval,
    delong,
    mean_interval,
    normal_interval,
    paired_difference,
    two_sided,
    wilson,
)
from scoring.reports.monitoring.distribution_shift import graded
from scoring.reports.monitoring.thresholds import ALONE, CALIBRATION, FEWEST, FEWEST_DEFAULTERS, RANKING, SEED
from scoring.reports.monitoring_document import Calibration, Cost, Line, Outcomes

ROUNDS = 50
RESAMPLES = 1_000


@dataclass(frozen=True, eq=False)
class Known:
    """Clients whose outcome is known.

    Attributes
    ----------
    log_odds : shape (clients,)
    bad : shape (clients,), who had difficulties
    """

    log_odds: Floats
    bad: Flags

    def __len__(self) -> int:
        return len(self.bad)

    @property
    def pd(self) -> Floats:
        """Probability of difficulties, shape (clients,)."""
        return pd_of_many(self.log_odds)

    @property
    def target(self) -> NDArray[np.int8]:
        """The outcome as TARGET writes it."""
        return self.bad.astype(np.int8)

    def of(self, which: Flags) -> "Known":
        """Those of them."""
        return Known(self.log_odds[which], self.bad[which])


def calibration_of(known: Known, *, chance: float | None = None, rarely: float = ALONE) -> Calibration:
    """Whether the probabilities came true on average.

    Parameters
    ----------
    chance : how often chance alone leaves such a gap, where it was corrected for several looks
    rarely : up to which chance a gap is called
    """
    pd, clients, defaulters = known.pd, len(known), int(known.bad.sum())
    expected = float(pd.mean())
    p = gap_of(known) if chance is None else chance
    gap = abs(defaulters / clients / expected - 1.0)
    judged = clients >= FEWEST and p <= rarely
    return Calibration(
        clients=clients,
        defaulters=defaulters,
        observed=wilson(defaulters, clients),
        expected=expected,
        p=p,
        level=graded(gap, CALIBRATION) if judged else "green",
    )


def gap_of(known: Known) -> float:
    """How often chance alone leaves such a gap between observed and expected, if every probability is right."""
    pd = known.pd
    variance = float((pd * (1.0 - pd)).sum())
    return two_sided(float(known.bad.sum() - pd.sum()) / math.sqrt(variance)) if variance else 1.0


def cost_of(log_odds: Floats, known: Known | None, costs: CostMatrix, trained: float | None) -> Cost:
    """Cost per client before outcomes are known, and after.

    Parameters
    ----------
    log_odds : of all clients
    trained : cost per client that the test clients of training had
    """
    expected = _expected(log_odds, costs)
    if known is None or not len(known):
        return Cost(expected=expected, expected_known=None, realised=None, trained=trained, p=None, level="green")
    foretold = _expected(known.log_odds, costs)
    realised = mean_interval(costs.of_each(known.target, known.pd > costs.threshold))
    error = (foretold.high - foretold.low) / (2.0 * Z_95)
    p = two_sided((realised.value - foretold.value) / error) if error else 1.0
    judged = len(known) >= FEWEST and p <= ALONE and foretold.value > 0.0
    return Cost(
        expected=expected,
        expected_known=foretold,
        realised=realised,
        trained=trained,
        p=p,
        level=graded(realised.value / foretold.value - 1.0, CALIBRATION) if judged else "green",
    )


def _expected(log_odds: Floats, costs: CostMatrix) -> Interval:
    """Mean cost by the probabilities, and between which values chance leaves the realised one 95 times in 100."""
    pd = pd_of_many(log_odds)
    declined = pd > costs.threshold
    mean = float(np.where(declined, costs.fp * (1.0 - pd), costs.fn * pd).mean())
    variance = float((np.where(declined, costs.fp, costs.fn) ** 2 * pd * (1.0 - pd)).sum()) / len(pd) ** 2
    half = Z_95 * math.sqrt(variance)
    return Interval(value=mean, low=max(mean - half, 0.0), high=mean + half)


def outcomes_of(known: Known, costs: CostMatrix, tested: Known | None) -> Outcomes:
    """Calibration, ranking, and the line that would set the probabilities right with what it would save.

    Parameters
    ----------
    tested : test clients of training
    """
    accepted = known.of(known.pd <= costs.threshold)
    judged = min(int(known.bad.sum()), int((~known.bad).sum())) >= FEWEST_DEFAULTERS and len(known) >= FEWEST
    lost = None if tested is None else _lost(known, tested)
    return Outcomes(
        all=calibration_of(known),
        accepted=calibration_of(accepted) if len(accepted) else None,
        auc=auc_of(known),
        auc_trained=None if tested is None else auc_of(tested),
        auc_p=None if lost is None else lost[1],
        auc_level=graded(lost[0], RANKING) if judged and lost is not None and lost[1] <= ALONE else "green",
        line=line_of(known) if judged else None,
        gain=_gain(known, costs) if judged else None,
    )


def _lost(known: Known, tested: Known) -> tuple[float, float]:
    """AUC lost against the test clients, and how often chance alone loses as much; both figures have an error."""
    now, before = (delong(one.bad, one.log_odds) for one in (known, tested))
    error, lost = math.sqrt(now.variance + before.variance), before.value - now.value
    return lost, two_sided(lost / error) / 2.0 if error and lost > 0.0 else 1.0


def auc_of(known: Known) -> Interval:
    """Area under the ROC curve with the interval of DeLong's variance."""
    return delong(known.bad, known.log_odds).interval


def line_of(known: Known) -> Line:
    """Slope and intercept of the outcome's logistic regression on the log-odds, with their 95% intervals.

    Source: Cox, *Two further applications of a model for binary regression* (1958).
    """
    (intercept, slope), covariance = _fitted(known)
    errors = np.sqrt(np.diag(covariance))
    return Line(slope=normal_interval(slope, float(errors[1])), intercept=normal_interval(intercept, float(errors[0])))


def _fitted(known: Known) -> tuple[tuple[float, float], Floats]:
    """Newton's method on two parameters, from the line that changes nothing; a little ridge holds the slope near 1."""
    design = np.column_stack([np.ones(len(known)), known.log_odds])
    target, line, start = known.target.astype(np.float64), np.array([0.0, 1.0]), np.array([0.0, 1.0])
    ridge = np.diag([1e-6, 1e-3])
    for _ in range(ROUNDS):
        pd = pd_of_many(design @ line)
        slope = design.T @ (target - pd) - ridge @ (line - start)
        curvature = (design * (pd * (1.0 - pd))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, slope)
        step *= min(1.0, 3.0 / max(float(np.abs(step).max()), 1e-300))
        line = line + step
        if float(np.abs(step).max()) < 1e-10:
            break
    pd = pd_of_many(design @ line)
    curvature = (design * (pd * (1.0 - pd))[:, None]).T @ design + ridge
    return (float(line[0]), float(line[1])), np.asarray(np.linalg.inv(curvature), dtype=np.float64)


def _gain(known: Known, costs: CostMatrix) -> Difference:
    """What each half's line saves on the other half, per client: cost as served less cost when recalibrated."""
    halves = np.random.default_rng(SEED).permutation(len(known)) % 2
    declined = np.empty(len(known), dtype=np.bool_)
    for half in (0, 1):
        (intercept, slope), _ = _fitted(known.of(halves != half))
        mine = halves == half
        declined[mine] = pd_of_many(slope * known.log_odds[mine] + intercept) > costs.threshold
    before, after = (costs.of_each(known.target, one) for one in (known.pd > costs.threshold, declined))
    return paired_difference(before, after, seed=SEED, resamples=RESAMPLES)
