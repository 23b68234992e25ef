"""The reports of one training's folder, each read when it is first asked for.

The rule: the models shown beside each other are those that ``champion.json`` names; a study that was not made, or was
made on other data than the model, is None, and whoever shows it says by which command it is made.
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ArtefactError
from scoring.files import validated
from scoring.model.additive_model import AdditiveModel, read_model
from scoring.model.artefacts import EVALUATION_FILE, Artefacts, Kind
from scoring.reports.drift_simulation import ShockStudy, read_shock
from scoring.reports.evaluation import Evaluation, read_published
from scoring.reports.monitoring_document import Watch, read_watch
from scoring.reports.quality import Quality, read_quality
from scoring.reports.studies import (
    Resampling,
    Simplicity,
    Tuning,
    read_resampling,
    read_simplicity,
    read_tuning,
)
from scoring.reports.validation import Validation, read_validation

# How often each feature is missing in the portfolio, by role: counted once, from the file as training wrote it.

ROLE = "ROLE"
NOT_FEATURES = (ID_COLUMN, ROLE, "OUTCOME")
NEW = "new"


def missing_shares(portfolio: Path) -> dict[str, dict[str, float]]:
    """By feature, the share of the clients of each role for whom it is missing; roles as the file names them.

    Raises
    ------
    ArtefactError
        When the file is not readable.
    """
    try:
        frame = pl.scan_parquet(portfolio)
        names = [name for name in frame.collect_schema().names() if name not in NOT_FEATURES]
        counted = (
            frame.group_by(ROLE)
            .agg(pl.len().alias("clients"), *(pl.col(name).null_count() for name in names))
            .sort(ROLE)
            .collect(engine="streaming")
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ArtefactError(f"The clients' file must be readable Parquet; got {portfolio}: {error}.") from error
    roles, clients = counted[ROLE].to_list(), counted["clients"].to_list()
    return {
        name: {role: missing / of for role, missing, of in zip(roles, counted[name].to_list(), clients, strict=True)}
        for name in names
    }


KINDS: tuple[Kind, ...] = ("scorecard", "ebm")


class Reports:
    """What a training said, beside the model that serves.

    Parameters
    ----------
    artefacts : the folder as the service read it
    """

    def __init__(self, artefacts: Artefacts) -> None:
        self._artefacts = artefacts

    @property
    def folder(self) -> Path:
        """Where the reports are."""
        return self._artefacts.folder

    @property
    def serves(self) -> Kind:
        """Which model serves."""
        return self._artefacts.champion.serves

    @cached_property
    def models(self) -> dict[Kind, AdditiveModel]:
        """Both glass boxes, or those that the folder holds.

        Raises
        ------
        ArtefactError
            When a model is not the one that was compared.
        """
        found: dict[Kind, AdditiveModel] = {}
        for kind in KINDS:
            stated = self._artefacts.champion.models.get(kind)
            if kind == self.serves:
                found[kind] = self._artefacts.model
            elif stated is not None:
                model = read_model(self.folder / f"{kind}.json")
                if model.digest != stated:
                    raise ArtefactError(
                        f"The model beside the serving one must be the one it was compared with; got {model.digest} in "
                        f"{self.folder / kind}.json instead of {stated}. Train again into one folder."
                    )
                found[kind] = model
        return found

    @cached_property
    def published_evaluation(self) -> dict[str, Any]:
        """The evaluation as a document that may be published.

        Raises
        ------
        ArtefactError
            When it is missing or not as declared.
        """
        return read_published(self.folder, self.models)

    @cached_property
    def evaluation(self) -> Evaluation:
        """The evaluation.

        Raises
        ------
        ArtefactError
            When it is missing, not as declared, or about another model than the one that serves.
        """
        found = validated(Evaluation, self.published_evaluation, self.folder / EVALUATION_FILE)
        own = found.glass_boxes.get(self.serves)
        if own is None or own.model_version != self._artefacts.model.model_version:
            raise ArtefactError(
                f"The evaluation must be of the model that serves, {self._artefacts.model.model_version}; got that of "
                f"{own.model_version if own else 'another'} in {self.folder}. Train again into one folder."
            )
        return found

    def _is_ours(self, fingerprint: str) -> bool:
        """Whether a study looked at the data that the serving model was trained on."""
        return fingerprint == self._artefacts.model.provenance.data_fingerprint

    @cached_property
    def validation(self) -> Validation | None:
        """The validation report."""
        found = read_validation(self.folder)
        return found if found is not None and self._is_ours(found.summary.data_fingerprint) else None

    @cached_property
    def simplicity(self) -> Simplicity | None:
        """What few terms cost."""
        found = read_simplicity(self.folder)
        return found if found is not None and self._is_ours(found.data.fingerprint) else None

    @cached_property
    def resampling(self) -> Resampling | None:
        """Whether resampling helps."""
        found = read_resampling(self.folder)
        return found if found is not None and self._is_ours(found.data.fingerprint) else None

    @cached_property
    def tuning(self) -> Tuning | None:
        """What a search gained."""
        found = read_tuning(self.folder)
        return found if found is not None and self._is_ours(found.data.fingerprint) else None

    @cached_property
    def watch(self) -> Watch | None:
        """The last look at later clients."""
        found = read_watch(self.folder)
        return found if found is not None and found.model.version == self._artefacts.model.model_version else None

    @cached_property
    def shock(self) -> ShockStudy | None:
        """How soon things that went wrong on purpose are seen."""
        found = read_shock(self.folder)
        return found if found is not None and found.model == self._artefacts.model.model_version else None

    @cached_property
    def quality(self) -> Quality | None:
        """What is odd in the raw tables."""
        found = read_quality(self.folder)
        data = None if found is None else found.data
        return found if data is not None and self._is_ours(data.fingerprint) else None

    @cached_property
    def missing(self) -> dict[str, dict[str, float]]:
        """How often each feature is missing, by role."""
        return missing_shares(self._artefacts.portfolio)


class ReportsNow:
    """The reports of whatever is served now: read anew once other artefacts serve.

    Parameters
    ----------
    artefacts : gives those that serve
    """

    def __init__(self, artefacts: Callable[[], Artefacts]) -> None:
        self._artefacts = artefacts
        self._of: tuple[Artefacts, Reports] | None = None

    @property
    def now(self) -> Reports:
        """The reports beside the model that serves."""
        artefacts, of = self._artefacts(), self._of
        if of is None or of[0] is not artefacts:
            of = self._of = (artefacts, Reports(artefacts))
        return of[1]
