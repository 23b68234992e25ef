"""The additive model as a file: what it holds, and how it is read, checked and written.

The rule: every number that decides is in this one document, and its digest covers them all. The digest is a checksum:
it finds damage and edits by hand, not a change by someone who computes it anew (`scoring.model.signatures` finds that).
A shape is changed by training again.

Every version loads for ever, under the name and with the score that it had: what a later version adds is absent from an
earlier document, when it is written again and in its digest. Version 2 adds the rule's ``band``.
"""

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from scoring.errors import ArtefactError
from scoring.files import file_aside, read_versioned, validated
from scoring.model.additive_model.bounds import check_scale
from scoring.model.costs import CostMatrix
from scoring.model.scale import PointsScale

FORMAT: Final = "clairscore-additive-model"
VERSIONS: Final = (1, 2)
VERSION: Final = VERSIONS[-1]
PARITY_BOUND = 1e-9

Finite = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class NumberAxis(_Part):
    """Bins of a number, closed on the left: below ``edges[0]``, ``[edges[0], edges[1])``, …, from ``edges[-1]`` on.

    Cell 0 is for missing values, cells 1 to ``len(edges) + 1`` are the bins in order, the last cell (unseen) is never
    reached by a number and is kept so that every axis has the same layout.
    """

    kind: Literal["number"] = "number"
    edges: tuple[Finite, ...]
    """Strictly increasing; a value equal to an edge is in the bin above it."""

    @model_validator(mode="after")
    def _increasing(self) -> Self:
        if any(low >= high for low, high in pairwise(self.edges)):
            raise ValueError("the edges of an axis must increase strictly")
        return self

    @property
    def cells(self) -> int:
        """How many cells the axis has, missing and unseen included."""
        return len(self.edges) + 3


class CategoryAxis(_Part):
    """Groups of category codes: cell 0 is missing, cell ``i + 1`` holds the codes ``levels[i]``, the last is unseen."""

    kind: Literal["category"] = "category"
    levels: tuple[tuple[str, ...], ...]
    """Codes of each group; no code is in two."""

    @model_validator(mode="after")
    def _disjoint(self) -> Self:
        codes = [code for level in self.levels for code in level]
        if len(set(codes)) != len(codes) or not all(self.levels):
            raise ValueError("the levels of an axis must be disjoint and none empty")
        return self

    @property
    def cells(self) -> int:
        """How many cells the axis has, missing and unseen included."""
        return len(self.levels) + 2


Axis = Annotated[NumberAxis | CategoryAxis, Field(discriminator="kind")]


class Term(_Part):
    """One table of log-odds over the cells of one feature, or of two (row-major, the first feature's cell is the row).

    ``scores``, ``counts`` (training clients in the cell) and each of ``bags`` (the same table in each whole model of
    the ensemble or bootstrap) have one value for each cell.
    """

    features: Annotated[tuple[str, ...], Field(min_length=1, max_length=2)]
    """Names of one feature or two."""
    axes: Annotated[tuple[Axis, ...], Field(min_length=1, max_length=2)]
    """The bins of each feature, in the same order."""
    scores: tuple[Finite, ...]
    """Log-odds that each cell adds."""
    counts: tuple[Count, ...]
    """Training clients in each cell."""
    bags: tuple[tuple[Finite, ...], ...]
    """The scores of each cell in each whole model; they give the spread, never the score."""

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        if len(self.features) != len(self.axes) or len(set(self.features)) != len(self.features):
            raise ValueError("a term must have one axis for each of its distinct features")
        cells = prod(axis.cells for axis in self.axes)
        lengths = {len(self.scores), len(self.counts), *(len(bag) for bag in self.bags)}
        if lengths != {cells}:
            raise ValueError(f"a term over {cells} cells must have as many scores; got {sorted(lengths)}")
        return self

    def missing(self, feature: str) -> int:
        """Training clients of whom a feature of the term was not known."""
        width = prod(axis.cells for axis in self.axes[1:])
        return sum(self.counts[:width] if feature == self.features[0] else self.counts[::width])

    @property
    def name(self) -> str:
        """The features' names, joined."""
        return " × ".join(self.features)


def term_key(features: Sequence[str]) -> str:
    """The key of a term in documents and addresses: its features, joined by ``*``; `features_of_term` undoes it.

    >>> term_key(["age", "income"]), features_of_term("age*income")
    ('age*income', ['age', 'income'])
    """
    return "*".join(features)


