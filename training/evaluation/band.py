"""How many spreads make a band of uncertainty that covers as often as it says.

The spread of a score over the whole models of one training is not the error of estimation: bags of the EBM share most
of their clients, and a bootstrap knows nothing of clients who were never drawn. So ``k`` is measured: the same
procedure is fitted again on fresh synthetic clients, and ``k`` is the number of spreads within which a score lies of
what the procedure gives on average over fresh clients, for the stated share of scores.

The rule: ``k`` is looked up in the table that `training.experiments.band` measured, by the number of clients with
difficulties trained on; between two of its sizes along their logarithm, beyond them at the nearest.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scoring.model.additive_model import Band

TABLE = Path(__file__).with_name("band.json")


@cache
def measured() -> Mapping[str, Any]:
    """The table as it was measured: the coverage, and for each glass box ``k`` by size."""
    document: dict[str, Any] = json.loads(TABLE.read_text(encoding="utf-8"))
    return document


def band_of(kind: str, positives: int) -> Band:
    """The band of a glass box trained on so many clients with difficulties."""
    table = measured()
    rows = sorted(table["sizes"][kind], key=lambda row: row["positives"])
    sizes, ks = ([float(row[name]) for row in rows] for name in ("positives", "k"))
    k = float(np.interp(np.log(max(positives, 1)), np.log(sizes), ks))
    return Band(k=round(k, 3), coverage=table["coverage"])
