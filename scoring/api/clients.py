"""The routes over the portfolio's clients: lists by filters, and what is known of one. Never what one client did.

The rule: filters are the words of the pages' own addresses (`scoring.portfolio.filter_text`), so that an address of the
list is a query of the API, and the other way round.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from scoring.api.caller import PAGE, Who
from scoring.api.cursors import cursor_of, position_of
from scoring.api.filter_schema import DESCRIBING, filter_parameters
from scoring.api.problem_types import problems
from scoring.api.query_parameters import AskedLanguage, ClientId, Lang, language_of, parameters_of
from scoring.api.request_validation import FURTHER, DocumentedRoute
from scoring.api.sensitive_facts import check_sensitive, without_sensitive
from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY, Feature, say
from scoring.errors import InputError
from scoring.i18n import Said, shown
from scoring.model.decision import Outcome
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filter_text import read_filters, write_filters
from scoring.portfolio.filters import OWN, Sort
from scoring.service import Service

MOST_CLIENTS, MOST_COLUMNS = 500, 40
COLUMNS = ("age_years", "income_total", "credit_amount", "annuity", "credit_per_annuity")
"""Features that a list gives unless others are asked for."""


def _schema_of(feature: Feature) -> dict[str, Any]:
    described = f"{feature.label.say('en')} ({feature.unit})"
    if feature.kind == "category":
        return {"type": ["string", "null"], "description": described, "examples": list(feature.levels)}
    return {"type": ["number", "null"], "description": described}


ListedFacts = Annotated[
    dict[str, float | str | None],
    WithJsonSchema(
        {
            "type": "object",
            "description": "the columns asked for: any feature of the dictionary",
            "properties": {name: _schema_of(feature) for name, feature in DESCRIBING.items()},
            "additionalProperties": {"type": ["number", "string", "null"]},
        }
    ),
]


class ListedClient(BaseModel):
    """One client of a list."""

    client_id: int
    role: Literal["new", "test", "train"] = Field(description="`new`: an applicant; the others serve for groups")
    points: float
    pd: float
    decision: Outcome = Field(description="what the model proposes today; asking for a prediction makes a decision")
    level: Annotated[int, Field(ge=1, le=5)]
    facts: ListedFacts


class ClientsAnswer(BaseModel):
    """One page of a list."""

    total: int = Field(description="clients that the filters leave")
    counts: dict[Outcome, int] = Field(description="how many of them each decision has")
    clients: list[ListedClient]
    next: str | None = Field(description="the cursor of the next page; None on the last. The Link header has it whole")
    filters: dict[str, str] = Field(description="the filters as they were understood")
    sort: str
    synthetic: bool


class FactAnswer(BaseModel):
    """One fact that describes a client."""

    feature: str
    label: str
    explanation: str
    group: str
    unit: str
    value: float | str | None
    text: str = Field(description="the value in words")
    used: bool = Field(description="whether the model looks at it")
    sensitive: bool = Field(description="kept to describe and to monitor; never looked at by the model")


class ClientAnswer(BaseModel):
    """What describes a client. It decides nothing, and says nothing of what the client did afterwards."""

    client_id: int
    role: Literal["new", "test", "train"]
    facts: list[FactAnswer]
    synthetic: bool
    language: Lang


class Listing(BaseModel):
    """How a list may be asked for, beside its filters."""

    model_config = ConfigDict(frozen=True)
    lang: Annotated[Lang | None, Field(description="language of problems; else that of Accept-Language")] = None
    sort: Annotated[
        str,
        Field(
            pattern="^-?[a-z][a-z0-9_]*$",
            max_length=100,
            description="client_id, role, points, pd, decision, level or any feature; `-` before it turns it round",
        ),
    ] = "client_id"
    limit: Annotated[int, Field(ge=1, le=MOST_CLIENTS, description="clients of a page")] = 25
    cursor: Annotated[str, Field(max_length=1_000, description="`next` of the page before")] = ""
    columns: Annotated[
        str,
        Field(
            max_length=2_000,
            pattern="^[a-z0-9_, ]*$",
            description=f"features to give, with commas; at most {MOST_COLUMNS}",
        ),
    ] = ",".join(COLUMNS)


def make_clients_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service's portfolio."""
    router = APIRouter(tags=["clients"], route_class=DocumentedRoute)

    @router.get(
        "/api/clients",
        responses=problems("bad-input", "not-yours", "journal"),
        response_model=ClientsAnswer,
        openapi_extra={
            "parameters": [*parameters_of(Listing, keyed=False)["parameters"], *filter_parameters()],
            FURTHER: "any other feature of the dictionary, as LOW..HIGH or as codes",
        },
    )
    def clients(request: Request, who: Who) -> Response:
        """List clients by filters, in an order, page by page.

        Beside the documented filters, any other feature of the dictionary may be filtered by and listed, those of the
        histories too: `installments_count=10..`. All filters must hold together. Sensitive facts (age, sex, family and
        what follows from them) are for people, and for keys with the scope `sensitive`.
        """
        said = _said(request)
        asked = _listing({name: said.pop(name) for name in Listing.model_fields if name in said})
        filters, sort = read_filters(said), _sort_of(asked.sort, service.portfolio)
        given = "columns" in request.query_params
        columns = _columns_of(asked.columns, service.portfolio, given=given)
        if not given:
            columns = without_sensitive(request, columns)
        check_sensitive(request, [*columns, *filters.features, sort.by])
        spoken = {**write_filters(filters), "sort": asked.sort}
        after = position_of(asked.cursor, spoken, sort) if asked.cursor else None
        found = service.portfolio.listing(filters, sort=sort, after=after, limit=asked.limit, columns=columns)
        numbers = found.clients or service.portfolio.ids[service.portfolio.matching(filters).to_numpy()].tolist()
        if numbers:  # behind the last of them, too: how many there are says what they are
            recorder.consult(numbers, who, page=PAGE, filters=write_filters(filters))
        following = None if found.last is None else cursor_of(found.last, spoken)
        answer = {
            "total": found.total,
            "counts": found.counts,
            "clients": [_listed(row, columns) for row in found.rows],
            "next": following,
            "filters": write_filters(filters),
            "sort": asked.sort,
            "synthetic": service.synthetic,
        }
        headers = {"Cache-Control": "no-store", "Content-Language": language_of(request)}
        if following is not None:
            headers["Link"] = f'<{request.url.include_query_params(cursor=following)}>; rel="next"'
        return Response(orjson.dumps(answer), media_type="application/json", headers=headers)

    @router.get("/api/clients/{client_id}", responses=problems("unknown-client", "journal"))
    def client(
        client_id: ClientId, request: Request, who: Who, lang: AskedLanguage, response: Response
    ) -> ClientAnswer:
        """Tell what is known of a client, in words; sensitive facts to people, and keys with the scope `sensitive`."""
        response.headers.update({"Cache-Control": "no-store", "Content-Language": lang})
        facts, own = service.portfolio.features_of(client_id), service.portfolio.facts_of(client_id)
        recorder.consult(client_id, who, page=PAGE)
        return ClientAnswer(
            client_id=client_id,
            role=own["role"],
            facts=[_fact(DICTIONARY[name], facts[name], service, lang) for name in without_sensitive(request, facts)],
            synthetic=service.synthetic,
            language=lang,
        )

    return router


