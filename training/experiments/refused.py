"""What a model loses by seeing granted loans only, where the true risk of the refused is known (a synthetic portfolio).

The rule: two scorecards of one procedure, one fitted on the granted and one on all of the same clients, judged on other
clients by their true probability of default, so that chance in the outcomes plays no part. No outcome of a refused
client reaches the first.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from scoring.model.arrays import Flags, Floats
from scoring.model.costs import CostMatrix
from scoring.model.scale import pd_of_many
from scoring.model.statistics import expected_auc
from training.config import Settings
from training.data.matrix import Matrix, check_classes
from training.evaluation.splits import hold_out
from training.models.scorecard import fit_scorecard
from training.parallel import Notice, one_thread

HELD = 0.4
"""Share of the clients that both scorecards are judged on."""
FITTED_ON = ("granted", "all")


@dataclass(frozen=True)
class Judged:
    """One scorecard on one group of clients that it did not see.

    Attributes
    ----------
    predicted, true : mean probability of default
    auc : probability that a client who defaults is scored above one who does not, by the true probabilities
    cost, least : expected cost per client at the theoretical threshold, and what the truth itself would cost
    """

    clients: int
    predicted: float
    true: float
    auc: float
    cost: float
    least: float


@dataclass(frozen=True)
class Refused:
    """The study.

    Attributes
    ----------
    fitted : clients that each scorecard was fitted on
    terms : variables of each scorecard
    groups : by scorecard, then by group of the clients held out: all, granted, refused
    """

    clients: int
    refused: int
    fitted: dict[str, int]
    terms: dict[str, int]
    groups: dict[str, dict[str, Judged]]

    def as_dict(self) -> dict[str, Any]:
        """The study as plain values."""
        return asdict(self)


def study_refused(
    matrix: Matrix, refused: Flags, true_pd: Floats, settings: Settings, notice: Notice = lambda _: None
) -> Refused:
    """Fit on the granted and on all, and judge both on clients held out.

    Parameters
    ----------
    matrix : all clients with their outcomes, those of the refused too
    refused : shape (clients,), whom the past policy refused
    true_pd : shape (clients,)

    Raises
    ------
    TrainingError
        When the clients with difficulties are too few.
    """
    check_classes(matrix, settings.fewest_of_a_class)
    split = hold_out(matrix.target, HELD, settings.seed)
    held, groups = matrix.take(split.held), _groups(refused[split.held])
    fitted, terms, judged = {}, {}, {}
    with one_thread():
        for name in FITTED_ON:
            rows = split.fit[~refused[split.fit]] if name == "granted" else split.fit
            model = fit_scorecard(matrix.take(rows), settings.scorecard, seed=settings.seed)
            notice(f"fitted on {name}")
            scores = model.decision_function(held.frame)
            fitted[name], terms[name] = len(rows), len(model.candidates)
            judged[name] = {
                group: judge(scores[of], true_pd[split.held][of], settings.costs) for group, of in groups.items()
            }
    return Refused(len(matrix), int(refused.sum()), fitted, terms, judged)


def _groups(refused: Flags) -> dict[str, Flags]:
    return {"all": np.ones(len(refused), dtype=bool), "granted": ~refused, "refused": refused}


def judge(scores: Floats, true_pd: Floats, costs: CostMatrix) -> Judged:
    """Judge log-odds by the true probabilities of the same clients."""
    predicted = pd_of_many(scores)
    return Judged(
        clients=len(scores),
        predicted=float(predicted.mean()),
        true=float(true_pd.mean()),
        auc=expected_auc(true_pd, scores),
        cost=expected_cost(true_pd, predicted > costs.threshold, costs),
        least=expected_cost(true_pd, true_pd > costs.threshold, costs),
    )


def expected_cost(true_pd: Floats, declined: Flags, costs: CostMatrix) -> float:
    """Expected cost per client: of accepting, ``fn`` times the probability; of declining, ``fp`` times the rest."""
    return float(np.where(declined, costs.fp * (1.0 - true_pd), costs.fn * true_pd).mean())
