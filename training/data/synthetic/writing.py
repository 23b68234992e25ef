"""Writing the portfolio: block after block into Parquet, aside, then renamed into place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from scoring.data.tables import TABLES, Table
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import SettingsError
from training.data.synthetic.block import CLIENTS, Block, make_block
from training.data.synthetic.columns import Codes, ColumnData, Rows
from training.data.synthetic.policy import REFUSED

TRUTH = "truth"
_GROUP = 8
"""Blocks written at a time."""
_ROW_GROUP = 100_000
"""Rows; tables are written client after client, so that one client's rows are found in one or two groups."""
_ARROW = {"int": pa.int64(), "float": pa.float64(), "string": pa.string()}


@dataclass(frozen=True)
class PortfolioSummary:
    """What was written.

    Parameters
    ----------
    folder
        Where.
    clients
        Clients in the two application tables.
    seed
        Of the portfolio.
    rows
        Rows of each table, by name.
    positive_rate
        Share of TARGET = 1 in application_train (NaN if that has no rows).
    mean_pd
        Mean of the true probability over all clients.
    refused
        Clients that the past granting policy refused; 0 where there is none.
    """

    folder: Path
    clients: int
    seed: int
    rows: dict[str, int]
    positive_rate: float
    mean_pd: float
    refused: int = 0


def write_portfolio(
    clients: int,
    seed: int,
    out: Path,
    *,
    policy: bool = False,
    progress: Callable[[int, int], None] | None = None,
    threads: int = 2,
) -> PortfolioSummary:
    """Write a synthetic portfolio: the eight tables and ``truth.parquet``; with a policy, ``refused.parquet``.

    Parameters
    ----------
    clients
        Number of clients, 1 or more; ids from 100001 up, about 14% of them in application_test.
    seed
        Same seed, same bytes, however many threads and whatever the machine (to the rounding of published
        values).
    out
        Folder to make. Files of the portfolio in an existing one are replaced together; others are left
        alone.
    policy
        Whether a past granting policy leaves only granted loans labelled: the applications of the refused are then in
        ``refused.parquet``, without an outcome. Clients, histories and true risks are those of the same seed without.
    progress
        Called with (clients done, clients) after each block.
    threads
        Blocks made at a time.

    Returns
    -------
    PortfolioSummary
        What was written.

    Raises
    ------
    SettingsError
        When the number of clients or the seed is not usable, or the folder cannot be made.
    """
    if clients < 1:
        raise SettingsError(f"clients must be 1 or more; got {clients}. Give a number of clients")
    if seed < 0:
        raise SettingsError(f"seed must be 0 or more; got {seed}. Give a whole number")
    if out.exists() and not out.is_dir():
        raise SettingsError(f"the out folder must be a folder; got the file {out}. Give another name")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as err:
        raise SettingsError(f"the out folder must be writable; got {err}. Give another folder") from err
    try:
        summary = _write(_blocks(clients, seed, threads, policy=policy), clients, aside, progress)
        _into_place(aside, out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return PortfolioSummary(out, clients, seed, *summary)


def _write(
    blocks: Iterator[Block], clients: int, folder: Path, progress: Callable[[int, int], None] | None
) -> tuple[dict[str, int], float, float, int]:
    rows = dict.fromkeys((*TABLES, REFUSED), 0)
    positives, total_pd, done = 0.0, 0.0, 0
    waiting: list[Block] = []
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for block in blocks:
            waiting.append(block)
            done += len(np.asarray(block.truth[ID_COLUMN]))
            total_pd += float(np.sum(np.asarray(block.truth["pd"])))
            positives += float(np.sum(np.asarray(block.tables["application_train"]["TARGET"])))
            if len(waiting) == _GROUP or done == clients:
                for name, count in _flush(waiting, folder, writers, stack).items():
                    rows[name] += count
                waiting.clear()
            if progress is not None:
                progress(done, clients)
    refused = rows.pop(REFUSED)
    labelled = rows["application_train"]
    return rows, positives / labelled if labelled else float("nan"), total_pd / clients, refused


def _blocks(clients: int, seed: int, threads: int, *, policy: bool) -> Iterator[Block]:
    """Yield the blocks in order, a few made ahead."""
    sizes = [min(CLIENTS, clients - start) for start in range(0, clients, CLIENTS)]
    numbers = iter(range(len(sizes)))
    with ThreadPoolExecutor(max_workers=threads) as pool:
        ahead = [pool.submit(make_block, seed, i, sizes[i], policy=policy) for i in islice(numbers, threads + 1)]
        while ahead:
            yield ahead.pop(0).result()
            ahead += [pool.submit(make_block, seed, i, sizes[i], policy=policy) for i in islice(numbers, 1)]


def _flush(blocks: list[Block], folder: Path, writers: dict[str, pq.ParquetWriter], stack: ExitStack) -> dict[str, int]:
    counts = {}
    for name, table in TABLES.items():
        parts = [_arrow(block.tables[name], table) for block in blocks]
        whole = pa.concat_tables(parts)
        counts[name] = whole.num_rows
        _append(whole, name, folder, writers, stack)
    refused = [_arrow(block.refused, TABLES["application_test"]) for block in blocks if block.refused is not None]
    if refused:
        whole = pa.concat_tables(refused)
        counts[REFUSED] = whole.num_rows
        _append(whole, REFUSED, folder, writers, stack)
    _append(pa.concat_tables([pa.table(dict(block.truth)) for block in blocks]), TRUTH, folder, writers, stack)
    return counts


def _append(table: pa.Table, name: str, folder: Path, writers: dict[str, pq.ParquetWriter], stack: ExitStack) -> None:
    if name not in writers:
        # store_schema=False: the file says nothing of how it was made beyond its columns.
        writers[name] = stack.enter_context(
            pq.ParquetWriter(folder / f"{name}.parquet", table.schema, compression="zstd", store_schema=False)
        )
    writers[name].write_table(table, row_group_size=_ROW_GROUP)


def _arrow(rows: Rows, table: Table) -> pa.Table:
    arrays = [_array(rows[column.name], _ARROW[column.dtype]) for column in table.columns]
    return pa.table(arrays, schema=pa.schema([(c.name, _ARROW[c.dtype]) for c in table.columns]))


def _array(column: ColumnData, kind: pa.DataType) -> pa.Array:
    if isinstance(column, Codes):
        # A last level stands for missing, so that no mask is needed.
        index = np.where(column.index < 0, len(column.levels), column.index)
        return pa.array([*column.levels, None], type=pa.string()).take(pa.array(index))
    if kind == pa.float64():
        values = column.astype(np.float64, copy=False)
        return pa.array(values + 0.0, mask=np.isnan(values))  # + 0.0 turns -0.0 into 0.0
    return pa.array(column.astype(np.int64, copy=False))


def _into_place(aside: Path, out: Path) -> None:
    if not out.exists():
        aside.chmod(0o755)
        aside.rename(out)
        return
    names = {path.name for path in aside.iterdir()}
    for name in sorted(names):
        (aside / name).replace(out / name)
    if f"{REFUSED}.parquet" not in names:  # of an earlier portfolio, with a policy
        (out / f"{REFUSED}.parquet").unlink(missing_ok=True)
