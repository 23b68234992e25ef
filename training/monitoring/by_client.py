"""Files by client that come in later: outcomes, and the periods that clients belong to.

The rule: ids, outcomes and dates are read by declared formats, and matched with the clients of the tables. What is none
of them stops with one message; so does a file of which more than one line in a hundred is of nobody in the tables. How
many matched is always said. Decision record 47.

>>> [read_id(text) for text in ("100002", " 100002.0 ", "C100002", "")]
[100002, 100002, None, None]
"""

import io
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

import polars as pl

from scoring.data.tables import Column, Kind, Table
from scoring.data.tables.column_types import ID_COLUMN
from scoring.data.tables.csv_dialect import open_csv, sniff
from scoring.data.tables.spellings import fold, is_missing_mark, read_code
from scoring.errors import TableError
from scoring.i18n.figures import num, pct
from scoring.reports.evaluation import Said
from scoring.reports.monitoring.thresholds import FEWEST
from scoring.reports.monitoring.wording import bilingual_text

TARGET: Final = Column("TARGET", Kind.FLAG, nullable=True, codes=("0", "1"))
LEAST_MATCHED: Final = 0.99
"""Share of a file's lines that must be of clients of the tables."""
MOST_DIGITS: Final = 18
_PARQUET: Final = (".parquet", ".pq")
_INDEX: Final = re.compile(r"|unnamed: ?0|__index_level_0__|_duplicated_0", re.IGNORECASE)
"""Names of the column that pandas writes for a frame's index."""
_ISO: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")
_LIKE_A_DATE: Final = re.compile(r"\d{1,4}([./ -])\d{1,2}\1\d{1,4}(?:[T ].*)?|\d{8}")

Value = TypeVar("Value")


@dataclass(frozen=True)
class Matched(Generic[Value]):
    """A file's lines of clients of the tables.

    Attributes
    ----------
    values : by client's number, where the file states one
    matched, lines : lines of clients of the tables, and all
    """

    values: Mapping[int, Value]
    matched: int
    lines: int
    file: str

    @property
    def share(self) -> float:
        """The share of lines that matched."""
        return self.matched / self.lines


@dataclass(frozen=True)
class ByClient(Generic[Value]):
    """A file by client.

    Attributes
    ----------
    ids : of each line, as the file writes it
    values : of each line; None where the file says that there is none
    """

    path: Path
    ids: Sequence[str]
    values: Sequence[Value | None]

    def match(self, clients: Collection[int]) -> Matched[Value]:
        """The lines of these clients.

        Raises
        ------
        TableError
            When fewer than 99 in 100 are, or one client has two lines.
        """
        numbers = [read_id(text) for text in self.ids]
        twice = [number for number, count in Counter(numbers).items() if number is not None and count > 1]
        if twice:
            raise TableError(
                f"a file by client must name each client once; got {len(twice):,} of them more than once, such as "
                f"{twice[0]}, in {self.path}. Keep the last line of each"
            )
        known = set(clients)
        found = {
            number: value
            for number, value in zip(numbers, self.values, strict=True)
            if number is not None and number in known
        }
        if len(found) < LEAST_MATCHED * len(numbers):
            raise TableError(self._unmatched(numbers, known, len(found)))
        values = {number: value for number, value in found.items() if value is not None}
        return Matched(values, len(found), len(numbers), self.path.name)

    def _unmatched(self, numbers: Sequence[int | None], known: set[int], found: int) -> str:
        nobody = next(
            (text for text, one in zip(self.ids, numbers, strict=True) if one is None),
            next((text for text, one in zip(self.ids, numbers, strict=True) if one not in known), ""),
        )
        none = sum(number is None for number in numbers)
        unread = f"; {none:,} ids are no whole numbers" if none else ""
        return (
            f"at least {LEAST_MATCHED:.0%} of the lines of a file by client must be of clients of the tables; got "
            f"{found:,} of {len(numbers):,} in {self.path} (not {nobody!r}, for instance{unread}). Write "
            f"{ID_COLUMN} as the tables do, and leave out other clients"
        )


def read_id(text: str) -> int | None:
    """A client's number, from the digits that write it; None where they are none."""
    folded = fold(text)
    return int(folded) if folded.isascii() and folded.isdecimal() and len(folded) <= MOST_DIGITS else None


def read_outcomes(path: Path) -> ByClient[int]:
    """Outcomes by client, from a CSV or Parquet file of SK_ID_CURR and TARGET.

    An outcome is 0 or 1, or a spelling of them that flags of the tables may have: 1.0, True, Y; a missing one is not
    known yet.

    Raises
    ------
    TableError
        When the file is not so.
    """
    frame = _two_columns(path, TARGET.name)
    texts = _texts(frame.to_series(1))
    codes = {text: read_code(text, TARGET) for text in set(texts)}
    odd = sorted(text for text, code in codes.items() if code not in ("0", "1", None))
    if odd:
        raise TableError(
            f"{TARGET.name} must be 0 or 1 (or 1.0, True, Y and the like), 1 for a client with difficulties; got "
            f"{', '.join(map(repr, odd[:3]))} in {path}. Leave out clients without an outcome"
        )
    known = {text: None if code is None else int(code) for text, code in codes.items()}
    return ByClient(path, _texts(frame[ID_COLUMN]), [known[text] for text in texts])


