"""The pages of the model app, in the order of the bar and of each section."""

from scoring.web.model_app import points
from scoring.web.model_app.context import ModelPage

MODEL_PAGES: tuple[ModelPage, ...] = (points,)
