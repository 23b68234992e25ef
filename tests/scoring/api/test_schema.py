"""The OpenAPI document is whole: every operation is named, summed up, tagged, and says which problems it may answer."""

import re
from typing import Any

import pytest
from fastapi import FastAPI

from scoring.api import add_api
from scoring.api.problem_types import MEDIA_TYPE, STATUS
from scoring.api.schema import TAGS
from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY
from scoring.data.tables import TABLES
from scoring.service import Service


@pytest.fixture(scope="module")
def document(demo: Service, recorder: Recorder) -> dict[str, Any]:
    app = FastAPI(title="Clairscore", docs_url=None, redoc_url=None)
    add_api(app, demo, recorder)
    return app.openapi()


def test_every_operation_is_described(document: dict[str, Any]) -> None:
    names: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            assert re.fullmatch("[a-z_]+", operation["operationId"]), (method, path)
            assert len(operation["summary"].split()) > 3, (method, path)
            assert set(operation["tags"]) <= {tag["name"] for tag in TAGS}, (method, path)
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    examples = answer["content"][MEDIA_TYPE]["examples"]
                    assert {int(STATUS[kind]) for kind in examples} == {int(status)}, (method, path)
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def walk(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                assert part["$ref"].rpartition("/")[2] in schemas
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(document)


def test_rows_and_filters_are_those_declared(document: dict[str, Any]) -> None:
    row = document["components"]["schemas"]["RawApplication"]["properties"]["application"]
    assert set(row["properties"]) == set(TABLES["application_test"].names)
    filters = {one["name"] for one in document["paths"]["/api/clients"]["get"]["parameters"]}
    assert {name for name, feature in DICTIONARY.items() if feature.table == "application"} <= filters
