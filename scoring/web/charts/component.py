"""The Gradio part that holds figures: it sees to it that they are drawn, and passes on what is clicked in them."""

from typing import Any

import gradio as gr

from scoring.web.static import fingerprint
from scoring.web.templates import script

SCRIPT = "charts.js"
PLOTLY = "plotly-cartesian.min.js"


def charts(value: str = "", **options: Any) -> gr.HTML:
    """HTML made of `figure_html` and whatever stands around; raises `select` when something in a chart is chosen.

    The event's attributes: ``figure`` (the figure's key) and ``what``:

    - ``one``: a bar, point or cell was clicked; ``id`` is its ``customdata``, ``index`` its place, ``x`` and ``y``
    - ``area``: an area was drawn, where the figure's ``dragmode`` is ``select``; ``x`` and ``y`` are pairs, low to high
    - ``none``: a double click, which takes a choice back
    """
    names = {"SCRIPT": SCRIPT, "PLOTLY": PLOTLY}
    host = script("charts_host", **{word: f"{name}?{fingerprint(name)}" for word, name in names.items()})
    return gr.HTML(value, js_on_load=host, apply_default_css=False, **options)
