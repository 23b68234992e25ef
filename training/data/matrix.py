"""The matrix that models are trained on: labelled clients × candidate features, in the order of the clients' numbers.

The rule: a model sees nothing but candidates. Sensitive features, constant ones and those without a value are not
candidates, and neither is anything that the dictionary does not declare: the identifier and TARGET cannot slip in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TrainingError

Kind = Literal["number", "category"]
FORBIDDEN = frozenset({"TARGET", ID_COLUMN, "SK_ID_PREV", "SK_ID_BUREAU"})
"""Columns that tell a client's outcome, or who the client is."""


class Declared(Protocol):
    """What this stage needs of a feature of the dictionary."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def sensitive(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Candidate:
    """A feature that a model may use.

    Attributes
    ----------
    direction : what a higher value may do to the risk: 1 raise it, -1 lower it, 0 either
    """

    name: str
    kind: Kind
    direction: Literal[-1, 0, 1] = 0


@dataclass(frozen=True)
class Matrix:
    """Labelled clients.

    Attributes
    ----------
    ids : shape (clients,), increasing
    target : shape (clients,), 1 where the client had payment difficulties
    frame : one column a candidate: Float64 with null for missing, or String
    candidates : in the dictionary's order
    """

    ids: NDArray[np.int64]
    target: NDArray[np.int8]
    frame: pl.DataFrame
    candidates: tuple[Candidate, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def positives(self) -> int:
        """How many clients had payment difficulties."""
        return int(self.target.sum())

    def take(self, rows: NDArray[np.int64]) -> "Matrix":
        """The clients at these positions, in their order."""
        return Matrix(self.ids[rows], self.target[rows], self.frame[rows], self.candidates)

    def only(self, candidates: Sequence[Candidate]) -> "Matrix":
        """The same clients with these candidates alone."""
        chosen = tuple(candidates)
        return Matrix(self.ids, self.target, self.frame.select([c.name for c in chosen]), chosen)

    def varying(self) -> "Matrix":
        """The same clients without the candidates that are constant among them.

        Raises
        ------
        TrainingError
            When none is left.
        """
        retained = [candidate for candidate in self.candidates if _varies(self.frame[candidate.name])]
        if not retained:
            raise TrainingError(
                f"At least one feature must vary between the labelled clients; got {len(self.candidates)} candidates, "
                "all constant or missing. Check the tables."
            )
        return self.only(retained)


def make_matrix(
    clients: pl.DataFrame, target: Mapping[int, int], features: Sequence[Declared], *, client: str = ID_COLUMN
) -> Matrix:
    """Join features and labels, sort by client, and keep what may be a model's input.

    Parameters
    ----------
    clients : one row a client: the client's number and a column for each of `features`
    target : TARGET, 0 or 1, by client's number
    features : declared features; each has a ``name``, ``kind`` and ``sensitive``, numbers a ``direction``

    Raises
    ------
    TrainingError
        When a client's number occurs twice, a labelled client has no features, a number is infinite, nothing varies, or
        a feature is the outcome or a number of a client.
    """
    for feature in features:
        if feature.name.upper() in FORBIDDEN:
            raise TrainingError(
                f"A feature must not be the outcome or a number of a client; got {feature.name}. "
                "Remove it from the dictionary."
            )
    duplicated = clients.filter(pl.col(client).is_duplicated())[client]
    if len(duplicated):
        raise TrainingError(
            f"A client's number must be unique in the matrix; got {duplicated.n_unique()} numbers more than once, "
            f"such as {duplicated[0]}. Check the joins of the features."
        )
    labelled = clients.filter(pl.col(client).is_in(list(target))).sort(client)
    if labelled.height != len(target):
        raise TrainingError(
            f"Each labelled client must have a row of features; got {labelled.height} rows for {len(target)} labels. "
            "Check the application table."
        )
    candidates = tuple(
        Candidate(feature.name, _kind(feature), _direction(feature)) for feature in features if not feature.sensitive
    )
    frame = labelled.select(_typed(labelled, candidate) for candidate in candidates)
    ids = labelled[client].to_numpy().astype(np.int64)
    labels = np.fromiter((target[int(number)] for number in ids), dtype=np.int8, count=len(ids))
    return Matrix(ids, labels, frame, candidates).varying()


def check_classes(matrix: Matrix, fewest: int) -> None:
    """Refuse a target that nothing can be learnt from.

    Raises
    ------
    TrainingError
        When there are fewer than `fewest` clients of either outcome.
    """
    for outcome, count in ((1, matrix.positives), (0, len(matrix) - matrix.positives)):
        if count < fewest:
            raise TrainingError(
                f"TARGET must hold at least {fewest} clients of each outcome; got {count} with TARGET={outcome} among "
                f"{len(matrix)}. Train on more labelled clients."
            )


def _kind(feature: Declared) -> Kind:
    return "category" if feature.kind == "category" else "number"


def _direction(feature: Declared) -> Literal[-1, 0, 1]:
    direction = getattr(feature, "direction", 0)
    sign = int(getattr(direction, "value", direction))
    if feature.kind == "category":
        return 0
    return 1 if sign > 0 else (-1 if sign < 0 else 0)


def _typed(frame: pl.DataFrame, candidate: Candidate) -> pl.Series:
    column = frame[candidate.name]
    if candidate.kind == "category":
        return column.cast(pl.String)
    numbers = column.cast(pl.Float64).fill_nan(None)
    if numbers.is_infinite().any():
        raise TrainingError(
            f"A feature must be finite or missing; got {int(numbers.is_infinite().sum())} infinite values of "
            f"{candidate.name}. Check its denominator."
        )
    return numbers


def _varies(column: pl.Series) -> bool:
    return column.n_unique() > 1
