"""The routes of what if: a request simulated, and what would change a decision. Neither decides anything."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from scoring.api.answers import ReasonAnswer, describe_reason
from scoring.api.problem_types import problems
from scoring.api.query_parameters import PAGE, AskedLanguage, ClientId, Who
from scoring.api.request_validation import DocumentedRoute
from scoring.api.requests import ApplicationCells, ChangesBody, HistoryRows
from scoring.audit.audited_decisions import Recorder
from scoring.errors import InputError
from scoring.explain.counterfactuals import Choice, Kind, OfferMap, Offers, Request, changes_as_dict
from scoring.explain.counterfactuals.wording import offer_lines
from scoring.i18n import Said
from scoring.model.decision import OUTCOMES, Outcome
from scoring.model.scale import log_odds_of
from scoring.service import Service, Simulation


class SimulateRequest(BaseModel):
    """A client of the portfolio, or a raw application, and what is to be changed in its request."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"client_id": 100002, "changes": {"amount": 300000, "payments": 24}}]},
    )
    client_id: StrictInt | None = None
    application: ApplicationCells | None = None
    history: HistoryRows = Field(default_factory=dict)
    changes: ChangesBody = Field(default_factory=ChangesBody)


class RequestAnswer(BaseModel):
    """A request: what is asked for, and what follows from it."""

    amount: float
    payments: float | None
    down_payment: float
    credit: float = Field(description="amount − down payment")
    annuity: float | None = Field(description="credit / payments: no interest rate is invented")
    goods_price: float | None = Field(description="keeps the client's ratio to the amount")
    documents: list[str]
    other_documents: int

    @classmethod
    def of(cls, request: Request) -> "RequestAnswer":
        """Make it from the service's."""
        return cls(
            amount=request.amount,
            payments=request.payments,
            down_payment=request.down_payment,
            credit=request.credit,
            annuity=request.annuity,
            goods_price=request.goods,
            documents=sorted(request.documents),
            other_documents=request.other_documents,
        )


class MovedAnswer(BaseModel):
    """A feature that follows the request."""

    feature: str
    before: float | str | None
    after: float | str | None


class SimulateAnswer(BaseModel):
    """What would be said of the client, were the request this one. It is no decision."""

    client_id: int | None
    simulation_id: str | None = Field(description="under which it was recorded, where that was asked for")
    asked: RequestAnswer = Field(description="what the client asks for")
    simulated: RequestAnswer
    within_grid: bool = Field(description="whether the lender's clients asked for such amounts and payments")
    moved: list[MovedAnswer]
    outside_training: list[str] = Field(description="features whose value training did not see")
    pd: float
    points: float
    low_points: float
    high_points: float
    level: int
    decision: Outcome
    review_because: list[str]
    threshold: float
    threshold_points: float
    reasons: list[ReasonAnswer]
    model_version: str
    synthetic: bool
    language: str

    @classmethod
    def of(
        cls, service: Service, simulation: Simulation, before: Any, simulation_id: str | None, lang: str
    ) -> "SimulateAnswer":
        """Make it from the service's; `before` are the client's own facts."""
        assessment = simulation.assessment
        decision = assessment.decision
        return cls(
            client_id=assessment.client_id,
            simulation_id=simulation_id,
            asked=RequestAnswer.of(simulation.now),
            simulated=RequestAnswer.of(simulation.request),
            within_grid=simulation.within_grid,
            moved=[
                MovedAnswer(feature=name, before=before.get(name), after=assessment.facts[name])
                for name in simulation.moved
            ],
            outside_training=list(assessment.scored.outside),
            pd=decision.pd,
            points=decision.points,
            low_points=decision.low_points,
            high_points=decision.high_points,
            level=decision.level,
            decision=decision.outcome,
            review_because=list(decision.review_because),
            threshold=decision.threshold,
            threshold_points=decision.threshold_points,
            reasons=[describe_reason(reason, lang) for reason in assessment.explanation.principal],
            model_version=service.model.model_version,
            synthetic=service.synthetic,
            language=lang,
        )


class ChoiceAnswer(BaseModel):
    """A request of the lender's grid that would be accepted: the nearest of its kind."""

    kind: Kind
    request: RequestAnswer
    points: float
    distance: float = Field(description="share of the amount given up + weight × share by which the payments change")
    holds: bool = Field(description="whether every smaller amount, or larger down payment, is accepted too")

    @classmethod
    def of(cls, choice: Choice) -> "ChoiceAnswer":
        """Make it from the service's."""
        return cls(
            kind=choice.kind,
            request=RequestAnswer.of(choice.request),
            points=choice.points,
            distance=choice.distance,
            holds=choice.holds,
        )


