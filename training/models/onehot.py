"""The plain baseline of encoders: logistic regression on indicators of categories and standardised numbers.

Everything that is learnt from the data (medians, bounds, scales, codes) is learnt on the clients of the fit alone.
Numbers are held within their 1st and 99th percentiles, take their median where they are missing, and have an indicator
of missing beside them; codes that are rare share one indicator.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.model.arrays import Floats
from training.data.matrix import Candidate, Matrix
from training.models.inputs import balanced_weights
from training.models.logistic import Logistic, fit_logistic

RIDGE = 10.0
RARE = 100
LOW, HIGH = 0.01, 0.99


@dataclass(frozen=True)
class Number:
    """How a number becomes columns: its value on the scale of the fit, and whether it is missing."""

    name: str
    low: float
    high: float
    median: float
    mean: float
    scale: float
    missing: bool

    def columns(self, frame: pl.DataFrame) -> list[Floats]:
        """One or two columns, shape (clients,) each."""
        values = frame[self.name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        absent = np.isnan(values)
        held = np.clip(np.where(absent, self.median, values), self.low, self.high)
        return [(held - self.mean) / self.scale, *([absent.astype(np.float64)] if self.missing else [])]


@dataclass(frozen=True)
class Codes:
    """How a category becomes columns: an indicator for each frequent code and one for missing; rare and unseen codes
    have none, so they are the baseline.
    """

    name: str
    codes: tuple[str, ...]
    missing: bool

    def columns(self, frame: pl.DataFrame) -> list[Floats]:
        """One column a code, shape (clients,) each."""
        column = frame[self.name]
        found = [(column == code).fill_null(value=False) for code in self.codes]
        return [each.cast(pl.Float64).to_numpy() for each in [*found, *([column.is_null()] if self.missing else [])]]


@dataclass(frozen=True)
class FittedOneHot:
    """A fitted baseline: its encoders in order, and the regression on their columns."""

    encoders: tuple[Number | Codes, ...]
    regression: Logistic

    kind = "logistic"

    @property
    def columns(self) -> int:
        """How many columns the encoders make of the candidates."""
        return len(self.regression.coefficients)

    def decision_function(self, frame: pl.DataFrame) -> Floats:
        """Log-odds of difficulties, shape (clients,)."""
        return self.regression.intercept + encoded(self.encoders, frame) @ self.regression.coefficients


def fit_onehot(matrix: Matrix, *, ridge: float = RIDGE, rare: int = RARE, balanced: bool = False) -> FittedOneHot:
    """Learn the encoders and the regression.

    Parameters
    ----------
    rare : clients below which a code has no indicator of its own
    balanced : whether both outcomes weigh the same, whatever their numbers
    """
    varying = matrix.varying()
    encoders = tuple(_encoder(varying.frame[c.name], c, rare) for c in varying.candidates)
    weights = balanced_weights(varying.target) if balanced else None
    columns = encoded(encoders, varying.frame)
    return FittedOneHot(encoders, fit_logistic(columns, varying.target, ridge=ridge, weights=weights))


def encoded(encoders: tuple[Number | Codes, ...], frame: pl.DataFrame) -> Floats:
    """The columns of all encoders, shape (clients, columns)."""
    columns = [column for encoder in encoders for column in encoder.columns(frame)]
    return np.column_stack(columns) if columns else np.empty((frame.height, 0))


def _encoder(column: pl.Series, candidate: Candidate, rare: int) -> Number | Codes:
    missing = bool(column.null_count())
    if candidate.kind == "category":
        counts = column.drop_nulls().value_counts().sort(column.name)
        return Codes(candidate.name, tuple(str(code) for code, count in counts.iter_rows() if count >= rare), missing)
    known = column.drop_nulls().to_numpy()
    low, median, high = (float(value) for value in np.quantile(known, [LOW, 0.5, HIGH]))
    values = np.clip(column.fill_null(median).to_numpy(), low, high)
    spread = float(values.std())
    return Number(candidate.name, low, high, median, float(values.mean()), spread if spread > 0.0 else 1.0, missing)
