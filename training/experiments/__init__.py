"""Experiments beside a training: resampling, simplicity, a refit without questioned shapes, simulated drift."""
