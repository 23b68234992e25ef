"""Additive models invented for tests, over features that need no dictionary."""

from scoring.model.additive_model import (
    AdditiveModel,
    Calibration,
    CategoryAxis,
    Certificate,
    DecisionRule,
    FeatureFacts,
    NumberAxis,
    Provenance,
    Reference,
    Term,
)
from scoring.model.additive_model.document import Points

AGE = NumberAxis(edges=(25.0, 40.0, 60.0))
JOB = CategoryAxis(levels=(("a", "b"), ("c",)))
SMALL = NumberAxis(edges=(0.5,))


def small_model(**changes: object) -> AdditiveModel:
    """Three terms (a number, a category, a pair), two bags."""
    parts: dict[str, object] = {
        "kind": "ebm",
        "intercept": -2.4,
        "bag_intercepts": (-2.5, -2.3),
        "terms": (
            _term(("age",), (AGE,), (0.05, 0.4, 0.1, -0.2, -0.3, 0.0)),
            _term(("job",), (JOB,), (0.2, -0.1, 0.3, 0.0)),
            _term(("ratio", "job"), (SMALL, JOB), tuple(0.01 * cell - 0.07 for cell in range(16))),
        ),
        "features": {
            "age": FeatureFacts(kind="number", low=20.0, high=70.0, usual=44.0),
            "job": FeatureFacts(kind="category", usual="a"),
            "ratio": FeatureFacts(kind="number", low=0.0, high=1.0, usual=0.3),
        },
        "reference": Reference(contributions=(-0.05, 0.01, 0.0), clients=900),
        "calibration": Calibration(slope=1.0, intercept=0.0),
        "points": Points(),
        "rule": DecisionRule(cost_fn=10, cost_fp=1, threshold=1 / 11, review_k=1.0, review_cap=0.1),
        "certificate": Certificate(library="by hand", largest_difference=0.0, test_rows=1, adversarial_rows=1),
        "provenance": Provenance(
            trained_on="2026-01-01",
            synthetic=True,
            data_fingerprint="sha256:" + "0" * 64,
            code_fingerprint="sha256:" + "0" * 64,
            seed=1,
            settings={},
            libraries={},
            training_rows=1000,
            absent_tables=(),
            metrics={},
        ),
    }
    return AdditiveModel.model_validate(parts | changes)


def _term(features: tuple[str, ...], axes: tuple[NumberAxis | CategoryAxis, ...], scores: tuple[float, ...]) -> Term:
    bags = (tuple(score * 0.9 for score in scores), tuple(score * 1.1 for score in scores))
    return Term(features=features, axes=axes, scores=scores, counts=tuple(range(len(scores))), bags=bags)
