"""The building that a client lives in: measures known together, each in three nearly equal forms."""

from __future__ import annotations
from scoring.model.arrays import Reals
from scoring.model.arrays import Flags

import numpy as np

from training.data.synthetic.columns import Codes, Rows
from training.data.synthetic.sample_dependencies import Drawn, NumberRelation, relations
from training.data.synthetic.sequence import ORDER, copied

_STEPPED = frozenset({"ENTRANCES", "ELEVATORS", "FLOORSMAX", "FLOORSMIN"})
"""Measures whose forms other than the average have few values."""


def draw_building(rng: np.random.Generator, drawn: Drawn) -> Rows:
    """Draw the building of each client, after the columns before it.

    Parameters
    ----------
    rng
        Source of chance.
    drawn
        What was drawn before; the building's columns are added.

    Returns
    -------
    Rows
        The 47 columns of the housing block.
    """
    rows: Rows = {}
    for name in ORDER[ORDER.index("BUILDING") :]:
        measure, _, form = name.rpartition("_")
        if name == "BUILDING":
            drawn.level(rng, name)
            unknown = {part: values == 1 for part, values in drawn.parts(name).items()}
            drawn.numbers |= {f"{part}_NONE": none.astype(np.float64) for part, none in unknown.items()}
        elif form == "AVG" or name == "TOTALAREA_MODE":
            drawn.numbers[name] = np.round(np.clip(drawn.number(rng, name, unknown[name]), 0.0, 1.0), 4)
            rows[name] = drawn.numbers[name]
        elif form == "SAME":
            drawn.level(rng, name)
        elif f"{measure}_AVG" in unknown:
            rows[name] = _other(rng, drawn, measure, form)
        else:
            values = drawn.level(rng, name)
            drawn.levels[name] = Codes(np.where(unknown[name], -1, values.index), values.levels)
            rows[name] = drawn.levels[name]
    return rows


def _other(rng: np.random.Generator, drawn: Drawn, measure: str, form: str) -> Reals:
    """Return the mode or median form: a copy of the average where the two are the same, drawn where not."""
    name = f"{measure}_{form}"
    average = drawn.numbers[f"{measure}_AVG"]
    same = drawn.levels[f"{measure}_SAME"]
    place = 0 if form == "MODE" else 1
    copies: Flags = np.asarray([level[place] == "1" for level in same.levels])[same.index]
    copy = _copy(measure, form, average)
    ratio = drawn.number(rng, name, copies | np.isnan(average))
    moved = np.round(np.clip((copy + 0.01) * ratio - 0.01, 0.0, 1.0), 4)
    return np.where(copies, copy, _stepped(measure, moved))


def _copy(measure: str, form: str, average: Reals) -> Reals:
    """Return the form of the same building: as published where the average is common, otherwise by its unit."""
    known = relations()[1][measure][form]
    copy = copied(measure, average, known["factor"])
    if not known["copies"]:
        return copy
    at = np.asarray([float(value) for value in known["copies"]])
    to = np.asarray(list(known["copies"].values()))
    place = np.minimum(np.searchsorted(at, np.nan_to_num(average) - 1e-6), len(at) - 1)
    return np.where(np.abs(at[place] - average) < 1e-6, to[place], copy)


def _stepped(measure: str, values: Reals) -> Reals:
    """Return the nearest of the average's common values, where a measure has few."""
    relation = relations()[0][f"{measure}_AVG"]
    if measure not in _STEPPED or not isinstance(relation, NumberRelation):
        return values
    # A common value is a step of the distribution function: two knots at one place.
    steps = np.unique(relation.v[1:][np.diff(relation.v) == 0])
    nearest = steps[np.abs(np.nan_to_num(values)[:, None] - steps).argmin(axis=1)]
    return np.where(np.isnan(values), np.nan, nearest)
