"""An event that fails tells neither the visitor nor the log what it held."""

import gradio as gr
import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from scoring.server.middleware.logs import without_messages
from scoring.web.page_events import tell_failures
from tests.running import run


@pytest.fixture
def told() -> LogCapture:
    return LogCapture()


# What Gradio keeps of queued events is its own affair, and not ready for the next pandas.
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
@pytest.mark.parametrize("queued", [False, True])
def test_neither_visitor_nor_log_learn_the_message(
    told: LogCapture, queued: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails() -> str:
        raise ValueError("client 100002 earns 12345")

    async def built() -> FastAPI:
        with gr.Blocks(analytics_enabled=False) as page:
            box, button = gr.Textbox(), gr.Button()
            button.click(fails, None, box, queue=queued)
        return gr.mount_gradio_app(FastAPI(), page, path="/page", ssr_mode=False, show_error=False)

    structlog.configure(processors=[without_messages, told], cache_logger_on_first_use=False)
    try:
        tell_failures()
        with TestClient(run(built())) as client:
            event = {"data": [], "fn_index": 0, "session_hash": "s"}
            if queued:
                client.post("/page/gradio_api/queue/join", json=event)
                answer = client.get("/page/gradio_api/queue/data?session_hash=s").text
            else:
                answer = client.post("/page/gradio_api/run/predict", json=event).text
    finally:
        structlog.reset_defaults()
    assert "12345" not in answer
    assert "12345" not in str(told.entries)
    assert "12345" not in "".join(capfd.readouterr())
    assert [entry["error"] for entry in told.entries] == ["ValueError"]
    assert told.entries[0]["raised"][-1].endswith(" fails")
