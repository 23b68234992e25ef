"""What if: move the amount, the number of payments, the down payment, and see the proposal follow.

The rule: every event brings the whole request with it, so that the server keeps nothing of a simulation: a service that
was started again answers the next move. A simulation decides nothing; a decision is made by the button alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import gradio as gr
from markupsafe import Markup

from scoring.errors import ClairscoreError, InputError, JournalError, UnknownClientError
from scoring.explain.counterfactuals import Changes, Offers, Request, changes_as_dict
from scoring.explain.counterfactuals.wording import MOST_CHOICES, payments_said
from scoring.explain.counterfactuals.wording import title as offers_title
from scoring.i18n import moment, number, text
from scoring.service import Assessment, Service, Simulation
from scoring.web.links import carrier, letter_html
from scoring.web.offer_map import map_html
from scoring.web.offers import SIMULATE, changes_between, changes_of, choices_html, query_of
from scoring.web.page import QUICK, RECORDS, Built, Context, Place, form_of, identity_of, notice
from scoring.web.simulation import followed_html, inputs_html, simulated_html
from scoring.web.templates import render, script

NAME = SIMULATE
WANTS_CLIENT = True
IN_BAR = True
SOURCE = "page"
MOST_SENT = 2_000
FIELDS = ("amount", "payments", "down_payment", "document_3", "document_6", "document_8", "other_documents")


def build(context: Context) -> Built:
    """The inputs, the proposal, the map, what follows, and the button that decides."""
    service, lang = context.service, context.lang
    sender = carrier(script("simulate"), elem_id="asked-frame")
    heading = gr.HTML(apply_default_css=False)
    with gr.Row(elem_id="simulate-columns"):
        with gr.Column(elem_id="simulate-inputs", min_width=300):
            form = gr.HTML(apply_default_css=False, elem_id="dials-frame")
            record = gr.HTML(apply_default_css=False, elem_id="record-frame")
        with gr.Column(elem_id="simulate-result", min_width=300):
            result = gr.HTML(apply_default_css=False)
            words = gr.HTML(apply_default_css=False)
        with gr.Column(elem_id="simulate-map", min_width=300):
            picture = gr.HTML(apply_default_css=False, elem_id="map-frame")
            followed = gr.HTML(apply_default_css=False)
    drawn = [result, picture, followed, record]

    def move(sent: str, request: gr.Request) -> list[Any]:
        fields = _fields(sent)
        try:
            simulated = _Drawn(service, fields, lang)
            context.consult(simulated.client_id, request, NAME)
            return simulated.answers(fields["map"])
        except ClairscoreError:
            return [notice(text(lang, "error.simulate")), gr.skip(), gr.skip(), ""]

    def settle(sent: str) -> Any:
        try:
            simulated = _Drawn(service, _fields(sent), lang)
            return Place(NAME, simulated.client_id, query_of(simulated.changes)).address
        except ClairscoreError:
            return gr.skip()

    def decide(sent: str, request: gr.Request) -> str:
        return _decide(context, _fields(sent), request)

    sender.input(move, sender, drawn, trigger_mode="always_last", **QUICK)
    sender.release(settle, sender, context.address, trigger_mode="always_last", **QUICK)
    sender.submit(decide, sender, record, trigger_mode="once", **RECORDS)

    def draw(place: Place, _request: gr.Request) -> list[Any]:
        given = {name: value for name, value in place.query.items() if name in FIELDS}
        return _Drawn(service, {**given, "client": str(place.client)}, lang).whole()

    return Built([heading, form, words, *drawn], draw)


def _fields(sent: str) -> dict[str, str]:
    """What the form says; short texts, whatever was sent."""
    form = form_of(sent[:MOST_SENT])
    return {name: str(form.get(name, ""))[:60] for name in ("client", "map", *FIELDS)}


class _Drawn:
    """One simulated request, with all that the page shows of it."""

    def __init__(self, service: Service, fields: Mapping[str, str], lang: str) -> None:
        self.service, self.lang = service, lang
        try:
            self.client_id = int(fields["client"])
        except ValueError:
            raise UnknownClientError(f"A client's number must be digits; got {fields['client']!r}. Check it.") from None
        self.own: Assessment = service.assess(self.client_id)
        self._fields = dict(fields)

    @cached_property
    def changes(self) -> Changes:
        """What is to be changed."""
        return changes_of(self._fields)

    def answers(self, shown: str) -> list[Any]:
        """What follows a move; the map is left where it shows the same already."""
        simulation = self.service.simulate(self.own, self.changes)
        if shown == _map_key(self.client_id, simulation.request):
            return self._parts(simulation, gr.skip())
        return self._parts(simulation, self._map(simulation))

    def whole(self) -> list[Any]:
        """The page as it is gone to, with the request as it stands where the address asks for what can't be."""
        title = render("simulate", "title", lang=self.lang, client=self.client_id)
        try:
            try:
                simulation = self.service.simulate(self.own, self.changes)
            except InputError:
                self.changes = Changes()
                simulation = self.service.simulate(self.own, self.changes)
                title += notice(text(self.lang, "error.simulate"))
        except InputError:
            return [title + notice(text(self.lang, "offers.impossible")), *[""] * 6]
        offers = self.service.offers(self.own)
        axes = self.service.offer_map(self.own)
        moves = self.service.simulator.moves_score
        form = inputs_html(
            self.client_id, simulation.now, simulation.request, axes, self.service.grid, moves, self.lang
        )
        words = choices_html(offers, self.own, self.lang)
        return [
            title,
            form,
            render("simulate", "choices", title=offers_title(offers, self.lang), choices=words),
            *self._parts(simulation, self._map(simulation, offers)),
        ]

    def _parts(self, simulation: Simulation, picture: Any) -> list[Any]:
        """The proposal, the map, what follows, and the button that decides."""
        proposal = simulated_html(self.service, self.own, simulation, self.lang)
        return [
            proposal,
            picture,
            followed_html(self.own, simulation, self.lang),
            record_html(self.client_id, simulation, self.lang),
        ]

    def _map(self, simulation: Simulation, offers: Offers | None = None) -> Markup:
        """The map for the down payment and the documents simulated; choices are marked where they are those asked for."""
        request = simulation.request
        key = _map_key(self.client_id, request)
        same = key == _map_key(self.client_id, simulation.now)
        offered = self.service.offer_map(self.own, replace(self.changes, amount=None, payments=None))
        marked = (offers or self.service.offers(self.own)).choices[:MOST_CHOICES] if same else ()
        return map_html(key, offered, simulation.now, request, marked, self.lang)


