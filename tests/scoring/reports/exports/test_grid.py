"""The grid is the model: its points add up to scores, and its evidence is what its definitions say."""

import csv
import io
import json
import math
import zipfile
from xml.etree import ElementTree

import pytest

from scoring.errors import ArtefactError
from scoring.files import BYTE_ORDER_MARK
from scoring.model.additive_model import AdditiveModel, Lookup
from scoring.reports.evaluation import ModelStatistics, TermStatistics
from scoring.reports.exports.grid import Grid, grid_of
from scoring.reports.exports.grid_files import COLUMNS, grid_csv, grid_json, grid_xlsx
from scoring.reports.folder import KINDS, Reports
from scoring.service import Service

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def models(demo: Service) -> dict[str, AdditiveModel]:
    return dict(Reports(demo.artefacts).models)


def told(model: AdditiveModel) -> ModelStatistics:
    """Statistics of a made-up training: every eighth client of a cell had difficulties."""
    terms = tuple(
        TermStatistics(
            features=term.features,
            defaulters=tuple(None if 0 < count < 10 else count // 8 for count in term.counts),
            iv=0.1,
        )
        for term in model.terms
    )
    return ModelStatistics(clients=sum(model.terms[0].counts), defaulters=sum(model.terms[0].counts) // 8, terms=terms)


@pytest.mark.parametrize("kind", KINDS)
def test_one_line_of_each_variable_adds_up_to_the_score(demo: Service, models: dict, kind: str) -> None:
    model = models[kind]
    grid = grid_of(model)
    client = demo.portfolio.examples()["decline"]
    scored = Lookup(model).score(demo.portfolio.values_of(client, tuple(model.features)))
    points = grid.constant
    for variable in grid.variables:
        (line,) = [line for line in variable.lines if line.cell == scored.cells[variable.position]]
        points += line.points
    assert points == pytest.approx(model.scale.points(scored.log_odds), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_every_client_of_training_is_in_one_line(models: dict, kind: str) -> None:
    for variable in grid_of(models[kind]).variables:
        assert sum(line.clients for line in variable.lines) == models[kind].provenance.training_rows
        assert sum(line.share for line in variable.lines) == pytest.approx(1.0)
        assert [line.bins[0].kind for line in variable.lines].count("missing") >= 1


def test_evidence_is_what_its_definition_says(models: dict) -> None:
    model = models["ebm"]
    statistics = told(model)
    grid = grid_of(model, statistics)
    line = max(grid.variables[0].lines, key=lambda one: one.clients)
    assert line.defaulters is not None
    goods, bads = statistics.clients - statistics.defaulters, statistics.defaulters
    evidence = math.log((line.clients - line.defaulters) / goods / (line.defaulters / bads))
    assert line.woe == pytest.approx(evidence)
    assert line.iv == pytest.approx(((line.clients - line.defaulters) / goods - line.defaulters / bads) * evidence)
    assert line.event_rate == pytest.approx(line.defaulters / line.clients)


def test_nobodys_outcome_is_told_of_a_small_cell(models: dict) -> None:
    lines = [line for variable in grid_of(models["ebm"], told(models["ebm"])).variables for line in variable.lines]
    small = [line for line in lines if 0 < line.clients < 10]
    assert small
    assert all(line.event_rate is line.woe is line.iv is line.defaulters is None for line in small)


def test_statistics_of_another_model_are_refused(models: dict) -> None:
    with pytest.raises(ArtefactError, match="got those of other terms"):
        grid_of(models["ebm"], told(models["scorecard"]))


def rows_of_csv(text: str) -> list[dict[str, str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK))))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_three_files_say_the_same(models: dict, lang: str) -> None:
    grid = grid_of(models["scorecard"], told(models["scorecard"]))
    rows = rows_of_csv(grid_csv(grid, lang))
    document = json.loads(grid_json(grid, lang))
    bins = [one for variable in document["variables"] for one in variable["bins"]]
    assert [float(row["points"]) for row in rows[1:]] == [one["points"] for one in bins]
    assert float(rows[0]["points"]) == document["constant"]["points"] == grid.constant
    sheet = sheet_of(grid, lang)
    assert sheet[0] == [words.say(lang) for words in COLUMNS.values()]
    at = list(COLUMNS).index("points")
    assert [float(row[at]) for row in sheet[2:]] == pytest.approx([one["points"] for one in bins])


def sheet_of(grid: Grid, lang: str) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(grid_xlsx(grid, lang))) as file:
        strings = [
            "".join(part.itertext())
            for part in ElementTree.fromstring(file.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")  # noqa: S314
        ]
        sheet = ElementTree.fromstring(file.read("xl/worksheets/sheet1.xml"))  # noqa: S314
    assert not list(sheet.iter(f"{SHEET}f")), "a sheet must hold no formula"
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        cells = {}
        for cell in row.iter(f"{SHEET}c"):
            value = cell.findtext(f"{SHEET}v") or ""
            place = ord((cell.get("r") or "A")[0]) - ord("A")
            cells[place] = strings[int(value)] if cell.get("t") == "s" else value
        rows.append([cells.get(place, "") for place in range(len(COLUMNS))])
    return rows
