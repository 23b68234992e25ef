"""What a page of the model app is built with, and what a page is to the frame."""

from dataclasses import dataclass
from typing import Protocol

import gradio as gr

from scoring.audit.audited_decisions import Recorder
from scoring.i18n import text
from scoring.model.artefacts import Kind
from scoring.reports.folder import Reports, ReportsNow
from scoring.service import Service
from scoring.web.page import Built


@dataclass(frozen=True)
class ModelContext:
    """What a page is built with.

    Attributes
    ----------
    reports_now : what the training and its studies said, of the artefacts that serve
    address : a hidden box; a query string that is written into it becomes the address, without going anywhere
    """

    service: Service
    recorder: Recorder
    reports_now: ReportsNow
    lang: str
    address: gr.Textbox

    @property
    def reports(self) -> Reports:
        """The reports of the artefacts that serve."""
        return self.reports_now.now

    def say(self, key: str, **values: object) -> str:
        """A text of the model app in the page's language; keys are those of the files, less ``model.``."""
        return text(self.lang, f"model.{key}", **values)

    def kind(self, asked: str) -> Kind:
        """The model that an address asks for: a glass box of the folder, else the one that serves."""
        return next((kind for kind in self.reports.models if kind == asked), self.reports.serves)


class ModelPage(Protocol):
    """A module of the model app."""

    NAME: str
    SECTION: str

    def build(self, context: ModelContext) -> Built:
        """Make the page's components and events, inside a column that the frame shows and hides."""
        ...
