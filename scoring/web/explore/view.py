"""What the Explore page shows, as an address holds it: the quantities of its charts, the filters, what was picked in a chart.

The rule: the address is all there is to know; what it can't mean is left out, or said where it is a filter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from scoring.data.features import DICTIONARY
from scoring.portfolio.columns import Columns
from scoring.portfolio.filter_text import read_filters
from scoring.portfolio.filters import Filters
from scoring.portfolio.queries import Measure
from scoring.web.filter_selection import Selection, read_selection

Chart = Literal["top", "plane", "kinds", "squares"]
CHARTS: tuple[Chart, ...] = ("top", "plane", "kinds", "squares")
SHOWS: tuple[Measure, ...] = ("accepted", "difficulties")
PICK, PART, IS = "pick", ";", ":"
_EVERYONE = Selection(Filters())


@dataclass(frozen=True)
class View:
    """What is shown.

    Attributes
    ----------
    top : the quantity by which clients are ranked
    x, y : the two facts of the plane
    kind : the fact whose bands or codes are counted
    across, up, show : the two facts of the grid, and the share in its squares
    chosen : the filters that all charts share
    picked, origin : what was picked in a chart, and in which; the other charts show those alone
    """

    top: str = "card_drawings_sum"
    x: str = "income_total"
    y: str = "credit_amount"
    kind: str = "occupation"
    across: str = "income_total"
    up: str = "years_employed"
    show: Measure = "accepted"
    chosen: Selection = _EVERYONE
    picked: Selection = _EVERYONE
    origin: Chart | None = None

    @property
    def sensitive(self) -> bool:
        """Whether clients are chosen by what no outcome is shown along."""
        return self.chosen.sensitive or self.picked.sensitive

    @property
    def query(self) -> dict[str, str]:
        """The words of an address; what is usual is left out."""
        usual = View()
        query = {name: str(getattr(self, name)) for name in _NAMES if getattr(self, name) != getattr(usual, name)}
        if self.origin is not None:
            words = [f"{name}{IS}{value}" for name, value in self.picked.words.items()]
            query[PICK] = PART.join([self.origin, *words])
        return {**query, **self.chosen.words}

    def unpicked(self) -> "View":
        """The same with nothing picked."""
        return replace(self, picked=_EVERYONE, origin=None)


_NAMES = ("top", "x", "y", "kind", "across", "up", "show")


def read_view(query: Mapping[str, str], columns: Columns) -> View:
    """The view that an address asks for.

    Raises
    ------
    InputError
        When a word of it is no filter.
    """
    words = dict(query)
    named = {name: words.pop(name) for name in _NAMES if name in words}
    pick = words.pop(PICK, "")
    usable = {**facts_for(columns), "show": SHOWS}
    usual = View()
    # A portfolio without a history table lacks what is made from it.
    first = usual.top if usual.top in usable["top"] else usable["top"][0]
    view = replace(usual, top=first, chosen=read_selection(words))
    usable_words: dict[str, Any] = {name: value for name, value in named.items() if value in usable[name]}
    view = replace(view, **usable_words)
    origin, *parts = pick.split(PART)
    chart = next((one for one in CHARTS if one == origin), None)
    if chart is None:
        return view
    pairs = [part.partition(IS) for part in parts]
    return replace(view, picked=Selection(read_filters({name: value for name, _, value in pairs})), origin=chart)


def facts_for(columns: Columns) -> Mapping[str, Sequence[str]]:
    """What can be chosen in each of the charts' lists."""
    ranked, along = numbers(columns), insensitive(columns)
    return {
        **dict.fromkeys(("top", "x", "y"), ranked),
        "kind": list(columns.features),
        **dict.fromkeys(("across", "up"), along),
    }


def numbers(columns: Columns) -> Sequence[str]:
    """Facts that clients can be ranked by, or placed along."""
    return [
        name for name in columns.features if DICTIONARY[name].kind == "number" and DICTIONARY[name].unit != "yes_no"
    ]


def insensitive(columns: Columns) -> Sequence[str]:
    """Facts along which shares are told: none of them sensitive."""
    return [name for name in columns.features if not DICTIONARY[name].sensitive]
