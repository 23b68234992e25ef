"""The folds of a study: the clients that each fits on, and calibrated out-of-fold scores of any procedure, kept.

The rule: a fold ranks its terms on its own clients, once, whatever is then fitted on them.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from scoring.model.scale import pd_of_many
from training.checkpoints import Kept
from training.config import Settings
from training.data.matrix import Candidate, Matrix
from training.evaluation.calibration import apply_calibration, fit_calibration
from training.evaluation.splits import Split
from training.models.ebm import rank_terms
from training.parallel import Notice
from training.search.selection import Narrowing


class Folds:
    """The folds' clients and rankings, made when first asked for: a resumed study may need none.

    Attributes
    ----------
    narrowing : walks the path of selection on clients of the study's matrix
    """

    def __init__(
        self, matrix: Matrix, splits: Sequence[Split], settings: Settings, kept: Kept | None, notice: Notice
    ) -> None:
        self.matrix, self.splits, self.settings, self.notice = matrix, splits, settings, notice
        self._kept, self.narrowing = kept, Narrowing(settings.selection, settings.seed)
        self._ranked: dict[int, tuple[Matrix, tuple[Candidate, ...]]] = {}

    def on(self, number: int) -> tuple[Matrix, tuple[Candidate, ...]]:
        """The clients that a fold fits on, and their candidates, the most important first."""
        if number not in self._ranked:
            clients = self.narrowing(self.matrix.take(self.splits[number].fit))
            self._ranked[number] = clients, rank_terms(clients, self.settings.ebm, seed=self.settings.seed)
        return self._ranked[number]

    def scored(self, name: str, fit: Callable[[int], tuple[Any, int]]) -> tuple[Floats, NDArray[np.int64]]:
        """Calibrated out-of-fold log-odds, and a number of each fold's model that `fit` gives beside it."""
        if self._kept is not None and name in self._kept:
            parts = self._kept.get(name)
            for number in range(len(self.splits)):
                self.notice(f"{name}: fold {number + 1} kept")
            return parts["log_odds"], parts["sizes"]
        raw, log_odds, sizes = np.empty(len(self.matrix)), np.empty(len(self.matrix)), []
        for number, split in enumerate(self.splits):
            model, size = fit(number)
            raw[split.held] = model.decision_function(self.matrix.take(split.held).frame)
            sizes.append(size)
            self.notice(f"{name}: fold {number + 1} of {len(self.splits)}")
        for split in self.splits:
            line = fit_calibration(self.matrix.target[split.fit], raw[split.fit])
            log_odds[split.held] = apply_calibration(line, raw[split.held])
        counts = np.array(sizes, dtype=np.int64)
        if self._kept is not None:
            self._kept.put(name, {"log_odds": log_odds, "sizes": counts})
        return log_odds, counts

    def costs(self, log_odds: Floats) -> Floats:
        """Cost of each client at the theoretical threshold."""
        costs = self.settings.costs
        return costs.of_each(self.matrix.target, pd_of_many(log_odds) > costs.threshold)
