"""``python -m training problems``: count the board's evidence on tables, and write its page."""

from pathlib import Path

from scoring.errors import SettingsError
from scoring.files import file_aside
from training.data.problems import (
    Board,
    Counts,
    board_json,
    count_evidence,
    read_board,
    read_counts,
    read_french,
    render,
    with_data_set,
    write_counts,
)


def write_board(
    tables: Path | None, name: str | None, counts_file: Path, page: Path, board_file: Path
) -> tuple[Board, Counts]:
    """Count the evidence on a folder of tables where one is given; then write the page, and the board as JSON.

    Parameters
    ----------
    tables : folder of raw tables; None to write the page from the counts as they are
    name : what the page calls these tables; a data set of that name is replaced

    Raises
    ------
    SettingsError
        When tables have no name, or other data sets were counted with older cards.
    TableError
        When a table is not as declared.
    """
    if (tables is None) != (name is None):
        raise SettingsError(
            "tables and their name must be given together; got one of them. Give both --tables and --name."
        )
    board = read_board()
    counts = read_counts(counts_file) if counts_file.exists() else Counts()
    if tables is not None and name is not None:
        counts = with_data_set(counts, count_evidence(board, tables, _checked(name)))
        write_counts(counts, counts_file)
    for path, text in ((page, render(board, counts)), (board_file, board_json(board, counts, read_french()))):
        with file_aside(path) as aside:
            aside.write_text(text, encoding="utf-8", newline="\n")
    return board, counts


def _checked(name: str) -> str:
    if not name.strip() or any(mark in name for mark in "|\n\r"):
        raise SettingsError(f"a data set's name must be words without bars or line ends; got {name!r}. Give another.")
    return name.strip()
