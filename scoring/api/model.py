"""The routes of the model that serves: its document, a summary, its points, its evaluation."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from scoring.api.problem_types import problems
from scoring.api.query_parameters import AskedLanguage
from scoring.api.request_validation import DocumentedRoute
from scoring.data.features import DICTIONARY
from scoring.model.additive_model import AdditiveModel
from scoring.model.artefacts import EVALUATION_FILE
from scoring.model.scale import log_odds_of
from scoring.reports.exports.points import Row, describe, label, points_csv, rows_of
from scoring.reports.exports.points_page import points_html
from scoring.reports.folder import ReportsNow
from scoring.service import Service

# Answers that stay the same until the model changes: each with an ETag, so that who has it need not fetch it again.

_HEADERS = {"Cache-Control": "private, no-cache"}
"""A copy may be kept, and must be asked about each time."""


def tag_of(*parts: str) -> str:
    """An ETag of whatever an answer depends on."""
    return '"' + hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32] + '"'


def cached(
    request: Request, tag: str, media_type: str, make: Callable[[], str | bytes], *, lang: str = "", file: str = ""
) -> Response:
    """The answer, or that the caller's copy is still good.

    Parameters
    ----------
    tag : of `tag_of`
    make : makes the answer, where it is needed
    lang : of its texts; empty where it has none
    file : the name under which a browser keeps it; empty where it is shown
    """
    headers = {**_HEADERS, "ETag": tag, "Vary": "Accept, Accept-Language"}
    if lang:
        headers["Content-Language"] = lang
    if _is_held(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    if file:
        headers["Content-Disposition"] = f'attachment; filename="{file}"'
    return Response(make(), media_type=media_type, headers=headers)


def _is_held(stated: str, tag: str) -> bool:
    """Whether an If-None-Match header names the tag (RFC 9110, 13.1.2: compared weakly)."""
    held = [one.strip().removeprefix("W/") for one in stated.split(",")]
    return "*" in held or tag in held


Form = Literal["json", "csv", "html"]
_TYPES: dict[Form, str] = {"json": "application/json", "csv": "text/csv", "html": "text/html"}


class FeatureAnswer(BaseModel):
    """A feature of the model, in words."""

    name: str
    label: str
    explanation: str
    group: str
    unit: str
    actionable: bool = Field(description="whether the applicant can change it at once")


class ModelSummary(BaseModel):
    """The model in short."""

    model_version: str
    digest: str
    kind: str
    terms: int
    features: list[FeatureAnswer]
    base_points: float
    base_odds: float
    pdo: float = Field(description="points that double the odds")
    threshold: float = Field(description="decline above this pd")
    threshold_points: float
    cost_fn: float
    cost_fp: float
    parity: float = Field(description="largest difference to the library's own log-odds")
    trained_on: str
    metrics: dict[str, Any]
    synthetic: bool
    language: str


class BinAnswer(BaseModel):
    """The part of a feature's values that a row of the points table is about."""

    feature: str
    kind: Literal["missing", "interval", "codes", "other"]
    low: float | None = Field(description="from this value, included; None where unbounded")
    high: float | None = Field(description="to below this value")
    codes: list[str]


class PointsRow(BaseModel):
    """One row of the points table: those of the constant and of one row a term add up to a client's points."""

    term: int = Field(description="position of the term, from 1; 0 is the constant")
    label: str
    text: str = Field(description="the bins in words")
    bins: list[BinAnswer]
    points: float
    log_odds: float
    clients: int | None = Field(description="training clients in the cell; None for the constant")


class ScorecardAnswer(BaseModel):
    """The points table."""

    model_version: str
    rows: list[PointsRow]
    language: str


def _json_of(title: str) -> dict[int | str, dict[str, Any]]:
    schema = {"type": "object", "title": title}
    return {200: {"description": "The document", "content": {"application/json": {"schema": schema}}}}


_UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller's copy, by its ETag, is still good"}}
_SCORECARD: dict[str, Any] = {
    "model": ScorecardAnswer,
    "description": "The points table",
    "content": {"text/csv": {"schema": {"type": "string"}}, "text/html": {"schema": {"type": "string"}}},
}


