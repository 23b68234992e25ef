"""The black box that prices the glass boxes: gradient-boosted trees on the same candidates, without constraints."""

from collections.abc import Mapping
from dataclasses import dataclass

import lightgbm
import numpy as np
import polars as pl

from scoring.model.arrays import Floats
from training.config import ReferenceSettings
from training.data.matrix import Candidate, Matrix

MANY = 50_000
"""Below so many clients, threads wait for each other longer than they work."""


@dataclass(frozen=True)
class FittedReference:
    """Fitted trees, and the number of each category code."""

    library: lightgbm.Booster
    candidates: tuple[Candidate, ...]
    codes: Mapping[str, Mapping[str, int]]

    kind = "reference"

    def decision_function(self, frame: pl.DataFrame) -> Floats:
        """Log-odds of difficulties, shape (clients,)."""
        return np.asarray(
            self.library.predict(_numbers(frame, self.candidates, self.codes), raw_score=True), dtype=np.float64
        )

    def contributions(self, frame: pl.DataFrame) -> Floats:
        """LightGBM's own TreeSHAP values in log-odds, shape (clients, candidates)."""
        inputs = _numbers(frame, self.candidates, self.codes)
        return np.asarray(self.library.predict(inputs, pred_contrib=True), dtype=np.float64)[:, :-1]


def fit_reference(matrix: Matrix, settings: ReferenceSettings, *, seed: int, threads: int = 2) -> FittedReference:
    """Fit the trees; the same seed gives the same trees."""
    retained = matrix.varying()
    codes = {
        c.name: {code: i for i, code in enumerate(retained.frame[c.name].drop_nulls().unique().sort())}
        for c in retained.candidates
        if c.kind == "category"
    }
    data = lightgbm.Dataset(
        _numbers(retained.frame, retained.candidates, codes),
        label=retained.target.astype(np.float64),
        categorical_feature=[i for i, c in enumerate(retained.candidates) if c.kind == "category"],
        params={"verbose": -1},
        free_raw_data=True,
    )
    parameters = {
        "objective": "binary",
        "num_leaves": settings.num_leaves,
        "learning_rate": settings.learning_rate,
        "min_data_in_leaf": settings.min_child_samples,
        "bagging_fraction": settings.subsample,
        "bagging_freq": 1,
        "feature_fraction": settings.colsample_bytree,
        "lambda_l2": settings.reg_lambda,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": threads if len(retained) > MANY else 1,
        "verbose": -1,
    }
    return FittedReference(lightgbm.train(parameters, data, settings.n_estimators), retained.candidates, codes)


def _numbers(frame: pl.DataFrame, candidates: tuple[Candidate, ...], codes: Mapping[str, Mapping[str, int]]) -> Floats:
    columns = [
        frame[c.name].cast(pl.Float64)
        if c.kind == "number"
        else frame[c.name].replace_strict(dict(codes[c.name]), default=None, return_dtype=pl.Float64)
        for c in candidates
    ]
    return np.column_stack([column.fill_null(float("nan")).to_numpy() for column in columns])