def read_periods(path: Path, date_format: str = "") -> ByClient[str]:
    """Periods by client, from a CSV or Parquet file of SK_ID_CURR and one more column.

    Dates are told by month; anything else is a name, and names are shown in alphabetical order.

    Parameters
    ----------
    date_format : how dates are written, as of `datetime.strptime`; by default as 2026-03-15

    Raises
    ------
    TableError
        When the file is not so, or its dates are written in another way.
    """
    frame = _two_columns(path, None)
    column = frame.to_series(1)
    if column.dtype.is_temporal():
        values: list[str | None] = column.cast(pl.Date).dt.strftime("%Y-%m").to_list()
    else:
        texts = [text.strip() for text in _texts(column)]
        months = {text: None if is_missing_mark(text) else text for text in set(texts)}
        stated = sorted(text for text in months if months[text] is not None)
        if date_format or any(_LIKE_A_DATE.fullmatch(text) for text in stated):
            months |= {text: _month(text, date_format, path) for text in stated}
        values = [months[text] for text in texts]
    return ByClient(path, _texts(frame[ID_COLUMN]), values)


def check_periods(periods: Matched[str], clients: int) -> int:
    """How many periods are large enough to be judged.

    Raises
    ------
    TableError
        When there are clients enough, and no period has.
    """
    sizes = Counter(periods.values.values())
    enough = sum(size >= FEWEST for size in sizes.values())
    if not enough and clients >= FEWEST:
        name, size = sizes.most_common(1)[0] if sizes else ("none", 0)
        raise TableError(
            f"at least one period must have {FEWEST} clients to be judged; got {len(sizes):,} periods in "
            f"{periods.file}, the largest ({name}) of {size:,}. Give months or quarters; dates are told by month where "
            "they are written as 2026-03-15, or as --date-format says"
        )
    return enough


def told_outcomes(outcomes: Matched[int], labels: Mapping[int, int]) -> Said:
    """How many outcomes matched, and how many are others than the tables have."""
    other = sum(labels.get(number, value) != value for number, value in outcomes.values.items())
    return bilingual_text(
        "file.outcomes",
        file=outcomes.file,
        matched=num(outcomes.matched),
        lines=num(outcomes.lines),
        share=pct(outcomes.share),
        known=num(len(outcomes.values)),
        other=num(other),
    )


def told_periods(periods: Matched[str], clients: int) -> Said:
    """How many periods there are, and how many of the clients are in one."""
    return bilingual_text(
        "file.periods",
        file=periods.file,
        matched=num(periods.matched),
        lines=num(periods.lines),
        share=pct(periods.share),
        within=pct(len(periods.values) / clients),
        periods=num(len(set(periods.values.values()))),
        enough=num(check_periods(periods, clients)),
        fewest=num(FEWEST),
    )


def _month(text: str, date_format: str, path: Path) -> str:
    try:
        if date_format:
            return _stated_month(datetime.strptime(text, date_format))  # a day, wherever it was
        if _ISO.fullmatch(text):
            return _stated_month(date.fromisoformat(text[:10]))
    except ValueError:
        pass
    wanted = f"as --date-format says ({date_format})" if date_format else "as 2026-03-15"
    raise TableError(
        f"dates must be written {wanted}; got {text!r} in {path}. Say how they are written by --date-format, such as "
        "%m/%d/%Y for 03/15/2026 or %d/%m/%Y for 15/03/2026"
    )


def _stated_month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _texts(column: pl.Series) -> list[str]:
    return column.cast(pl.String).fill_null("").to_list()


def _two_columns(path: Path, second: str | None) -> pl.DataFrame:
    frame = _frame(path)
    frame = frame.rename({name: name.strip() for name in frame.columns})
    frame = frame.select(name for name in frame.columns if not _INDEX.fullmatch(name))
    by_name = {name.casefold(): name for name in frame.columns}
    wanted = [ID_COLUMN, *([second] if second else [])]
    if frame.width != 2 or any(name.casefold() not in by_name for name in wanted):
        raise TableError(
            f"a file by client must have the columns {ID_COLUMN} and {second or 'one more, such as a date'}; got "
            f"{', '.join(frame.columns)} in {path}. Leave out the others"
        )
    if not frame.height:
        raise TableError(f"a file by client must have at least one line; got none in {path}. Fetch it again")
    own = by_name[ID_COLUMN.casefold()]
    other = next(name for name in frame.columns if name != own)
    return frame.select(pl.col(own).alias(ID_COLUMN), pl.col(other).alias(second or "PERIOD"))


def _frame(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() in _PARQUET:
            return pl.read_parquet(path, hive_partitioning=False)
        about = Table(path.name, (), (), None)
        writing = sniff(path, None, about)
        with open_csv(path, None, about) as stream:
            text = stream.read()[writing.mark :].decode(writing.encoding)
        lines = io.StringIO(text.replace("\r\n", "\n"))
        return pl.read_csv(lines, separator=writing.separator, skip_rows=writing.skip, infer_schema=False)
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise TableError(f"a file by client must be a readable CSV or Parquet; got {path}: {error}") from error
