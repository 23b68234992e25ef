"""``evaluation.json`` read back: what was trained on whom, how well, and at what cost.

The rule: what a page shows of an evaluation is here, under its declared name and type; a key that this version does not
know is left alone, one that it needs and does not find is an error.

Version 1 told outcomes of cells from which those of fewer than 10 clients could be computed; what it tells is protected
when it is read (`scoring.model.disclosure`). Version 2 is written protected.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from scoring.errors import ArtefactError
from scoring.files import read_versioned, validated
from scoring.model.additive_model import AdditiveModel
from scoring.model.artefacts import EVALUATION_FILE, Kind
from scoring.model.costs import Criterion, Sweep, read_sweep
from scoring.model.disclosure import Groups, groups_of, protected
from scoring.model.statistics import Difference, Interval

FORMAT: Final = "clairscore-evaluation"
VERSIONS: Final = (1, 2)
REMEDY: Final = "Train again: `python -m training run --tables DIR --out DIR`."


class Part(BaseModel):
    """A part of a report: frozen, finite, and open to keys of later versions."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Said(Part):
    """A wording in both languages."""

    fr: str
    en: str

    def say(self, lang: str) -> str:
        """The wording in one language."""
        return self.fr if lang == "fr" else self.en


class Optimum(Part):
    """What one criterion's threshold does; `excess` is its cost per client beyond that of the business optimum."""

    threshold: float
    declined: float
    default_rate_accepted: float | None
    cost: float
    excess: Interval
    excess_per_10000: Interval


class Reliability(Part):
    """Predicted against observed, by tenths of the clients in the order of their probability."""

    mean_pd: tuple[float, ...]
    observed: tuple[float, ...]
    observed_low: tuple[float, ...]
    observed_high: tuple[float, ...]
    clients: tuple[int, ...]


class CalibrationFigures(Part):
    """Whether the probabilities are right."""

    observed: Interval
    mean_pd: float
    calibration_slope: Interval
    calibration_intercept: Interval
    within_bounds: bool | None
    ece: float | None = None
    ece_by_chance: float | None = None
    reliability: Reliability | None = None


class Histogram(Part):
    """Shares of payers and of defaulters by score; `edges` are the inner edges, in log-odds."""

    edges: tuple[float, ...]
    share_of_payers: tuple[float, ...]
    share_of_defaulters: tuple[float, ...]


class Ratios(Part):
    """What a model costs at each ratio of the two costs, as a share of the better rule without a model."""

    ratio: tuple[float, ...]
    cost_share: Mapping[str, tuple[float, ...]]


class Review(Part):
    """What sending clients to a person costs, and when it pays.

    Attributes
    ----------
    review_cost : assumed, in wrong refusals
    pays_from : how often a person must be right for a review to pay; None where it never does
    """

    review_cost: float
    reviewed: int
    reviewed_share: Interval
    default_rate: Interval | None = None
    pays_from: float | None = None


class ModelAssessment(Part):
    """One model on the test clients."""

    figures: Mapping[str, Interval]
    difference: Mapping[str, Interval] = Field(default_factory=dict)
    optima: Mapping[Criterion, Optimum]
    optima_applied: Mapping[Criterion, Optimum] = Field(default_factory=dict)
    calibration: CalibrationFigures
    sweep: Mapping[str, Any]
    histogram: Histogram
    ratios: Ratios | None = None
    review: Review | None = None
    money: Mapping[str, Any] = Field(default_factory=dict)

    @cached_property
    def stored_thresholds(self) -> Sweep:
        """Who is accepted at the thresholds of the stored sweep, which is thinned evenly."""
        return read_sweep(self.sweep)

    @cached_property
    def every_threshold(self) -> Sweep:
        """Who is accepted at each threshold that the report tells of, ready for any cost matrix.

        The stored sweep, and between its points those of the optima: at the training's own costs it so answers what
        the report says, to the client.
        """
        stored = self.stored_thresholds
        optima = {point.threshold: point for points in (self.optima, self.optima_applied) for point in points.values()}
        new = [point for at, point in sorted(optima.items()) if at not in stored.thresholds]
        accepted = np.array([round((1.0 - point.declined) * stored.clients) for point in new])
        bad = np.array(
            [round((point.default_rate_accepted or 0.0) * n) for point, n in zip(new, accepted, strict=True)]
        )
        thresholds = np.concatenate([stored.thresholds, [point.threshold for point in new]])
        order = np.argsort(thresholds, kind="stable")
        return Sweep(
            thresholds[order],
            np.concatenate([stored.accepted_bad, bad])[order],
            np.concatenate([stored.accepted_good, accepted - bad])[order],
            stored.bad,
            stored.good,
            stored.clients,
        )

    @cached_property
    def every_threshold_in_money(self) -> Sweep | None:
        """The same in money: accepted losses and gains; None where the evaluation says nothing in money."""
        stored = self.money.get("money_sweep")
        return None if stored is None else read_sweep(stored)


class DisagreementCell(Part):
    """The clients on whom two models decide in one of the four ways."""

    clients: int
    share: float
    default_rate: Interval | None = None
    mean_pd_first: float | None = None
    mean_pd_second: float | None = None
    cost_if_accepted: float | None = None
    cost_if_declined: float | None = None
    accepting_is_right: bool | None = None
    features: Mapping[str, float] = Field(default_factory=dict)


class Disagreement(Part):
    """Where the two glass boxes decide differently."""

    first: Kind | None = None
    second: Kind | None = None
    cells: Mapping[str, DisagreementCell] = Field(default_factory=dict)


