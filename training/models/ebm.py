"""The Explainable Boosting Machine: interpret's, under the dictionary's monotone constraints, and short.

A quick fit over all candidates ranks them; the best are kept and fitted again. Pairs are formed between unconstrained
features alone: a pair with a constrained feature would break the constraint.

Source: Lou, Caruana, Gehrke, Hooker, *Accurate intelligible models with pairwise interactions* (KDD 2013).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
import polars as pl
from interpret.glassbox import ExplainableBoostingClassifier
from numpy.typing import NDArray

from scoring.model.arrays import Floats
from training.config import EbmSettings
from training.data.matrix import Candidate, Matrix
from training.models.inputs import balanced_weights, library_frame, pooled, quiet
from training.models.screening import shortlist

# Shapes that a person would question, and the fixed splits that answer the question.

FEW = 40
"""Clients who may not make a jump by themselves."""
JUMP = 0.10
"""Log-odds from which a step is seen: it changes the odds by a tenth."""
JAGGED = 3
"""Turns beyond which an unconstrained curve is jagged."""
TURN = 0.05
"""Log-odds below which a turn is not seen."""
COARSE = 6
"""Cells that a questioned curve is refitted with."""


@dataclass(frozen=True)
class Question:
    """What a person would ask about the curve of a number.

    Attributes
    ----------
    why : ``jagged``: it turns more than three times; ``jump``: at most forty clients make a step
    size : turns, or the step in log-odds
    """

    name: str
    why: Literal["jagged", "jump"]
    size: float


def question(name: str, scores: Floats, counts: NDArray[np.int64]) -> Question | None:
    """Look at one curve.

    Parameters
    ----------
    scores, counts : shape (cells,), log-odds and clients of each cell of values in their order, missing left out

    >>> question("x", np.array([0.0, 0.3, 0.0]), np.array([500, 30, 500]))
    Question(name='x', why='jump', size=0.3)
    >>> question("x", np.array([0.0, 0.1, 0.3]), np.array([500, 500, 500])) is None
    True
    """
    steps = np.abs(np.diff(scores))
    for at, step in enumerate(steps):
        if step >= JUMP and min(counts[at], counts[at + 1]) <= FEW:
            return Question(name, "jump", float(step))
    turns = count_turns(scores)
    return Question(name, "jagged", float(turns)) if turns > JAGGED else None


def count_turns(scores: Floats) -> int:
    """How often a curve turns, by more than `TURN` each time.

    >>> count_turns(np.array([0.0, 0.2, 0.1, 0.4, 0.39, 0.5])), count_turns(np.array([0.0, 0.01, 0.0, 0.01]))
    (2, 0)
    """
    turns, heading, extreme = 0, 0, float(scores[0]) if len(scores) else 0.0
    for score in scores[1:]:
        moved = float(score) - extreme
        if heading == 0:
            heading, extreme = (int(np.sign(moved)), float(score)) if abs(moved) > TURN else (0, extreme)
        elif moved * heading >= 0.0:
            extreme = float(score)
        elif abs(moved) > TURN:
            turns, heading, extreme = turns + 1, -heading, float(score)
    return turns


def coarse_cuts(values: Floats, counts_of_a_cell: int) -> tuple[float, ...]:
    """Where the cells of a questioned curve begin: at quantiles, none of them holding a handful of clients.

    Parameters
    ----------
    values : shape (clients,), known values
    counts_of_a_cell : clients that each cell must hold
    """
    cells = max(2, min(COARSE, len(values) // max(counts_of_a_cell, 1)))
    cuts: list[float] = []
    ordered = np.sort(values)
    begun = 0
    for wanted in np.quantile(ordered, np.arange(1, cells) / cells, method="higher"):
        here = int(np.searchsorted(ordered, wanted, side="left"))
        if here - begun >= counts_of_a_cell and len(ordered) - here >= counts_of_a_cell:
            # halfway to the value below, so that no client lies on the cut
            cuts.append(float((ordered[here - 1] + ordered[here]) / 2.0))
            begun = here
    return tuple(cuts)


POOL = "\N{MIDDLE DOT}rare"
"""Name, inside the library only, of the pool of a feature's rare codes; the artefact lists the codes themselves."""


