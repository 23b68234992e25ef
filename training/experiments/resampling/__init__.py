"""Does resampling help? Class weights, undersampling and SMOTENC against nothing, inside the folds, at the bank's cost.

`arms` says what is tried, `sampling` makes the clients of an arm, `study` fits and measures, `words` says what the
table says.
"""

from training.experiments.resampling.sampling import ARMS, Arm, Resampled, resample
from training.experiments.resampling.study import study_resampling

__all__ = ["ARMS", "Arm", "Resampled", "resample", "study_resampling"]
