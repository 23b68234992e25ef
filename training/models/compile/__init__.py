"""From a library's model to the additive model that is served.

`ebm` and `scorecard` read the libraries' tables, `tables` calibrates them, `document` makes the artefact, `parity`
proves that it computes what the library computes. A shape is never edited here: to change one, train again.
"""

from training.data.matrix import Matrix
from training.models.compile.document import compile_model
from training.models.compile.ebm import tables_of_ebm
from training.models.compile.scorecard import tables_of_scorecard
from training.models.compile.tables import Tables
from training.models.ebm import FittedEbm
from training.models.scorecard import FittedScorecard

Fitted = FittedEbm | FittedScorecard


def tables_of(fitted: Fitted, matrix: Matrix) -> Tables:
    """The uncalibrated tables of a fitted glass box.

    Parameters
    ----------
    matrix : the clients it was fitted on
    """
    if isinstance(fitted, FittedEbm):
        return tables_of_ebm(fitted, matrix)
    return tables_of_scorecard(fitted, matrix)


__all__ = ["Fitted", "Tables", "compile_model", "tables_of"]
