"""Known warnings of the libraries that mean nothing here, silenced by message, around their calls alone."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from pandas.errors import Pandas4Warning

KNOWN = (
    # interpret: its plots leave the missing bin out; ours do not, and the artefact holds the bin
    ("Missing values detected\\. Our visualizations do not currently display missing values", UserWarning, "interpret"),
    # optbinning 1.0 builds its tables with a row "Totals" that pandas 4 will want cast beforehand
    ("Setting an item of incompatible dtype is deprecated", Pandas4Warning, "optbinning"),
    ("The inplace keyword in DataFrame\\.", Pandas4Warning, "optbinning"),
)


@contextmanager
def quiet() -> Iterator[None]:
    """Run a library's call without its known, harmless warnings."""
    with warnings.catch_warnings():
        for message, category, module in KNOWN:
            warnings.filterwarnings("ignore", message=message, category=category, module=module)
        yield
