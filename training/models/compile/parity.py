"""Proof that an additive model computes what the library computes, on rows chosen to disagree.

The rule: the largest difference of log-odds, over every test client and every adversarial row, is at most 1e-9, or
there is no artefact.
"""

import math
from collections.abc import Iterator, Mapping
from itertools import product

import numpy as np
import polars as pl

from scoring.errors import TrainingError
from scoring.model.additive_model import AdditiveModel, CategoryAxis, Certificate, Lookup, NumberAxis
from scoring.model.additive_model.document import PARITY_BOUND
from scoring.model.additive_model.lookup import Value
from training.models.compile.tables import Tables
from training.models.ebm import FittedEbm
from training.models.scorecard import FittedScorecard

UNSEEN = "\N{MIDDLE DOT}never seen"
BASES = 3


def certify(
    fitted: FittedEbm | FittedScorecard, tables: Tables, model: AdditiveModel, frame: pl.DataFrame
) -> Certificate:
    """Compare a model with ``slope · library's log-odds + intercept``.

    Parameters
    ----------
    tables : what `model` was made from
    frame : the test clients, with every feature that the library wants

    Raises
    ------
    TrainingError
        When they differ by more than 1e-9 log-odds on any row.
    """
    adversarial = adversarial_rows(model, frame)
    largest = max(_largest_difference(fitted, tables, model, rows) for rows in (frame, adversarial))
    if not largest <= PARITY_BOUND:
        raise TrainingError(
            f"The compiled {model.kind} must equal {tables.library} to {PARITY_BOUND} log-odds; got a difference of "
            f"{largest:.3g}. Report it: nothing was written."
        )
    return Certificate(
        library=tables.library,
        largest_difference=largest,
        test_rows=frame.height,
        adversarial_rows=adversarial.height,
    )


def adversarial_rows(model: AdditiveModel, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows on the seams of a model, made from a few clients by changing one feature, or the two of a pair.

    Each feature is missing; each number is on every edge, just below it, and infinite both ways; each category has
    every code and one never seen; each pair takes every combination of its cells; and everything is missing, or
    unseen, at once.
    """
    columns = frame.columns
    schema = frame.schema
    bases = frame[:: max(1, frame.height // BASES)][:BASES].rows(named=True)
    rows: list[Mapping[str, Value]] = [
        dict.fromkeys(columns),
        {name: UNSEEN if schema[name] == pl.String else math.inf for name in columns},
    ]
    for base in bases:
        rows.extend({**base, **change} for change in _changes(model))
    return pl.DataFrame(rows, schema=schema)


def _changes(model: AdditiveModel) -> Iterator[dict[str, Value]]:
    for term in model.terms:
        values = [list(_values(axis)) for axis in term.axes]
        for combination in product(*values):
            yield dict(zip(term.features, combination, strict=True))


def _values(axis: NumberAxis | CategoryAxis) -> Iterator[Value]:
    yield None
    if isinstance(axis, NumberAxis):
        yield from (-math.inf, math.inf, 0.0)
        for edge in axis.edges:
            yield edge
            yield float(np.nextafter(edge, -math.inf))
    else:
        yield UNSEEN
        for level in axis.levels:
            yield from level


def _largest_difference(
    fitted: FittedEbm | FittedScorecard, tables: Tables, model: AdditiveModel, rows: pl.DataFrame
) -> float:
    calibration = tables.calibration
    expected = calibration.slope * fitted.decision_function(rows) + calibration.intercept
    return float(np.abs(Lookup(model).score_many(rows).log_odds - expected).max())