@dataclass(frozen=True)
class FittedEbm:
    """A fitted EBM and how its inputs are prepared.

    Attributes
    ----------
    pools : for each category feature, the pool's name of each rare code
    questions : what a person would have asked about the curves of a first fit; these were refitted with fixed splits
    """

    library: ExplainableBoostingClassifier
    candidates: tuple[Candidate, ...]
    pools: Mapping[str, Mapping[str, str]]
    questions: tuple[Question, ...] = ()

    kind = "ebm"

    def decision_function(self, frame: pl.DataFrame) -> Floats:
        """The library's own log-odds of difficulties, shape (clients,)."""
        prepared = pooled(frame, self.pools)
        return np.asarray(self.library.decision_function(library_frame(prepared, self.candidates)), dtype=np.float64)


def rank_terms(
    matrix: Matrix, settings: EbmSettings, *, seed: int, threads: int = 2, balanced: bool = False
) -> tuple[Candidate, ...]:
    """The candidates that a quick fit over the shortlist finds useful, the most important first.

    It depends on the data and on few of the settings, so that a search or a curve ranks once for many fits.
    """
    varying = shortlist(_learnable(matrix, settings), most=settings.shortlist, seed=seed)
    scaled = settings.for_positives(varying.positives)
    request = _Request(scaled, seed, settings.screen_bags, 0, threads, balanced)
    quick = _fit(varying, request, {})
    importance = np.asarray(quick.library.term_importances())
    position = {terms[0]: importance[i] for i, terms in enumerate(quick.library.term_features_) if len(terms) == 1}
    ranked = sorted(range(len(varying.candidates)), key=lambda i: (-position.get(i, 0.0), i))
    useful = [i for i in ranked if position.get(i, 0.0) > 0.0] or ranked[:1]
    return tuple(varying.candidates[i] for i in useful)


def fit_ebm(
    matrix: Matrix,
    settings: EbmSettings,
    *,
    seed: int,
    bags: int,
    threads: int = 2,
    ranking: Sequence[Candidate] | None = None,
    cuts: Mapping[str, tuple[float, ...]] | None = None,
    balanced: bool = False,
) -> FittedEbm:
    """Choose the best terms on a quick fit, then fit them; curves that a person would question, a second time.

    Parameters
    ----------
    settings : scaled here to the number of clients with difficulties (`EbmSettings.for_positives`)
    bags : outer bags of the fit that is returned; the quick one takes ``settings.screen_bags``
    ranking : what `rank_terms` found on these clients, where it is known
    cuts : fixed splits of some numbers, instead of the library's
    balanced : whether both outcomes weigh the same, whatever their numbers
    """
    varying = _learnable(matrix, settings)
    scaled = settings.for_positives(varying.positives)
    pairs = scaled.pairs
    mains = max(1, scaled.terms - pairs)
    chosen = varying
    if ranking is not None or len(varying.candidates) > mains:
        ranked = ranking or rank_terms(varying, settings, seed=seed, threads=threads, balanced=balanced)
        best = {candidate.name for candidate in ranked[:mains]}
        chosen = varying.only([candidate for candidate in varying.candidates if candidate.name in best])
    request, fixed = _Request(scaled, seed, bags, pairs, threads, balanced), dict(cuts or {})
    fitted = _fit(chosen, request, fixed)
    questioned = questions_of(fitted, chosen) if scaled.refit_shapes else ()
    if not questioned:
        return fitted
    known = {one.name: chosen.frame[one.name].drop_nulls().to_numpy() for one in questioned}
    again = _fit(chosen, request, fixed | {name: coarse_cuts(v, scaled.rare_rows) for name, v in known.items()})
    return replace(again, questions=questioned)


