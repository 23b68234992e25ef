"""The report of a selection as one HTML page, made of the document that is written as JSON beside it."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scoring.data.features import DICTIONARY
from scoring.i18n.templates import renderer

PICTURE = "selection.png"
MEANING = {
    "all": "Candidates: every feature of the dictionary but the sensitive ones",
    "varies": "Without those that are one value, or missing, for nearly all clients",
    "stable": "Without those whose distribution moves between tenths of the clients",
    "informs": "Without those that alone say nothing of the outcome",
    "agrees": "Without those whose trend contradicts the dictionary",
    "distinct": "One of each cluster of features that say the same",
    "few: ebm": "The features that the EBM then chose",
    "few: scorecard": "The features that the scorecard then chose",
}
_render = renderer(Path(__file__).parent)


def html(report: Mapping[str, Any]) -> str:
    """Return the page; the picture is expected beside it."""
    values = report["information_values"]
    return _render(
        "page",
        "page",
        report=report,
        meaning=MEANING,
        picture=PICTURE,
        prices=list(_prices(report["prices"])),
        clusters=list(_clusters(report["clusters"])),
        left=sorted(((name, values[name]) for name in report["kept"]), key=lambda item: -item[1]),
        features=DICTIONARY,
    )


def _prices(prices: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, ...]]:
    """What each step costs in AUC, as the cells of a row."""
    for one in prices:
        few, most = min(one["features"]), max(one["features"])
        is_start = one["step"] == "all"
        yield (
            MEANING[one["step"]],
            f"{few}" if few == most else f"{few} to {most}",
            f"{one['auc']:.4f} ± {one['error']:.4f}",
            "" if is_start else f"{one['change']:+.4f} ± {one['change_error']:.4f}",
            "" if is_start else f"{one['whole']:+.4f} ± {one['whole_error']:.4f}",
            "" if one["own_auc"] is None else f"{one['own_auc']:.4f} ± {one['own_error']:.4f}",
        )


def _clusters(clusters: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The members of each cluster, the one that stays first."""
    for cluster in clusters:
        members = sorted(cluster["members"], key=lambda one: one["name"] != cluster["representative"])
        for member in members:
            yield {**member, "stays": member is members[0]}
