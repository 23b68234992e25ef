"""``shock.json`` read back: how soon things that went wrong on purpose are seen, and where on the Watch page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from scoring.files import read_beside
from scoring.reports.evaluation import Part, Said
from scoring.reports.monitoring_document import Level, Section
from scoring.reports.studies import Origin

FORMAT: Final = "clairscore-shock"
VERSION: Final = 1
FILE: Final = "shock.json"
COMMAND: Final = "python -m training shock --artefacts DIR --out DIR/shock.json"
NONE: Final = "none"


class AtSize(Part):
    """Looks at so many clients: shares that are amber or red, and that are red, before outcomes are known and after."""

    clients: int
    seen: float
    red: float
    seen_after: float
    red_after: float
    advice: Mapping[str, int]
    advice_after: Mapping[str, int]


class Told(Part):
    """A kind of signal, where it is seen, and the share of the largest looks that raise it."""

    kind: str
    section: Section
    level: Level
    share: float


class Shocked(Part):
    """One shock.

    Attributes
    ----------
    sizes : looks by number of clients
    first, first_after : fewest clients from which on it is seen for sure, before and after outcomes; None: never
    signals : those of the largest looks, the most frequent first, then the gravest
    reviewed : share of clients that the officers' pages send to a person, in the largest looks
    accepted : share of clients accepted
    """

    name: str
    words: Said
    sizes: tuple[AtSize, ...]
    first: int | None
    first_after: int | None
    signals: tuple[Told, ...]
    reviewed: float
    accepted: float

    @property
    def advised(self) -> str:
        """The most frequent advice of the largest looks, once outcomes are known."""
        given = self.sizes[-1].advice_after
        return max(given, key=lambda action: given[action])


class ShockStudy(Part):
    """The whole study."""

    data: Origin
    model: str
    code_fingerprint: str
    seed: int
    clients: int
    looks: int
    sure: float
    shocks: tuple[Shocked, ...]

    @property
    def calm(self) -> Shocked:
        """What is seen where nothing changed: false alarms."""
        return next(one for one in self.shocks if one.name == NONE)


def read_shock(folder: Path) -> ShockStudy | None:
    """Read the study of a training's folder; None where none was made.

    Raises
    ------
    ArtefactError
        When the file is there and is not as declared.
    """
    return read_beside(ShockStudy, folder / FILE, FORMAT, VERSION, command=COMMAND)