def questions_of(fitted: FittedEbm, matrix: Matrix) -> tuple[Question, ...]:
    """What a person would ask about the curves of the numbers, as the clients of `matrix` fall into their cells."""
    found = []
    for position, features in enumerate(fitted.library.term_features_):
        candidate = fitted.candidates[features[0]]
        if len(features) > 1 or candidate.kind == "category":
            continue
        edges = np.asarray(fitted.library.bins_[features[0]][0], dtype=np.float64)
        scores = np.asarray(fitted.library.term_scores_[position], dtype=np.float64)[1:-1]  # without missing, unseen
        values = matrix.frame[candidate.name].drop_nulls().to_numpy()
        counts = np.bincount(np.searchsorted(edges, values, side="right"), minlength=len(scores))
        questioned = question(candidate.name, scores, counts)
        if questioned is not None:
            found.append(questioned)
    return tuple(found)


@dataclass(frozen=True)
class _Request:
    settings: EbmSettings
    seed: int
    bags: int
    pairs: int
    threads: int
    balanced: bool


def _fit(matrix: Matrix, request: _Request, cuts: Mapping[str, tuple[float, ...]]) -> FittedEbm:
    settings, candidates = request.settings, matrix.candidates
    own_pools = {c.name: _pool(matrix.frame[c.name], settings.rare_rows) for c in candidates if c.kind == "category"}
    frame = pooled(matrix.frame, own_pools)
    free = [c for c in candidates if c.direction == 0 and _cells_in_a_pair(frame, c) <= settings.pair_bins]
    names = [c.name for c in free if len(cuts.get(c.name, ())) + 2 <= settings.pair_bins]
    unwanted = [pair for pair in combinations([c.name for c in candidates], 2) if not set(pair) <= set(names)]
    library = ExplainableBoostingClassifier(
        feature_names=[c.name for c in candidates],
        feature_types=[_library_kind(c, cuts) for c in candidates],
        max_bins=settings.max_bins,
        max_interaction_bins=settings.pair_bins,
        interactions=min(request.pairs, len(names) * (len(names) - 1) // 2),
        exclude=unwanted or None,
        validation_size=settings.validation_size,
        outer_bags=request.bags,
        learning_rate=settings.learning_rate,
        greedy_ratio=0.0,
        smoothing_rounds=settings.smoothing_rounds,
        interaction_smoothing_rounds=settings.smoothing_rounds,
        min_samples_leaf=settings.min_samples_leaf,
        min_cat_samples=settings.rare_rows,
        reg_lambda=settings.reg_lambda,
        max_leaves=settings.max_leaves,
        max_rounds=settings.max_rounds,
        monotone_constraints=[c.direction for c in candidates],
        n_jobs=request.threads,
        random_state=request.seed,
    )
    weights = balanced_weights(matrix.target) if request.balanced else None
    with quiet():
        library.fit(library_frame(frame, candidates), matrix.target.astype(np.int64), sample_weight=weights)
    return FittedEbm(library, candidates, own_pools)


def _library_kind(candidate: Candidate, cuts: Mapping[str, tuple[float, ...]]) -> str | list[float]:
    if candidate.name in cuts:
        return list(cuts[candidate.name])
    return "nominal" if candidate.kind == "category" else "continuous"


def _pool(column: pl.Series, fewest: int) -> dict[str, str]:
    """The codes that share one cell: the rare ones and, where those are too few clients, the next rarest as well."""
    counts = column.drop_nulls().value_counts().sort("count", column.name)
    codes: list[str] = []
    total = 0
    for code, count in counts.iter_rows():
        if count >= fewest and (not codes or total >= fewest):
            break
        codes.append(str(code))
        total += count
    return dict.fromkeys(sorted(codes), POOL)


def _learnable(matrix: Matrix, settings: EbmSettings) -> Matrix:
    """The same clients with the candidates that vary once their rare codes are pooled."""
    varying = matrix.varying()
    retained = []
    for candidate in varying.candidates:
        column = varying.frame[candidate.name]
        pool = _pool(column, settings.rare_rows) if candidate.kind == "category" else {}
        if not pool or column.replace(pool).n_unique() > 1:
            retained.append(candidate)
    return varying.only(retained).varying()


def _cells_in_a_pair(frame: pl.DataFrame, candidate: Candidate) -> int:
    if candidate.kind == "number":
        return 0  # the library bins numbers as told
    return frame[candidate.name].drop_nulls().n_unique() + 2
