"""Models fitted for a benchmark on the demo's own training tables, each with its compiled twin.

The rule: what is timed beside a library is the very model that the library fitted, compiled and proved equal, so that
both do the same work.
"""

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pandas as pd
import polars as pl

from scoring.model.additive_model import AdditiveModel
from training.config import EbmSettings, ScorecardSettings, Settings
from training.data.dataset import read_clients
from training.data.matrix import Matrix
from training.data.synthetic import write_portfolio
from training.evaluation.crossfit import UNNAMED, decision_rule
from training.models.compile import Fitted, compile_model, tables_of
from training.models.ebm import FittedEbm, fit_ebm
from training.models.inputs import library_frame, pooled
from training.models.scorecard import fit_scorecard
from training.parallel import one_thread

DEMO_CLIENTS, DEMO_SEED = 6_000, 20261124
"""Of `make train`."""
TERMS = 40
MANY = 356_255
"""Clients of the real tables, labelled or not."""


@dataclass(frozen=True)
class Twin:
    """A library's model, and the additive model that it was compiled to."""

    fitted: Fitted
    compiled: AdditiveModel


@cache
def training_clients() -> Matrix:
    """The labelled clients that the demo is trained on, made again."""
    with tempfile.TemporaryDirectory() as scratch, one_thread():
        write_portfolio(DEMO_CLIENTS, DEMO_SEED, Path(scratch))
        return read_clients(Path(scratch)).matrix()


@cache
def ebm(terms: int | None = None) -> Twin:
    """An EBM of the default settings; with `terms`, of exactly so many, whatever so few clients can carry."""
    settings, matrix = Settings(), training_clients()
    chosen = settings.ebm if terms is None else replace(settings.ebm, terms=terms).settled()
    fitted = fit_ebm(matrix, chosen, seed=settings.seed, bags=EbmSettings.final_bags)
    twin = _twin(fitted, matrix, settings)
    if terms is not None and len(twin.compiled.terms) != terms:
        raise RuntimeError(f"the EBM must have {terms} terms for this benchmark; got {len(twin.compiled.terms)}")
    return twin


@cache
def scorecard() -> Twin:
    """A scorecard of the default settings."""
    settings, matrix = Settings(), training_clients()
    return _twin(fit_scorecard(matrix, ScorecardSettings(), seed=settings.seed), matrix, settings)


def many_clients(twin: Twin, seed: int = 1) -> pl.DataFrame:
    """What a model was fitted on, for as many clients as the real tables hold, drawn with replacement."""
    names = [candidate.name for candidate in twin.fitted.candidates]
    return training_clients().frame.select(names).sample(MANY, with_replacement=True, seed=seed).rechunk()


def for_library(twin: Twin, frame: pl.DataFrame) -> pd.DataFrame:
    """Clients as the library wants them."""
    prepared = pooled(frame, twin.fitted.pools) if isinstance(twin.fitted, FittedEbm) else frame
    return library_frame(prepared, twin.fitted.candidates)


def _twin(fitted: Fitted, matrix: Matrix, settings: Settings) -> Twin:
    compiled = compile_model(
        fitted,
        tables_of(fitted, matrix),
        trained_on=matrix,
        tested_on=matrix.frame,
        rule=decision_rule(settings.costs, 0.0, 0.0),
        provenance=UNNAMED,
    )
    return Twin(fitted, compiled)
