"""The demo questioned on its own tables, made again; then damaged, which must be seen."""

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from scoring.data.features import DICTIONARY
from scoring.errors import ArtefactError
from scoring.model.additive_model import AdditiveModel
from scoring.settings import DEMO
from training.__main__ import app
from training.validation import JSON_FILE, PAGE_FILE, ValidationReport, html, validate, write_report
from training.validation.artefact import breaks, by_hand, check_monotonicity, check_parity
from training.validation.cells import check_cells
from training.validation.checks import FAMILIES, VERDICTS, Check, flagged, graded, gravest
from training.validation.subject import Subject, read_subject

pytestmark = pytest.mark.integration


def invoke(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    origin = json.loads((DEMO / "scorecard.json").read_text())["provenance"]["settings"]["portfolio"]
    folder = tmp_path_factory.mktemp("tables") / "demo"
    made = invoke("portfolio", "--clients", origin["clients"], "--seed", origin["seed"], "--out", folder)
    assert made.exit_code == 0, made.output
    return folder


@pytest.fixture(scope="module")
def subject(tables: Path) -> Subject:
    return read_subject(DEMO, tables, quick=True)


@pytest.fixture(scope="module")
def report(tables: Path) -> ValidationReport:
    return validate(DEMO, tables, quick=True)


def test_the_demo_is_honest_and_its_file_sound(report: ValidationReport) -> None:
    """What it says against the fairness of the demo stands in the report; a cheat or a broken file may not pass."""
    sound = [check for check in report.checks if check.family in ("honesty", "artefact")]
    assert sound
    assert [check.id for check in sound if check.verdict == "fail"] == []


def test_every_check_says_what_why_and_what_to_do_in_both_languages(report: ValidationReport) -> None:
    assert len({check.id for check in report.checks}) == len(report.checks)
    for check in report.checks:
        assert check.family in FAMILIES
        assert check.verdict in VERDICTS
        for words in (check.question, check.finding, check.bound, check.action, check.method):
            assert words.fr.strip()
            assert words.en.strip()


def test_the_gravest_come_first_in_what_it_says_against_us(report: ValidationReport) -> None:
    order = [VERDICTS.index(check.verdict) for check in report.against_us]
    assert order == sorted(order)
    assert {check.id for check in report.against_us} == {
        check.id for check in report.checks if check.verdict in ("fail", "warn")
    }


def test_the_two_files_say_the_same_and_load_nothing(report: ValidationReport, tmp_path: Path) -> None:
    write_report(report, tmp_path)
    document = json.loads((tmp_path / JSON_FILE).read_text(), parse_constant=pytest.fail)
    assert [check["id"] for check in document["checks"]] == [check.id for check in report.checks]
    page = (tmp_path / PAGE_FILE).read_text()
    for check in report.checks:
        assert f"<p class='id'>{check.id}</p>" in page
    assert re.findall(r"""(?:src|href)=["']?(?:https?:)?//""", page) == []
    assert page == html(report)


def test_another_trainings_tables_are_refused(tmp_path: Path) -> None:
    made = invoke("portfolio", "--clients", 300, "--seed", 1, "--out", tmp_path / "other")
    assert made.exit_code == 0
    with pytest.raises(ArtefactError):
        validate(DEMO, tmp_path / "other", quick=True)
    stated = invoke("validate", "--artefacts", DEMO, "--tables", tmp_path / "other", "--quick")
    assert stated.exit_code == 2
    assert "Traceback" not in stated.output


def damaged(model: AdditiveModel, **changes: object) -> AdditiveModel:
    return AdditiveModel.model_validate({**model.model_dump(), **changes})


def verdicts(checks: list[Check]) -> dict[str, str]:
    return {check.id: check.verdict for check in checks}


def turned(model: AdditiveModel) -> AdditiveModel:
    """The same model with one directed table upside down."""
    terms = model.model_dump()["terms"]
    at = next(
        i for i, term in enumerate(model.terms)
        if len(term.features) == 1 and DICTIONARY[term.features[0]].direction.value and np.ptp(term.scores[1:-1]) > 0.1
    )  # fmt: skip
    terms[at]["scores"] = [-score for score in terms[at]["scores"]]
    return damaged(model, terms=terms)


def test_a_table_upside_down_breaks_its_direction(subject: Subject) -> None:
    kind = subject.champion.serves
    assert verdicts(check_monotonicity(subject))[f"artefact.monotonicity.{kind}"] != "fail"
    broken = replace(subject, models={**subject.models, kind: turned(subject.models[kind])})
    assert verdicts(check_monotonicity(broken))[f"artefact.monotonicity.{kind}"] == "fail"


def test_a_file_that_computes_something_else_fails_parity(subject: Subject, tmp_path: Path) -> None:
    kind = subject.champion.serves
    assert set(verdicts(check_parity(subject)).values()) == {"pass"}
    document = json.loads((DEMO / f"{kind}.json").read_text())
    document["intercept"] += 1e-6
    for name in subject.models:
        (tmp_path / f"{name}.json").write_text((DEMO / f"{name}.json").read_text())
    (tmp_path / f"{kind}.json").write_text(json.dumps(document))
    assert verdicts(check_parity(replace(subject, folder=tmp_path)))[f"artefact.parity.{kind}"] == "fail"


def test_the_second_reading_of_the_file_is_the_look_up(subject: Subject) -> None:
    for kind, model in subject.models.items():
        document = json.loads((DEMO / f"{kind}.json").read_text())
        for row in subject.unseen_frame.select(list(model.features)).head(20).rows(named=True):
            assert by_hand(document, row) == pytest.approx(subject.lookups[kind].score(row).log_odds, abs=1e-12)


def test_a_table_that_goes_as_promised_has_no_break(subject: Subject) -> None:
    for model in subject.models.values():
        for term in model.terms:
            assert breaks(term, np.zeros(len(term.scores))) == 0.0


def test_cells_of_a_handful_of_clients_are_named(subject: Subject) -> None:
    kind = subject.champion.serves
    model = subject.models[kind]
    terms = model.model_dump()["terms"]
    steep = max(range(len(terms)), key=lambda i: np.ptp(terms[i]["scores"]))
    terms[steep]["counts"] = [1 for _ in terms[steep]["counts"]]
    lonely = replace(subject, models={**subject.models, kind: damaged(model, terms=terms)})
    before, after = (verdicts(check_cells(s)) for s in (subject, lonely))
    changed = [name for name in after if kind in name]
    assert all(VERDICTS.index(after[name]) < VERDICTS.index(before[name]) for name in changed)


def test_grading_keeps_the_gravest() -> None:
    assert gravest(["pass", "fail", "warn"]) == "fail"
    assert [graded(value, 1.0, 2.0) for value in (1.0, 1.5, 2.5)] == ["pass", "warn", "fail"]
    assert flagged(fail=[1], warn=[]) == "fail"


def test_a_check_that_cannot_be_made_must_say_why() -> None:
    with pytest.raises(ValueError, match="must say why"):
        from_one = {"question": None, "finding": None, "bound": None, "action": None, "method": None}
        Check(id="x", family="cost", figures={}, verdict="not_applicable", **from_one)
