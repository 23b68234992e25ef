"""The routes over the portfolio's clients: lists by filters, and what is known of one. Never what one client did.

The rule: filters are the words of the pages' own addresses (`scoring.portfolio.filter_text`), so that an address of the
list is a query of the API, and the other way round.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from scoring.api.problem_types import problems
from scoring.api.query_parameters import PAGE, AskedLanguage, ClientId, Lang, Who, language_of, parameters_of
from scoring.api.request_validation import FURTHER, DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.data.features import DICTIONARY, Feature, say
from scoring.errors import ForbiddenError, InputError
from scoring.i18n import Said, shown
from scoring.model.decision import OUTCOMES, Outcome
from scoring.portfolio.clients import Portfolio
from scoring.portfolio.filter_text import LEVELS, MISSING, NUMBER, read_filters, write_filters
from scoring.portfolio.filters import DECISION, OWN, ROLE, ROLES, Position, Sort
from scoring.server.identity import may_see_sensitive
from scoring.service import Service

# Sensitive facts of clients over the API: given, filtered and sorted by only for whom the door lets see them.


def check_sensitive(request: Request, named: Iterable[str]) -> None:
    """Refuse what a request names, to be shown, filtered or sorted by, where it is sensitive and not for the asker.

    Raises
    ------
    ForbiddenError
        When the asker's key lacks the scope.
    """
    if not may_see_sensitive(request.scope):
        found = sorted(name for name in set(named) if is_sensitive(name))
        if found:
            raise ForbiddenError(Said("problem.said.sensitive", found=", ".join(found)))


def without_sensitive(request: Request, named: Iterable[str]) -> list[str]:
    """The facts that the asker may see, of those given to whoever names none."""
    allowed = may_see_sensitive(request.scope)
    return [name for name in named if allowed or not is_sensitive(name)]


def is_sensitive(name: str) -> bool:
    """Whether a name is of a sensitive feature."""
    return name in DICTIONARY and DICTIONARY[name].sensitive


# The filters of a list as the documentation shows them: each feature of the application, with what it may be.

DESCRIBING: Mapping[str, Feature] = {
    name: feature for name, feature in DICTIONARY.items() if feature.table == "application"
}
"""Features of the application itself; those of histories can be filtered by and listed too."""
_RANGE = r"^(-?\d{1,12}(\.\d{1,2})?\.\.|\.\.-?\d{1,12}(\.\d{1,2})?|-?\d{1,12})$"


def filter_parameters() -> list[dict[str, Any]]:
    """The documented filters: the client's own facts, and every feature of the application."""
    own = {
        NUMBER: ("the first digits of the client's number", "^[0-9]{1,18}$", "1000"),
        "role": (f"among {', '.join(ROLES)}; several with | between", _among(ROLES), "new"),
        "decision": (f"among {', '.join(OUTCOMES)}", _among(OUTCOMES), "review|decline"),
        "level": ("among 1 to 5", _among([str(level) for level in LEVELS]), "4|5"),
        "points": ("a range", _RANGE, "500..600"),
    }
    ranges = {
        name: (f"{feature.label.say('en')} ({feature.unit}): LOW..HIGH, LOW.. or ..HIGH", _RANGE, "1..")
        for name, feature in DESCRIBING.items()
        if feature.kind == "number"
    }
    codes = {
        name: (
            f"{feature.label.say('en')}: among {', '.join(feature.levels)}; {MISSING} for none",
            _among([*feature.levels, MISSING]),
            next(iter(feature.levels)),
        )
        for name, feature in DESCRIBING.items()
        if feature.kind == "category"
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": about,
            "schema": {"type": "string", "pattern": pattern},
            "example": example,
        }
        for name, (about, pattern, example) in {**own, **ranges, **codes}.items()
    ]


def _among(words: Sequence[str]) -> str:
    """The pattern of one or several words with | between."""
    one = "|".join(re.escape(word).replace("\\ ", " ").replace("\\-", "-") for word in words)
    return rf"^({one})(\|({one}))*$"


# The place in a list behind which its next page starts, as a word that a caller hands back.


def cursor_of(place: Position, spoken: Mapping[str, str]) -> str:
    """Write a place in the list that is spoken of."""
    return base64.urlsafe_b64encode(orjson.dumps([place.value, place.client_id, spoken])).decode().rstrip("=")


def position_of(cursor: str, spoken: Mapping[str, str], sort: Sort) -> Position:
    """Read a place in the list that is spoken of.

    Raises
    ------
    InputError
        When it is no place, or of another list.
    """
    try:
        value, client_id, of = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError):
        raise InputError(Said("problem.said.cursor")) from None
    if of != spoken or not (_is_whole(client_id) and _fits(value, sort)):
        raise InputError(Said("problem.said.cursor"))
    return Position(value, client_id)


def _is_whole(given: Any) -> bool:
    return isinstance(given, int) and not isinstance(given, bool) and abs(given) < 2**63


def _fits(value: Any, sort: Sort) -> bool:
    """Whether a value is one that the order goes by."""
    if value is None:
        return True
    if sort.by in (ROLE, DECISION):
        return value in (ROLES if sort.by == ROLE else OUTCOMES)
    if sort.by in DICTIONARY and DICTIONARY[sort.by].kind == "category":
        return isinstance(value, str)
    return isinstance(value, float) or _is_whole(value)


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
        responses=problems("bad-input", "forbidden", "journal"),
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
        params = _said(request)
        wanted = _listing({name: params.pop(name) for name in Listing.model_fields if name in params})
        filters, sort = read_filters(params), _sort_of(wanted.sort, service.portfolio)
        given = "columns" in request.query_params
        columns = _columns_of(wanted.columns, service.portfolio, given=given)
        if not given:
            columns = without_sensitive(request, columns)
        check_sensitive(request, [*columns, *filters.features, sort.by])
        spoken = {**write_filters(filters), "sort": wanted.sort}
        after = position_of(wanted.cursor, spoken, sort) if wanted.cursor else None
        found = service.portfolio.listing(filters, sort=sort, after=after, limit=wanted.limit, columns=columns)
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
            "sort": wanted.sort,
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
    params: dict[str, str] = {}
    for name, words in request.query_params.multi_items():
        params[name] = f"{params[name]}|{words}" if name in params else words
    return params


def _listing(params: Mapping[str, str]) -> Listing:
    try:
        return Listing.model_validate(params)
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
