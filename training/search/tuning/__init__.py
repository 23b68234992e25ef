"""The search for settings: what is searched, by which cost, how it resumes, and what it gains on fresh folds."""

from training.search.tuning.gain import Gain, adopted, draw, gains, tuning_report
from training.search.tuning.search import Trial, read_trials, trials_file, tune
from training.search.tuning.spaces import KINDS, SPACES

__all__ = [
    "KINDS",
    "SPACES",
    "Gain",
    "Trial",
    "adopted",
    "draw",
    "gains",
    "read_trials",
    "trials_file",
    "tune",
    "tuning_report",
]
