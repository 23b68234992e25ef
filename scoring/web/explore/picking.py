"""What is picked in a chart of the Explore page, as filters, and who that is."""

from collections.abc import Sequence
from typing import Any

from scoring.model.arrays import Flags
from scoring.portfolio.columns import Columns
from scoring.portfolio.filters import Filters, Range
from scoring.portfolio.peers import Band, bands
from scoring.portfolio.queries import CELL, sides
from scoring.service import Service
from scoring.web.explore.view import Chart, View


def masks_of(service: Service, view: View) -> tuple[Flags, Flags]:
    """Who is chosen by the filters, and who of them was picked."""
    chosen = service.portfolio.matching(view.chosen.filters).to_numpy()
    if view.origin is None:
        return chosen, chosen
    return chosen, chosen & service.portfolio.matching(view.picked.filters).to_numpy()


def pictured(masks: tuple[Flags, Flags]) -> tuple[int, int]:
    """How many are chosen, and how many of them picked."""
    chosen, picked = masks
    return int(chosen.sum()), int(picked.sum())


def picked_by(service: Service, view: View, chart: Chart, event: Any) -> Filters | None:
    """The filters of what was clicked or drawn in a chart; None where that is nothing."""
    columns = service.peers.columns
    if chart == "plane" and event.what == "area":
        return _area(view, event)
    if event.what != "one":
        return None
    among = service.portfolio.matching(view.chosen.filters).to_numpy()
    drawn: tuple[Sequence[Band], ...]
    places: tuple[Any, ...]
    if chart == "kinds":
        drawn, places = (bands(columns, among, view.kind, least=CELL),), (event.id,)
    elif chart == "squares":
        drawn, places = sides(columns, among, (view.across, view.up), view.show), (event.x, event.y)
    else:
        return None
    if any(not isinstance(at, int) or not 0 <= at < len(side) for at, side in zip(places, drawn, strict=True)):
        return None
    return filter_of(columns, among, [side[at] for at, side in zip(places, drawn, strict=True)])


def _area(view: View, event: Any) -> Filters:
    """The area that was drawn; its ends are rounded to what people say."""
    (left, right), (low, high) = (sorted(float(f"{end:.3g}") for end in side) for side in (event.x, event.y))
    if view.x == view.y:
        left, right = max(left, low), min(right, high)
    ranges = {view.x: Range(left, max(left, right))}
    return Filters(numbers={**ranges, **({view.y: Range(low, high)} if view.x != view.y else {})})


def filter_of(columns: Columns, among: Flags, found: Sequence[Band]) -> Filters:
    """The filters that choose those of `among` who are in all these bands, and no other."""
    ranges: dict[str, Range] = {}
    codes: dict[str, tuple[str | None, ...]] = {}
    for band in found:
        if band.code is not None:
            codes[band.feature] = (band.code,)
            continue
        values = columns.numbers(band.feature)[among & band.mask(columns)]
        # A filter includes both its ends; a band leaves out its higher one.
        last = float(values.max()) if band.high is not None and values.size else None
        before = ranges.get(band.feature, Range())
        highs = [one for one in (before.high, last) if one is not None]
        lows = [one for one in (before.low, band.low) if one is not None]
        ranges[band.feature] = Range(max(lows, default=None), min(highs, default=None))
    return Filters(numbers=ranges, codes=codes)
