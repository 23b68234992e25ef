"""What a training and its studies wrote, read back with declared types: nothing here computes a result again."""

from scoring.reports.evaluation import Evaluation, ModelStatistics, TermStatistics, read_evaluation
from scoring.reports.folder import KINDS, Reports

__all__ = ["KINDS", "Evaluation", "ModelStatistics", "Reports", "TermStatistics", "read_evaluation"]
