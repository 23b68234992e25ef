"""What if: a request changed in what the applicant can change, and the nearest requests that would be accepted.

The rule: there is no second formula. A simulated request becomes raw columns, the declared expressions of
`scoring.data.features` make features of them, and the serving model scores those. A simulation is no decision.
"""

from scoring.explain.counterfactuals.choices import Choice, Kind, Offers, Room, offers_of
from scoring.explain.counterfactuals.grid import LenderGrid, Span
from scoring.explain.counterfactuals.map import OfferMap, map_of
from scoring.explain.counterfactuals.request import Changes, Request, changes_as_dict
from scoring.explain.counterfactuals.simulator import Client, Simulator

__all__ = [
    "Changes",
    "Choice",
    "Client",
    "Kind",
    "LenderGrid",
    "OfferMap",
    "Offers",
    "Request",
    "Room",
    "Simulator",
    "Span",
    "changes_as_dict",
    "map_of",
    "offers_of",
]
