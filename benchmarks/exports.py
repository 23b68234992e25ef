"""What a model exports, in the engine that it is written for, held against Python over 50,000 clients; and its time.

The rule: the clients are a synthetic portfolio of its own, whose numbers no model was fitted on, with rows on every
seam of each model: on each edge and just below it, infinite, missing, of every code and of one never seen. Python is
`scoring.model.additive_model.Lookup` and `scoring.model.decision`, which the service uses. An engine that is not on the
machine is named and left out.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
from rich.console import Console

from benchmarks import fitted
from benchmarks.engines import in_duckdb, in_pmml, in_postgres, in_spark, postgres, postgres_binaries
from benchmarks.measure import Figure, median_seconds
from scoring.data.tables.column_types import ID_COLUMN
from scoring.model.additive_model import AdditiveModel, Lookup, read_model
from scoring.model.additive_model.lookup import ScoredMany
from scoring.model.decision import decide_many
from scoring.model.scale import log_odds_of
from scoring.reports.exports.names import term_names
from scoring.reports.exports.pmml import MOST_REASONS, pmml_of
from scoring.reports.exports.sql import sql_of
from scoring.settings import DEMO
from training.data.dataset import read_clients
from training.data.synthetic import write_portfolio
from training.models.compile import adversarial_rows
from training.search.final_fit import GLASS_BOXES

CLIENTS, SEED = 50_000, 2
PARITY = 1e-9
MOST_SECONDS = 1.5
LARGEST = float(np.finfo(np.float64).max)
"""Stands for infinity where an engine's input cannot hold it: it lies in the same bin."""

Engine = Callable[[AdditiveModel, pl.DataFrame], pl.DataFrame]


def figures() -> Iterator[Figure]:
    """Compare both models of the demo in each engine, then time the sum in DuckDB."""
    clients = _clients()
    with ExitStack() as open_ones:
        engines = _engines(open_ones)
        for kind in GLASS_BOXES:
            model = read_model(DEMO / f"{kind}.json")
            frame = rows_of(model, clients)
            yield Figure(f"{kind}: clients, seams included", frame.height, "clients", CLIENTS, at_least=True)
            scored = Lookup(model).score_many(frame)
            for engine, answer in engines.items():
                yield from against_python(f"{kind} in {engine}", model, scored, answer(model, frame).sort(ID_COLUMN))
            if shutil.which("java"):
                yield from _pmml(kind, model, frame, scored)
            else:
                _left_out("PMML", "Java is not on the machine")
    yield _sum_in_duckdb()


def rows_of(model: AdditiveModel, clients: pl.DataFrame) -> pl.DataFrame:
    """The clients' features with the rows on the seams of a model after them, numbered, in the order of the numbers."""
    known = clients.select(list(model.features))
    return (
        pl.concat([known, adversarial_rows(model, known)])
        .with_row_index(ID_COLUMN)
        .with_columns(pl.col(ID_COLUMN).cast(pl.Int64))
    )


def against_python(name: str, model: AdditiveModel, scored: ScoredMany, answers: pl.DataFrame) -> Iterator[Figure]:
    """The largest differences of an engine's answers, in the order of the clients, to Python's."""
    here = decide_many(model, scored)
    terms = answers.select(term_names(model)).to_numpy()
    yield Figure(f"{name}: log-odds", _largest(answers["log_odds"], scored.log_odds), "log-odds", PARITY)
    yield Figure(f"{name}: any contribution", _largest(terms, scored.contributions), "log-odds", PARITY)
    yield Figure(f"{name}: points", _largest(answers["points"], here["points"]), "points", PARITY)
    differing = int((answers["decision"] != here["decision"]).sum())
    yield Figure(f"{name}: differing decisions", differing, "clients", 0)


def _clients() -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as scratch:
        write_portfolio(CLIENTS, SEED, Path(scratch))
        return read_clients(Path(scratch)).frame