def features_of_term(key: str) -> list[str]:
    """The features that a key of `term_key` names."""
    return key.split("*")


class FeatureFacts(_Part):
    """What training saw of a feature: its range or codes, and the value usual among accepted clients."""

    kind: Literal["number", "category"]
    """What its values are; missing is null."""
    low: Finite | None = None
    """Smallest value of training; below it, a person must look."""
    high: Finite | None = None
    """Largest value of training; above it, a person must look."""
    usual: Finite | str | None = None
    """Median, or most frequent code, among the accepted clients of training."""


class Reference(_Part):
    """Mean contribution of each term over the accepted clients of training: where every explanation starts."""

    contributions: tuple[Finite, ...]
    """Log-odds, one for each term, in the order of the terms."""
    clients: Count
    """Over how many clients they are the mean."""


class Calibration(_Part):
    """The linear change of log-odds already folded into the numbers: slope · library's log-odds + intercept."""

    slope: Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
    """Nothing is left to multiply by it: the scores hold it."""
    intercept: Finite
    """In log-odds; the document's intercept holds it."""


class Band(_Part):
    """The band of uncertainty around a score: ``k`` spreads to either side."""

    k: Annotated[float, Field(ge=0.0)]
    """Spreads, set by refits on fresh synthetic clients."""
    coverage: Annotated[float, Field(gt=0.0, lt=1.0)]
    """Share of the scores whose band holds what the same training gives on average over fresh clients."""


class DecisionRule(_Part):
    """Decline above ``threshold``; ask a person where ``review_k`` spreads of log-odds reach across it."""

    cost_fn: Annotated[float, Field(gt=0.0)]
    """Cost of accepting a client who defaults."""
    cost_fp: Annotated[float, Field(gt=0.0)]
    """Cost of declining a client who would have paid."""
    threshold: Annotated[float, Field(gt=0.0, lt=1.0)]
    """Probability of default above which a client is declined: cost_fp / (cost_fp + cost_fn)."""
    review_k: Annotated[float, Field(ge=0.0)]
    """Spreads to either side of the score that make the band of a review."""
    review_cap: Annotated[float, Field(ge=0.0, le=1.0)]
    """Largest share of training clients that the band was allowed to send to a person."""
    band: Annotated[Band | None, Field(exclude_if=lambda band: band is None)] = None
    """The band that is shown; a review asks for no more of it than the cap allows. Absent before version 2."""

    @property
    def band_k(self) -> float:
        """Spreads to either side of the score that are shown as its uncertainty."""
        return self.review_k if self.band is None else self.band.k

    @property
    def costs(self) -> CostMatrix:
        """The cost matrix."""
        return CostMatrix(fn=self.cost_fn, fp=self.cost_fp)


class Certificate(_Part):
    """Largest difference, in log-odds, to the library's own decision function followed by the calibration."""

    library: str
    """What was compiled, such as ``interpret`` with its version."""
    largest_difference: Annotated[float, Field(ge=0.0, le=PARITY_BOUND)]
    """In log-odds, over all rows compared."""
    test_rows: Annotated[int, Field(ge=1)]
    """Test clients compared."""
    adversarial_rows: Annotated[int, Field(ge=1)]
    """Made-up rows compared: at every edge, every code, nothing known."""


class Provenance(_Part):
    """Where the numbers come from."""

    trained_on: str
    """Date of the training, ISO 8601."""
    synthetic: bool
    """Whether every client of training is proved synthetic."""
    data_fingerprint: str
    """Digest of the tables."""
    code_fingerprint: str
    """Digest of the code that the numbers depend on."""
    seed: int
    """Same seed, tables and code, same document."""
    settings: dict[str, Any]
    """Settings of the training."""
    libraries: dict[str, str]
    """Versions."""
    training_rows: Count
    """Clients that the model was fitted on."""
    absent_tables: tuple[str, ...]
    """History tables that were not there; the service must not be given them as present."""
    metrics: dict[str, Any]
    """Figures by part: ``oof`` (out of fold) and ``test``."""


class Points(_Part):
    """The points scale (see `scoring.model.scale.PointsScale`)."""

    base_points: Finite = 600.0
    """Points at the base odds."""
    base_odds: Annotated[float, Field(gt=0.0)] = 30.0
    """Good clients for one bad."""
    pdo: Annotated[float, Field(gt=0.0)] = 40.0
    """Points that double the odds."""


