"""Watching a model that serves: later clients against those of training, and what to do about it.

`look` measures, `signals_of` and `light_of` judge by stated bounds, `advise` says what to do. Nothing here serves: the
command ``python -m training watch`` writes it down as ``watch.json``, which the Watch page shows.
"""

from scoring.reports.monitoring.advice import advise
from scoring.reports.monitoring.monitor import Later, Overrides, Trained, look
from scoring.reports.monitoring.signals import Seen, light_of, signals_of, unreadable
from scoring.reports.monitoring.thresholds import rules

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
