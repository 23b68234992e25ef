"""The pages of the model app, in the order of the bar and of each section."""

from scoring.web.model_app import (
    costs,
    curves,
    data,
    dictionary,
    fairness,
    importance,
    journal,
    points,
    problems,
    results,
    shapes,
    simplicity,
    tour,
    validation,
)
from scoring.web.model_app import experiments as trials
from scoring.web.model_app import explanation_fidelity as truth
from scoring.web.model_app import monitoring as watch
from scoring.web.model_app.context import ModelPage

MODEL_PAGES: tuple[ModelPage, ...] = (
    tour,
    results,
    costs,
    curves,
    shapes,
    importance,
    simplicity,
    truth,
    trials,
    points,
    validation,
    fairness,
    watch,
    problems,
    data,
    dictionary,
    journal,
)