class AdditiveModel(_Part):
    """The whole document. Log-odds of default = intercept + the score of one cell of each term."""

    format: Literal["clairscore-additive-model"] = FORMAT
    version: Literal[1, 2] = VERSION
    """2, or 1 for a document without a band."""
    kind: Literal["ebm", "scorecard"]
    """Which library's model was compiled; it changes nothing in how a score is computed."""
    intercept: Finite
    """Log-odds before any term."""
    bag_intercepts: tuple[Finite, ...]
    """The intercept of each whole model."""
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    """Added up in this order."""
    features: dict[str, FeatureFacts]
    """Every feature of the terms, by name."""
    reference: Reference
    """Where explanations start."""
    calibration: Calibration
    """Said for the record; already in the numbers."""
    points: Points
    """How log-odds are written as points."""
    rule: DecisionRule
    """How a score becomes a decision."""
    certificate: Certificate
    """That the document computes what the library computes."""
    provenance: Provenance
    """Where the numbers come from."""

    @model_validator(mode="before")
    @classmethod
    def _of_version(cls, given: Any) -> Any:
        """A document that does not say its version is of the first that holds what it says."""
        if not isinstance(given, dict) or "version" in given:
            return given
        rule = given.get("rule")
        band = rule.get("band") if isinstance(rule, dict) else getattr(rule, "band", None)
        return {**given, "version": 1 if band is None else 2}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.version == 1) != (self.rule.band is None):
            raise ValueError(f"a document must have a band from version 2 on; got version {self.version}")
        used = {feature for term in self.terms for feature in term.features}
        if used != set(self.features):
            odd = sorted(used.symmetric_difference(self.features))
            raise ValueError(f"the features of the terms must be those described; these are not: {odd}")
        for term in self.terms:
            for feature, axis in zip(term.features, term.axes, strict=True):
                if self.features[feature].kind != axis.kind:
                    raise ValueError(f"feature {feature!r} must be of one kind; got {axis.kind} in {term.name}")
            if len(term.bags) != len(self.bag_intercepts):
                raise ValueError(f"term {term.name} must have {len(self.bag_intercepts)} bags; got {len(term.bags)}")
        if len(self.reference.contributions) != len(self.terms):
            raise ValueError("the reference must have one contribution for each term")
        check_scale(self)
        return self

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON of the document."""
        return _digest(self.model_dump(mode="json"))

    @property
    def model_version(self) -> str:
        """Short name of exactly these numbers, such as ``ebm-1a2b3c4d5e6f``."""
        return f"{self.kind}-{self.digest.removeprefix('sha256:')[:12]}"

    @cached_property
    def always_known(self) -> frozenset[str]:
        """Features that every training client had: of a client without one, training saw nobody alike."""
        return frozenset(
            feature
            for feature in self.features
            if not any(term.missing(feature) for term in self.terms if feature in term.features)
        )

    @cached_property
    def scale(self) -> PointsScale:
        """The points scale to compute with."""
        return PointsScale(**self.points.model_dump())

    @cached_property
    def reference_log_odds(self) -> float:
        """Log-odds at the reference: the intercept plus the mean contributions."""
        return self.intercept + sum(self.reference.contributions)


def _digest(document: dict[str, Any]) -> str:
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def write_model(model: AdditiveModel, path: Path) -> None:
    """Write a model and its digest as JSON, whole or not at all."""
    document = {**model.model_dump(mode="json"), "digest": model.digest}
    with file_aside(path) as aside:
        aside.write_text(
            json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n",
            encoding="utf-8",
        )


def read_model(path: Path) -> AdditiveModel:
    """Read a model and check its format, version, shape and digest.

    Raises
    ------
    ArtefactError
        When the file is missing, not JSON, of another format or version, inconsistent, or its digest differs.
    """
    document = read_versioned(path, FORMAT, VERSIONS, remedy="Train again with this version of the product.")
    stated = document.pop("digest", None)
    model = validated(AdditiveModel, document, path)
    if stated != model.digest:
        raise ArtefactError(
            f"The numbers of a model file must be those that were written; got digest {model.digest} instead of "
            f"{stated} in {path}. A number was changed or damaged: restore the file, or train again."
        )
    return model
