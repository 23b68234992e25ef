"""The raw rows of a few clients, in memory, to be changed and read again: what a metamorphic test works on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.cleaning import clean
from scoring.data.features import DICTIONARY, build
from scoring.data.tables import RawTables, fingerprint, read_tables
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import ArtefactError
from scoring.model.additive_model import AdditiveModel, Lookup, read_model
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.arrays import Integers
from scoring.model.artefacts import Champion, read_artefacts
from scoring.model.costs import CostMatrix
from training.config import Settings
from training.data.findings import look_at
from training.data.matrix import Matrix, make_matrix
from training.models.reference import FittedReference, fit_reference
from training.provenance import synthetic_origin
from training.validation.quick import Cuts, cut

CREDIT = "SK_ID_BUREAU"


@dataclass(frozen=True)
class RawSample:
    """Raw tables of a few clients.

    Attributes
    ----------
    frames : ``application`` and each history table that is there
    absent : history tables that are not there
    """

    frames: Mapping[str, pl.DataFrame]
    absent: tuple[str, ...]

    @property
    def ids(self) -> pl.Series:
        """The clients' numbers, increasing."""
        return self.frames["application"][ID_COLUMN].sort()

    def changed(self, table: str, frame: pl.DataFrame) -> "RawSample":
        """The same clients with another frame for one table."""
        return RawSample({**self.frames, table: frame}, self.absent)

    def features(self, names: Sequence[str]) -> pl.DataFrame:
        """Clean the rows and build features: one row a client, sorted by number, as a training does."""
        tables = RawTables(
            frames=MappingProxyType({name: nw.from_native(frame.lazy()) for name, frame in self.frames.items()}),
            absent=self.absent,
            labels=None,
            sources=MappingProxyType({}),
        )
        return build(clean(tables), [DICTIONARY[name] for name in names]).collect("polars").to_native().sort(ID_COLUMN)


def sample_rows(raw: RawTables, ids: pl.Series) -> RawSample:
    """Collect the rows of these clients from every table that is there."""
    wanted = ids.to_list()
    frames: dict[str, pl.DataFrame] = {}
    for name, frame in raw.frames.items():
        if name != "bureau_balance":
            frames[name] = frame.filter(nw.col(ID_COLUMN).is_in(wanted)).collect("polars").to_native()
    if "bureau_balance" in raw.frames:
        credit_ids = frames["bureau"][CREDIT].to_list() if "bureau" in frames else []
        months = raw.frames["bureau_balance"].filter(nw.col(CREDIT).is_in(credit_ids))
        frames["bureau_balance"] = months.collect("polars").to_native()
    return RawSample(frames, raw.absent)


# What is validated: the artefacts of one training, and the tables that it was trained on.


ROLE, OUTCOME = "ROLE", "OUTCOME"
TRUTH_FILE = "truth.parquet"
Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Subject:
    """One training, ready to be questioned.

    Attributes
    ----------
    folder, tables : of the artefacts, and of the tables
    portfolio : the artefacts' clients: number, role, features as trained
    matrix : labelled clients, candidate features
    train_rows, test_rows : positions in `matrix` of the clients of each role
    models : the two glass boxes, the serving one first
    origin : clients and seed of the synthetic portfolio; None for tables that are not proved synthetic
    truth : true log-odds, probability and terms by client, where the tables are synthetic and it is beside them
    raw : the raw rows of a few clients that no model was fitted on
    quick : whether the long checks are left out
    """

    folder: Path
    tables: Path
    champion: Champion
    settings: Settings
    portfolio: pl.DataFrame
    matrix: Matrix
    train_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    models: Mapping[str, AdditiveModel]
    origin: Mapping[str, int] | None
    truth: pl.DataFrame | None
    raw: RawSample
    absent: tuple[str, ...]
    quick: bool
    seed: int

    @property
    def synthetic(self) -> bool:
        """Whether every table is proved synthetic."""
        return self.origin is not None

    @property
    def costs(self) -> CostMatrix:
        """The costs that the serving model decides by."""
        return self.models[self.champion.serves].rule.costs

    @cached_property
    def train(self) -> Matrix:
        """The labelled clients that the models were fitted on."""
        return self.matrix.take(self.train_rows)

    @cached_property
    def test(self) -> Matrix:
        """The labelled clients that no model was fitted on."""
        return self.matrix.take(self.test_rows)

    @cached_property
    def test_frame(self) -> pl.DataFrame:
        """Every feature, sensitive ones too, of the test clients, in the order of `test`."""
        return self.portfolio.filter(pl.col(ROLE) == "test").sort(ID_COLUMN)

    @cached_property
    def unseen_frame(self) -> pl.DataFrame:
        """Every feature of all clients that no model was fitted on: test clients and new applicants."""
        return self.portfolio.filter(pl.col(ROLE) != "train").sort(ID_COLUMN)

    @cached_property
    def lookups(self) -> Mapping[str, Lookup]:
        """The glass boxes, ready to score."""
        return {kind: Lookup(model) for kind, model in self.models.items()}

    @cached_property
    def scored_test(self) -> Mapping[str, ScoredMany]:
        """The test clients' scores by model."""
        return {kind: lookup.score_many(self.test_frame) for kind, lookup in self.lookups.items()}

    @cached_property
    def scored_train(self) -> Mapping[str, ScoredMany]:
        """The training clients' scores by model, in the order of `train`."""
        frame = self.portfolio.filter(pl.col(ROLE) == "train").sort(ID_COLUMN)
        return {kind: lookup.score_many(frame) for kind, lookup in self.lookups.items()}

    @cached_property
    def scored_unseen(self) -> Mapping[str, ScoredMany]:
        """The scores of test clients and new applicants, in the order of `unseen_frame`."""
        return {kind: lookup.score_many(self.unseen_frame) for kind, lookup in self.lookups.items()}

    @cached_property
    def cuts(self) -> Cuts:
        """The quick scorecard's cuts, learnt on the training clients."""
        return cut(self.train.frame, self.matrix.candidates)

    @cached_property
    def codes(self) -> Integers:
        """The quick scorecard's bins of every labelled client, in the order of `matrix`."""
        return self.cuts.codes(self.matrix.frame)

    @cached_property
    def truth_unseen(self) -> pl.DataFrame | None:
        """The truth of the clients of `unseen_frame`, in its order."""
        return (
            None
            if self.truth is None
            else self.unseen_frame.select(ID_COLUMN).join(self.truth, on=ID_COLUMN, how="left")
        )

    @cached_property
    def reference(self) -> FittedReference:
        """The black box, fitted again on the training clients as the training fitted it."""
        return fit_reference(self.train, self.settings.reference, seed=self.settings.seed)


