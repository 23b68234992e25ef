"""Watching a model that serves: later clients against those of training, and what to do about it.

`look` measures, `signals_of` and `light_of` judge by stated bounds, `advise` says what to do. Nothing here serves: the
command ``python -m training watch`` writes it down as ``watch.json``, which the Watch page shows.
"""

from scoring.monitoring.advice import advise
from scoring.monitoring.people import Overrides
from scoring.monitoring.rules import rules
from scoring.monitoring.seen import Seen
from scoring.monitoring.signals import light_of, signals_of, unreadable
from scoring.monitoring.watching import Later, Trained, look

__all__ = [
    "Later",
    "Overrides",
    "Seen",
    "Trained",
    "advise",
    "light_of",
    "look",
    "rules",
    "signals_of",
    "unreadable",
]
