"""Where two models decide differently: how many clients, what became of them, and who was right there.

Both decide alike on everyone else, so their whole difference in cost comes from these clients.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.model.arrays import Floats
from scoring.model.costs import CostMatrix
from scoring.model.disclosure import FEWEST_SHOWN
from scoring.model.scale import pd_of_many
from scoring.model.statistics import wilson
from training.evaluation.calibration import FEWEST_FOR_VERDICT

TOP = 8


def disagreement(
    target: NDArray[np.integer],
    first: Floats,
    second: Floats,
    costs: CostMatrix,
    contributions: tuple[pl.DataFrame, pl.DataFrame] | None = None,
) -> dict[str, Any]:
    """The four cells of (first accepts, second accepts).

    Accepting is right in a cell where the default rate is below the theoretical threshold; the verdict waits for an
    interval that leaves the threshold out, and for 200 clients.

    Parameters
    ----------
    first, second : shape (clients,), log-odds
    contributions : of each model, one row a client and one column a feature, in log-odds
    """
    pds = pd_of_many(first), pd_of_many(second)
    accepts = pds[0] <= costs.threshold, pds[1] <= costs.threshold
    places = {
        "both_accept": accepts[0] & accepts[1],
        "only_first_accepts": accepts[0] & ~accepts[1],
        "only_second_accepts": ~accepts[0] & accepts[1],
        "both_decline": ~accepts[0] & ~accepts[1],
    }
    # The costs of both models tell the sums along either side of the table: one cell gives away the three others.
    tells = not any(0 < int(rows.sum()) < FEWEST_SHOWN for rows in places.values())
    cells = {name: _cell(target, pds, rows, costs, tells=tells) for name, rows in places.items()}
    if contributions is not None:
        for name in ("only_first_accepts", "only_second_accepts"):
            cells[name]["features"] = _features(contributions, places[name])
    return {"cells": cells}


def _cell(
    target: NDArray[np.integer], pds: tuple[Floats, Floats], rows: NDArray[np.bool_], costs: CostMatrix, *, tells: bool
) -> dict[str, Any]:
    clients = int(rows.sum())
    cell: dict[str, Any] = {"clients": clients, "share": clients / len(rows)}
    if clients < FEWEST_SHOWN or not tells:
        return cell
    bad = int((target[rows] == 1).sum())
    rate = wilson(bad, clients)
    right = None
    if clients >= FEWEST_FOR_VERDICT and not rate.low <= costs.threshold <= rate.high:
        right = bool(rate.high < costs.threshold)
    return {
        **cell,
        "default_rate": rate.as_dict(),
        "mean_pd_first": float(pds[0][rows].mean()),
        "mean_pd_second": float(pds[1][rows].mean()),
        "cost_if_accepted": costs.fn * bad / clients,
        "cost_if_declined": costs.fp * (clients - bad) / clients,
        "accepting_is_right": right,
    }


def _features(contributions: tuple[pl.DataFrame, pl.DataFrame], rows: NDArray[np.bool_]) -> dict[str, float]:
    """Mean of (first − second) contribution by feature, the largest first; a feature that one lacks gives 0 there."""
    if rows.sum() < FEWEST_SHOWN:
        return {}
    for frame in contributions:
        if frame.height != len(rows):
            raise TrainingError(
                f"Contributions must have one row a client; got {frame.height} rows for {len(rows)} clients. "
                "Give those of the clients that were scored."
            )
    means = [_means(frame, rows) for frame in contributions]
    names = {**means[0], **means[1]}
    difference = {name: means[0].get(name, 0.0) - means[1].get(name, 0.0) for name in names}
    return dict(sorted(difference.items(), key=lambda item: (-abs(item[1]), item[0]))[:TOP])


def _means(frame: pl.DataFrame, rows: NDArray[np.bool_]) -> Mapping[str, float]:
    """Mean contribution in the cell less that of all clients, by feature."""
    return {name: float(frame[name].to_numpy()[rows].mean() - frame[name].to_numpy().mean()) for name in frame.columns}
