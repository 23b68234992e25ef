"""Disclosure control: which training outcomes of a model's cells may be published, so that none can be computed back.

The rule: every published figure of outcomes is a function of the totals of groups of at least `FEWEST_SHOWN` clients,
and no sum or difference of published figures of one feature, over both models, isolates fewer. So exchanging the
outcomes of two clients of one group changes nothing that is published. What follows:

- A cell of 1 to 9 clients is pooled with a neighbour, and neither tells its outcomes: their total is what remains of
  the whole (secondary suppression). A missing value is pooled with the bin of the median.
- A scorecard's points tell the exact rate of its bins, so its edges count as published: an edge of the other model less
  than 10 clients away from one of them tells nothing on its own.
- The information value of a term is that of its groups.
- Cells of a pair tell no outcomes: they add up to the cells of either feature.
- Where the clients are at hand, a group that holds all clients of another feature's group and less than 10 more is
  pooled too (`pool_near_copies`): the same history is missing from two features but for three clients.

Source: Hundepool et al., *Statistical Disclosure Control* (2012), ch. 4 (tabular data, secondary suppression, linked
tables).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scoring.model.additive_model import AdditiveModel, CategoryAxis, Term

FEWEST_SHOWN = 10
"""Groups of fewer clients are not published: their figures would be those of persons."""

Kind = TypeVar("Kind", bound=str)
Groups = tuple[int, ...] | None
"""The group of each cell of a term; None where the term tells no outcomes at all."""


def groups_of(models: Mapping[Kind, AdditiveModel]) -> dict[Kind, tuple[Groups, ...]]:
    """The groups of every term of models that were fitted on the same clients.

    Parameters
    ----------
    models : by kind; the one of kind ``scorecard`` is the one whose bins are published by its points
    """
    scorecard = next((model for model in models.values() if model.kind == "scorecard"), None)
    return {
        kind: tuple(_term_groups(term, None if kind == "scorecard" else scorecard) for term in model.terms)
        for kind, model in models.items()
    }


def pool_near_copies(
    groups: Mapping[str, Sequence[Groups]], cells: Mapping[str, NDArray[np.integer]]
) -> dict[str, tuple[Groups, ...]]:
    """Pool groups that differ from a group of another feature by 1 to 9 clients, all on one side.

    Parameters
    ----------
    groups : of every term, by model
    cells : of every client, shape (clients, terms), by model
    """
    found = {kind: [None if group is None else np.asarray(group) for group in of] for kind, of in groups.items()}
    while True:
        owners: list[tuple[str, int, int]] = []
        members = []
        for kind, of_model in found.items():
            for position, group in enumerate(of_model):
                if group is not None:
                    of_client = group[cells[kind][:, position]]
                    for one in np.unique(of_client).tolist():
                        owners.append((kind, position, one))
                        members.append(np.packbits(of_client == one))
        near = _near_copy(np.asarray(members), [kind == "scorecard" for kind, _, _ in owners])
        if near is None:
            break
        kind, position, one = owners[near]
        group = np.asarray(found[kind][position])
        sizes = {other: int((group[cells[kind][:, position]] == other).sum()) for other in set(group.tolist()) - {one}}
        largest = max(sizes, key=lambda other: sizes[other], default=one)
        found[kind][position] = None if largest == one else np.where(group == one, largest, group)
    return {
        kind: tuple(None if group is None else tuple(group.tolist()) for group in of_model)
        for kind, of_model in found.items()
    }


def _near_copy(members: NDArray[np.uint8], is_fixed: Sequence[bool]) -> int | None:
    """A set, of those that are not fixed, that another one holds all but a few of, or is held by; None if none is."""
    if not len(members):
        return None
    sizes = np.bitwise_count(members).sum(axis=1, dtype=np.int64)
    order = np.argsort(sizes, kind="stable")
    for place, small in enumerate(order):
        end = place + int(np.searchsorted(sizes[order[place:]], sizes[small] + FEWEST_SHOWN))
        larger = order[place + 1 : end]
        larger = larger[sizes[larger] > sizes[small]]
        outside = np.bitwise_count(members[small] & ~members[larger]).sum(axis=1, dtype=np.int64)
        for large in larger[outside == 0].tolist():
            if not is_fixed[large]:
                return int(large)
            if not is_fixed[small]:
                return int(small)
    return None


def protected(
    groups: Groups, clients: Sequence[int], defaulters: Sequence[int | None], total: int
) -> tuple[tuple[int | None, ...], float | None]:
    """What may be published of a term: the clients with difficulties in each cell, and the information value.

    Parameters
    ----------
    clients, defaulters : of each cell; None where it is not known
    total : clients with difficulties in all cells

    Returns
    -------
    defaulters : None in every cell that is pooled with another, or empty
    iv : of the groups; None where a group's total is not known
    """
    if groups is None:
        return (None,) * len(clients), None
    members: dict[int, list[int]] = {}
    for cell, group in enumerate(groups):
        if clients[cell]:
            members.setdefault(group, []).append(cell)
    shown: list[int | None] = [None] * len(clients)
    for cells in members.values():
        if len(cells) == 1 and clients[cells[0]] >= FEWEST_SHOWN:
            shown[cells[0]] = defaulters[cells[0]]
    bads = [_sum(defaulters[cell] for cell in cells) for cells in members.values()]
    if bads.count(None) == 1:  # the rest of the whole
        bads[bads.index(None)] = total - sum(bad for bad in bads if bad is not None)
    sizes = [sum(clients[cell] for cell in cells) for cells in members.values()]
    known = [bad for bad in bads if bad is not None]
    if len(known) < len(sizes):
        return tuple(shown), None
    return tuple(shown), information_value([size - bad for size, bad in zip(sizes, known, strict=True)], known)


def information_value(good: Sequence[int], bad: Sequence[int]) -> float:
    """Information value of groups, those that nobody is in left out; half a client counts for none of an outcome.

    >>> information_value([50, 50, 0], [10, 10, 0])
    0.0
    """
    goods, bads = sum(good), sum(bad)
    value = 0.0
    for one, other in zip(good, bad, strict=True):
        if one + other:
            g, b = max(one, 0.5) / goods, max(other, 0.5) / bads
            value += (g - b) * math.log(g / b)
    return value


def _sum(values: Iterable[int | None]) -> int | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


def _is_thin(clients: int) -> bool:
    return 0 < clients < FEWEST_SHOWN


def _term_groups(term: Term, scorecard: AdditiveModel | None) -> Groups:
    if len(term.features) > 1:
        return None
    axis = term.axes[0]
    other = None
    if scorecard is not None:
        other = next((one for one in scorecard.terms if one.features == term.features), None)
    if isinstance(axis, CategoryAxis):
        return _category_groups(axis, term.counts, other)
    if other is None:
        return _number_groups(term.counts, ())
    if sum(other.counts) != sum(term.counts) or other.counts[0] != term.counts[0]:
        return None  # not of the same clients: what their difference would tell is not known
    return _number_groups(term.counts, _below_edges(other.counts))


def _below_edges(counts: Sequence[int]) -> list[int]:
    """How many clients have a value below each edge of a number's axis."""
    return list(accumulate(counts[1:-1]))[:-1]


