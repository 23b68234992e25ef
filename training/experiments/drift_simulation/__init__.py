"""Things that go wrong after a training, done to synthetic clients on purpose: how soon they are seen, and where."""

from training.experiments.drift_simulation.kinds import Shock, shocks_for
from training.experiments.drift_simulation.study import Shocked, Study, study_shocks

__all__ = ["Shock", "Shocked", "Study", "shocks_for", "study_shocks"]
