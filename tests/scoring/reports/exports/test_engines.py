"""What a model exports computes what Python computes, run in the engines that it is written for."""

import math
import os
import shutil

import numpy as np
import polars as pl
import pytest
from pypmml import Model

from benchmarks.engines import in_duckdb, in_pmml, in_postgres, in_spark, postgres, postgres_binaries
from scoring.data.tables.column_types import ID_COLUMN
from scoring.errors import InputError
from scoring.model.additive_model import AdditiveModel, CategoryAxis, Lookup, NumberAxis, read_model
from scoring.model.artefacts import PORTFOLIO_FILE
from scoring.model.decision import decide
from scoring.reports.exports.pmml import pmml_of
from scoring.reports.exports.sql import DIALECTS, sql_of
from scoring.settings import DEMO

KINDS = ("ebm", "scorecard")
CLIENTS = 300


@pytest.fixture(scope="module", params=KINDS)
def model(request) -> AdditiveModel:
    return read_model(DEMO / f"{request.param}.json")


@pytest.fixture(scope="module")
def frame(model) -> pl.DataFrame:
    """Clients of the demo, then rows at every edge, of every code, of unheard codes, and with nothing known."""
    clients = pl.read_parquet(DEMO / PORTFOLIO_FILE).head(CLIENTS).select(ID_COLUMN, *model.features)
    usual = clients.row(0, named=True)
    rows = [dict.fromkeys(model.features)]
    for axis, name in {f: (a, f) for t in model.terms for a, f in zip(t.axes, t.features, strict=True)}.values():
        if isinstance(axis, NumberAxis):
            values = [v for e in axis.edges for v in (e, np.nextafter(e, -np.inf), np.nextafter(e, np.inf))]
            values += [float("nan"), -1e12, 1e12]
        else:
            assert isinstance(axis, CategoryAxis)
            values = [code for level in axis.levels for code in level] + ['d\'une "autre" sorte; --', ""]
        rows += [{**usual, name: value} for value in (*values, None)]
    made = pl.DataFrame(
        [{ID_COLUMN: -i - 1, **{k: v for k, v in row.items() if k != ID_COLUMN}} for i, row in enumerate(rows)],
        schema=clients.schema,
    )
    return pl.concat([clients, made])


@pytest.fixture(scope="module")
def expected(model, frame) -> pl.DataFrame:
    lookup = Lookup(model)
    scored = [lookup.score({name: row[name] for name in model.features}) for row in frame.rows(named=True)]
    decisions = [decide(model, one) for one in scored]
    return pl.DataFrame(
        {
            ID_COLUMN: frame[ID_COLUMN],
            "log_odds": [one.log_odds for one in scored],
            "pd": [one.pd for one in decisions],
            "decision": [str(one.outcome) for one in decisions],
        }
    )


def check(answers: pl.DataFrame, expected: pl.DataFrame) -> None:
    both = expected.join(answers, on=ID_COLUMN, suffix="_there", validate="1:1", maintain_order="left")
    assert both.height == expected.height
    assert (both["log_odds"] - both["log_odds_there"]).abs().max() <= 1e-9
    assert (both["pd"] - both["pd_there"]).abs().max() <= 1e-9
    if "decision_there" in both.columns:
        assert both["decision"].to_list() == both["decision_there"].to_list()


def test_duckdb(model, frame, expected):
    answers = in_duckdb(sql_of(model, "duckdb"), frame)
    check(answers, expected)
    terms = [name for name in answers.columns if name.startswith("term_")]
    assert len(terms) == len(model.terms)
    total = sum((answers[name] for name in terms), start=pl.Series([model.intercept] * answers.height))
    assert (total - answers["log_odds"]).abs().max() <= 1e-9


def test_postgresql(model, frame, expected):
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("CLAIRSCORE_REQUIRE_POSTGRES"):
            pytest.fail("PostgreSQL must be on the machine; got no initdb below /usr/lib/postgresql. Install it.")
        pytest.skip("PostgreSQL is not on the machine: install it")
    with postgres(binaries) as connection:
        check(in_postgres(connection, sql_of(model, "postgres"), frame), expected)


@pytest.mark.spark
def test_spark(model, frame, expected):
    sql = pytest.importorskip("pyspark.sql")
    session = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    check(in_spark(session, sql_of(model, "spark"), frame), expected)


def test_pmml(model, frame, expected):
    if shutil.which("java") is None:
        if os.environ.get("CLAIRSCORE_REQUIRE_JAVA"):
            pytest.fail("Java must be on the machine; got none on the path. Install Java 17.")
        pytest.skip("Java is not on the machine: install Java 17")
    names = ("log_odds", "pd")
    rows = frame.filter(pl.all_horizontal(pl.col(pl.String).fill_null("none") != ""))  # which PMML reads as missing
    answers = in_pmml(pmml_of(model), rows.drop(ID_COLUMN), names)
    check(answers.with_columns(rows[ID_COLUMN]), expected.filter(pl.col(ID_COLUMN).is_in(rows[ID_COLUMN].to_list())))


@pytest.mark.parametrize("missing", [None, math.nan, ""], ids=repr)
def test_pmml_takes_a_category_of_a_dict_that_says_nothing_for_missing(model, frame, missing):
    if shutil.which("java") is None:
        pytest.skip("Java is not on the machine: install Java 17")
    categories = [name for name, facts in model.features.items() if facts.kind == "category"]
    row = {name: frame[name][0] for name in model.features} | dict.fromkeys(categories)
    told = Model.fromString(pmml_of(model)).predict(row | dict.fromkeys(categories, missing))
    assert categories
    assert told["log_odds"] == pytest.approx(Lookup(model).score(row).log_odds, abs=1e-9)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_names_are_quoted_whatever_they_are(model, dialect):
    query = sql_of(model, dialect, table='a"b`c; DROP TABLE x')
    assert "DROP TABLE x" in query
    assert ('"a""b`c; DROP TABLE x"' if dialect != "spark" else '`a"b``c; DROP TABLE x`') in query


def test_an_unknown_dialect_is_refused(model):
    with pytest.raises(InputError, match="must be one of duckdb, postgres, spark; got 'oracle'"):
        sql_of(model, "oracle")
