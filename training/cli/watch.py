"""``python -m training watch``: later clients against those of training, and what to do with the model.

The rule: the report holds no client, only counts and figures over all of them. Tables that can't be read are a finding,
not a failure: the report says so in red.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
from rich.table import Table

from scoring.audit.override_rates import overruled
from scoring.audit.store.database import engine_of
from scoring.data.tables.file_discovery import find_tables
from scoring.errors import TableError
from scoring.files import file_aside
from scoring.reports.monitoring import Overrides, look
from scoring.reports.monitoring_document import Watch
from training.monitoring.by_client import ByClient, read_outcomes, read_periods
from training.monitoring.document import unreadable_watch, watch_document, watch_of
from training.monitoring.later import LaterClients, read_later, read_trained
from training.monitoring.page import html
from training.monitoring.recognised import applications_of_training, check_recognised
from training.reporting.documents import write_json

STEPS = 4


def write_watch(
    tables: Path,
    artefacts: Path,
    out: Path,
    *,
    outcomes: Path | None = None,
    periods: Path | None = None,
    date_format: str = "",
    journal: str = "",
    page: Path | None = None,
    notice: Callable[[str], None] = lambda _: None,
) -> Watch:
    """Look, and write ``watch.json``, and the same as one HTML page where one is asked for.

    Parameters
    ----------
    tables : folder of the raw tables of later clients
    artefacts : folder that the training wrote
    outcomes, periods : files by client (see `read_outcomes`, `read_periods`)
    date_format : how the periods' dates are written
    journal : address of the journal that overrides are counted in; none where empty

    Raises
    ------
    ArtefactError
        When the artefacts can't be used.
    TableError
        When there are no tables, a file by client is not as it must be, or the clients are those of the training.
    JournalError
        When the journal does not answer.
    """
    found, trained = read_trained(artefacts)
    given = None if outcomes is None else read_outcomes(outcomes)
    stretches = None if periods is None else read_periods(periods, date_format)
    find_tables(tables)  # a folder without tables is a mistake of whoever asks, not a finding
    notice("artefacts read")
    try:
        later = read_later(tables, trained)
    except TableError as error:
        report = unreadable_watch(found, trained, str(error))
    else:
        notice("tables read, features built")
        later = _joined(later, applications_of_training(found), given, stretches)
        counts = overruled(engine_of(journal), found.model.model_version) if journal else None
        overrides = None if counts is None else Overrides(counts.decisions, counts.moves)
        report = watch_of(found, trained, later, look(trained, later.later, overrides))
        notice("looked at")
    write_json(watch_document(report), out)
    if page is not None:
        with file_aside(page) as aside:
            aside.write_text(html(report), encoding="utf-8", newline="\n")
    notice("report written")
    return report


def _joined(
    clients: LaterClients, trained: pl.DataFrame, outcomes: ByClient[int] | None, periods: ByClient[str] | None
) -> LaterClients:
    """The clients with what files say of them; those of the training are refused."""
    recognised = check_recognised(clients.applications, trained)
    if recognised is not None:
        clients = replace(clients, notes=(recognised,))
    if outcomes is not None:
        clients = clients.with_outcomes(outcomes)
    return clients if periods is None else clients.with_periods(periods)


def printed(report: Watch) -> Table:
    """The signals, the gravest first, as a table for the terminal."""
    table = Table(title=f"{report.watched.clients:,} clients, {report.watched.labelled:,} with an outcome")
    for heading in ("light", "where", "what", "usual cause", "what to do"):
        table.add_column(heading, overflow="fold")
    for one in report.signals:
        table.add_row(one.level, one.section, one.says.en, one.cause.en, one.action.en)
    return table
