"""The features of each table computed one after another on DuckDB, held, and put side by side.

The rule: a part is finished before the next begins, so that only one table's groups are in memory. Parts have the
same clients in the same order, which is checked, so no join is needed to put them together.
"""

from collections.abc import Sequence

import duckdb
import narwhals as nw

from scoring.errors import TableError
from scoring.features.build import KEY


class Parts:
    """Frames of a DuckDB connection, computed to temporary tables; ``build_in_parts(tables, Parts(connection))``.

    The tables live until `drop`, or until the connection closes. They count towards the connection's memory limit, and
    are spilled to its temporary folder beyond it.

    Parameters
    ----------
    connection
        The connection that the frames read on. Its setting ``preserve_insertion_order`` is true after a call.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._names: list[str] = []

    def __call__(self, frames: Sequence[nw.LazyFrame]) -> nw.LazyFrame:
        """Compute the frames, and return their columns side by side.

        Raises
        ------
        TableError
            When two parts hold other clients, or in another order.
        """
        # Within a part the order of rows is free until its last step, which sorts; that saves time and memory.
        self._connection.execute("SET preserve_insertion_order = false")
        try:
            names = [self._hold(frame) for frame in frames]
        finally:
            self._connection.execute("SET preserve_insertion_order = true")
        for name in names[1:]:
            self._check_clients(names[0], name)
        first, *others = names
        columns = ", ".join([f"{first}.*", *(f"{name}.* EXCLUDE ({KEY})" for name in others)])
        glued = self._connection.sql(f"SELECT {columns} FROM {' POSITIONAL JOIN '.join(names)}")  # noqa: S608
        return nw.from_native(glued)

    def drop(self) -> None:
        """Remove the tables; the frame returned is not usable any more."""
        while self._names:
            self._connection.execute(f"DROP TABLE {self._names.pop()}")

    def _hold(self, frame: nw.LazyFrame) -> str:
        name = f"__features_part_{len(self._names)}"
        self._connection.execute(f"CREATE TEMPORARY TABLE {name} AS {frame.to_native().sql_query()}")
        self._names.append(name)
        return name

    def _check_clients(self, first: str, other: str) -> None:
        others = self._connection.sql(
            f"SELECT count(*) FROM {first} POSITIONAL JOIN {other} "  # noqa: S608
            f"WHERE {first}.{KEY} IS DISTINCT FROM {other}.{KEY}"
        ).fetchall()[0][0]
        if others:
            raise TableError(
                "the parts of a matrix must hold the same clients in one order; "
                f"got {others} other ones. Report this as a bug."
            )
