"""Tests, in the same rooms as what they test."""

import os
from pathlib import Path

from scoring.settings import ROOT

SAMPLE = Path(os.environ.get("CLAIRSCORE_SAMPLE", ROOT.parent / "shared" / "home_credit_sample"))
"""The real sample, where it is."""

__all__ = ["ROOT", "SAMPLE"]
