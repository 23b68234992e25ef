"""A model as a scorecard's grid: variable, bin, clients, share, event rate, WoE, IV, coefficient, points.

The rule: the EBM takes the same form as the scorecard. What the regression saw (WoE) and its coefficients come from the
evaluation; for a model without them the weight of evidence is that of the bin's own clients, and where training told no
outcomes, the columns are empty rather than guessed.

Source: Siddiqi, *Credit Risk Scorecards* (2006), ch. 6: WoE = ln(share of payers / share of defaulters), positive where
the bin is safer than the average; IV = Σ (share of payers − share of defaulters) · WoE.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scoring.data.features import DICTIONARY
from scoring.model.additive_model import AdditiveModel, Term, term_key
from scoring.reports.evaluation import ModelStatistics, TermStatistics, check_terms
from scoring.reports.exports.binned import Bin, bins_of


@dataclass(frozen=True)
class Line:
    """One cell of a term.

    Attributes
    ----------
    cell : position in the term's table
    clients, share : training clients in the cell, and their share of all
    defaulters : of these, clients with difficulties; None where that would tell of too few, or training told none
    event_rate, woe, iv : of the cell; None where they cannot be said
    points, log_odds : what the cell adds to a score
    low, high : the points that 90% of the whole models (bags, bootstraps) would give
    """

    cell: int
    bins: tuple[Bin, ...]
    clients: int
    share: float
    defaulters: int | None
    event_rate: float | None
    woe: float | None
    iv: float | None
    points: float
    log_odds: float
    low: float
    high: float

    def describe(self, features: tuple[str, ...], lang: str) -> str:
        """The bins in words."""
        return " × ".join(one.say(DICTIONARY[name], lang) for name, one in zip(features, self.bins, strict=True))


@dataclass(frozen=True)
class Variable:
    """One term: its lines and what is said of it as a whole.

    Attributes
    ----------
    position : in the document, from 0
    weight : mean absolute points over training clients, each cell against the term's mean
    spread : points between the best and the worst cell that holds clients
    """

    position: int
    features: tuple[str, ...]
    lines: tuple[Line, ...]
    iv: float | None
    coefficient: float | None
    weight: float
    spread: float

    @property
    def name(self) -> str:
        """The features' names, joined by a star, as addresses hold it."""
        return term_key(self.features)

    def label(self, lang: str) -> str:
        """The features' labels."""
        return " × ".join(DICTIONARY[name].label.say(lang) for name in self.features)


@dataclass(frozen=True)
class Grid:
    """A whole model as a grid; a score is the constant plus one line of each variable."""

    kind: str
    model_version: str
    constant: float
    log_odds: float
    variables: tuple[Variable, ...]
    clients: int
    defaulters: int | None

    @property
    def has_outcomes(self) -> bool:
        """Whether training told how many clients of each cell had difficulties."""
        return self.defaulters is not None


def grid_of(model: AdditiveModel, statistics: ModelStatistics | None = None) -> Grid:
    """The grid of a model.

    Raises
    ------
    ArtefactError
        When the statistics are not those of the model's terms.
    """
    terms: list[TermStatistics | None] = [None] * len(model.terms)
    if statistics is not None:
        check_terms(statistics, model)
        terms = list(statistics.terms)
    totals = None if statistics is None else (statistics.clients - statistics.defaulters, statistics.defaulters)
    return Grid(
        kind=model.kind,
        model_version=model.model_version,
        constant=model.scale.points(model.intercept),
        log_odds=model.intercept,
        variables=tuple(
            _variable(model, position, term, statistic, totals)
            for position, (term, statistic) in enumerate(zip(model.terms, terms, strict=True))
        ),
        clients=model.provenance.training_rows,
        defaulters=None if statistics is None else statistics.defaulters,
    )


def cells_of(term: Term) -> Iterator[tuple[int, tuple[Bin, ...]]]:
    """Every cell that a value can reach: bins in order, then missing, then codes never seen."""
    first, *others = (_in_reading_order(list(bins_of(axis))) for axis in term.axes)
    if not others:
        yield from ((one.cell, (one,)) for one in first)
        return
    width = term.axes[1].cells
    yield from ((one.cell * width + other.cell, (one, other)) for one in first for other in others[0])


def _in_reading_order(bins: list[Bin]) -> list[Bin]:
    last = [one for kind in ("missing", "other") for one in bins if one.kind == kind]
    return [*(one for one in bins if one not in last), *last]


def _variable(
    model: AdditiveModel,
    position: int,
    term: Term,
    statistic: TermStatistics | None,
    totals: tuple[int, int] | None,
) -> Variable:
    lines = tuple(_line(model, term, cell, bins, statistic, totals) for cell, bins in cells_of(term))
    clients = sum(line.clients for line in lines)
    mean = sum(line.clients * line.points for line in lines) / clients if clients else 0.0
    met = [line.points for line in lines if line.clients] or [0.0]
    weight = sum(line.clients * abs(line.points - mean) for line in lines) / clients if clients else 0.0
    return Variable(
        position=position,
        features=term.features,
        lines=lines,
        iv=None if statistic is None else statistic.iv,
        coefficient=None if statistic is None else statistic.coefficient,
        weight=weight,
        spread=max(met) - min(met),
    )


def _line(
    model: AdditiveModel,
    term: Term,
    cell: int,
    bins: tuple[Bin, ...],
    statistic: TermStatistics | None,
    totals: tuple[int, int] | None,
) -> Line:
    clients, score = term.counts[cell], term.scores[cell]
    defaulters = None if statistic is None else statistic.defaulters[cell]
    own = _evidence(clients, defaulters, totals)
    seen = statistic.woe[cell] if statistic is not None and statistic.woe is not None else own
    low, high = _band([bag[cell] for bag in term.bags] or [score])
    return Line(
        cell=cell,
        bins=bins,
        clients=clients,
        share=clients / sum(term.counts) if any(term.counts) else 0.0,
        defaulters=defaulters,
        event_rate=defaulters / clients if defaulters is not None and clients else None,
        woe=seen,
        iv=_gain(clients, defaulters, totals, seen),
        points=model.scale.points_of_change(score) + 0.0,  # a plain 0 rather than −0
        log_odds=score,
        low=model.scale.points_of_change(high),
        high=model.scale.points_of_change(low),
    )


def _evidence(clients: int, defaulters: int | None, totals: tuple[int, int] | None) -> float | None:
    """Weight of evidence of a cell's own clients; None where one outcome is absent from it."""
    if defaulters is None or totals is None or not 0 < defaulters < clients:
        return None
    return math.log((clients - defaulters) / totals[0] / (defaulters / totals[1]))


def _gain(clients: int, defaulters: int | None, totals: tuple[int, int] | None, woe: float | None) -> float | None:
    if defaulters is None or totals is None or woe is None:
        return None
    return ((clients - defaulters) / totals[0] - defaulters / totals[1]) * woe


def _band(values: list[float]) -> tuple[float, float]:
    """The 5% and 95% points of a few values, between the nearest two."""
    ordered = sorted(values)

    def at(share: float) -> float:
        place = share * (len(ordered) - 1)
        below = math.floor(place)
        above = min(below + 1, len(ordered) - 1)
        return ordered[below] + (place - below) * (ordered[above] - ordered[below])

    return at(0.05), at(0.95)
