"""What a batch of raw tables holds that training did not see: refused values of columns, features that moved.

The rule: findings are told at the end and recorded with the decisions; above their bounds nothing is decided unless
they are accepted. Decision record 42.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl

from scoring.data.cleaning import ColumnFinding, check_findings, count_findings
from scoring.data.tables import RawTables
from scoring.errors import TableError
from scoring.model.additive_model import AdditiveModel
from scoring.reports.findings import read_shares
from scoring.reports.monitoring.distribution_shift import feature_shifts
from scoring.reports.monitoring.thresholds import FEWEST
from scoring.reports.monitoring_document import FeatureShift

FAR: Final = 1.0
"""Population stability index from which a feature moved so far that nothing is decided on it; red is 0.25."""
_NAMED: Final = 3


@dataclass
class BatchFindings:
    """The findings of one batch, collected on its way.

    Parameters
    ----------
    artefacts : folder of the training
    where : folder of the tables, for messages
    accepted : whether whoever runs the batch accepts the findings
    """

    artefacts: Path
    where: Path
    accepted: bool = False
    columns: Sequence[ColumnFinding] = ()
    features: Sequence[FeatureShift] = field(default=())

    def look_at_tables(self, tables: RawTables) -> None:
        """Count what the rules refuse.

        Raises
        ------
        TableError
            When a column holds more of it than training saw, and findings are not accepted.
        """
        self.columns = count_findings(tables)
        check_findings(self.columns, read_shares(self.artefacts), accepted=self.accepted, where=str(self.where))

    def look_at_features(self, model: AdditiveModel, frame: pl.DataFrame) -> None:
        """Hold the features against those of training, where clients are enough to tell.

        Raises
        ------
        TableError
            When a feature came in another unit or moved beyond `FAR`, and findings are not accepted.
        """
        if frame.height < FEWEST:
            return
        self.features = [one for one in feature_shifts(model, frame) if one.shift.level == "red"]
        far = [one for one in self.features if one.movement == "unit" or one.shift.index >= FAR]
        if far and not self.accepted:
            raise TableError(
                f"features must have a population stability index below {FAR:g}, in their own unit; got "
                f"{'; '.join(map(feature_said, far[:_NAMED]))}, in {self.where}. "
                "Correct the columns that they are made of (sign, unit), or accept them with --accept-findings"
            )

    def lines(self) -> list[str]:
        """The findings in words, one a line."""
        return [*map(str, self.columns), *map(feature_said, self.features)]

    def document(self) -> dict[str, Any] | None:
        """The findings as JSON values; None where there is none."""
        if not self.columns and not self.features:
            return None
        return {
            "accepted": self.accepted,
            "columns": [one.document() for one in self.columns],
            "features": [
                {"feature": one.feature, "index": one.shift.index, "movement": one.movement, "factor": one.factor}
                for one in self.features
            ],
        }


def feature_said(one: FeatureShift) -> str:
    """Return how a feature moved, in words."""
    unit = f", as if multiplied by {one.factor:,.6g}" if one.factor is not None else ""
    return f"{one.feature} with a population stability index of {one.shift.index:.2f} against training{unit}"
