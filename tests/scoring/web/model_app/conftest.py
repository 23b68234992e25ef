"""The model app without a browser: each page as its frame would draw it, with and without the studies."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from scoring.audit.audited_decisions import Recorder
from scoring.audit.writer import Journal
from scoring.model.artefacts import read_artefacts
from scoring.reports.folder import ReportsNow
from scoring.service import Service
from scoring.settings import DEMO
from scoring.web.model_app.context import ModelContext
from scoring.web.model_app.frame import MODEL_PAGES
from scoring.web.page import Built, Place
from tests.running import run

Drawn = Callable[[Place, str], str]


def contexts_of(service: Service, journal: Journal) -> dict[str, ModelContext]:
    recorder, reports = Recorder(service, journal), ReportsNow(lambda: service.artefacts)
    return {lang: ModelContext(service, recorder, reports, lang, gr.Textbox(render=False)) for lang in ("fr", "en")}


def drawing(contexts: dict[str, ModelContext]) -> Drawn:
    async def build() -> dict[tuple[str, str], Built]:
        """Inside a loop: outside one, Gradio opens its own for each app and never closes it."""
        with gr.Blocks(analytics_enabled=False):
            return {(lang, page.NAME): page.build(one) for lang, one in contexts.items() for page in MODEL_PAGES}

    built = run(build())

    def draw(place: Place, lang: str) -> str:
        values = built[lang, place.page].draw(place, gr.Request())
        assert len(values) == len(built[lang, place.page].outputs)
        return "".join(value for value in values if isinstance(value, str) and value.startswith("<"))

    return draw


@pytest.fixture(scope="session")
def contexts(demo: Service, journal: Journal) -> dict[str, ModelContext]:
    """One context a language, over the demo."""
    return contexts_of(demo, journal)


@pytest.fixture(scope="session")
def drawn(contexts: dict[str, ModelContext]) -> Drawn:
    """What a page's HTML is at a place, in a language."""
    return drawing(contexts)


@pytest.fixture(scope="session")
def drawn_bare(tmp_path_factory: pytest.TempPathFactory, journal: Journal) -> Drawn:
    """What a page's HTML is where no study was made."""
    folder = tmp_path_factory.mktemp("bare") / "demo"
    names = ("resampling.json", "simplicity.json", "tuning.json", "validation.json", "quality.json")
    shutil.copytree(DEMO, folder, ignore=shutil.ignore_patterns(*names))
    return drawing(contexts_of(Service(read_artefacts(folder)), journal))


@pytest.fixture(scope="session")
def studied(tmp_path_factory: pytest.TempPathFactory, journal: Journal) -> dict[str, ModelContext]:
    """The demo with small made-up studies, one of each kind, beside it."""
    folder = tmp_path_factory.mktemp("studied") / "demo"
    shutil.copytree(DEMO, folder)
    for name, document in {**_studies(folder), "quality": _quality(folder), "validation": _validation(folder)}.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    return contexts_of(Service(read_artefacts(folder)), journal)


@pytest.fixture(scope="session")
def drawn_studied(studied: dict[str, ModelContext]) -> Drawn:
    """What a page's HTML is where every study was made."""
    return drawing(studied)


def _apart(mean: float, half: float) -> dict[str, Any]:
    return {"mean": mean, "low": mean - half, "high": mean + half, "clients": 100, "resamples": 10}


