"""Pages mounted on the app: every one the same way."""

import gradio as gr
from fastapi import FastAPI

from scoring.web.theme import make_theme


def mount(app: FastAPI, blocks: gr.Blocks, path: str) -> None:
    """Mount pages at a path; our head is put into them by `scoring.web.page_language`."""
    gr.mount_gradio_app(
        app,
        blocks,
        path=path,
        theme=make_theme(),
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        show_error=False,
        favicon_path=None,
    )
