"""The Explainable Boosting Machine: interpret's, under the dictionary's monotone constraints, and short.

A quick fit over all candidates ranks them; the best are kept and fitted again. Pairs are formed between unconstrained
features alone: a pair with a constrained feature would break the constraint.

Source: Lou, Caruana, Gehrke, Hooker, *Accurate intelligible models with pairwise interactions* (KDD 2013).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
from interpret.glassbox import ExplainableBoostingClassifier
from numpy.typing import NDArray

from training.config import EbmSettings
from training.matrix import Candidate, Matrix
from training.models.inputs import library_frame, pooled
from training.models.quiet import quiet
from training.models.screening import shortlist

Floats = NDArray[np.float64]

POOL = "\N{MIDDLE DOT}rare"
"""Name, inside the library only, of the pool of a feature's rare codes; the artefact lists the codes themselves."""


@dataclass(frozen=True)
class FittedEbm:
    """A fitted EBM and how its inputs are prepared.

    Attributes
    ----------
    pools : for each category feature, the pool's name of each rare code
    """

    library: ExplainableBoostingClassifier
    candidates: tuple[Candidate, ...]
    pools: Mapping[str, Mapping[str, str]]

    kind = "ebm"

    def decision_function(self, frame: pl.DataFrame) -> Floats:
        """The library's own log-odds of difficulties, shape (clients,)."""
        prepared = pooled(frame, self.pools)
        return np.asarray(self.library.decision_function(library_frame(prepared, self.candidates)), dtype=np.float64)


def fit_ebm(matrix: Matrix, settings: EbmSettings, *, seed: int, bags: int, threads: int = 2) -> FittedEbm:
    """Choose the best terms on a quick fit, then fit them.

    Parameters
    ----------
    bags : outer bags of the fit that is returned; the quick one takes ``settings.screen_bags``
    """
    varying = shortlist(matrix.varying(), most=settings.shortlist, seed=seed)
    pools = {
        c.name: _pool(varying.frame[c.name], settings.rare_rows) for c in varying.candidates if c.kind == "category"
    }
    mains = settings.terms - settings.pairs
    chosen = varying
    if len(varying.candidates) > mains:
        quick = _fit(varying, pools, settings, seed=seed, bags=settings.screen_bags, pairs=0, threads=threads)
        chosen = varying.only(_most_important(quick.library, varying.candidates, mains))
    pairs = min(settings.pairs, varying.positives // settings.positives_of_a_pair)
    return _fit(chosen, pools, settings, seed=seed, bags=bags, pairs=pairs, threads=threads)


def _fit(
    matrix: Matrix,
    pools: Mapping[str, Mapping[str, str]],
    settings: EbmSettings,
    *,
    seed: int,
    bags: int,
    pairs: int,
    threads: int,
) -> FittedEbm:
    candidates = matrix.candidates
    own_pools = {c.name: pools[c.name] for c in candidates if c.kind == "category"}
    frame = pooled(matrix.frame, own_pools)
    free = [c for c in candidates if c.direction == 0 and _cells_in_a_pair(frame, c) <= settings.pair_bins]
    names = [c.name for c in free]
    unwanted = [pair for pair in combinations([c.name for c in candidates], 2) if not set(pair) <= set(names)]
    library = ExplainableBoostingClassifier(
        feature_names=[c.name for c in candidates],
        feature_types=["nominal" if c.kind == "category" else "continuous" for c in candidates],
        max_bins=settings.max_bins,
        max_interaction_bins=settings.pair_bins,
        interactions=min(pairs, len(names) * (len(names) - 1) // 2),
        exclude=unwanted or None,
        validation_size=settings.validation_size,
        outer_bags=bags,
        learning_rate=settings.learning_rate,
        greedy_ratio=0.0,
        smoothing_rounds=settings.smoothing_rounds,
        interaction_smoothing_rounds=settings.smoothing_rounds,
        min_samples_leaf=settings.min_samples_leaf,
        min_cat_samples=settings.rare_rows,
        reg_lambda=settings.reg_lambda,
        max_leaves=settings.max_leaves,
        monotone_constraints=[c.direction for c in candidates],
        n_jobs=threads,
        random_state=seed,
    )
    with quiet():
        library.fit(library_frame(frame, candidates), matrix.target.astype(np.int64))
    return FittedEbm(library, candidates, own_pools)


def _pool(column: pl.Series, fewest: int) -> dict[str, str]:
    counts = column.drop_nulls().value_counts().sort(column.name)
    return {str(code): POOL for code, count in counts.iter_rows() if count < fewest}


def _cells_in_a_pair(frame: pl.DataFrame, candidate: Candidate) -> int:
    if candidate.kind == "number":
        return 0  # the library bins numbers as told
    return frame[candidate.name].drop_nulls().n_unique() + 2


def _most_important(library: Any, candidates: tuple[Candidate, ...], most: int) -> list[Candidate]:
    importance = np.asarray(library.term_importances())
    position = {terms[0]: importance[i] for i, terms in enumerate(library.term_features_) if len(terms) == 1}
    ranked = sorted(range(len(candidates)), key=lambda i: (-position.get(i, 0.0), i))
    best = {i for i in ranked[:most] if position.get(i, 0.0) > 0.0} or {ranked[0]}
    return [candidate for i, candidate in enumerate(candidates) if i in best]
