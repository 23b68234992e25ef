"""The adversarial figure: how well trees tell real rows of the main table from synthetic ones.

AUC 0.5: not at all; 1: every row. It is out of fold, on as many rows of either kind, TARGET and id left out. The
columns that give the synthetic rows away most are those with the largest share of the trees' gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import lightgbm
import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TableError

FOLDS, ROUNDS, MOST_ROWS, FEWEST_ROWS = 3, 150, 10_000, 60
_NAMED = 10
_PARAMETERS = {
    "objective": "binary",
    "num_leaves": 31,
    "learning_rate": 0.08,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.5,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}


@dataclass(frozen=True)
class Adversarial:
    """What the trees reached.

    Attributes
    ----------
    auc : out of fold
    rows : of either kind
    columns : how many the trees saw
    gain : the columns with the largest shares of the gain, largest first
    """

    auc: float
    rows: int
    columns: int
    gain: tuple[tuple[str, float], ...]


def tell_apart(real: pl.DataFrame, synthetic: pl.DataFrame, *, seed: int = 42) -> Adversarial:
    """Cross-validate trees that tell real rows from synthetic ones.

    Parameters
    ----------
    real, synthetic : the same columns; SK_ID_CURR is left out
    seed : of rows, folds and trees; the same seed gives the same figure

    Raises
    ------
    TableError
        When there are under 60 rows of either kind.
    """
    rows = min(len(real), len(synthetic), MOST_ROWS)
    if rows < FEWEST_ROWS:
        raise TableError(f"the main tables must have at least {FEWEST_ROWS} rows each; got {rows}. Give larger ones")
    both = pl.concat(
        [frame.drop(ID_COLUMN).sample(rows, seed=seed, shuffle=True) for frame in (real, synthetic)], how="vertical"
    )
    numbers, labels = _numbers(both), np.repeat([0, 1], rows)
    fold = np.random.default_rng(seed).permutation(2 * rows) % FOLDS
    scores, gain = np.zeros(2 * rows), np.zeros(numbers.shape[1])
    categories = [i for i, kind in enumerate(both.dtypes) if kind == pl.String]
    for i in range(FOLDS):
        data = lightgbm.Dataset(
            numbers[fold != i], label=labels[fold != i], categorical_feature=categories, params={"verbose": -1}
        )
        trees = lightgbm.train({**_PARAMETERS, "seed": seed}, data, ROUNDS)
        scores[fold == i] = trees.predict(numbers[fold == i])
        gain += trees.feature_importance("gain")
    shares = gain / max(gain.sum(), 1e-300)
    first = np.argsort(-shares, kind="stable")[:_NAMED]
    return Adversarial(
        auc=float(roc_auc_score(labels, scores)),
        rows=rows,
        columns=numbers.shape[1],
        gain=tuple((both.columns[i], float(shares[i])) for i in first),
    )


def _numbers(frame: pl.DataFrame) -> NDArray[np.float64]:
    columns = []
    for name in frame.columns:
        values = frame[name]
        if values.dtype == pl.String:
            codes = {code: i for i, code in enumerate(values.drop_nulls().unique().sort())}
            values = values.replace_strict(codes, default=None, return_dtype=pl.Float64)
        columns.append(values.cast(pl.Float64).fill_null(float("nan")).to_numpy())
    return np.column_stack(columns)
