"""The validation of a training: what a validation team would ask, each question with its figure, bound and verdict.

One family of checks a file. `running` asks them in order, `document` and `page` write them down. The outcomes of
training clients are used to learn quick models of its own, never to judge a model that saw them.
"""

from training.validation.checks import Check, Verdict
from training.validation.document import JSON_FILE, PAGE_FILE, ValidationReport
from training.validation.page import html
from training.validation.running import steps, validate, write_report

__all__ = [
    "JSON_FILE",
    "PAGE_FILE",
    "Check",
    "ValidationReport",
    "Verdict",
    "html",
    "steps",
    "validate",
    "write_report",
]
