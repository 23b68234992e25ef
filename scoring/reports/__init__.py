"""What a training and its studies wrote, read back with declared types: nothing here computes a result again."""

from scoring.reports.evaluation import Evaluation, ModelStatistics, TermStatistics
from scoring.reports.folder import KINDS, Reports, ReportsNow

__all__ = ["KINDS", "Evaluation", "ModelStatistics", "Reports", "ReportsNow", "TermStatistics"]