def make_model_router(service: Service) -> APIRouter:
    """The routes over one service's model."""
    router = APIRouter(tags=["model"], responses=_UNCHANGED, route_class=DocumentedRoute)
    reports = ReportsNow(lambda: service.artefacts)

    @router.get("/api/model", responses={**_json_of("AdditiveModel"), **problems()}, response_class=Response)
    def model(request: Request) -> Response:
        """Give the model itself: the document from which every decision is computed.

        `GET /api/decisions/…/receipt`, `python -m scoring verify` and the JSON Schema in `docs/` go with it.
        """
        serving = service.model

        def make() -> bytes:
            return orjson.dumps({**serving.model_dump(mode="json"), "digest": serving.digest})

        return cached(request, tag_of(serving.digest), "application/json", make)

    @router.get("/api/model/summary", responses=problems(), response_model=ModelSummary)
    def summary(request: Request, lang: AskedLanguage) -> Response:
        """Tell what the model is made of, in words."""
        serving = service.model

        def make() -> str:
            return _summary(serving, lang, synthetic=service.synthetic).model_dump_json()

        return cached(request, tag_of("summary", serving.digest, lang), "application/json", make, lang=lang)

    @router.get(
        "/api/scorecard",
        responses={200: _SCORECARD, **problems("not-acceptable")},
        response_class=Response,
    )
    def scorecard(
        request: Request,
        lang: AskedLanguage,
        form: Annotated[
            Form | None, Query(alias="format", description="else that of the Accept header, else JSON")
        ] = None,
    ) -> Response:
        """Give the points table: one row a cell, with which anyone adds up a client's points by hand."""
        serving, wanted = service.model, form or _form_of(request)

        def make() -> str:
            if wanted == "json":
                return _scorecard(serving, lang).model_dump_json()
            return points_csv(serving, lang) if wanted == "csv" else points_html(serving, lang)

        file = "scorecard.csv" if wanted == "csv" else ""
        return cached(
            request, tag_of("points", serving.digest, lang, wanted), _TYPES[wanted], make, lang=lang, file=file
        )

    @router.get("/api/evaluation", responses={**_json_of("Evaluation"), **problems("not-found")})
    def evaluation(request: Request) -> Response:
        """Give what the training measured of both models and of their reference."""
        if not (reports.now.folder / EVALUATION_FILE).is_file():
            raise HTTPException(404)
        written = orjson.dumps(reports.now.published_evaluation)
        return cached(request, tag_of("evaluation", written.decode()), "application/json", lambda: written)

    return router


def _summary(model: AdditiveModel, lang: str, *, synthetic: bool) -> ModelSummary:
    scale, rule, provenance = model.scale, model.rule, model.provenance
    return ModelSummary(
        model_version=model.model_version,
        digest=model.digest,
        kind=model.kind,
        terms=len(model.terms),
        features=[
            FeatureAnswer(
                name=name,
                label=DICTIONARY[name].label.say(lang),
                explanation=DICTIONARY[name].explanation.say(lang),
                group=DICTIONARY[name].group,
                unit=DICTIONARY[name].unit,
                actionable=DICTIONARY[name].actionable,
            )
            for name in model.features
        ],
        **scale.as_dict(),
        threshold=rule.threshold,
        threshold_points=scale.points(log_odds_of(rule.threshold)),
        cost_fn=rule.cost_fn,
        cost_fp=rule.cost_fp,
        parity=model.certificate.largest_difference,
        trained_on=provenance.trained_on,
        metrics=dict(provenance.metrics),
        synthetic=synthetic,
        language=lang,
    )


def _scorecard(model: AdditiveModel, lang: str) -> ScorecardAnswer:
    return ScorecardAnswer(
        model_version=model.model_version, rows=[_points_row(row, lang) for row in rows_of(model)], language=lang
    )


def _points_row(row: Row, lang: str) -> PointsRow:
    return PointsRow(
        term=row.term,
        label=label(row, lang),
        text=describe(row, lang),
        bins=[
            BinAnswer(feature=name, kind=one.kind, low=one.low, high=one.high, codes=list(one.codes))
            for name, one in zip(row.features, row.bins, strict=True)
        ],
        points=row.points,
        log_odds=row.log_odds,
        clients=row.clients,
    )


def _form_of(request: Request) -> Form:
    accepted = [one.split(";")[0].strip().lower() for one in request.headers.get("accept", "*/*").split(",")]
    for wanted in accepted:
        for form, kind in _TYPES.items():
            if wanted == kind:
                return form
    if not {"*/*", "application/*", "text/*", ""} & set(accepted):
        raise HTTPException(406)
    return "json"
