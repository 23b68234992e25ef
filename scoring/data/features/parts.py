"""The features of each table computed one after another on DuckDB, held, and put side by side.

The rule: a part is finished before the next begins, so that only one table's groups are in memory; of a table whose
rows are put together before they are aggregated, only those of some clients. Parts have the same clients in the same
order, which is checked, so no join is needed to put them together.
"""

import itertools
from collections.abc import Sequence

import duckdb
import narwhals as nw

from scoring.data.features.build import Span
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import TableError

_ROWS_A_SPAN = 3_500_000
"""Rows put together at a time: their groups take some 400 MB, and spill nothing."""


class Parts:
    """Frames of a DuckDB connection, computed to temporary tables; ``build_in_parts(tables, Parts(connection))``.

    The tables live until `drop`, or until the connection closes. They count towards the connection's memory limit, and
    are spilled to its temporary folder beyond it.

    Parameters
    ----------
    connection
        The connection that the frames read on. Its setting ``preserve_insertion_order`` is true after a call.
    rows_a_span
        How many rows may be put together at a time.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, rows_a_span: int = _ROWS_A_SPAN) -> None:
        self._connection = connection
        self._rows_a_span = rows_a_span
        self._names: list[str] = []

    def spans(self, clients: nw.LazyFrame, rows: nw.LazyFrame) -> Sequence[Span]:
        """Cut the clients' numbers where as many clients lie on each side, so often that spans hold few rows."""
        of_rows, of_clients = (frame.to_native() for frame in (rows, clients))
        count = int(of_rows.aggregate("count(*)").fetchall()[0][0])
        parts = -(-count // self._rows_a_span)
        if parts < 2:
            return ((None, None),)
        shares = ", ".join(str(i / parts) for i in range(1, parts))
        cuts = of_clients.aggregate(f"quantile_disc({ID_COLUMN}, [{shares}])").fetchall()[0][0]
        # Without any client there is nothing to cut.
        edges = [None, *dict.fromkeys(cuts or ()), None]
        return tuple(itertools.pairwise(edges))

    def __call__(self, parts: Sequence[Sequence[nw.LazyFrame]]) -> nw.LazyFrame:
        """Compute the frames of each part, one below the other, and return the parts' columns side by side.

        Raises
        ------
        TableError
            When two parts hold other clients, or in another order.
        """
        # Within a frame the order of rows is free until its last step, which sorts; that saves time and memory.
        self._connection.execute("SET preserve_insertion_order = false")
        try:
            names = [self._hold(frames) for frames in parts]
        finally:
            self._connection.execute("SET preserve_insertion_order = true")
        for name in names[1:]:
            self._check_clients(names[0], name)
        first, *others = names
        columns = ", ".join([f"{first}.*", *(f"{name}.* EXCLUDE ({ID_COLUMN})" for name in others)])
        glued = self._connection.sql(f"SELECT {columns} FROM {' POSITIONAL JOIN '.join(names)}")  # noqa: S608
        return nw.from_native(glued)

    def drop(self) -> None:
        """Remove the tables; the frame returned is not usable any more."""
        while self._names:
            self._connection.execute(f"DROP TABLE {self._names.pop()}")

    def _hold(self, frames: Sequence[nw.LazyFrame]) -> str:
        name = f"__features_part_{len(self._names)}"
        first, *others = (frame.to_native().sql_query() for frame in frames)
        self._connection.execute(f"CREATE TEMPORARY TABLE {name} AS {first}")
        self._names.append(name)
        for query in others:
            self._connection.execute(f"INSERT INTO {name} {query}")
        return name

    def _check_clients(self, first: str, other: str) -> None:
        others = self._connection.sql(
            f"SELECT count(*) FROM {first} POSITIONAL JOIN {other} "  # noqa: S608
            f"WHERE {first}.{ID_COLUMN} IS DISTINCT FROM {other}.{ID_COLUMN}"
        ).fetchall()[0][0]
        if others:
            raise TableError(
                "the parts of a matrix must hold the same clients in one order; "
                f"got {others} other ones. Report this as a bug."
            )
