"""The numbers of an additive model before it is a document: an intercept, terms, and the same in each whole model."""

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from scoring.model.additive_model import Calibration, CategoryAxis, NumberAxis, Term
from scoring.model.arrays import Floats

NO_CALIBRATION = Calibration(slope=1.0, intercept=0.0)


@dataclass(frozen=True)
class Tables:
    """An additive model's numbers.

    Attributes
    ----------
    library : name and version of the library whose tables these are
    terms : with all counts 0, which the document fills
    calibration : what has been folded into the numbers
    """

    kind: Literal["ebm", "scorecard"]
    library: str
    intercept: float
    bag_intercepts: tuple[float, ...]
    terms: tuple[Term, ...]
    calibration: Calibration = NO_CALIBRATION

    def calibrated(self, calibration: Calibration) -> "Tables":
        """The tables of ``slope · log-odds + intercept``.

        Raises
        ------
        ValueError
            When they are calibrated already.
        """
        if self.calibration != NO_CALIBRATION:
            raise ValueError(f"tables must be calibrated once; got {self.calibration}")
        slope, shift = calibration.slope, calibration.intercept
        return replace(
            self,
            intercept=slope * self.intercept + shift,
            bag_intercepts=tuple(slope * value + shift for value in self.bag_intercepts),
            terms=tuple(
                term.model_copy(
                    update={
                        "scores": tuple(slope * score for score in term.scores),
                        "bags": tuple(tuple(slope * score for score in bag) for bag in term.bags),
                    }
                )
                for term in self.terms
            ),
            calibration=calibration,
        )


def make_term(
    features: tuple[str, ...], axes: tuple[NumberAxis | CategoryAxis, ...], scores: Floats, bags: list[Floats]
) -> Term:
    """A term from arrays with one axis a feature; the counts are filled later."""
    flat = tuple(float(score) for score in scores.ravel())
    return Term(
        features=features,
        axes=axes,
        scores=flat,
        counts=(0,) * len(flat),
        bags=tuple(tuple(float(score) for score in bag.ravel()) for bag in bags),
    )


def codes_seen(frame: pl.DataFrame, name: str) -> tuple[str, ...]:
    """The codes of a category that training saw, sorted."""
    return tuple(sorted(frame[name].drop_nulls().unique().to_list()))
