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
from scoring.reports.evaluation import Difference, Interval
from scoring.reports.monitoring.distribution_shift import graded
from scoring.reports.monitoring.sampling_noise import two_sided, wilson
from scoring.reports.monitoring.thresholds import ALONE, CALIBRATION, FEWEST, FEWEST_DEFAULTERS, RANKING, SEED
from scoring.reports.monitoring_document import Calibration, Cost, Line, Outcomes

Z = 1.96
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
    low, high = wilson(defaulters, clients)
    return Calibration(
        clients=clients,
        defaulters=defaulters,
        observed=Interval(value=defaulters / clients, low=low, high=high),
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
    each = costs.of_each(known.target, known.pd > costs.threshold)
    spread = float(each.std(ddof=1)) / math.sqrt(len(each)) if len(each) > 1 else 0.0
    realised = float(each.mean())
    error = (foretold.high - foretold.low) / (2.0 * Z)
    p = two_sided((realised - foretold.value) / error) if error else 1.0
    judged = len(known) >= FEWEST and p <= ALONE and foretold.value > 0.0
    return Cost(
        expected=expected,
        expected_known=foretold,
        realised=Interval(value=realised, low=realised - Z * spread, high=realised + Z * spread),
        trained=trained,
        p=p,
        level=graded(realised / foretold.value - 1.0, CALIBRATION) if judged else "green",
    )


def _expected(log_odds: Floats, costs: CostMatrix) -> Interval:
    """Mean cost by the probabilities, and between which values chance leaves the realised one 95 times in 100."""
    pd = pd_of_many(log_odds)
    declined = pd > costs.threshold
    mean = float(np.where(declined, costs.fp * (1.0 - pd), costs.fn * pd).mean())
    variance = float((np.where(declined, costs.fp, costs.fn) ** 2 * pd * (1.0 - pd)).sum()) / len(pd) ** 2
    half = Z * math.sqrt(variance)
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
    (now, now_variance), (before, before_variance) = _area(known), _area(tested)
    error = math.sqrt(now_variance + before_variance)
    return before - now, two_sided((before - now) / error) / 2.0 if error and before > now else 1.0


def auc_of(known: Known) -> Interval:
    """Area under the ROC curve, ties half, with the interval of DeLong's variance.

    Source: DeLong, DeLong and Clarke-Pearson, *Comparing the areas under two or more correlated ROC curves* (1988).
    """
    area, variance = _area(known)
    half = Z * math.sqrt(variance)
    return Interval(value=area, low=max(area - half, 0.0), high=min(area + half, 1.0))


def _area(known: Known) -> tuple[float, float]:
    """The area and its variance; where one outcome is absent nothing is known of it."""
    bad, good = known.log_odds[known.bad], known.log_odds[~known.bad]
    if not len(bad) or not len(good):
        return 0.5, 1.0
    above = _placements(bad, good)
    below = 1.0 - _placements(good, bad)
    return float(above.mean()), sum(float(part.var(ddof=1)) / len(part) for part in (above, below) if len(part) > 1)


def _placements(values: Floats, others: Floats) -> Floats:
    """For each value the share of the others below it, ties half."""
    ordered = np.sort(others)
    return (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")) / (2.0 * len(others))


def line_of(known: Known) -> Line:
    """Slope and intercept of the outcome's logistic regression on the log-odds, with their 95% intervals.

    Source: Cox, *Two further applications of a model for binary regression* (1958).
    """
    (intercept, slope), covariance = _fitted(known)
    halves = Z * np.sqrt(np.diag(covariance))

    def interval(value: float, half: float) -> Interval:
        return Interval(value=value, low=value - half, high=value + half)

    return Line(slope=interval(slope, float(halves[1])), intercept=interval(intercept, float(halves[0])))


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
    before = costs.of_each(known.target, known.pd > costs.threshold)
    return paired(before - costs.of_each(known.target, declined))


def paired(difference: Floats, *, outside: float = 0.05) -> Difference:
    """Mean of a difference over clients, with its interval over resampled clients (percentiles).

    Parameters
    ----------
    outside : share of resamples that the interval leaves out

    >>> paired(np.zeros(3)).high
    0.0
    """
    values, counts = np.unique(difference, return_counts=True)
    drawn = np.random.default_rng(SEED).multinomial(len(difference), counts / len(difference), size=RESAMPLES)
    low, high = np.quantile(drawn @ values / len(difference), [outside / 2.0, 1.0 - outside / 2.0])
    return Difference(
        mean=float(difference.mean()), low=float(low), high=float(high), clients=len(difference), resamples=RESAMPLES
    )
