"""The route over similar clients: who is like a client, where the client stands among them, and how many paid."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from scoring.api.clients import check_sensitive
from scoring.api.problem_types import problems
from scoring.api.query_parameters import PAGE, AskedLanguage, ClientId, Who
from scoring.api.request_validation import DocumentedRoute
from scoring.audit.audited_decisions import Recorder
from scoring.errors import InputError
from scoring.i18n import Said, shown
from scoring.portfolio.peers import KINDS, USUAL, Kind, Standing, Withheld, group_words, paid_words, standing_words
from scoring.service import Service

MOST_FEATURES = 20
DESCRIBED = ("income_total", "credit_amount", "annuity_per_income", "years_employed")


class CriterionAnswer(BaseModel):
    """A criterion as it applied to this client."""

    feature: str
    value: float | str | None
    low: float | None = Field(description="lowest value that is similar; None where it must be the same")
    high: float | None
    text: str


class PaidAnswer(BaseModel):
    """Of the members whose outcome is known, the share who paid without difficulty."""

    known: int
    share: float = Field(description="0 to 1, never exactly either")
    low: float = Field(description="lower end of the 95% interval")
    high: float


class StandingAnswer(BaseModel):
    """Where the client stands in the group by one feature: shares of the members who have a value."""

    feature: str
    value: float | str | None
    known: int
    unknown: int = Field(description="members without a value")
    below: float
    alike: float
    above: float
    text: str

    @classmethod
    def of(cls, feature: str, found: Standing, lang: str) -> "StandingAnswer":
        """Make the answer from what was found."""
        return cls(
            feature=feature,
            value=found.value,
            known=found.known,
            unknown=found.unknown,
            below=found.below,
            alike=found.alike,
            above=found.above,
            text=standing_words(feature, found, lang),
        )


class PeersAnswer(BaseModel):
    """A group of other clients, and this client among them."""

    client_id: int
    group: Kind
    size: int = Field(description="members; the client is not one of them")
    criteria: list[CriterionAnswer]
    farthest_points: float | None = Field(
        description="for the nearest: how many points the farthest differs by, in all"
    )
    paid: PaidAnswer | None
    paid_withheld: Withheld | None = Field(description="why `paid` is not told: few outcomes, or a sensitive choice")
    standing: list[StandingAnswer]
    texts: list[str]
    language: str
    synthetic: bool


def make_peers_router(service: Service, recorder: Recorder) -> APIRouter:
    """The route over one service's peers."""
    router = APIRouter(route_class=DocumentedRoute)

    @router.get(
        "/api/clients/{client_id}/peers",
        tags=["clients"],
        responses=problems("unknown-client", "bad-input", "forbidden", "journal"),
    )
    def peers(
        client_id: ClientId,
        request: Request,
        who: Who,
        lang: AskedLanguage,
        response: Response,
        group: Annotated[
            Kind, Query(description="all, similar by criteria, or nearest in what moves the score")
        ] = "similar",
        criteria: Annotated[
            list[str] | None, Query(description="for `similar`; repeated, or left out for the usual ones")
        ] = None,
        features: Annotated[
            list[str] | None, Query(max_length=MOST_FEATURES, description="where the client stands")
        ] = None,
    ) -> PeersAnswer:
        """Compare a client with other clients; outcomes are told of groups alone."""
        response.headers["Cache-Control"] = "no-store"
        check_sensitive(request, [*(criteria or ()), *(features or ())])
        answer = answer_of(service, client_id, lang, group, criteria, features)
        recorder.consult(client_id, who, page=PAGE)
        return answer

    return router


def answer_of(
    service: Service,
    client_id: int,
    lang: str,
    kind: Kind,
    criteria: list[str] | None,
    features: list[str] | None,
) -> PeersAnswer:
    """Compare a client with one group.

    Raises
    ------
    UnknownClientError, InputError
        When there is no such client, group, criterion or feature.
    """
    peers = service.peers
    if kind not in KINDS:
        raise InputError(Said("problem.said.group", known=", ".join(KINDS), found=shown(kind)))
    wanted = DESCRIBED if features is None else features
    held = set(peers.columns.features)
    unknown = [name for name in wanted if name not in held]
    if unknown and features is not None:
        raise InputError(Said("problem.said.describing", found=shown(", ".join(unknown))))
    if kind == "similar":
        group = peers.similar(client_id, USUAL if criteria is None else criteria)
    else:
        group = peers.nearest(client_id) if kind == "nearest" else peers.everyone(client_id)
    outcomes = peers.paid(group)
    standing = {name: peers.standing(group, name, client_id) for name in wanted if name in held}
    return PeersAnswer(
        client_id=client_id,
        group=kind,
        size=group.size,
        criteria=[
            CriterionAnswer(feature=one.feature, value=one.value, low=one.low, high=one.high, text=one.words(lang))
            for one in group.chosen
        ],
        farthest_points=group.farthest,
        paid=None
        if isinstance(outcomes, str)
        else PaidAnswer(known=outcomes.known, share=outcomes.share, low=outcomes.low, high=outcomes.high),
        paid_withheld=outcomes if isinstance(outcomes, str) else None,
        standing=[StandingAnswer.of(name, found, lang) for name, found in standing.items()],
        texts=[group_words(group, lang), paid_words(outcomes, lang)],
        language=lang,
        synthetic=service.synthetic,
    )
