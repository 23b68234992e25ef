"""The report of a selection as one document of plain values: what is written as JSON, and what the page is made of."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from training.config import SelectionSettings
from training.search.selection.path import Selection
from training.search.selection.price import FOLDS, Priced

FORMAT, VERSION = "clairscore-selection", 1
TIME = (
    "Stability is looked at over tenths of the clients in the order of their numbers. It cannot be over time: the "
    "tables carry no date of application, and their days and months are counted back from it."
)


def describe_selection(selection: Selection, settings: SelectionSettings) -> dict[str, Any]:
    """The path alone: its bounds, each step with what it removed and why, and the clusters."""
    return {
        "clients": selection.clients,
        "positives": selection.positives,
        "bounds": asdict(settings),
        "time": TIME,
        "steps": [
            {
                "name": step.name,
                "kept": len(step.kept),
                "removed": dict(step.removed),
                "flagged": dict(step.flagged),
            }
            for step in selection.steps
        ],
        "kept": list(selection.kept),
        # Rounded: to the last digit, a value would tell of a handful of clients in one of its bins.
        "information_values": {name: round(value, 4) for name, value in selection.values.items()},
        "clusters": [asdict(cluster) for cluster in selection.clusters],
    }


def document(
    selection: Selection, prices: Sequence[Priced], settings: SelectionSettings, *, data: dict[str, Any]
) -> dict[str, Any]:
    """The whole report: `describe_selection`, what each step costs, and what the data are.

    Parameters
    ----------
    data : ``synthetic``, ``fingerprint``, ``labelled``, ``seed``, ``absent_tables``
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "data": data,
        **describe_selection(selection, settings),
        "folds": FOLDS,
        "prices": [asdict(one) for one in prices],
    }
