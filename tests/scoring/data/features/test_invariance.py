"""Neither the order of rows, nor the files they lie in, nor the engine, nor building in parts changes a feature."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import polars as pl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scoring.data.cleaning import clean
from scoring.data.features import Parts, build, build_in_parts
from scoring.data.tables import TABLES, read_rows, read_tables

DTYPES = {"int": pl.Int64, "float": pl.Float64, "string": pl.String}


def matrix(frame):
    return frame.collect("polars").to_native()


def write_parts(rows, folder, rng, most):
    """Each table over one file or several, some of them empty."""
    for name, of_table in rows.items():
        table = "application_test" if name == "application" else name
        schema = {column.name: DTYPES[column.dtype] for column in TABLES[table].columns}
        (folder / table).mkdir()
        cuts = np.sort(rng.integers(0, len(of_table) + 1, size=int(rng.integers(0, most))))
        for i, part in enumerate(np.split(np.arange(len(of_table)), cuts)):
            frame = pl.DataFrame([of_table[j] for j in part], schema=schema)
            frame.write_parquet(folder / table / f"part-{i}.parquet")


@settings(max_examples=2)  # each reads folders and plans the whole matrix on two engines
@given(seed=st.integers(0, 10_000), clients=st.integers(3, 8), most=st.integers(1, 4))
def test_shuffled_rows_in_any_files_on_any_engine_give_the_same_features(invented, seed, clients, most):
    rows = invented(range(1, clients + 1), seed=seed)
    assume(all(rows.values()))  # a table without a row is refused
    expected = matrix(build(clean(read_rows(rows))))
    rng = np.random.default_rng(seed)
    shuffled = {name: [of_table[i] for i in rng.permutation(len(of_table))] for name, of_table in rows.items()}
    assert matrix(build(clean(read_rows(shuffled)))).equals(expected, null_equal=True)
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        write_parts(shuffled, Path(folder), rng, most)
        with read_tables(Path(folder), connection=connection) as raw:
            cleaned = clean(raw)
            assert matrix(build_in_parts(cleaned, Parts(connection, rows_a_span=3))).equals(expected, null_equal=True)


def test_a_client_of_100_000_instalments(invented, memory, tmp_path):
    rows = invented([1, 2, 3], seed=4)
    of_two = [row for row in rows["installments_payments"] if row["SK_ID_CURR"] == 2] or [
        rows["installments_payments"][0] | {"SK_ID_CURR": 2}
    ]
    many = [
        of_two[0] | {"NUM_INSTALMENT_NUMBER": 1 + i // 2, "DAYS_INSTALMENT": float(-1 - i % 2_000)}
        for i in range(100_000)
    ]
    rows["installments_payments"] = [row for row in rows["installments_payments"] if row["SK_ID_CURR"] != 2] + many
    expected = matrix(build(memory(rows)))
    assert expected.filter(pl.col("SK_ID_CURR") == 2)["installments_count"].item() == 100_000
    write_parts(rows, tmp_path, np.random.default_rng(1), 1)
    with duckdb.connect() as connection, read_tables(tmp_path, connection=connection) as raw:
        parts = Parts(connection, rows_a_span=40_000)
        assert matrix(build_in_parts(clean(raw), parts)).equals(expected, null_equal=True)