def _said(request: Request) -> dict[str, str]:
    """What the address says; a filter that comes twice is one with both words."""
    said: dict[str, str] = {}
    for name, words in request.query_params.multi_items():
        said[name] = f"{said[name]}|{words}" if name in said else words
    return said


def _listing(said: Mapping[str, str]) -> Listing:
    try:
        return Listing.model_validate(said)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors(include_url=False, include_input=False)]
        ) from None


def _sort_of(words: str, portfolio: Portfolio) -> Sort:
    by = words.removeprefix("-")
    if by not in OWN and by not in portfolio.features:
        raise InputError(Said("problem.said.sort", known=", ".join(OWN), found=shown(by)))
    return Sort(by, descending=words.startswith("-"))


def _columns_of(words: str, portfolio: Portfolio, *, given: bool) -> list[str]:
    columns = [name.strip() for name in words.split(",") if name.strip()]
    if not given:
        return [name for name in columns if name in portfolio.features]
    unknown = [name for name in columns if name not in portfolio.features]
    if unknown:
        raise InputError(Said("problem.said.describing", found=shown(", ".join(unknown))))
    if len(columns) > MOST_COLUMNS:
        raise InputError(Said("problem.said.columns", most=MOST_COLUMNS, found=len(columns)))
    return list(dict.fromkeys(columns))


def _listed(row: Mapping[str, Any], columns: list[str]) -> dict[str, Any]:
    return {**{name: row[name] for name in OWN}, "facts": {name: row[name] for name in columns}}


def _fact(feature: Feature, value: Any, service: Service, lang: str) -> FactAnswer:
    return FactAnswer(
        feature=feature.name,
        label=feature.label.say(lang),
        explanation=feature.explanation.say(lang),
        group=feature.group,
        unit=feature.unit,
        value=value,
        text=say(feature, value, lang),
        used=feature.name in service.model.features,
        sensitive=feature.sensitive,
    )
