"""Scoring many requests of one client: only the terms whose features follow the request are looked up again.

The rule: what does not follow is one constant of the client, in the score and in each whole model of the spread, so
that a map of 60 × 60 requests costs little more than one; each cell equals the service's own score to 1e-9 (tests).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.explain.counterfactuals.dependent_features import Asked, Following
from scoring.explain.counterfactuals.request import Request, request_of
from scoring.model.additive_model import AdditiveModel, Lookup, Scored
from scoring.model.additive_model.lookup import ScoredMany, Value
from scoring.model.arrays import Floats
from scoring.model.decision import OUTCOMES, Outcome, decide, decide_many

ACCEPT = OUTCOMES.index("accept")


@dataclass(frozen=True)
class Scores:
    """Scores of many requests, in any shape: log-odds, points and the decision as a position in `OUTCOMES`."""

    log_odds: Floats
    points: Floats
    outcomes: NDArray[np.int8]

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """Where the model would propose approval."""
        return self.outcomes == ACCEPT

    def outcome_at(self, at: tuple[int, ...] | int) -> Outcome:
        """One decision."""
        return OUTCOMES[int(self.outcomes[at])]

    def shaped(self, *shape: int) -> "Scores":
        """The same scores in another shape."""
        return Scores(self.log_odds.reshape(shape), self.points.reshape(shape), self.outcomes.reshape(shape))


class Simulator:
    """A model made ready to simulate requests.

    Parameters
    ----------
    lookup : the serving model
    described : features that a client is described by, beside the model's
    """

    def __init__(self, lookup: Lookup, described: Sequence[str] = ()) -> None:
        self.model = lookup.model
        wanted = list(dict.fromkeys([*self.model.features, *described]))
        self.following = Following(wanted)
        follow = set(self.following.features)
        self.moving = [not follow.isdisjoint(term.features) for term in self.model.terms]
        if not any(self.moving):
            self.moving[0] = True  # looked up, though it says the same everywhere: a look-up wants one term
        self.moves_score = frozenset(follow & set(self.model.features))

    def client(self, facts: Mapping[str, Value], scored: Scored) -> "Client":
        """A client whose requests are to be scored.

        Raises
        ------
        InputError
            When the client's file states no amount.
        """
        return Client(self, facts, scored)


class Client:
    """One client, with what of their score no request can move."""

    def __init__(self, simulator: Simulator, facts: Mapping[str, Value], scored: Scored) -> None:
        self.facts = facts
        self.now = request_of(facts)
        self.decision = decide(simulator.model, scored)
        self._simulator = simulator
        self._scored = scored

    def facts_at(self, request: Request) -> dict[str, Value]:
        """The client's facts, were this the request."""
        moved = self._simulator.following.of(self.facts, self.now, Asked.of(request)).row(0, named=True)
        return {**self.facts, **moved}

    def score(self, requests: Asked) -> Scores:
        """Score many requests at once."""
        lookup, model = self._rest, self._simulator.model
        frame = self._simulator.following.of(self.facts, self.now, requests)
        fixed = [name for name in lookup.model.features if name not in frame.columns]
        constants = (
            pl.repeat(self.facts[name], len(requests), dtype=_dtype(model, name), eager=True).alias(name)
            for name in fixed
        )
        frame = pl.DataFrame([*frame.get_columns(), *constants])
        scored = lookup.score_many(frame)
        outside = scored.outside | self.always_outside
        whole = ScoredMany(scored.log_odds, scored.contributions, scored.cells, scored.spread, outside)
        decided = decide_many(model, whole)
        positions = decided["decision"].cast(pl.Enum(OUTCOMES)).to_physical().cast(pl.Int8).to_numpy()
        return Scores(decided["log_odds"].to_numpy(), decided["points"].to_numpy(), positions)

    @cached_property
    def always_outside(self) -> bool:
        """Whether a value that no request moves lies outside what training saw."""
        return any(name not in self._rest.model.features for name in self._scored.outside)

    @cached_property
    def _rest(self) -> Lookup:
        """The terms that move, over an intercept that holds the client's other terms; likewise in each whole model."""
        model, moving = self._simulator.model, self._simulator.moving
        intercept, bags = model.intercept, np.asarray(model.bag_intercepts)
        terms = []
        for term, moves, cell, contribution in zip(
            model.terms, moving, self._scored.cells, self._scored.contributions, strict=True
        ):
            if moves:
                terms.append(term)
            else:
                intercept += contribution
                bags = bags + np.array([bag[cell] for bag in term.bags])
        used = {name for term in terms for name in term.features}
        return Lookup(
            AdditiveModel.model_construct(
                **{name: getattr(model, name) for name in AdditiveModel.model_fields}
                | {
                    "intercept": intercept,
                    "bag_intercepts": tuple(bags.tolist()),
                    "terms": tuple(terms),
                    "features": {name: facts for name, facts in model.features.items() if name in used},
                }
            )
        )


def _dtype(model: AdditiveModel, feature: str) -> type[pl.DataType]:
    return pl.String if model.features[feature].kind == "category" else pl.Float64