def _engines(open_ones: ExitStack) -> dict[str, Engine]:
    """The engines of the machine; the server and the session end with `open_ones`."""
    engines: dict[str, Engine] = {"DuckDB": lambda model, frame: in_duckdb(sql_of(model, "duckdb"), frame)}
    binaries = postgres_binaries()
    if binaries is None:
        _left_out("PostgreSQL", "no initdb is on the machine")
    else:
        connection = open_ones.enter_context(postgres(binaries))
        engines["PostgreSQL"] = lambda model, frame: in_postgres(connection, sql_of(model, "postgres"), frame)
    if find_spec("pyspark") is None or not shutil.which("java"):
        _left_out("Spark", "PySpark or Java is not on the machine")
    else:
        session = _spark()
        open_ones.callback(session.stop)
        engines["Spark"] = lambda model, frame: in_spark(session, sql_of(model, "spark"), frame)
    return engines


def _spark() -> Any:
    from pyspark.sql import SparkSession  # noqa: PLC0415  # an extra of its own

    # Off: a query that outgrows Java's 64 KB of code is said to at length, and then runs interpreted.
    settings = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF"}
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _left_out(engine: str, why: str) -> None:
    Console(stderr=True).print(f"{engine} is left out: {why}.")


def _pmml(kind: str, model: AdditiveModel, frame: pl.DataFrame, scored: ScoredMany) -> Iterator[Figure]:
    """PMML decides nothing and names the terms that weigh most instead: its probability's side, and those names."""
    reasons = [f"reason_{rank}" for rank in range(1, min(MOST_REASONS, len(model.terms)) + 1)]
    finite = frame.drop(ID_COLUMN).with_columns(pl.col(pl.Float64).clip(-LARGEST, LARGEST))
    answers = in_pmml(pmml_of(model), finite, ["log_odds", "pd", "points", *reasons])
    name, here = f"{kind} in pypmml", decide_many(model, scored)
    yield Figure(f"{name}: log-odds", _largest(answers["log_odds"], scored.log_odds), "log-odds", PARITY)
    yield Figure(f"{name}: points", _largest(answers["points"], here["points"]), "points", PARITY)
    declined = answers["pd"] > model.rule.threshold
    differing = int((declined.to_numpy() != (scored.log_odds > log_odds_of(model.rule.threshold))).sum())
    yield Figure(f"{name}: differing sides of the threshold", differing, "clients", 0)
    yield Figure(f"{name}: differing reasons", _differing_reasons(model, scored, answers.select(reasons)), "clients", 0)


def _differing_reasons(model: AdditiveModel, scored: ScoredMany, named: pl.DataFrame) -> int:
    """Clients of whom a term above the reference is not named in its rank; ties may be named in either order.

    Ranks beyond the terms that lie above the reference say nothing: pypmml repeats the last that does.
    """
    apart = scored.contributions - np.asarray(model.reference.contributions)
    position = {name: i for i, name in enumerate(term_names(model))}
    chosen = named.select(pl.all().replace_strict(position, default=None, return_dtype=pl.Int64)).to_numpy()
    if np.isnan(chosen.astype(np.float64)).any():
        raise RuntimeError("pypmml must name a term of the model as each reason; got another name")
    found = np.take_along_axis(apart, chosen.astype(np.int64), axis=1)
    best = -np.sort(-apart, axis=1)[:, : chosen.shape[1]]
    return int(((np.abs(found - best) > PARITY) & (best > 0.0)).any(axis=1).sum())


def _largest(there: Any, here: Any) -> float:
    """The largest difference; NaN, which no bound holds, where either is missing."""
    return float(np.abs(np.asarray(there, dtype=np.float64) - np.asarray(here, dtype=np.float64)).max())


def _sum_in_duckdb() -> Figure:
    twin = fitted.ebm(fitted.TERMS)
    frame = fitted.many_clients(twin).with_row_index(ID_COLUMN)
    query = sql_of(twin.compiled, "duckdb", decision=False)
    with duckdb.connect() as connection:
        connection.register("handed", frame)
        connection.execute("CREATE TABLE features AS FROM handed")
        work = f"CREATE OR REPLACE TABLE scores AS SELECT {ID_COLUMN}, log_odds FROM ({query})"  # noqa: S608  # all ours
        seconds = median_seconds(lambda: connection.execute(work), rounds=3)
    return Figure(f"{frame.height:,} clients × {fitted.TERMS} terms, the sum in DuckDB", seconds, "s", MOST_SECONDS)
