"""A DuckDB connection that keeps within a stated memory, and spills to disk beyond it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from scoring.errors import SettingsError, TableError

LEAST_MEMORY = 0.25
DEFAULT_MEMORY = 1.4
"""GB for DuckDB's own data. The process needs some more: its libraries, and buffers of the Parquet files."""


@contextmanager
def bounded_connection(spill: Path, memory: float = DEFAULT_MEMORY) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection in memory; it and what it spilled are gone when the block ends.

    Parameters
    ----------
    spill : existing folder, on a disk with room; a temporary folder is made inside
    memory : limit in GB (10^9 bytes), at least 0.25

    Raises
    ------
    SettingsError
        When the limit is too small to work in.
    TableError
        When the work does not fit in the limit, even with spilling.
    """
    if not memory >= LEAST_MEMORY:
        raise SettingsError(
            f"the memory limit must be at least {LEAST_MEMORY} GB; got {memory:g}. Give more, such as 2 or 4."
        )
    with tempfile.TemporaryDirectory(prefix=".spill-", dir=spill) as folder:
        connection = duckdb.connect(
            config={
                "memory_limit": f"{round(memory * 1000)}MB",
                "temp_directory": folder,
                "autoload_known_extensions": "false",
            }
        )
        try:
            yield connection
        except duckdb.OutOfMemoryException as error:
            raise TableError(
                f"the work must fit in the memory limit; got {memory:g} GB, which is not enough. Give more memory."
            ) from error
        finally:
            connection.close()
