"""What a page of the model app is built with, and what a page is to the frame."""

from dataclasses import dataclass
from typing import Any, Protocol

import gradio as gr
from markupsafe import Markup

from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY
from scoring.i18n import text
from scoring.model.artefacts import Kind
from scoring.reports.folder import Reports, ReportsNow
from scoring.reports.validation import Cell, Check, Table, cell_said
from scoring.service import Service
from scoring.web.page import Built
from scoring.web.templates import render


class Wording(Protocol):
    """A wording in both languages."""

    def say(self, lang: str, /) -> str:
        """The wording in one language."""
        ...


@dataclass(frozen=True)
class ModelContext:
    """What a page is built with.

    Attributes
    ----------
    reports_now : what the training and its studies wrote, of the artefacts that serve
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

    def words(self, wording: Wording) -> str:
        """A bilingual wording in the page's language."""
        return wording.say(self.lang)

    def kind(self, wanted: str) -> Kind:
        """The model that an address names: a glass box of the folder, else the one that serves."""
        return next((kind for kind in self.reports.models if kind == wanted), self.reports.serves)

    def render(self, template: str, macro: str = "body", /, **values: Any) -> Markup:
        """A macro of ``model_app/<template>.html``, which takes `page`, `say` and `lang` before the values."""
        return render(f"model_app/{template}", macro, page=self, say=self.say, lang=self.lang, **values)

    # What the macro `check` asks of the page that it is on.

    @staticmethod
    def has_reason(check: Check) -> bool:
        """Whether a check's reason says more than its finding."""
        return check.reason is not None and check.reason != check.finding

    def rows_of(self, table: Table, check: Check) -> list[list[str]]:
        """The rows of a check's table; where a check of fairness compares groups, the code of a group in words."""
        lang = self.lang
        return [[self.group(row[0], check), *(cell_said(cell, lang) for cell in row[1:])] for row in table.rows]

    def group(self, cell: Cell, check: Check) -> str:
        """The name of a group that a check of fairness compares; a cell that is no group as it is written."""
        parts = check.id.split(".")
        feature = DICTIONARY.get(parts[1]) if check.family == "fairness" and len(parts) > 1 else None
        if feature is not None and isinstance(cell, str) and cell in feature.levels:
            return feature.levels[cell].say(self.lang)
        return cell_said(cell, self.lang)


class ModelPage(Protocol):
    """A module of the model app."""

    NAME: str
    SECTION: str

    def build(self, context: ModelContext) -> Built:
        """Make the page's components and events, inside a column that the frame shows and hides."""
        ...
