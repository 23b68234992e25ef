"""The tables of a scorecard: each cell is the coefficient times the weight of evidence of optbinning's bin.

optbinning's bins are closed on the left. It gives an unseen code the weight of evidence of the average client, which is
0, and missing the evidence of its own clients: the cells take whatever the library itself answers.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import CategoryAxis, NumberAxis
from scoring.model.arrays import Floats
from training.data.matrix import Matrix
from training.models.compile.tables import Tables, make_term
from training.models.scorecard import EMPIRICAL, FittedScorecard
from training.models.warning_filters import quiet
from training.provenance import library_version

UNSEEN = "\N{MIDDLE DOT}unseen"


def tables_of_scorecard(fitted: FittedScorecard, matrix: Matrix) -> Tables:
    """Read the tables of a fitted scorecard.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    library = fitted.library
    process = library.binning_process_
    coefficients = np.asarray(library.estimator_.coef_, dtype=np.float64).ravel()
    terms = []
    for position, candidate in enumerate(fitted.candidates):
        binned = process.get_binned_variable(candidate.name)
        options = {**EMPIRICAL, **(process.binning_transform_params or {}).get(candidate.name, {})}
        axis: NumberAxis | CategoryAxis
        if candidate.kind == "category":
            codes = matrix.frame[candidate.name].drop_nulls().unique().to_list()
            axis, probes, bins = _categories(binned, codes)
        else:
            axis, probes, bins = _numbers(binned)
        with quiet():
            evidence = np.asarray(binned.transform(probes, metric="woe", **options), dtype=np.float64)
        evidence[-1] = 0.0  # an unseen code is the average client to the library, up to rounding; no number is unseen
        refits = [_cells_of_refit(refit.contributions[position], bins) for refit in fitted.refits]
        terms.append(make_term((candidate.name,), (axis,), coefficients[position] * evidence + 0.0, refits))
    return Tables(
        kind="scorecard",
        library=library_version("optbinning"),
        intercept=float(library.estimator_.intercept_[0]),
        bag_intercepts=tuple(refit.intercept for refit in fitted.refits),
        terms=tuple(terms),
    )


def _numbers(binned: Any) -> tuple[NumberAxis, NDArray[Any], list[int | None]]:
    """The axis, a value that falls in each cell, and the library's bin of each cell (None where it has none)."""
    edges = tuple(float(edge) for edge in binned.splits)
    values = [-np.inf, *edges]
    missing = len(values) + 1
    probes = np.array([np.nan, *values, np.nan])
    return NumberAxis(edges=edges), probes, [missing, *range(len(values)), None]


def _categories(binned: Any, codes: list[str]) -> tuple[CategoryAxis, NDArray[Any], list[int | None]]:
    levels, bins = [], []
    for position, group in enumerate(binned.splits):
        seen = tuple(sorted(set(group) & set(codes)))
        if seen:
            levels.append(seen)
            bins.append(position)
    probes = np.array([None, *(level[0] for level in levels), UNSEEN], dtype=object)
    return CategoryAxis(levels=tuple(levels)), probes, [len(binned.splits) + 1, *bins, None]


def _cells_of_refit(contributions: Floats, bins: list[int | None]) -> Floats:
    return np.array([0.0 if position is None else contributions[position] for position in bins])
