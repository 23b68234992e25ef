"""The model app over the demo, without a browser: each page as its frame would draw it."""

from collections.abc import Callable

import gradio as gr
import pytest

from scoring.journal import Journal
from scoring.recording import Recorder
from scoring.reports import ReportsNow
from scoring.service import Service
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.pages import MODEL_PAGES
from scoring.web.page import Built, Place
from tests.running import run

Drawn = Callable[[Place, str], str]


@pytest.fixture(scope="session")
def contexts(demo: Service, journal: Journal) -> dict[str, ModelContext]:
    """One context a language."""
    recorder, reports = Recorder(demo, journal), ReportsNow(lambda: demo.artefacts)
    return {lang: ModelContext(demo, recorder, reports, lang, gr.Textbox(render=False)) for lang in ("fr", "en")}


@pytest.fixture(scope="session")
def drawn(contexts: dict[str, ModelContext]) -> Drawn:
    """What a page's HTML is at a place, in a language."""

    async def build() -> dict[tuple[str, str], Built]:
        """Inside a loop: outside one, Gradio opens its own for each app and never closes it."""
        with gr.Blocks(analytics_enabled=False):
            return {(lang, page.NAME): page.build(one) for lang, one in contexts.items() for page in MODEL_PAGES}

    built = run(build())

    def draw(place: Place, lang: str) -> str:
        values = built[lang, place.page].draw(place, gr.Request())
        assert len(values) == len(built[lang, place.page].outputs)
        return "".join(value for value in values if isinstance(value, str) and value.startswith("<"))

    return draw