def read_subject(artefacts: Path, tables: Path, *, quick: bool = False, clients_of_raw: int = 400) -> Subject:
    """Read and check a folder of artefacts and the tables that they were trained on.

    Raises
    ------
    ArtefactError
        When an artefact is missing or damaged, or the tables are not those of the training.
    TableError
        When a table is not as declared.
    """
    found = read_artefacts(artefacts)
    champion = found.champion
    order = [champion.serves, *(kind for kind in ("scorecard", "ebm") if kind != champion.serves)]
    models = {kind: read_model(artefacts / f"{kind}.json") for kind in order}
    portfolio = pl.read_parquet(found.portfolio).sort(ID_COLUMN)
    unseen = portfolio.filter(pl.col(ROLE) != "train")[ID_COLUMN]
    seed = found.model.provenance.seed
    chosen = np.random.default_rng([seed, 11]).permutation(len(unseen))[:clients_of_raw]
    with read_tables(tables, labels=True) as raw:
        digest = fingerprint(raw)
        for kind, model in models.items():
            if model.provenance.data_fingerprint != digest:
                raise ArtefactError(
                    f"The tables must be those that {kind}.json was trained on; got {tables}, whose fingerprint is "
                    f"{digest} instead of {model.provenance.data_fingerprint}. Give the folder of that training."
                )
        look_at(raw, tables, artefacts=artefacts)
        origin = synthetic_origin(tables, raw.sources)
        labels = None if raw.labels is None else raw.labels.collect("polars").to_native()
        rows = sample_rows(raw, unseen[np.sort(chosen)])
        absent = raw.absent
    if labels is None or not labels.height:
        raise ArtefactError(f"The tables must have TARGET; got none in {tables}. Add application_train.")
    target = dict(zip(labels[ID_COLUMN].to_list(), labels["TARGET"].to_list(), strict=True))
    features = [DICTIONARY[name] for name in portfolio.columns if name in DICTIONARY]
    matrix = make_matrix(portfolio, target, features)
    role = portfolio.filter(pl.col(ID_COLUMN).is_in(list(target)))[ROLE].to_numpy()
    truth = tables / TRUTH_FILE
    return Subject(
        folder=artefacts,
        tables=tables,
        champion=champion,
        settings=settings_of(found.model.provenance.settings),
        portfolio=portfolio,
        matrix=matrix,
        train_rows=np.flatnonzero(role == "train"),
        test_rows=np.flatnonzero(role == "test"),
        models=models,
        origin=origin,
        truth=pl.read_parquet(truth) if origin is not None and truth.is_file() else None,
        raw=rows,
        absent=absent,
        quick=quick,
        seed=seed,
    )


def settings_of(stated: Mapping[str, Any]) -> Settings:
    """The settings that a provenance states; what this version does not know is passed over, what is absent is usual.

    >>> settings_of({"seed": 7, "costs": {"fn": 5.0}}).costs.threshold == 1 / 6
    True
    """
    return _retained(Settings(), stated)


def _retained(usual: Loaded, stated: Mapping[str, Any]) -> Loaded:
    values: dict[str, Any] = {}
    for field in fields(usual):  # type: ignore[arg-type]  # a dataclass by construction
        known = getattr(usual, field.name)
        if field.name not in stated:
            continue
        value = stated[field.name]
        values[field.name] = _retained(known, value) if is_dataclass(known) and isinstance(value, Mapping) else value
    return type(usual)(**{**{f.name: getattr(usual, f.name) for f in fields(usual)}, **values})  # type: ignore[arg-type]
