"""What a look needs: the artefacts that serve, and the raw tables of later clients, read and built as in training.

The rule: features are built by `scoring`, exactly as the service builds them; outcomes are those of application_train,
and of a file of outcomes that came in since (see `by_client`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, available, build
from scoring.data.tables import RawTables, check_quality, fingerprint, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.tables.file_discovery import find_tables
from scoring.errors import ArtefactError
from scoring.model.additive_model import read_model
from scoring.model.arrays import Floats
from scoring.model.artefacts import Artefacts, read_artefacts
from scoring.reports.evaluation import Said
from scoring.reports.monitoring import Later, Trained
from scoring.reports.quality import Quality, read_quality
from training.monitoring.by_client import ByClient, told_outcomes, told_periods
from training.monitoring.recognised import TELLING
from training.provenance import synthetic_origin

TARGET, ROLE, OUTCOME = "TARGET", "ROLE", "OUTCOME"
TEST = "test"
LABELLED = "application_train"


@dataclass(frozen=True, eq=False)
class LaterClients:
    """Later clients, and what is said of their tables.

    Attributes
    ----------
    applications : what tells one application from another (see `recognised`)
    labels : outcomes of the tables themselves, by client's number
    notes : what is to be said of files that came with the tables
    """

    later: Later
    fingerprint: str
    synthetic: bool
    applications: pl.DataFrame
    labels: Mapping[int, int]
    notes: tuple[Said, ...] = ()

    def with_outcomes(self, outcomes: ByClient[int]) -> "LaterClients":
        """The same clients with the outcomes of a file, which win over those of the tables.

        Raises
        ------
        TableError
            When the file is of other clients.
        """
        matched = outcomes.match(self._ids)
        later = replace(self.later, outcome=_outcome(self._ids, {**self.labels, **matched.values}))
        return replace(self, later=later, notes=(*self.notes, told_outcomes(matched, self.labels)))

    def with_periods(self, periods: ByClient[str]) -> "LaterClients":
        """The same clients in the periods of a file.

        Raises
        ------
        TableError
            When the file is of other clients, or no period has clients enough.
        """
        matched = periods.match(self._ids)
        later = replace(self.later, periods=[matched.values.get(one, "") for one in self._ids])
        return replace(self, later=later, notes=(*self.notes, told_periods(matched, len(self._ids))))

    @property
    def _ids(self) -> list[int]:
        return self.later.frame[ID_COLUMN].to_list()


def read_trained(folder: Path) -> tuple[Artefacts, Trained]:
    """The artefacts of a training, and what later clients are held against.

    Raises
    ------
    ArtefactError
        When an artefact is missing or damaged, or the clients beside the model are not those of its training.
    """
    artefacts = read_artefacts(folder)
    champion, model = artefacts.champion, artefacts.model
    if champion.portfolio.synthetic != model.provenance.synthetic:
        raise ArtefactError(
            f"The clients beside the model must be those of its training; got a published folder, whose clients are "
            f"others, in {folder}. Give the folder that the training wrote."
        )
    other = next((kind for kind in champion.models if kind != champion.serves), None)
    challenger = None if other is None else read_model(folder / f"{other}.json")
    names = dict.fromkeys([*model.features, *(challenger.features if challenger else ())])
    columns = [ID_COLUMN, ROLE, OUTCOME, *names]
    compared = pl.read_parquet(artefacts.portfolio, columns=columns).filter(pl.col(ROLE) == TEST).sort(ID_COLUMN)
    if not compared.height:
        raise ArtefactError(
            f"A training must leave clients whom no model was fitted on; got none in {artefacts.portfolio}. "
            "Train again."
        )
    outcome = compared[OUTCOME].cast(pl.Float64).to_numpy()
    return artefacts, Trained(model, challenger, compared, outcome, read_quality(folder))


def read_later(tables: Path, trained: Trained) -> LaterClients:
    """Read, check and build the later clients of a folder of tables.

    Raises
    ------
    TableError
        When a table is not as declared.
    """
    labelled = LABELLED in find_tables(tables)
    with read_tables(tables, labels=labelled) as raw:
        cleaned = clean(raw)
        names = [feature.name for feature in available(cleaned) if feature.name in {*trained.features, *TELLING}]
        frame = build(cleaned, [DICTIONARY[name] for name in names]).collect("polars").to_native().sort(ID_COLUMN)
        quality = Quality.model_validate({**check_quality(raw).document(), "synthetic": None})
        labels = _labels(raw)
        digest, origin = fingerprint(raw), synthetic_origin(tables, raw.sources)
        absent = tuple(name for name in raw.absent if name not in trained.model.provenance.absent_tables)
    applications = frame.select(name for name in TELLING if name in frame.columns)
    frame = _with_every(frame, trained).select(ID_COLUMN, *trained.features)
    later = Later(frame=frame, outcome=_outcome(frame[ID_COLUMN].to_list(), labels), quality=quality, absent=absent)
    return LaterClients(later, digest, origin is not None, applications, labels)


def _outcome(ids: Sequence[int], known: Mapping[int, int]) -> Floats:
    return np.array([known.get(one, np.nan) for one in ids], dtype=np.float64)


def _labels(raw: RawTables) -> dict[int, int]:
    if raw.labels is None:
        return {}
    labels = raw.labels.collect("polars").to_native()
    return dict(zip(labels[ID_COLUMN].to_list(), labels[TARGET].to_list(), strict=True))


def _with_every(frame: pl.DataFrame, trained: Trained) -> pl.DataFrame:
    """Features of absent tables are missing for everyone, as for a client without such a past."""
    without = [name for name in trained.features if name not in frame.columns]
    return frame.with_columns(
        pl.lit(None, dtype=pl.String if DICTIONARY[name].kind == "category" else pl.Float64).alias(name)
        for name in without
    )