def _number_groups(counts: Sequence[int], published: Sequence[int]) -> Groups:
    """Bins between the edges that keep their distance, in clients, from each other and from those published already."""
    below = _below_edges(counts)
    known = sum(counts[1:-1])
    stops = [0, *published, known]
    groups, last = [0], 0  # the first bin
    for clients in below:
        before = max(last, *(stop for stop in stops if stop <= clients))
        after = min(stop for stop in stops if stop >= clients)
        is_kept = not _is_thin(clients - before) and not _is_thin(after - clients)
        groups.append(groups[-1] + is_kept)
        if is_kept:
            last = clients
    missing, unseen = groups[-1] + 1, groups[-1] + 2
    if _is_thin(counts[0]) and known:
        median = known // 2
        missing = groups[sum(clients <= median for clients in below)]
    return (missing, *groups, unseen)


def _category_groups(axis: CategoryAxis, counts: Sequence[int], other: Term | None) -> Groups:
    """Codes of few clients together, within the groups of codes that are published already."""
    if _is_thin(counts[0]):
        return None
    last = axis.cells - 1
    parents: dict[int, int] = {}
    if other is not None:
        if not isinstance(other.axes[0], CategoryAxis) or sum(other.counts) != sum(counts):
            return None
        cell_of = {code: cell for cell, codes in enumerate(other.axes[0].levels, start=1) for code in codes}
        unseen = other.axes[0].cells - 1
        for cell, codes in enumerate(axis.levels, start=1):
            found = {cell_of.get(code, unseen) for code in codes}
            if len(found) > 1:
                return None  # neither is a part of the other
            parents[cell] = found.pop()
        parents[last] = unseen
    groups = list(range(axis.cells))
    buckets: dict[int, list[int]] = {}
    for cell in range(1, axis.cells):
        if counts[cell]:
            buckets.setdefault(parents.get(cell, 0), []).append(cell)
    for cells in buckets.values():
        cells.sort(key=lambda cell: counts[cell])
        pooled = 0
        for cell in cells:
            if not _is_thin(counts[cell]) and not _is_thin(pooled):
                break
            groups[cell] = groups[cells[0]]
            pooled += counts[cell]
        if _is_thin(pooled):
            return None
    return tuple(groups)