class Baseline(Part):
    """A rule without a model; `saving` is its cost less the champion's."""

    declined: float
    cost: Interval
    saving: Interval


class Assessment(Part):
    """All models on the test clients."""

    clients: int
    defaulters: int
    resamples: int
    assumptions: Mapping[str, float]
    champion: Kind
    models: Mapping[str, ModelAssessment]
    baselines: Mapping[str, Baseline] = Field(default_factory=dict)
    disagreement: Disagreement = Field(default_factory=Disagreement)
    price_of_interpretability: Mapping[str, Mapping[str, Interval]] = Field(default_factory=dict)


class Data(Part):
    """What the models were trained and tested on."""

    clients: int
    labelled: int
    positives: int
    train: int
    test: int
    features: int
    candidates: int
    absent_tables: tuple[str, ...] = ()
    fingerprint: str
    synthetic: bool


class Step(Part):
    """One step of the path of selection, with what it removed and why."""

    name: str
    retained: int = Field(alias="kept")
    removed: Mapping[str, Said | str] = Field(default_factory=dict)
    flagged: Mapping[str, Said | str] = Field(default_factory=dict)


class Selection(Part):
    """From all features to the candidates of both glass boxes."""

    clients: int
    positives: int
    time: str = ""
    steps: tuple[Step, ...]
    retained: tuple[str, ...] = Field(alias="kept")
    information_values: Mapping[str, float] = Field(default_factory=dict)


class GlassBox(Part):
    """What is particular to a glass box."""

    model_version: str
    terms: int
    pairs: int
    review_k: float
    review_share_test: float
    variables_left_out: Mapping[str, str] = Field(default_factory=dict)


class Comparison(Part):
    """The rule of choice, and the paired differences of cost that it was applied to."""

    rule: str
    serves: Kind
    out_of_fold_scorecard_minus_ebm: Difference
    test_scorecard_minus_ebm: Difference


class TermStatistics(Part):
    """What training saw in each cell of a term.

    Attributes
    ----------
    defaulters : clients with difficulties in each cell; None where that would tell of fewer than 10 clients
    iv : information value of the term's groups of cells; None where it is not told
    coefficient : of the logistic regression, before calibration; None for other models
    woe : weight of evidence that the regression saw in each cell; None for other models
    """

    features: tuple[str, ...]
    defaulters: tuple[int | None, ...]
    iv: float | None = None
    coefficient: float | None = None
    woe: tuple[float, ...] | None = None


class ModelStatistics(Part):
    """What training saw in each cell of a model's tables."""

    clients: int
    defaulters: int
    terms: tuple[TermStatistics, ...]


class ReferenceImportance(Part):
    """The black box's largest features: share of its total gain, and mean absolute contribution in log-odds."""

    features: tuple[str, ...]
    gain: tuple[float, ...]
    contribution: tuple[float, ...]


class Importance(Part):
    """Importances that no artefact holds."""

    reference: ReferenceImportance | None = None


class Evaluation(Part):
    """The whole document."""

    format: Literal["clairscore-evaluation"]
    version: Annotated[int, Field(ge=1)]
    data: Data
    selection: Selection
    settings: Mapping[str, Any]
    models: Mapping[str, Mapping[str, Mapping[str, float]]]
    glass_boxes: Mapping[Kind, GlassBox]
    comparison: Comparison
    assessment: Assessment
    tables: Mapping[Kind, ModelStatistics] = Field(default_factory=dict)
    importance: Importance = Field(default_factory=Importance)
    limits: tuple[Said, ...] = ()
    seconds: float | None = None
    peak_memory_mb: float | None = None


def read_published(folder: Path, models: Mapping[Kind, AdditiveModel]) -> dict[str, Any]:
    """The evaluation as a document that may be published.

    Raises
    ------
    ArtefactError
        When it is missing, not JSON, of another format or version, or tells of the cells of other models.
    """
    document = read_versioned(folder / EVALUATION_FILE, FORMAT, VERSIONS, remedy=REMEDY)
    if document["version"] != 1:
        return document
    stated = validated(Evaluation, document, folder / EVALUATION_FILE).tables
    groups = groups_of(models)
    tables = {
        kind: _protected_tables(statistics, models[kind], groups[kind]).model_dump(mode="json", exclude_unset=True)
        for kind, statistics in stated.items()
        if kind in models
    }
    return {**document, "tables": tables}


def check_terms(statistics: ModelStatistics, model: AdditiveModel) -> None:
    """Refuse statistics that are not of the model's terms.

    Raises
    ------
    ArtefactError
        When they are not.
    """
    shapes = [(one.features, len(one.defaulters)) for one in statistics.terms]
    if shapes != [(term.features, len(term.scores)) for term in model.terms]:
        raise ArtefactError(
            f"The evaluation must tell of the cells of {model.model_version}; got those of other terms. "
            "Train again into one folder."
        )


def _protected_tables(statistics: ModelStatistics, model: AdditiveModel, groups: Sequence[Groups]) -> ModelStatistics:
    check_terms(statistics, model)
    terms = []
    for term, group, statistic in zip(model.terms, groups, statistics.terms, strict=True):
        known = [bad if count else 0 for count, bad in zip(term.counts, statistic.defaulters, strict=True)]
        defaulters, iv = protected(group, term.counts, known, statistics.defaulters)
        terms.append(statistic.model_copy(update={"defaulters": defaulters, "iv": iv}))
    return statistics.model_copy(update={"terms": tuple(terms)})