class RoomAnswer(BaseModel):
    """How far an accepted request can go, every step of the grid on the way being accepted."""

    amount: float
    payments: float | None
    at_the_end: bool = Field(description="whether that amount is the largest of the grid")


class BestAnswer(BaseModel):
    """The request of the grid with the highest score."""

    request: RequestAnswer
    points: float


class MapAnswer(BaseModel):
    """Decisions and points over amounts (rows) × numbers of payments (columns)."""

    amounts: list[float]
    payments: list[float]
    decisions: list[list[Outcome]]
    points: list[list[float]]

    @classmethod
    def of(cls, offered: OfferMap) -> "MapAnswer":
        """Make it from the service's."""
        return cls(
            amounts=offered.amounts.tolist(),
            payments=offered.payments.tolist(),
            decisions=[[OUTCOMES[int(at)] for at in row] for row in offered.outcomes],
            points=offered.points.tolist(),
        )


class OffersAnswer(BaseModel):
    """What would change the decision on a client's request, by trying every request that the lender can offer."""

    client_id: int
    asked: RequestAnswer
    decision: Outcome
    points: float
    threshold_points: float
    choices: list[ChoiceAnswer] = Field(description="nearest first; empty where the request is accepted, or nothing is")
    room: RoomAnswer | None = Field(description="for an accepted request")
    less_helps: bool = Field(description="whether a smaller amount alone would be accepted")
    best: BestAnswer
    tried: int = Field(description="how many requests were scored")
    step: int = Field(description="amounts are whole multiples of it")
    weight_of_duration: float
    texts: list[str]
    map: MapAnswer | None = None
    model_version: str
    synthetic: bool
    language: str

    @classmethod
    def of(
        cls, service: Service, client_id: int, offers: Offers, offered: OfferMap | None, lang: str
    ) -> "OffersAnswer":
        """Make it from the service's."""
        threshold = service.model.scale.points(log_odds_of(service.model.rule.threshold))
        best, points = offers.best
        room = offers.room
        return cls(
            client_id=client_id,
            asked=RequestAnswer.of(offers.now),
            decision=offers.outcome,
            points=offers.points,
            threshold_points=threshold,
            choices=[ChoiceAnswer.of(choice) for choice in offers.choices],
            room=None
            if room is None
            else RoomAnswer(amount=room.amount, payments=room.payments, at_the_end=room.at_the_end),
            less_helps=offers.less_helps,
            best=BestAnswer(request=RequestAnswer.of(best), points=points),
            tried=offers.tried,
            step=service.grid.step,
            weight_of_duration=service.grid.weight_of_duration,
            texts=[line.text for line in offer_lines(offers, threshold, lang)],
            map=None if offered is None else MapAnswer.of(offered),
            model_version=service.model.model_version,
            synthetic=service.synthetic,
            language=lang,
        )


def make_offers_router(service: Service, recorder: Recorder) -> APIRouter:
    """The routes over one service."""
    router = APIRouter(tags=["what if"], route_class=DocumentedRoute)

    @router.get("/api/clients/{client_id}/offers", responses=problems("unknown-client", "bad-input", "journal"))
    def offers(
        client_id: ClientId,
        who: Who,
        lang: AskedLanguage,
        response: Response,
        map: Annotated[bool, Query(description="give the map of decisions around the request too")] = False,
    ) -> OffersAnswer:
        """Tell what would change the decision on a client's request."""
        response.headers["Cache-Control"] = "no-store"
        assessment = service.assess(client_id)
        offered = service.offer_map(assessment) if map else None
        found = service.offers(assessment)
        recorder.consult(client_id, who, page=PAGE)
        return OffersAnswer.of(service, client_id, found, offered, lang)

    @router.post("/api/simulate", responses=problems("unknown-client", "bad-input", "wrong-type", "journal"))
    def simulate(
        body: SimulateRequest,
        lang: AskedLanguage,
        who: Who,
        response: Response,
        record: Annotated[bool, Query(description="record the simulation in the journal")] = False,
    ) -> SimulateAnswer:
        """Score a client as if the request were another one; nothing is decided."""
        response.headers["Cache-Control"] = "no-store"
        if (body.client_id is None) == (body.application is None):
            raise InputError(Said("problem.said.client-or-application"))
        if body.client_id is not None:
            assessment = service.assess(body.client_id)
        else:
            assessment = service.assess_application(body.application or {}, body.history)
        changes = body.changes.changes()
        simulation = service.simulate(assessment, changes)
        entry = None
        if record:
            entry = recorder.simulate(simulation.assessment, changes=changes_as_dict(changes), who=who)
        else:
            recorder.consult([] if assessment.client_id is None else assessment.client_id, who, page=PAGE)
        return SimulateAnswer.of(service, simulation, assessment.facts, entry, lang)

    return router