def _studies(folder: Path) -> dict[str, Any]:
    data = {"synthetic": True, "fingerprint": _fingerprint(folder), "clients": 100}
    arm = dict.fromkeys(
        ("auc", "average_precision", "brier", "log_loss", "mean_pd", "observed", "cost", "declined"), 0.1
    )
    rows = [
        {
            **arm,
            "model": model,
            "arm": name,
            "reading": reading,
            "mean_pd": 0.42 if name == "smotenc" and reading == "as_fitted" else 0.08,
            "intervals": {"auc": [0.05, 0.15]},
            "cost_minus_none": None if name == "none" else _apart(0.01, 0.02),
            "better": False,
        }
        for model in ("ebm", "scorecard", "logistic")
        for name in ("none", "smotenc")
        for reading in ("as_fitted", "calibrated")
    ]
    points = [
        {
            "model": model,
            "wanted": size,
            "terms": float(size),
            "auc": 0.7 + size / 1000,
            "auc_error": 0.01,
            "cost": 0.6 - size / 1000,
            "from_largest": _apart(0.04 - size / 1000, 0.03),
        }
        for model in ("ebm", "scorecard")
        for size in (5, 20, 40)
    ]
    trials = [{"point": {"x": 1.0}, "cost": 0.5 - at / 100, "log_loss": 0.2} for at in range(3)]
    gain = {
        "auc_before": 0.7,
        "auc_after": 0.71,
        "auc_low": 0.0,
        "auc_high": 0.02,
        "log_loss_before": 0.2,
        "log_loss_after": 0.2,
    }
    return {
        "resampling": {
            "format": "clairscore-resampling",
            "version": 1,
            "data": data,
            "clients": 100,
            "positives": 8,
            "folds": 5,
            "rows": rows,
            "note": {"fr": ["Une note."], "en": ["A note."]},
        },
        "simplicity": {
            "format": "clairscore-simplicity",
            "version": 1,
            "data": data,
            "points": points,
            "refit": {"questions": [1, 2], "cost": _apart(0.001, 0.002), "auc_before": 0.7, "auc_after": 0.7},
            "directions": [
                {
                    "model": "ebm",
                    "freed": "request",
                    "features": 9,
                    "auc_declared": 0.71,
                    "auc_free": 0.7125,
                    "auc_low": -0.005,
                    "auc_high": 0.0001,
                    "cost": _apart(0.0031, 0.004),
                }
            ],
            "clients": 100,
            "positives": 8,
            "folds": 5,
        },
        "tuning": {
            "format": "clairscore-tuning",
            "version": 1,
            "data": data,
            "seed": 1,
            "trials": 3,
            "settings": {"ebm": {"terms": 30}},
            "gains": [
                {"kind": kind, "cost": _apart(0.0, 0.01), "unseen": False, "changed": kind != "ebm", **gain}
                for kind in ("ebm", "scorecard", "reference")
            ],
            "searches": dict.fromkeys(("ebm", "scorecard", "reference"), trials),
        },
    }


def _quality(folder: Path) -> dict[str, Any]:
    found = {"check": "missing", "table": "bureau", "column": "AMT_ANNUITY", "rule": "a value", "count": 3, "of": 10}
    odd = {**found, "check": "out of range", "rule": "at least 0", "count": 1}
    repair = {
        "damage": "blank lines",
        "table": "bureau",
        "count": 2,
        "unit": "lines",
        "deed": "left out",
        "examples": [],
    }
    return {
        "format": "clairscore/table-checks",
        "version": 1,
        "rows": {"application": 20, "bureau": 10},
        "absent": ["credit_card_balance"],
        "warnings": 1,
        "findings": [{**found, "warning": False, "examples": []}, {**odd, "warning": True, "examples": []}],
        "repairs": [repair],
        "data": {"synthetic": True, "fingerprint": _fingerprint(folder)},
    }


def _validation(folder: Path) -> dict[str, Any]:
    def said(words: str) -> dict[str, str]:
        return {"fr": f"{words} fr", "en": f"{words} en"}

    def check(name: str, family: str, verdict: str, model: str, figures: dict[str, Any]) -> dict[str, Any]:
        words = {part: said(part) for part in ("question", "finding", "bound", "reason", "action", "method")}
        table = {
            "title": said("table"),
            "columns": [said("group"), said("share")],
            "rows": [["F", {"value": 0.5, "fr": "50 %", "en": "50%"}], ["M", 0.25], [said("all"), None]],
        }
        return {
            "id": name,
            "family": family,
            "verdict": verdict,
            "model": model,
            "figures": figures,
            "tables": [table],
            **words,
        }

    ratio = {"approval_ratio": 0.7, "approval_ratio_low": 0.6, "approval_ratio_high": 0.78, "lowest_group": "M"}
    precision = {"precision_at_3": 0.5, "precision_low": 0.45, "precision_high": 0.55, "precision_of_chance": 0.2}
    versions = {kind: box["model_version"] for kind, box in _boxes(folder).items()}
    checks = [check(f"fairness.gender.{kind}", "fairness", "fail", kind, ratio) for kind in ("ebm", "scorecard")] + [
        check(f"explanations.truth.{kind}", "explanations", "pass", kind, precision)
        for kind in ("ebm", "scorecard", "reference")
    ]
    return {
        "format": "clairscore-validation",
        "version": 1,
        "summary": {
            "serves": "scorecard",
            "models": versions,
            "data_fingerprint": _fingerprint(folder),
            "synthetic": True,
            "quick": False,
            "train": 80,
            "test": 20,
            "positives": 2,
        },
        "verdict": "fail",
        "counts": {"fail": 2, "warn": 0, "pass": 3, "not_applicable": 0},
        "families": {"fairness": said("fairness"), "explanations": said("explanations")},
        "checks": checks,
    }


def _fingerprint(folder: Path) -> str:
    return str(json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))["data"]["fingerprint"])


def _boxes(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))["glass_boxes"])
