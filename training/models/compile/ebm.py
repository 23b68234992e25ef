"""The tables of an Explainable Boosting Machine.

interpret's bins are ours: closed on the left, cell 0 for missing, the last for unseen. A pair uses its features'
coarser bins. Rare codes that were pooled for the fit share one cell.
"""

import numpy as np

from scoring.model.additive_model import CategoryAxis, NumberAxis, Term
from training.data.matrix import Matrix
from training.models.compile.tables import Tables, codes_seen, make_term
from training.models.ebm import POOL, FittedEbm
from training.provenance import library_version


def tables_of_ebm(fitted: FittedEbm, matrix: Matrix) -> Tables:
    """Read the tables of a fitted EBM; terms that are 0 everywhere are left out.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    library = fitted.library
    bags = len(library.bagged_intercept_)
    terms = []
    for position, features in enumerate(library.term_features_):
        scores = np.asarray(library.term_scores_[position], dtype=np.float64)
        bagged = [np.asarray(library.bagged_scores_[position][bag], dtype=np.float64) for bag in range(bags)]
        if not scores.any() and not any(bag.any() for bag in bagged):
            continue
        axes = tuple(_axis(fitted, index, len(features)) for index in features)
        names = tuple(fitted.candidates[index].name for index in features)
        terms.append(make_term(names, axes, scores, bagged))
    return Tables(
        kind="ebm",
        library=library_version("interpret"),
        intercept=float(np.asarray(library.intercept_).ravel()[0]),
        bag_intercepts=tuple(float(value) for value in np.asarray(library.bagged_intercept_).ravel()),
        terms=tuple(terms) or _nothing(matrix, bags),
    )


def _axis(fitted: FittedEbm, index: int, dimensions: int) -> NumberAxis | CategoryAxis:
    levels = fitted.library.bins_[index]
    bins = levels[min(len(levels), dimensions) - 1]
    if not isinstance(bins, dict):
        return NumberAxis(edges=tuple(float(edge) for edge in bins))
    name = fitted.candidates[index].name
    rare = tuple(sorted(fitted.pools[name]))
    groups: dict[int, list[str]] = {}
    for code, cell in bins.items():
        groups.setdefault(int(cell), []).extend(rare if code == POOL else [code])
    return CategoryAxis(levels=tuple(tuple(sorted(groups[cell])) for cell in sorted(groups)))


def _nothing(matrix: Matrix, bags: int) -> tuple[Term, ...]:
    """A term of zeros, for a fit that found nothing: a document has at least one term."""
    candidate = matrix.candidates[0]
    axis: NumberAxis | CategoryAxis = NumberAxis(edges=())
    if candidate.kind == "category":
        axis = CategoryAxis(levels=(codes_seen(matrix.frame, candidate.name),))
    return (make_term((candidate.name,), (axis,), np.zeros(axis.cells), [np.zeros(axis.cells)] * bags),)
