"""What a look needs: the artefacts that serve, and the raw tables of later clients, read and built as in training.

The rule: features are built by `scoring`, exactly as the service builds them; outcomes are those of application_train,
and of a file of outcomes that came in since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.additive_model import read_model
from scoring.artefacts import Artefacts, read_artefacts
from scoring.cleaning import clean
from scoring.errors import ArtefactError, TableError
from scoring.features import DICTIONARY, available, build
from scoring.monitoring import Later, Trained
from scoring.reports.quality import Quality, read_quality
from scoring.tables import RawTables, check_quality, fingerprint, read_tables
from scoring.tables.finding import find_tables
from training.provenance import synthetic_origin

ID, TARGET, ROLE, OUTCOME = "SK_ID_CURR", "TARGET", "ROLE", "OUTCOME"
TEST = "test"
LABELLED = "application_train"
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LaterClients:
    """Later clients, and what is said of their tables."""

    later: Later
    fingerprint: str
    synthetic: bool


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
    columns = [ID, ROLE, OUTCOME, *names]
    compared = pl.read_parquet(artefacts.portfolio, columns=columns).filter(pl.col(ROLE) == TEST).sort(ID)
    if not compared.height:
        raise ArtefactError(
            f"A training must leave clients whom no model was fitted on; got none in {artefacts.portfolio}. "
            "Train again."
        )
    outcome = compared[OUTCOME].cast(pl.Float64).to_numpy()
    return artefacts, Trained(model, challenger, compared, outcome, read_quality(folder))


def read_later(
    tables: Path,
    trained: Trained,
    *,
    outcomes: Mapping[int, int] | None = None,
    periods: Mapping[int, str] | None = None,
) -> LaterClients:
    """Read, check and build the later clients of a folder of tables.

    Parameters
    ----------
    outcomes : by client's number, outcomes that are not in the tables
    periods : by client's number, the stretch of time that they belong to

    Raises
    ------
    TableError
        When a table is not as declared.
    """
    labelled = LABELLED in find_tables(tables)
    with read_tables(tables, labels=labelled) as raw:
        cleaned = clean(raw)
        names = [feature.name for feature in available(cleaned) if feature.name in trained.features]
        frame = build(cleaned, [DICTIONARY[name] for name in names]).collect("polars").to_native().sort(ID)
        quality = Quality.model_validate({**check_quality(raw).document(), "synthetic": None})
        target = _labels(raw) | dict(outcomes or {})
        digest, origin = fingerprint(raw), synthetic_origin(tables, raw.sources)
        absent = tuple(name for name in raw.absent if name not in trained.model.provenance.absent_tables)
    frame = _with_every(frame, trained)
    ids = frame[ID].to_list()
    later = Later(
        frame=frame,
        outcome=np.array([target.get(one, np.nan) for one in ids], dtype=np.float64),
        periods=None if periods is None else [periods.get(one, "") for one in ids],
        quality=quality,
        absent=absent,
    )
    return LaterClients(later, digest, origin is not None)


def _labels(raw: RawTables) -> dict[int, int]:
    if raw.labels is None:
        return {}
    labels = raw.labels.collect("polars").to_native()
    return dict(zip(labels[ID].to_list(), labels[TARGET].to_list(), strict=True))


def _with_every(frame: pl.DataFrame, trained: Trained) -> pl.DataFrame:
    """Features of absent tables are missing for everyone, as for a client without such a past."""
    without = [name for name in trained.features if name not in frame.columns]
    return frame.with_columns(
        pl.lit(None, dtype=pl.String if DICTIONARY[name].kind == "category" else pl.Float64).alias(name)
        for name in without
    )


def read_outcomes(path: Path) -> dict[int, int]:
    """Outcomes by client's number, from a CSV or Parquet file of SK_ID_CURR and TARGET.

    Raises
    ------
    TableError
        When the file is not so.
    """
    frame = _two_columns(path, TARGET)
    if not frame[TARGET].is_in([0, 1]).all():
        raise TableError(f"TARGET must be 0 or 1; got other values in {path}. Leave out clients without an outcome.")
    return dict(zip(frame[ID].to_list(), frame[TARGET].cast(pl.Int64).to_list(), strict=True))


def read_periods(path: Path) -> dict[int, str]:
    """Stretches of time by client's number, from a CSV or Parquet file of SK_ID_CURR and one more column.

    Dates are told by month; anything else is a name, and names are shown in alphabetical order.

    Raises
    ------
    TableError
        When the file is not so.
    """
    frame = _two_columns(path, None)
    values = frame.to_series(1)
    if values.dtype in (pl.Date, pl.Datetime):
        values = values.dt.strftime("%Y-%m")
    return dict(zip(frame[ID].to_list(), values.cast(pl.String).fill_null("").to_list(), strict=True))


def _two_columns(path: Path, second: str | None) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, try_parse_dates=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise TableError(f"a file by client must be a readable CSV or Parquet; got {path}: {error}.") from error
    if frame.width != 2 or ID not in frame.columns or (second is not None and second not in frame.columns):
        wanted = second or "one more, such as a date"
        raise TableError(
            f"a file by client must have the columns {ID} and {wanted}; got {', '.join(frame.columns)} in {path}. "
            "Leave out the others."
        )
    if frame[ID].n_unique() != frame.height:
        raise TableError(f"a file by client must name each client once; got one twice in {path}. Keep the last line.")
    return frame.select(ID, second or next(name for name in frame.columns if name != ID))