def _map_key(client_id: int, request: Request) -> str:
    """What a map depends on: all but amount and payments, which are its axes."""
    documents = "".join(str(int(f"document_{i}" in request.documents)) for i in (3, 6, 8))
    return f"{client_id}/{request.down_payment:g}/{documents}/{request.other_documents}"


def record_html(client_id: int, simulation: Simulation, lang: str) -> Markup:
    """The fold that holds the button which makes a decision of the simulation."""
    request, decision = simulation.request, simulation.assessment.decision
    values = {"decision": text(lang, f"decision.officer.{decision.outcome}"), "credit": number(request.credit, lang)}
    if request.payments is None:
        label = text(lang, "page.simulate.record.do.no_payments", **values)
    else:
        label = text(lang, "page.simulate.record.do", payments=payments_said(request.payments, lang), **values)
    letters = letter_html(client_id, lang, query_of(changes_between(simulation.now, request)))
    return render("simulate", "record", lang=lang, label=label, letters=letters)


def _decide(context: Context, fields: dict[str, str], request: gr.Request) -> Markup:
    """Decide on the simulated request, record it, and say so."""
    lang = context.lang
    try:
        drawn = _Drawn(context.service, fields, lang)
        simulation = context.service.simulate(drawn.own, drawn.changes)
        decided = context.recorder.decide(
            simulation.assessment,
            who=identity_of(request),
            source=SOURCE,
            changes=changes_as_dict(changes_between(simulation.now, simulation.request)),
        )
    except JournalError:
        return notice(text(lang, "page.simulate.record.failed"))
    except ClairscoreError:
        return notice(text(lang, "error.simulate"))
    done = text(lang, "page.simulate.record.done", at=moment(decided.at, lang), id=decided.decision_id)
    return notice(done, "done", "status")
