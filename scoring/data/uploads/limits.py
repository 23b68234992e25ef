"""What one body of a batch may hold, and what reading it may use."""

from typing import Final

KILOBYTE: Final = 2**10
MEGABYTE: Final = 2**20

MOST_CLIENTS: Final = 100_000
MOST_HISTORY: Final = 1_000_000
"""Rows of all history tables of a batch together; 64 MB hold no more of the shortest ones."""
MOST_HISTORY_OF_ONE: Final = 20_000
"""Rows of all history tables of one application; the fullest published file has some thousand."""
MOST_COLUMNS: Final = 200
MOST_CHARACTERS: Final = 200
"""Characters of a name or a code in a row."""
LARGEST_HEADER: Final = 16 * KILOBYTE
LARGEST_ROW: Final = 32 * KILOBYTE
"""Bytes of one row as JSON; a full application takes 4,000."""
DEEPEST: Final = 16
"""Levels of nesting in JSON."""
LARGEST_SKELETON: Final = 8 * MEGABYTE
"""Bytes of a JSON body outside of its rows: 100,000 numbers with an indent take 2 MB."""
MOST_ROW_GROUPS: Final = 1_000
MOST_UNPACKED: Final = 192 * MEGABYTE
"""Bytes of a Parquet file's columns, unpacked: 100,000 full applications take 100 MB."""
LARGEST_FOOTER: Final = 8 * MEGABYTE

MEMORY: Final = 160 * MEGABYTE
"""What a child may allocate beyond its start."""
CPU_SECONDS: Final = 4
WALL_SECONDS: Final = 20
"""On a machine that others use too; alone, the processor time ends first."""
LARGEST_RESULT: Final = 160 * MEGABYTE
FAILED, LIMIT, NO_ROOM = 1, 2, 3
"""Exit codes of a child: an error that nobody foresaw, a limit that was reached, a disk that is full."""


class Refused(Exception):  # noqa: N818  # what is to be answered, rather than what failed
    """A body that is not as documented.

    Parameters
    ----------
    key : of the text that says so
    values : what the text wants
    """

    def __init__(self, key: str, **values: str | int) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def check_clients(rows: int) -> None:
    """Refuse a batch of too many or no clients."""
    if not 1 <= rows <= MOST_CLIENTS:
        raise Refused("problem.said.batch-size", most=MOST_CLIENTS, found=rows)


def brief(given: object) -> str:
    """What was given, as a message may show it."""
    written = given[:80] if isinstance(given, str) else repr(given)[:80]
    return written if len(written) <= 40 else written[:39] + "…"
