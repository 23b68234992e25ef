"""Invented models over features that follow a request: more of them than any one training gives."""

from collections.abc import Mapping

import numpy as np

from scoring.data.features import DICTIONARY, Feature
from scoring.explain.counterfactuals import Client, LenderGrid, Simulator, Span
from scoring.model.additive_model import AdditiveModel, CategoryAxis, FeatureFacts, Lookup, NumberAxis, Reference, Term
from scoring.model.additive_model.lookup import Value
from tests.scoring.model.additive_model.models import small_model

REQUEST = (
    "credit_amount", "annuity", "goods_price", "credit_per_annuity", "credit_per_goods", "credit_above_goods",
    "annuity_per_income", "credit_per_income", "goods_per_income", "documents_given", "document_3",
    "credit_per_bureau_debt", "annuity_per_previous", "credit_per_previous",
)  # fmt: skip
"""Features that follow a request, some of them through others."""
FIXED = ("income_total", "ext_source_2", "years_employed")
CASH = "Cash loans"
GRID = LenderGrid(amounts={CASH: Span(40_000, 660_000)}, payments={CASH: Span(5.5, 31.2)}, step=40_000)


def described(model: AdditiveModel) -> list[Feature]:
    """What a service would describe a client by."""
    used = {need for name in model.features for need in (name, *DICTIONARY[name].needs)}
    return [feature for feature in DICTIONARY.values() if feature.name in used or feature.table == "application"]


def random_model(seed: int, *, bags: int = 3, review_k: float = 0.3) -> AdditiveModel:
    """A model whose shapes go up and down, with a pair of which only one feature follows the request."""
    rng = np.random.default_rng(seed)
    terms = [_term(rng, (name,), bags) for name in (*REQUEST, *FIXED)]
    terms.append(_term(rng, ("credit_per_annuity", "occupation"), bags))
    features = {name: _facts(name) for name in (*REQUEST, *FIXED, "occupation")}
    rule = small_model().rule.model_copy(update={"review_k": review_k})
    return small_model(
        intercept=float(rng.normal(-2.4, 0.3)),
        bag_intercepts=tuple(rng.normal(-2.4, 0.3, bags).tolist()),
        terms=tuple(terms),
        features=features,
        reference=Reference(contributions=(0.0,) * len(terms), clients=1),
        rule=rule,
    )


def client_of(model: AdditiveModel, facts: Mapping[str, Value]) -> Client:
    """A client of a model."""
    lookup = Lookup(model)
    simulator = Simulator(lookup, [feature.name for feature in described(model)])
    return simulator.client(facts, lookup.score(facts))


_EDGES = {
    "credit_amount": (60_000, 120_000, 300_000, 500_000),
    "annuity": (5_000, 9_000, 20_000, 40_000),
    "goods_price": (55_000, 110_000, 280_000),
    "income_total": (90_000, 150_000),
    "credit_per_annuity": (8.0, 15.0, 24.5, 30.0),
    "credit_above_goods": (-5_000, 1, 30_000),
    "documents_given": (0.5, 1.5, 2.5),
    "document_3": (0.5,),
    "annuity_per_income": (0.05, 0.1, 0.2, 0.4),
    "years_employed": (1.0, 4.0),
}


def _axis(name: str) -> NumberAxis | CategoryAxis:
    if DICTIONARY[name].kind == "category":
        return CategoryAxis(levels=(("Laborers",), ("Managers", "Drivers")))
    return NumberAxis(edges=_EDGES.get(name, (0.2, 0.5, 0.9, 1.3, 3.0)))


def _facts(name: str) -> FeatureFacts:
    if DICTIONARY[name].kind == "category":
        return FeatureFacts(kind="category")
    high = {"credit_amount": 650_000, "documents_given": 3}.get(name, 1e9)
    return FeatureFacts(kind="number", low=-1e9, high=high)


def _term(rng: np.random.Generator, names: tuple[str, ...], bags: int) -> Term:
    axes = tuple(_axis(name) for name in names)
    cells = int(np.prod([axis.cells for axis in axes]))
    scores = rng.normal(0.0, 0.25, cells)
    return Term(
        features=names,
        axes=axes,
        scores=tuple(scores.tolist()),
        counts=(1,) * cells,
        bags=tuple(tuple((scores + rng.normal(0.0, 0.1, cells)).tolist()) for _ in range(bags)),
    )
