"""DuckDB and Polars give the same matrix, to the last bit, on invented and on real rows."""

import dataclasses

import narwhals as nw
import pytest

from scoring.data.cleaning import clean
from scoring.data.features import build
from scoring.data.tables import read_tables
from tests import SAMPLE


def collect(frame):
    return frame.collect("polars").to_native()


def differing(first, second):
    assert first.columns == second.columns
    assert first.schema == second.schema
    return [name for name in first.columns if not first[name].equals(second[name], null_equal=True)]


def test_engines_agree_on_invented_rows(random_rows, memory, on_disk):
    assert differing(collect(build(memory(random_rows))), collect(build(on_disk(random_rows)))) == []


@pytest.mark.parametrize("folder", ["joint", "partial"])
def test_engines_agree_on_the_real_sample(folder, tmp_path):
    if not (SAMPLE / "joint" / "application_train.parquet").exists():
        pytest.skip("the real sample is not there: set CLAIRSCORE_SAMPLE to its folder")
    source = SAMPLE / folder
    if folder == "partial":
        (tmp_path / "application_train.parquet").symlink_to((SAMPLE / "application_train.parquet").resolve())
        (tmp_path / "installments_payments.parquet").symlink_to((source / "installments_payments.parquet").resolve())
        source = tmp_path
    raw = read_tables(source)
    frames = {name: nw.from_native(collect(frame).lazy()) for name, frame in raw.frames.items()}
    on_polars = clean(dataclasses.replace(raw, frames=frames))
    assert differing(collect(build(clean(raw))), collect(build(on_polars))) == []
