"""Features that say the same, and which of them speaks for the others.

Clusters are made by complete linkage, so that each two members of one are correlated at least by the bound: no chain
joins strangers. Of a cluster, the feature of the most information stays; among equals, one that the applicant can act
on, of the application itself, of the fewest decimals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from scoring.data.features import DICTIONARY
from scoring.data.features.declaration import APPLICATION
from training.search.selection.evidence import rank_correlation

FEWEST_KNOWN = 100
"""Clients known in both of two features below which their correlation says nothing."""


@dataclass(frozen=True)
class Member:
    """A feature of a cluster: its information value, and its rank correlation with the one that stays."""

    name: str
    value: float
    correlation: float


@dataclass(frozen=True)
class Cluster:
    """Features that say the same; the representative is one of the members."""

    representative: str
    members: tuple[Member, ...]


def clusters(
    columns: Sequence[pl.Series], values: Mapping[str, float], *, bound: float, tie: float
) -> tuple[Cluster, ...]:
    """Clusters of more than one feature, in the order of the columns.

    Parameters
    ----------
    columns : numbers, missing as null
    values : information value by name
    bound : smallest absolute rank correlation of each two members
    tie : share of the best information value from which a feature is as good as the best
    """
    if len(columns) < 2:
        return ()
    correlation = rank_correlation(list(columns), FEWEST_KNOWN)
    distance = squareform(np.clip(1.0 - np.abs(correlation), 0.0, None), checks=False)
    number = fcluster(linkage(distance, "complete"), 1.0 - bound, "distance")
    names = [column.name for column in columns]
    found = []
    for one in dict.fromkeys(number.tolist()):
        at = np.flatnonzero(number == one).tolist()
        if len(at) < 2:
            continue
        best = max(values[names[i]] for i in at)
        equal = [i for i in at if values[names[i]] >= best - (1.0 - tie) * abs(best)]
        chosen = min(equal, key=lambda i: (*plainness(names[i]), -values[names[i]], i))
        members = tuple(Member(names[i], values[names[i]], float(correlation[chosen, i])) for i in at)
        found.append(Cluster(names[chosen], members))
    return tuple(found)


def plainness(name: str) -> tuple[bool, bool, int]:
    """What a person prefers, smallest first: actionable, of the application, of few decimals.

    >>> plainness("credit_amount") < plainness("not a feature")
    True
    """
    feature = DICTIONARY.get(name)
    if feature is None:
        return True, True, 99
    return not feature.actionable, feature.table != APPLICATION, feature.decimals
