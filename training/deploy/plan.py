"""What is meant to be published: whose model, whose clients, for whose eyes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scoring.settings import DEMO, ROOT

Auth = Literal["none", "oidc"]


@dataclass(frozen=True)
class Plan:
    """What is meant to be published.

    Attributes
    ----------
    artefacts : folder of the training whose model is served
    clients : folder of a training whose clients are shown instead of its own; None: its own
    private : whether only those whom its owner lets in see the Space
    auth : `oidc`: people log in by their Hugging Face account, and only those who are named may enter
    root : of the repository
    """

    artefacts: Path = DEMO
    clients: Path | None = None
    private: bool = False
    auth: Auth = "none"
    root: Path = ROOT

    @property
    def closed(self) -> bool:
        """Whether strangers see neither the files nor the pages."""
        return self.private and self.auth != "none"
