"""The shape of each term of both models on one axis, ready to be drawn: points around each model's own mean.

The rule: a model's terms have no common zero (the EBM centres its own, weights of evidence are centred on nothing), so
each shape is shown less its mean over training clients; what is compared is how points change with the value.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.model.additive_model import AdditiveModel, CategoryAxis, NumberAxis, Term
from scoring.model.artefacts import Kind

MARGIN = 0.12
"""Share of the span between the outer edges that is shown beyond them."""
INNER = 0.05, 0.95


@dataclass(frozen=True)
class Cell:
    """One bin: points around the mean, between which most whole models fall, and how many clients it rests on."""

    points: float
    low: float
    high: float
    clients: int


@dataclass(frozen=True)
class Shape:
    """One feature's term of one model.

    Attributes
    ----------
    edges : of a number; one fewer than `cells`
    levels : of a category: the codes of each cell
    cells : the bins in order
    missing, unseen : what a missing value and a code never seen get; None for the unseen of a number
    weight : mean absolute points over training clients
    """

    kind: Kind
    features: tuple[str, ...]
    edges: tuple[float, ...]
    levels: tuple[tuple[str, ...], ...]
    cells: tuple[Cell, ...]
    missing: Cell
    unseen: Cell | None
    weight: float

    @property
    def spread(self) -> float:
        """Points between the best and the worst bin that holds clients."""
        met = [cell.points for cell in (*self.cells, self.missing) if cell.clients] or [0.0]
        return max(met) - min(met)

    @property
    def is_number(self) -> bool:
        """Whether the feature is a number."""
        return not self.levels


@dataclass(frozen=True)
class Surface:
    """A pair's term: a row of cells for each bin of the first feature; missing is the first bin, unseen the last."""

    features: tuple[str, str]
    axes: tuple[NumberAxis | CategoryAxis, NumberAxis | CategoryAxis]
    rows: tuple[tuple[Cell, ...], ...]
    weight: float


def shapes_of(models: Mapping[Kind, AdditiveModel]) -> dict[str, dict[Kind, Shape]]:
    """Each feature that has a term of its own in a model, the heaviest first."""
    found: dict[str, dict[Kind, Shape]] = {}
    for kind, model in models.items():
        for term in model.terms:
            if len(term.features) == 1:
                found.setdefault(term.features[0], {})[kind] = _shape(kind, model, term)
    return dict(sorted(found.items(), key=lambda item: -max(shape.weight for shape in item[1].values())))


def surfaces_of(model: AdditiveModel) -> dict[str, Surface]:
    """A model's pairs by name (features joined by a star)."""
    found = {}
    for term in model.terms:
        if len(term.features) == 2:
            cells = _cells(model, term)
            width = term.axes[1].cells
            rows = tuple(tuple(cells[at : at + width]) for at in range(0, len(cells), width))
            first, second = term.features
            found[f"{first}*{second}"] = Surface(
                (first, second), (term.axes[0], term.axes[1]), rows, weight_of(model, term)
            )
    return found


def weight_of(model: AdditiveModel, term: Term) -> float:
    """Mean absolute points of a term over training clients, around its mean: how the EBM means importance."""
    return sum(cell.clients * abs(cell.points) for cell in _cells(model, term)) / max(sum(term.counts), 1)


def reach_of(shapes: Sequence[Shape]) -> tuple[float, float]:
    """The values between which numbers are drawn: a little beyond the outer edges of all."""
    edges = [edge for shape in shapes for edge in shape.edges]
    if not edges:
        return 0.0, 1.0
    low, high = min(edges), max(edges)
    beyond = MARGIN * ((high - low) or abs(high) or 1.0)
    return low - beyond, high + beyond


def steps_of(shape: Shape, reach: tuple[float, float]) -> list[tuple[float, float, Cell]]:
    """Each bin of a number as it is drawn: from, to, and its cell."""
    ends = [reach[0], *shape.edges, reach[1]]
    return [(low, high, cell) for (low, high), cell in zip(itertools.pairwise(ends), shape.cells, strict=True)]


def _shape(kind: Kind, model: AdditiveModel, term: Term) -> Shape:
    axis, cells = term.axes[0], _cells(model, term)
    is_number = isinstance(axis, NumberAxis)
    return Shape(
        kind=kind,
        features=term.features,
        edges=axis.edges if isinstance(axis, NumberAxis) else (),
        levels=axis.levels if isinstance(axis, CategoryAxis) else (),
        cells=tuple(cells[1:-1]),
        missing=cells[0],
        unseen=None if is_number else cells[-1],
        weight=weight_of(model, term),
    )


def _cells(model: AdditiveModel, term: Term) -> list[Cell]:
    """Every cell of a term, each whole model around its own mean."""
    counts, scale = term.counts, model.scale
    scores = _centred(term.scores, counts)
    bags = [_centred(bag, counts) for bag in term.bags] or [scores]
    cells = []
    for at, count in enumerate(counts):
        values = sorted(scale.points_of_change(bag[at]) for bag in bags)
        low, high = (_quantile(values, share) for share in INNER)
        cells.append(Cell(scale.points_of_change(scores[at]) + 0.0, low, high, count))
    return cells


def _centred(scores: Sequence[float], counts: Sequence[int]) -> list[float]:
    clients = sum(counts)
    mean = sum(score * count for score, count in zip(scores, counts, strict=True)) / clients if clients else 0.0
    return [score - mean for score in scores]


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
